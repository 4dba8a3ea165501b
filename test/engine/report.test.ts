// The honest report of a run: what it replaced, what it holds and why, and when it may say "in sync".
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { RunReport } from "../../src/core/report.ts";
import { text, unknown } from "../../src/core/value.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { encodeLine, noLine } from "../../src/history/encode.ts";
import { parseLine } from "../../src/history/line.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

function reportOf(run: PairRun): RunReport {
  return must(run.summary.report, "a run without its report");
}

async function step(world: World): Promise<RunReport> {
  world.nowMs += 10 * minuteMs;
  return reportOf(await world.run());
}

async function linked(
  count: number,
  options: WorldOptions = {},
): Promise<{ world: World; left: RecordId[]; right: RecordId[] }> {
  const world = await makeWorld(options);
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`), B: t(`b${at}`) }),
  );
  await step(world);
  const right = left.map((id) =>
    must(
      world.right.admin.ids().find((row) => {
        const link = world.right.admin.cell(row, "Link");
        return link?.kind === "text" && link.text === id;
      }),
      "no counterpart",
    ),
  );
  return { world, left, right };
}

const first = (ids: readonly RecordId[]): RecordId => must(ids[0], "a row");

test("a run with nothing left says so, with the times that are in force", async () => {
  const { world } = await linked(2);
  expect(await step(world)).toEqual({
    overwrites: { left: 0, right: 0 },
    windowMsTotal: 0,
    conflicts: { proven: 0, estimated: 0, tie: 0, policy: 0, held: 0 },
    holds: {},
    rowsUnknown: 0,
    guards: [],
    writes: { clean: 0, indeterminate: 0, settledLate: 0 },
    readLagMs: 15_000,
    settleMs: 120_000,
    agreement: "in sync",
    unseen: null,
  });
});

test("filled cells that were replaced are counted, with the time nobody looked", async () => {
  const { world, left, right } = await linked(3);
  for (const id of left) world.left.admin.edit(id, { A: t(`new ${id}`) });
  world.right.admin.edit(first(right), { B: t("from the right") });
  const update = world.right.update.bind(world.right);
  world.right.update = (...args) => {
    world.nowMs += 400;
    return update(...args);
  };
  world.nowMs += 10 * minuteMs;
  const run = await world.run();
  expect(reportOf(run)).toMatchObject({
    overwrites: { left: 1, right: 3 },
    windowMsTotal: 1_200,
    writes: { clean: 4, indeterminate: 0, settledLate: 0 },
    agreement: "in sync",
  });
  expect(run.summary.windowMsMax).toBe(400);
});

test("only a side that hides previous values, and only when it was overwritten, is warned of", async () => {
  const { world, left, right } = await linked(1);
  Object.assign(world.left.capabilities, { hidesPrevious: true });
  world.left.admin.edit(first(left), { A: t("new") });
  expect((await step(world)).unseen).toBeNull();
  world.right.admin.edit(first(right), { A: t("newer") });
  expect((await step(world)).unseen).toBe(
    "Left does not expose previous values; edits made within the listed windows on Left would not be visible to this tool.",
  );
});

test("conflicts are counted by how the winner was found", async () => {
  const { world, left, right } = await linked(2, {
    policy: { fields: [mapped("Name"), mapped("A", { owner: "left" }), mapped("B")] },
  });
  world.left.admin.edit(first(left), { A: t("l"), B: t("early") });
  await step(world);
  world.left.admin.edit(first(left), { A: t("l2") });
  world.right.admin.edit(first(right), { A: t("r2") });
  const { conflicts } = await step(world);
  expect(conflicts).toMatchObject({ policy: 1, proven: 0, held: 0 });
});

test("what is held keeps the run from saying that both sides are in sync", async () => {
  const { world, left, right } = await linked(4, {
    policy: { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] },
  });
  world.left.admin.edit(first(left), { A: t("l") });
  world.right.admin.edit(first(right), { A: t("r") });
  world.left.admin.edit(must(left[1], "a row"), { B: unknown("error") });
  world.left.admin.trash(must(left[2], "a row"));
  world.right.admin.edit(must(right[2], "a row"), { B: t("edited") });
  const report = await step(world);
  expect(report).toMatchObject({
    holds: { ask: 1, editVersusDelete: 1 },
    rowsUnknown: 1,
    conflicts: { held: 1 },
    agreement: "in sync except 2 held, 1 unknown",
  });
});

test("a lost answer is held as in doubt, and told when a later run settles it", async () => {
  const { world, left } = await linked(1);
  world.left.admin.edit(first(left), { A: t("new") });
  world.right.admin.failNext("write", "lost-after");
  expect(await step(world)).toMatchObject({
    holds: { inDoubt: 1 },
    writes: { clean: 0, indeterminate: 1 },
    agreement: "in sync except 1 held",
  });
  expect(await step(world)).toMatchObject({
    writes: { clean: 0, indeterminate: 0, settledLate: 1 },
    agreement: "in sync",
  });
});

test("a refused row and a hot one are held, and the guard that waited is named", async () => {
  const { world, left, right } = await linked(2);
  world.left.admin.edit(first(left), { A: t("new") });
  world.right.update = async (writes) =>
    writes.map(() => ({ kind: "failed", why: "forbidden", message: "no", field: null }));
  expect(await step(world)).toMatchObject({
    holds: { rejected: 1 },
    agreement: "in sync except 1 held",
  });
  const hot = await linked(1);
  hot.world.right.admin.edit(first(hot.right), { B: t("typing") });
  hot.world.left.admin.edit(first(hot.left), { A: t("new") });
  const { guards } = hot.world.policy;
  const run = await hot.world.run({ guards: { ...guards, hotRowMs: 90_000 } });
  expect(reportOf(run).guards).toEqual(["hotRow"]);
  expect(reportOf(run).agreement).toMatch(/^in sync except [12] held$/u);
  expect(right).toHaveLength(2);
});

test("a cut listing, a halt and an error never say in sync", async () => {
  const { world, left } = await linked(3);
  world.left.admin.failNext("read", "incomplete");
  world.nowMs += 10 * minuteMs;
  const cut = reportOf(await world.run());
  expect(cut.guards).toEqual(["incompleteListing"]);
  expect(cut.agreement).toContain("a listing cut short");
  for (const id of left) world.left.admin.trash(id);
  const halted = await step(world);
  expect(halted).toMatchObject({ guards: ["emptySide"], agreement: null });
  world.left.admin.failNext("read", "down");
  expect((await step(world)).agreement).toBeNull();
});

test("the report is in the run's line, under the services' names, and is read back", async () => {
  const { world, left } = await linked(1);
  world.left.admin.edit(first(left), { A: t("new") });
  await step(world);
  const entries = await world.entries();
  const entry = must(entries.at(-1), "a run's entry");
  const names = { left: "notion", right: "airtable" };
  const line = parseLine(encodeLine({ seq: 1, entry }, noLine, names));
  expect(line).toMatchObject({
    type: "run",
    report: { agreement: "in sync", overwrites: { notion: 0, airtable: 1 }, settleMs: 120_000 },
  });
});
