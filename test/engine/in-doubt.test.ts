// Calls whose answer was lost, and what people did before the next run: each story ends where it would
// have ended had the answer come.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { SyncError } from "../../src/errors.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

function step(world: World, afterMs = 5 * minuteMs): Promise<PairRun> {
  world.nowMs += afterMs;
  return world.run();
}

const only = (ids: readonly RecordId[]): RecordId => must(ids[0], "a row");

test("G2 P4: an edit of a row whose create was in doubt flows like any other", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: t("One"), A: t("as made") });
  world.right.admin.failNext("write", "lost-after");
  expect((await step(world)).status).toBe("attention");
  const right = only(world.right.admin.ids());
  world.right.admin.edit(right, { A: t("typed since") });
  const run = await step(world);
  expect(run.status).toBe("ok");
  expect(world.left.admin.cell(left, "A")).toEqual(t("typed since"));
  expect(world.right.admin.cell(right, "A")).toEqual(t("typed since"));
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
});

test("P1: what a person took back while its write was in doubt flows as soon as the doubt is over", async () => {
  const world = await makeWorld({ hasRightStamp: false });
  const right = world.right.admin.add({ Name: t("One"), A: t("before") });
  await step(world);
  const left = only(world.left.admin.ids());
  world.nowMs += 5 * minuteMs;
  world.right.admin.edit(right, { A: t("slip") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  expect(world.left.admin.cell(left, "A")).toEqual(t("slip"));
  world.right.admin.edit(right, { A: t("before") });
  await step(world);
  expect(world.left.admin.cell(left, "A")).toEqual(t("before"));
});

test("P17: a write of two fields of which a person changed one since is not taken for done", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: t("One"), A: t("a0"), B: t("b0") });
  await step(world);
  const right = only(world.right.admin.ids());
  world.left.admin.edit(left, { A: t("a1"), B: t("b1") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  world.right.admin.edit(right, { B: t("by hand") });
  await step(world);
  await step(world);
  await step(world);
  expect(world.picture().left).toEqual(world.picture().right);
  expect(world.right.admin.cell(right, "B")).toEqual(t("by hand"));
  const changes = (await world.entries()).flatMap(({ body }) =>
    body.type === "change" && body.op === "update" && body.side === "right" ? [body.fields] : [],
  );
  expect(changes.flatMap((fields) => Object.keys(fields))).not.toContain("B");
});

test("P7 P27: a lost write is known by the row in the trash, told, and no reason to ask anybody", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("Other") });
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await step(world);
  const [, right] = world.right.admin.ids();
  world.right.admin.edit(must(right, "a counterpart"), { A: t("a1") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  world.left.admin.trash(left);
  const run = await step(world);
  const told = (await world.entries(run)).flatMap(({ body }) =>
    body.type === "change" ? [body] : [],
  );
  const lost = (await world.entries()).flatMap(({ body }) =>
    body.type === "change" && body.side === "left" && body.op === "update" ? [body.fields] : [],
  );
  expect(lost).toMatchObject([{ A: { before: t("a0"), after: t("a1") } }]);
  expect(told.map(({ op, side }) => `${op} ${side}`)).toContain("archive right");
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
});

test("P11: a lost write that the row in the trash does not show was not done, and the edit still counts", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("Other") });
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await step(world);
  const right = must(world.right.admin.ids()[1], "a counterpart");
  world.right.admin.edit(right, { A: t("a1") });
  world.left.admin.failNext("write", "lost-before");
  await step(world);
  world.left.admin.trash(left);
  await step(world);
  await step(world);
  const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(asked).toMatchObject({ kind: "edit-vs-delete", title: "One" });
  expect(world.right.admin.cell(right, "State")).not.toEqual(t("Archived"));
});

test("G4 P12: a cut listing does not show that a create in doubt never happened", async () => {
  const world = await makeWorld({ pageSize: 1 });
  world.right.admin.add({ Name: t("Other") });
  await step(world);
  world.left.admin.add({ Name: t("One") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  const rows = world.right.admin.ids().length;
  world.right.admin.failNext("read", "incomplete");
  expect((await step(world)).status).toBe("attention");
  expect((await world.store.loadIntents(world.policy.id)).length).toBe(1);
  expect((await step(world)).status).toBe("ok");
  expect(world.right.admin.ids()).toHaveLength(rows);
});

test("P12: of a row and a person's copy of it, the one that was made is linked", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  const made = only(world.right.admin.ids());
  world.nowMs += minuteMs;
  const copy = world.right.admin.duplicate(made);
  await step(world);
  await step(world);
  const links = await world.store.loadLinks(
    (await world.store.loadLinkIndex(world.policy.id)).map(({ id }) => id),
  );
  const first = must(
    links.find(({ ids }) => ids.right === made),
    "a link of the row that was made",
  );
  const second = must(
    links.find(({ ids }) => ids.right === copy),
    "a link of the copy",
  );
  expect([first.state, second.state]).toEqual(["live", "live"]);
  expect(first.bornAtMs).toBeLessThan(second.bornAtMs);
});

test("R16: a row that a lost call put away counts as put away, not as edited by a person", async () => {
  for (const fault of ["lost-after", "lost-before"] as const) {
    const world = await makeWorld();
    const left = world.left.admin.add({ Name: t("One") });
    world.left.admin.add({ Name: t("Two") });
    await step(world);
    world.left.admin.trash(left);
    world.right.admin.failNext("write", fault);
    await step(world);
    const sent = world.right.requests().write;
    await step(world);
    expect((await step(world)).status).toBe("ok");
    // What was done is not done again; what was not is done once.
    expect(world.right.requests().write - sent).toBe(fault === "lost-after" ? 0 : 1);
    world.left.admin.restore(left);
    const back = await step(world);
    expect(back.summary.counts.restored).toEqual({ left: 0, right: 1 });
    expect((await step(world)).status).toBe("ok");
    expect(world.picture().left).toEqual(world.picture().right);
  }
});

test("P10: a removal whose answer was lost is known by its row being gone, on either side", async () => {
  const both = { archive: { left: { kind: "remove" }, right: { kind: "remove" } } } as const;
  for (const side of ["left", "right"] as const) {
    const world = await makeWorld({ policy: both });
    const left = world.left.admin.add({ Name: t("One") });
    world.left.admin.add({ Name: t("Two") });
    await step(world);
    const right = must(
      world.right.admin.ids().find((id) => {
        const link = world.right.admin.cell(id, "Link");
        return link?.kind === "text" && link.text === left;
      }),
      "a counterpart",
    );
    if (side === "left") world.right.admin.purge(right);
    else world.left.admin.trash(left);
    world[side].admin.failNext("write", "lost-after");
    expect((await step(world)).status).toBe("attention");
    expect((await step(world)).status).toBe("ok");
    expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
    const index = await world.store.loadLinkIndex(world.policy.id);
    expect(index.map(({ state }) => state).toSorted()).toEqual(["archived", "live"]);
  }
});

test("G3: of two creates in doubt of one name, said to be there, one row goes to one of them", async () => {
  const world = await makeWorld({ policy: { markers: { left: null, right: "Link" } } });
  world.right.admin.add({ Name: t("Twin") });
  world.right.admin.add({ Name: t("Twin") });
  world.left.admin.failNext("write", "lost-after");
  world.left.admin.failNext("write", "lost-before");
  await step(world);
  await step(world);
  const open = async (): Promise<readonly string[]> =>
    (await world.store.loadConflicts(world.policy.id, ["open"])).map(({ id }) => id);
  const asked = await open();
  expect(asked).toHaveLength(2);
  for (const id of asked) {
    await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
  }
  expect((await step(world)).status).toBe("attention");
  expect(await open()).toHaveLength(1);
  const index = await world.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ state }) => state).toSorted()).toEqual(["creating", "live"]);
});

test("P16: a write that surely did not happen moves no base and freezes nothing", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await step(world);
  const right = only(world.right.admin.ids());
  world.left.admin.edit(left, { A: t("a1") });
  world.right.admin.failNext("write", "busy");
  await step(world);
  expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
  expect(world.right.admin.cell(right, "A")).toEqual(t("a0"));
  expect((await step(world, 1_000)).status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a1"));
});

test("G3: a create in doubt is told once, waits under one id, and is over when it is answered", async () => {
  const world = await makeWorld({ policy: { markers: { left: null, right: "Link" } } });
  world.right.admin.add({ Name: t("Born right") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  const told = (await world.entries()).filter(
    ({ body }) => body.type === "problem" && body.code === "create_in_doubt",
  );
  expect(told).toHaveLength(1);
  const open = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(open).toMatchObject([{ kind: "create-in-doubt", title: "Born right" }]);
  const { id } = must(open[0], "a conflict");
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
  expect((await step(world)).status).toBe("ok");
  expect(await world.store.loadConflicts(world.policy.id, ["open", "answered"])).toEqual([]);
});

test("a refusal of the whole token leaves nothing in doubt", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  const create = world.right.create.bind(world.right);
  for (const code of [
    "unauthorized",
    "forbidden",
    "not_shared",
    "rate_limited",
    "schema_changed",
  ] as const) {
    world.right.create = () => Promise.reject(new SyncError({ code, message: "no", remedy: "" }));
    const run = await step(world);
    expect(run.error).toMatchObject({ code });
    expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
  }
  world.right.create = () =>
    Promise.reject(new SyncError({ code: "unavailable", message: "no", remedy: "" }));
  await step(world);
  expect(await world.store.loadIntents(world.policy.id)).toHaveLength(1);
  world.right.create = create;
  // The first try may still be under way: only after the settling time is there a second one.
  expect((await step(world, 60_000)).status).toBe("attention");
  expect((await step(world)).status).toBe("ok");
  expect(world.right.admin.ids()).toHaveLength(1);
});
