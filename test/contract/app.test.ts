// What people can ask of a pair, in process and on in-memory services: pausing, releasing, saved plans,
// status, undo. The commands around it are the program's own tests.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { applySaved, readSavedPlans, type AppliedPlan } from "../../src/app/apply-saved.ts";
import { act } from "../../src/app/pair-actions.ts";
import { status } from "../../src/app/status.ts";
import { planPairs, syncOne, syncPairs } from "../../src/app/sync.ts";
import { must } from "../../src/core/assert.ts";
import { pairId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import type { SavedPlan } from "../../src/engine/saved-plan.ts";
import { minuteMs } from "../engine/world.ts";
import { makeApp, type App } from "../fixture/app.ts";

const t = text;
const folder = mkdtempSync(join(tmpdir(), "tandem-app-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function ran({ app, pair }: App): Promise<string> {
  const outcome = await syncOne(app, pair, { trigger: "cli", restrict: null });
  return outcome.kind === "run" ? outcome.run.status : outcome.error.code;
}

const only = async <T>(all: AsyncIterable<T>): Promise<T> => {
  for await (const one of all) return one;
  throw new Error("nothing came");
};

test("a paused pair is passed over until it is resumed", async () => {
  const made = await makeApp();
  await act(made.app, { kind: "pause", pair: "pair" });
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: t("new") });
  const before = made.world.right.requests();
  expect(await ran(made)).toBe("paused");
  expect(made.world.right.requests()).toEqual(before);
  expect((await status(made.app, []))[0]?.state).toBe("paused");
  await act(made.app, { kind: "resume", pair: "pair" });
  expect(await ran(made)).toBe("ok");
  expect(made.world.picture().right).toContain("Row 0 | new | empty");
});

test("P24: a release lets pass what was shown, once, and no more than that", async () => {
  const made = await makeApp(12);
  const { world, app, left } = made;
  for (const id of left.slice(0, 4)) world.left.admin.trash(id);
  expect(await ran(made)).toBe("halted");
  expect((await status(app, []))[0]).toMatchObject({ state: "halted", halted: { amount: 4 } });
  await act(app, { kind: "release", pair: "pair" });
  world.left.admin.trash(must(left[4], "a row"));
  expect(await ran(made)).toBe("halted");
  await act(app, { kind: "release", pair: "pair" });
  expect(await ran(made)).toBe("ok");
  // The next mass removal is a matter of its own.
  for (const id of left.slice(5, 9)) world.left.admin.trash(id);
  world.nowMs += 10 * minuteMs;
  expect(await ran(made)).toBe("halted");
  await act(app, { kind: "release", pair: "pair" });
  expect(await ran(made)).toBe("ok");
  const nothing = act(app, { kind: "release", pair: "pair" });
  await expect(nothing).rejects.toMatchObject({ code: "usage" });
});

test("P24: what was released stays so while another guard of the same run waits for its release", async () => {
  const made = await makeApp(12);
  const { world, app, left } = made;
  for (const id of left.slice(0, 4)) world.left.admin.trash(id);
  for (let at = 0; at < 26; at += 1) world.left.admin.add({ Name: t(`Born ${at}`) });
  const guards: (string | undefined)[] = [];
  for (let word = 0; word < 2; word += 1) {
    expect(await ran(made)).toBe("halted");
    guards.push((await status(app, []))[0]?.halted?.guard);
    await act(app, { kind: "release", pair: "pair" });
  }
  expect(guards).toEqual(["maxRemove", "maxCreate"]);
  expect(await ran(made)).toBe("ok");
});

test("a copy of the store that cannot be made is told, and keeps no pair from being synced", async () => {
  const made = await makeApp();
  made.world.store.tidy = () => Promise.reject(new Error("the disk is full"));
  const logged: unknown[] = [];
  const app = { ...made.app, onLog: (...said: readonly unknown[]) => void logged.push(said) };
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: t("new") });
  expect(await ran({ ...made, app })).toBe("ok");
  expect(made.world.picture().right).toContain("Row 0 | new | empty");
  expect(logged).toMatchObject([
    ["warn", expect.stringContaining("copy"), { reason: "the disk is full" }],
  ]);
});

test("whoever stops the program between two pairs is heard before the second one", async () => {
  const made = await makeApp();
  const { app, pair } = made;
  const stop = new AbortController();
  const second = { ...pair, id: pairId("second") };
  const config = { ...app.config, pairs: [pair, second] };
  const synced: string[] = [];
  for await (const one of syncPairs({ ...app, config, signal: stop.signal }, [], "cli")) {
    synced.push(one.pair);
    stop.abort();
  }
  expect(synced).toEqual(["pair"]);
});

test("status goes on telling when both sides last agreed, and that a halt was released", async () => {
  const made = await makeApp(12);
  const { world, app, left } = made;
  const now = async () => must((await status(app, []))[0], "a status");
  const agreedAtMs = must((await now()).lastOkAtMs, "a run that was ok");
  for (const id of left.slice(0, 4)) world.left.admin.trash(id);
  expect(await ran(made)).toBe("halted");
  expect(await now()).toMatchObject({ state: "halted", lastOkAtMs: agreedAtMs });
  await act(app, { kind: "release", pair: "pair" });
  expect(await now()).toMatchObject({ state: "released", halted: null, lastOkAtMs: agreedAtMs });
  world.nowMs += minuteMs;
  expect(await ran(made)).toBe("ok");
  expect((await now()).lastOkAtMs).toBe(world.nowMs);
});

test("nothing is done to a pair while a run is at work on it", async () => {
  const made = await makeApp();
  await made.world.store.takeLease("pair-pair", "another run");
  for (const kind of ["pause", "resume", "release"] as const) {
    await expect(act(made.app, { kind, pair: "pair" })).rejects.toMatchObject({
      code: "lease_held",
    });
  }
  expect(await ran(made)).toBe("lease_held");
});

test("a pair that is not in the config is a slip of the pen", async () => {
  const { app } = await makeApp(1);
  await expect(act(app, { kind: "pause", pair: "nope" })).rejects.toMatchObject({ code: "usage" });
  await expect(only(syncPairs(app, ["nope"], "cli"))).rejects.toMatchObject({ code: "usage" });
});

async function planned({ app }: App): Promise<SavedPlan> {
  const made = await only(planPairs(app, []));
  if (made.kind === "error") throw made.error;
  return made.outcome.saved;
}

const apply = ({ app }: App, plan: SavedPlan): Promise<AppliedPlan> =>
  only(applySaved(app, [plan]));

test("P26: a saved plan writes what it showed, cell by cell, and nothing else", async () => {
  const made = await makeApp(4);
  const { world, left } = made;
  const [one, two, three] = left.map((id) => must(id, "a row"));
  world.left.admin.edit(must(one, "a row"), { A: t("planned") });
  world.left.admin.edit(must(two, "a row"), { A: t("planned"), B: t("planned") });
  const plan = await planned(made);
  world.left.admin.edit(must(two, "a row"), { A: t("moved since") });
  world.left.admin.edit(must(three, "a row"), { A: t("never planned") });
  world.left.admin.add({ Name: t("Born since") });
  world.nowMs += 10 * minuteMs;
  const { skipped } = await apply(made, plan);
  expect(world.picture().right).toEqual([
    "Row 0 | planned | empty",
    "Row 1 | a1 | planned",
    "Row 2 | a2 | empty",
    "Row 3 | a3 | empty",
  ]);
  expect(
    skipped.map(({ title, field, why }) => `${title} ${field ?? "-"} ${why}`).toSorted(),
  ).toEqual(["Born since - not-planned", "Row 1 A moved", "Row 2 - not-planned"]);
});

test("P26: a value that somebody replaced meanwhile is not written over by an old plan", async () => {
  const made = await makeApp(1, {});
  const { world, left } = made;
  world.left.admin.edit(must(left[0], "a row"), { A: t("planned") });
  const plan = await planned(made);
  const right = must(world.right.admin.ids()[0], "a row");
  world.nowMs += 10 * minuteMs;
  world.right.admin.edit(right, { A: t("by hand") });
  world.left.admin.edit(must(left[0], "a row"), { A: t("planned") });
  world.nowMs += 10 * minuteMs;
  await apply(made, plan);
  expect(world.right.admin.cell(right, "A")).toEqual(t("by hand"));
});

test("P26: a row is made as it was shown, or not at all", async () => {
  const made = await makeApp(1);
  const born = made.world.left.admin.add({ Name: t("Born"), A: t("shown") });
  const other = made.world.left.admin.add({ Name: t("Other") });
  const plan = await planned(made);
  made.world.left.admin.edit(born, { B: t("typed since") });
  made.world.nowMs += 10 * minuteMs;
  const { skipped } = await apply(made, plan);
  expect(made.world.picture().right).toEqual(["Other | empty | empty", "Row 0 | a0 | empty"]);
  expect(skipped).toMatchObject([{ title: "Born", field: "B" }]);
  expect(made.world.left.admin.ids()).toContain(other);
});

test("a plan made against another store is refused, before anything is read", async () => {
  const made = await makeApp(1);
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: t("planned") });
  const plan = await planned(made);
  const before = made.world.left.requests();
  await expect(apply(made, { ...plan, storeId: "another" })).rejects.toMatchObject({
    code: "usage",
  });
  expect(made.world.left.requests()).toEqual(before);
});

test("a plan comes back from its file as it was saved; anything else is no plan", async () => {
  const made = await makeApp(1);
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: t("planned") });
  const plan = await planned(made);
  const file = join(folder, "plan.json");
  const saved = (content: string): unknown => {
    writeFileSync(file, content);
    return readSavedPlans(file);
  };
  expect(saved(JSON.stringify([plan]))).toEqual([plan]);
  for (const content of ["", "{}", "[1]", JSON.stringify([{ ...plan, version: 2 }])]) {
    expect(() => saved(content)).toThrow("is no saved plan");
  }
  expect(() => readSavedPlans(join(folder, "none.json"))).toThrow("cannot be read");
});

test("status counts what is linked, open, refused and in doubt, and the calls of the month", async () => {
  const made = await makeApp(2);
  const { world, app, left } = made;
  const now = async () => must((await status(app, []))[0], "a status");
  expect(await now()).toMatchObject({ state: "ok", linkedRows: 2, openConflicts: 0 });
  const calls = (await now()).callsThisMonth;
  world.left.admin.edit(must(left[0], "a row"), { A: t("x".repeat(20_000)) });
  world.left.admin.trash(must(left[1], "a row"));
  const right = must(world.right.admin.ids()[1], "a row");
  world.right.admin.edit(right, { A: t("edited") });
  expect(await ran(made)).toBe("attention");
  expect(await now()).toMatchObject({ state: "attention", openConflicts: 1 });
  expect((await now()).callsThisMonth.left).toBeGreaterThan(calls.left);
  world.right.admin.failNext("write", "lost-after");
  world.left.admin.add({ Name: t("Born") });
  world.nowMs += 10 * minuteMs;
  await ran(made);
  expect((await now()).unknownOutcomes).toBe(1);
  // A new month begins with no calls.
  world.nowMs = Date.UTC(2026, 1, 1);
  expect((await now()).callsThisMonth).toEqual({ left: 0, right: 0 });
});
