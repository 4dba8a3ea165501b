// Corner cases, each once a fault: what was lost, doubled, removed or silent, told as a short story.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { fieldId, type RecordId } from "../../src/core/ids.ts";
import type { Field } from "../../src/core/schema.ts";
import { text } from "../../src/core/value.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { Conflict } from "../../src/store/store.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;
const removeBoth = { archive: { left: { kind: "remove" }, right: { kind: "remove" } } } as const;

function step(world: World): Promise<PairRun> {
  world.nowMs += 5 * minuteMs;
  return world.run();
}

const undo = (world: World, run: PairRun): Promise<unknown> =>
  undoPair(
    world.policy,
    { undone: run.run, options: { trigger: "undo", holder: "test" } },
    world.deps(),
  );

function partner(world: World, left: RecordId): RecordId {
  const found = world.right.admin.ids().find((row) => {
    const link = world.right.admin.cell(row, "Link");
    return link?.kind === "text" && link.text === left;
  });
  return must(found, "no counterpart");
}

async function seeded(
  count: number,
  options: WorldOptions = {},
): Promise<{ world: World; left: RecordId[]; right: RecordId[] }> {
  const world = await makeWorld(options);
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`), B: t(`b${at}`) }),
  );
  await step(world);
  return { world, left, right: left.map((id) => partner(world, id)) };
}

test("R4 P12: rows nobody can tell apart are not doubled by the second run", async () => {
  const world = await makeWorld({ policy: { match: [{ left: "Name", right: "Name" }] } });
  world.left.admin.add({ Name: t("Alpha") });
  world.left.admin.add({ Name: t("Alpha") });
  world.right.admin.add({ Name: t("Alpha") });
  expect((await step(world)).status).toBe("attention");
  const second = await step(world);
  expect(second.summary.counts.created).toEqual({ left: 0, right: 0 });
  expect(second.status).toBe("attention");
});

test("P11: an answer to one removal does not decide a later, opposite one", async () => {
  const { world, left, right } = await seeded(2);
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.trash(l);
  world.right.admin.edit(r, { A: t("edited") });
  await step(world);
  const [conflict] = await world.store.loadConflicts(world.policy.id, ["open"]);
  const id = must(conflict, "a conflict").id;
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
  await step(world);
  await step(world);
  world.right.admin.purge(r);
  world.left.admin.edit(l, { A: t("unsynced edit") });
  expect((await step(world)).status).toBe("attention");
  expect(world.left.admin.isTrashed(l)).toBe(false);
});

test("G3: a create in doubt is not copied back although a person edited what it made", async () => {
  const world = await makeWorld({ policy: { markers: { left: null, right: "Link" } } });
  world.right.admin.add({ Name: t("Born right") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  world.left.admin.edit(must(world.left.admin.ids()[0], "a row"), { A: t("typed") });
  await step(world);
  expect(world.right.admin.ids()).toHaveLength(1);
});

test("G3: a create in doubt is put to a person with the rows that might be it", async () => {
  const world = await makeWorld({ policy: { markers: { left: null, right: "Link" } } });
  world.right.admin.add({ Name: t("Born right") });
  world.left.admin.failNext("write", "lost-before");
  await step(world);
  await step(world);
  const open = async (): Promise<Conflict> =>
    must((await world.store.loadConflicts(world.policy.id, ["open"]))[0], "an open conflict");
  const asked = await open();
  expect(asked.values).toEqual({ left: null, right: t("Born right") });
  // The row never came to be; a word that cannot be followed is asked for again.
  await resolveConflict(world.store, [world.policy.id], { id: asked.id, answer: { keep: "left" } });
  expect((await step(world)).status).toBe("attention");
  expect(await open()).toMatchObject({ id: asked.id, answer: null });
  await resolveConflict(world.store, [world.policy.id], {
    id: asked.id,
    answer: { keep: "right" },
  });
  expect((await step(world)).status).toBe("ok");
  expect(world.left.admin.ids()).toHaveLength(1);
});

test("G3: a create in doubt that was done lists the row, and is linked when a person says so", async () => {
  const world = await makeWorld({ policy: { markers: { left: null, right: "Link" } } });
  world.right.admin.add({ Name: t("Born right") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  await step(world);
  const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(asked?.values.left).toMatchObject({ kind: "text" });
  const answer = { id: must(asked, "a conflict").id, answer: { keep: "left" } } as const;
  await resolveConflict(world.store, [world.policy.id], answer);
  expect((await step(world)).status).toBe("ok");
  expect(world.left.admin.ids()).toHaveLength(1);
  expect(world.right.admin.ids()).toHaveLength(1);
});

test("undo of a merge puts both sides back, and the next sync leaves them so", async () => {
  const fields = [mapped("Name"), mapped("A", { owner: "merge" }), mapped("B")];
  const { world, left, right } = await seeded(1, { policy: { fields } });
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.edit(l, { A: t("1\n2\n3\n4\n5") });
  await step(world);
  world.left.admin.edit(l, { A: t("L\n2\n3\n4\n5") });
  world.right.admin.edit(r, { A: t("1\n2\n3\n4\nR") });
  const merged = await step(world);
  expect(world.left.admin.cell(l, "A")).toEqual(t("L\n2\n3\n4\nR"));
  await undo(world, merged);
  await step(world);
  await step(world);
  expect(world.right.admin.cell(r, "A")).toEqual(t("1\n2\n3\n4\nR"));
  expect(world.left.admin.cell(l, "A")).toEqual(t("L\n2\n3\n4\n5"));
});

test("undo keeps a created row into which somebody has typed", async () => {
  const world = await makeWorld({ policy: removeBoth });
  const l = world.left.admin.add({ Name: t("One") });
  const run = await step(world);
  const r = partner(world, l);
  world.right.admin.edit(r, { B: t("typed by hand") });
  await undo(world, run);
  expect(world.right.admin.ids()).toContain(r);
});

test("an undo whose answer was lost is not undone by the next sync", async () => {
  const world = await makeWorld({ policy: removeBoth });
  world.left.admin.add({ Name: t("One") });
  const run = await step(world);
  world.right.admin.failNext("write", "lost-after");
  await undo(world, run);
  expect(world.right.admin.ids()).toEqual([]);
  await step(world);
  await step(world);
  expect(world.right.admin.ids()).toEqual([]);
});

test("undo of a run that wrote one row twice takes both back", async () => {
  const { world, left, right } = await seeded(1);
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.trash(l);
  await step(world);
  world.left.admin.restore(l);
  world.left.admin.edit(l, { A: t("new") });
  const run = await step(world);
  expect(world.right.admin.cell(r, "A")).toEqual(t("new"));
  await undo(world, run);
  expect(world.right.admin.cell(r, "A")).toEqual(t("a0"));
});

test("R16: another archive value in the config detaches nothing", async () => {
  const { world, left } = await seeded(2);
  world.left.admin.trash(must(left[0], "a row"));
  await step(world);
  world.nowMs += 5 * minuteMs;
  const run = await world.run({
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Closed" },
    },
  });
  expect(run.summary.counts.unlinked).toBe(0);
});

test("P24: with removals ignored, an emptied side halts nothing", async () => {
  const { world, right } = await seeded(12, { policy: { deletes: "ignore" } });
  for (const id of right) world.right.admin.purge(id);
  expect((await step(world)).status).not.toBe("halted");
  expect(world.left.admin.ids()).toHaveLength(12);
});

test("edits that are not carried over do not count as a mass change", async () => {
  const fields = [mapped("Name"), mapped("A", { flow: "toRight", drift: "ignore" }), mapped("B")];
  const { world, right } = await seeded(25, { policy: { fields } });
  for (const id of right) world.right.admin.edit(id, { A: t(`x${id}`) });
  expect((await step(world)).status).toBe("ok");
});

test("R13: a row out of the archive whose counterpart cannot be found is told", async () => {
  const { world, left, right } = await seeded(2);
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.trash(l);
  await step(world);
  const read = world.left.read.bind(world.left);
  world.left.read = async (ids, ...rest) => {
    const found = new Map(await read(ids, ...rest));
    if (ids.includes(l)) found.set(l, { state: "unknown", why: "not found" });
    return found;
  };
  world.right.admin.edit(r, { State: { kind: "empty" } });
  expect((await step(world)).status).toBe("attention");
});

test("a listing that takes long keeps its lease", async () => {
  const { world } = await seeded(3);
  const scan = world.left.scan.bind(world.left);
  let taken: unknown = null;
  world.left.scan = async function* (wanted) {
    for (let part = 0; part < 4; part += 1) {
      world.nowMs += 100_000;
      yield { rows: [] };
    }
    taken = await world.store.takeLease("pair-pair", "another run");
    return yield* scan(wanted);
  };
  expect((await step(world)).status).toBe("ok");
  expect(taken).toEqual({ heldBy: "test" });
});

test("a create whose run was killed fills in what the new row alone knows, as an answered one does", async () => {
  const address: Field = {
    id: fieldId("f-Address"),
    name: "Address",
    type: "text",
    kind: { kind: "text", format: "url", isMultiline: false, lengthMax: 1_000 },
    isWritable: true,
    isTitle: false,
  };
  for (const isKilled of [false, true]) {
    const world = await makeWorld({
      fields: { left: [{ ...address, isWritable: false }], right: [address] },
      policy: { fields: [mapped("Name"), mapped("A"), mapped("Address", { flow: "toRight" })] },
    });
    // A page has an address of its own from the moment it is made.
    const create = world.left.create.bind(world.left);
    world.left.create = async (creates, wanted) => {
      const outcomes = await create(creates, wanted);
      for (const id of world.left.admin.ids()) {
        world.left.admin.edit(id, { Address: t(`https://left.example/${id}`) });
      }
      const rows = await world.left.read(world.left.admin.ids(), wanted, null);
      return outcomes.map((outcome) => {
        const fresh = outcome.kind === "done" ? rows.get(outcome.row.id) : undefined;
        return outcome.kind === "done" && fresh?.state === "live"
          ? { ...outcome, row: fresh.row }
          : outcome;
      });
    };
    // A record copied by a person brings its original's address along.
    const r = world.right.admin.add({
      Name: t("Copy"),
      Address: t("https://left.example/original"),
    });
    if (isKilled) world.left.admin.failNext("write", "lost-after");
    await step(world);
    expect((await step(world)).status).toBe("ok");
    const [l] = world.left.admin.ids();
    expect(world.left.admin.ids()).toHaveLength(1);
    expect(world.right.admin.cell(r, "Address")).toEqual(
      t(`https://left.example/${must(l, "a page")}`),
    );
  }
});

test("R15: a row marked as archived comes back after the config says to delete rows", async () => {
  const { world, left, right } = await seeded(2);
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.trash(l);
  await step(world);
  expect(world.right.admin.cell(r, "State")).toEqual(t("Archived"));
  world.left.admin.restore(l);
  world.nowMs += 5 * minuteMs;
  const run = await world.run({ deletes: "delete", archive: { left: null, right: null } });
  expect(run.summary.counts.restored.right).toBe(1);
  expect(world.right.admin.cell(r, "State")).toEqual({ kind: "empty" });
});

test("R15: where the marked field is gone, the row lives again as it stands", async () => {
  const { world, left } = await seeded(2);
  const l = must(left[0], "a row");
  world.left.admin.trash(l);
  await step(world);
  world.left.admin.restore(l);
  world.left.admin.edit(l, { A: t("after its return") });
  world.right.admin.changeSchema((schema) => ({
    ...schema,
    fields: schema.fields.filter((field) => field.name !== "State"),
  }));
  world.nowMs += 5 * minuteMs;
  const run = await world.run({ archive: { left: { kind: "remove" }, right: null } });
  expect(run.status).toBe("ok");
  expect(world.right.admin.cell(partner(world, l), "A")).toEqual(t("after its return"));
});
