// A plan being carried out: in which company rows are looked at and written, whose outcome is whose, and
// what is left undone when a service stops answering or the run is asked to stop.
import { describe, expect, test } from "vitest";
import type { Connector, WriteOutcome } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { other, sides, type Side } from "../../src/core/side.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps, Progress } from "../../src/engine/deps.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { StoreChange } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;
const guards = { massChange: { percent: 100, floor: 1_000, cap: null } } as const;

function step(world: World, part: Partial<EngineDeps> = {}): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  const policy = { ...world.policy, guards: { ...world.policy.guards, ...guards } };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  return syncPair(policy, options, { ...world.deps(), ...part });
}

interface Rows {
  readonly world: World;
  /** `Row 0` and so on. */
  readonly ids: (side: Side) => readonly RecordId[];
}

async function linked(count: number): Promise<Rows> {
  const world = await makeWorld();
  for (let at = 0; at < count; at += 1) world.left.admin.add({ Name: t(`Row ${at}`), A: t("a0") });
  expect((await step(world)).status).toBe("ok");
  return { world, ids: (side) => world[side].admin.ids() };
}

function editAll({ world, ids }: Rows, side: Side, content = "a1"): void {
  for (const id of ids(side)) world[side].admin.edit(id, { A: t(content) });
}

/** The sizes of the calls of a kind. */
function sizesOf(world: World, side: Side, kind: "update" | "create" | "recheck"): number[] {
  const sizes: number[] = [];
  const connector = world[side];
  const call = connector[kind].bind(connector) as (...asked: unknown[]) => never;
  const heard = (rows: readonly unknown[], ...rest: unknown[]): never => {
    sizes.push(rows.length);
    return call(rows, ...rest);
  };
  Object.assign(connector, { [kind]: heard });
  return sizes;
}

/** The right side answers each of its updates as told, in order; null: as it does by itself. */
function answers(
  world: World,
  outcome: (call: number, row: number) => WriteOutcome | null,
): readonly (readonly string[])[] {
  const sent: (readonly string[])[] = [];
  const update = world.right.update.bind(world.right);
  const answering: Connector["update"] = async (writes, wanted) => {
    const call = sent.length;
    sent.push(writes.map(({ id }) => id));
    const outcomes: WriteOutcome[] = [];
    for (const [row, write] of writes.entries()) {
      const told = outcome(call, row);
      outcomes.push(told ?? must((await update([write], wanted))[0], "an outcome"));
    }
    return outcomes;
  };
  Object.assign(world.right, { update: answering });
  return sent;
}

const busy: WriteOutcome = { kind: "not-applied", message: "busy for good" };
const lost: WriteOutcome = { kind: "unknown", message: "no answer", hint: null };
const refused: WriteOutcome = { kind: "failed", why: "forbidden", message: "no", field: null };

describe("in which company", () => {
  test("rows are written as many a call as the service takes, and looked at as many as it can show", async () => {
    const rows = await linked(105);
    const { world } = rows;
    const looks = sizesOf(world, "right", "recheck");
    const writes = sizesOf(world, "right", "update");
    editAll(rows, "left");
    expect((await step(world)).summary.counts.updated).toEqual({ left: 0, right: 105 });
    expect(looks).toEqual([100, 5]);
    expect(writes).toEqual([...Array.from({ length: 10 }, () => 10), 5]);
  });

  test("single writes are looked at thirty rows together", async () => {
    const rows = await linked(35);
    const { world } = rows;
    const looks = sizesOf(world, "left", "recheck");
    const writes = sizesOf(world, "left", "update");
    editAll(rows, "right");
    expect((await step(world)).summary.counts.updated).toEqual({ left: 35, right: 0 });
    expect(looks).toEqual([30, 5]);
    expect(writes).toEqual(Array.from({ length: 35 }, () => 1));
  });

  test("rows that were refused before go last and each alone", async () => {
    const rows = await linked(5);
    const { world, ids } = rows;
    answers(world, (_call, row) => (row === 1 || row === 3 ? refused : null));
    editAll(rows, "left");
    expect((await step(world)).summary.counts).toMatchObject({ failed: 2, updated: { right: 3 } });
    editAll(rows, "left", "a2");
    const sent = answers(world, () => null);
    expect((await step(world)).status).toBe("ok");
    const [r0, r1, r2, r3, r4] = ids("right");
    expect(sent).toEqual([[r0, r2, r4], [r1], [r3]]);
  });
});

test("P16: of rows that were sent together each has its own outcome", async () => {
  const rows = await linked(6);
  const { world } = rows;
  const outcomes = [null, refused, null, lost, busy, null];
  answers(world, (_call, row) => outcomes[row] ?? null);
  editAll(rows, "left");
  const run = await step(world);
  const told = (await world.entries(run)).flatMap(({ body }) => {
    if (body.type === "change") return [`${body.op} ${body.title}`];
    return body.type === "problem" ? [`${body.code} ${body.ids.left}`] : [];
  });
  const left = rows.ids("left");
  expect(told).toEqual([
    "update Row 0",
    `rejected ${left[1]}`,
    "update Row 2",
    `outcome_unknown ${left[3]}`,
    "update Row 5",
  ]);
  const index = await world.store.loadLinkIndex(world.policy.id);
  const titleOf = (link: string): string | undefined =>
    index.findLast(({ id }) => id === link)?.ids.left ?? undefined;
  const intents = await world.store.loadIntents(world.policy.id);
  expect(intents.map(({ link, status }) => [titleOf(link), status])).toEqual([
    [left[3], "unknown"],
  ]);
  const quarantine = await world.store.loadQuarantine(world.policy.id);
  expect(quarantine.map(({ link, code }) => [titleOf(link), code])).toEqual([
    [left[1], "forbidden"],
  ]);
  expect(run.summary.counts).toMatchObject({
    failed: 1,
    waiting: 2,
    updated: { left: 0, right: 3 },
  });
  expect(run.summary.report).toMatchObject({
    overwrites: { left: 0, right: 3 },
    holds: { inDoubt: 1, rejected: 1, unreached: 1 },
    writes: { clean: 3, indeterminate: 1, settledLate: 0 },
  });
});

describe("a service that stops answering", () => {
  test.each(sides)(
    "is left in peace for the rest of the run, and the other one is not: %s",
    async (side) => {
      const rows = await linked(12);
      const { world } = rows;
      editAll(rows, other(side));
      for (const born of ["Born 0", "Born 1"]) world[side].admin.add({ Name: t(born) });
      for (const born of ["Born 2", "Born 3"]) world[other(side)].admin.add({ Name: t(born) });
      const calls = sides.map(
        (at) => [at, sizesOf(world, at, "update"), sizesOf(world, at, "create")] as const,
      );
      world[side].admin.failNext("write", "busy");
      const run = await step(world);
      const writes = Object.fromEntries(
        calls.map(([at, updates, creates]) => [at, [updates, creates]]),
      );
      expect(run).toMatchObject({ status: "error" });
      expect(run.error).toMatchObject({
        code: "unavailable",
        message: "A service stopped answering in the middle of the run: busy",
        remedy: "Nothing is lost; run the sync again when the service is well.",
      });
      // One call, and no other. New left rows come first of all.
      expect(writes[side]).toEqual(side === "left" ? [[], [1]] : [[10], []]);
      expect(run.summary.counts.created[other(side)]).toBe(2);
      // All its rows wait: those that were sent, those that were not, and what new pages would give back.
      const unreached = side === "left" ? 14 : 16;
      expect(run.summary.counts.waiting).toBe(unreached);
      expect(run.summary.report).toMatchObject({ holds: { unreached }, agreement: null });
      expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
      expect((await step(world)).status).toBe("ok");
      expect(world.picture().left).toEqual(world.picture().right);
    },
  );

  const patience = async (outcomes: readonly (WriteOutcome | null)[]): Promise<number> => {
    const rows = await linked(8);
    const { world } = rows;
    // One row a call.
    Object.assign(world.right.capabilities, { writeBatchMax: 1 });
    const sent = answers(world, (call) => outcomes[call] ?? null);
    editAll(rows, "left");
    await step(world);
    return sent.length;
  };

  test.each<readonly [string, readonly (WriteOutcome | null)[], number]>([
    ["three lost answers in a row are enough", [lost, lost, lost], 3],
    ["one that was answered between them starts the count anew", [lost, lost, null, lost, lost], 8],
    ["so does a refusal, which is an answer", [lost, lost, refused, lost, lost], 8],
    ["and then three are enough again", [lost, lost, null, lost, lost, lost], 6],
    ["one that is busy for good is enough", [null, busy], 2],
  ])("%s", async (_what, outcomes, calls) => {
    expect(await patience(outcomes)).toBe(calls);
  });
});

test("a run that is asked to stop sends no other call, and what was sent is stored", async () => {
  const rows = await linked(25);
  const { world } = rows;
  editAll(rows, "left");
  const stop = new AbortController();
  const sent = answers(world, (call) => {
    if (call === 1) stop.abort();
    return null;
  });
  const run = await step(world, { signal: stop.signal });
  expect(run).toMatchObject({ status: "attention", error: { code: "aborted" } });
  expect(sent.map((call) => call.length)).toEqual([10, 10]);
  expect(run.summary.counts.updated).toEqual({ left: 0, right: 20 });
  expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
  expect((await step(world)).summary.counts.updated).toEqual({ left: 0, right: 5 });
});

test("nor does it look at rows once more, or store what it has planned", async () => {
  const rows = await linked(35);
  const { world } = rows;
  editAll(rows, "right");
  const stop = new AbortController();
  const looks = sizesOf(world, "left", "recheck");
  const update = world.left.update.bind(world.left);
  let sent = 0;
  world.left.update = async (...asked) => {
    sent += 1;
    if (sent === 30) stop.abort();
    return update(...asked);
  };
  await step(world, { signal: stop.signal });
  expect([sent, looks]).toEqual([30, [30]]);
  const kinds: StoreChange["kind"][] = [];
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (lease, changes) => {
    kinds.push(...changes.map(({ kind }) => kind));
    await commit(lease, changes);
  };
  const early = new AbortController();
  const run = await step(world, { signal: early.signal, onPlanned: () => early.abort() });
  expect(run.error).toMatchObject({ code: "aborted" });
  // Its own record and line.
  expect(kinds).toEqual(["run", "entry"]);
});

test("a row that was refused is not sent again by the second look of the same run", async () => {
  const rows = await linked(3);
  const { world, ids } = rows;
  const back = must(ids("left")[0], "a row");
  world.left.admin.trash(back);
  await step(world);
  world.left.admin.restore(back);
  const [, edited] = ids("right");
  world.left.admin.edit(must(ids("left")[1], "a row"), { A: t("a1") });
  const update = world.right.update.bind(world.right);
  let refusals = 0;
  world.right.update = async (writes, wanted) => {
    const outcomes = await update(
      writes.filter(({ id }) => id !== edited),
      wanted,
    );
    const others = [...outcomes];
    return writes.map(({ id }) => {
      if (id !== edited) return must(others.shift(), "an outcome");
      refusals += 1;
      return refused;
    });
  };
  const run = await step(world);
  expect(run.summary.counts).toMatchObject({ failed: 1, restored: { left: 0, right: 1 } });
  expect(refusals).toBe(1);
  expect(run.summary.report).toMatchObject({ holds: { rejected: 1 } });
});

test("P12 P16: every call stands in the journal before it is sent, and its outcome before the next one", async () => {
  const rows = await linked(12);
  const { world } = rows;
  editAll(rows, "left");
  world.right.admin.add({ Name: t("Born right") });
  const order: string[] = [];
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (lease, changes) => {
    await commit(lease, changes);
    const count = (kind: StoreChange["kind"]): number =>
      changes.filter((one) => one.kind === kind).length;
    const [noted, dropped] = [count("intent"), count("intent-drop")];
    if (noted + dropped > 0) order.push(`stored +${noted} -${dropped}`);
  };
  for (const side of sides) {
    for (const kind of ["create", "update"] as const) {
      const call = world[side][kind].bind(world[side]) as (...asked: unknown[]) => Promise<unknown>;
      const heard = async (asked: readonly unknown[], ...rest: unknown[]): Promise<unknown> => {
        const journal = await world.store.loadIntents(world.policy.id);
        order.push(`${kind} ${side} ${asked.length} of ${journal.length}`);
        return call(asked, ...rest);
      };
      Object.assign(world[side], { [kind]: heard });
    }
  }
  expect((await step(world)).status).toBe("ok");
  expect(order).toEqual([
    "stored +1 -0",
    "create left 1 of 1",
    "stored +0 -1",
    "stored +10 -0",
    "update right 10 of 10",
    "stored +0 -10",
    // What the new row gives back goes with the last two.
    "stored +3 -0",
    "update right 3 of 3",
    "stored +0 -3",
  ]);
});

test("how far a run is, is told after every call, of as many rows as there are to write", async () => {
  const rows = await linked(12);
  const { world } = rows;
  editAll(rows, "left");
  world.right.admin.add({ Name: t("Born right") });
  const told: Progress[] = [];
  await step(world, { onProgress: (progress) => told.push(progress) });
  const stages = told
    .filter(({ stage }) => stage !== "scan")
    .map(({ stage, done, total }) => [stage, done, total]);
  expect(stages).toEqual([
    ["describe", 0, null],
    ["plan", 12, null],
    ["apply", 1, 13],
    ["apply", 11, 13],
    ["apply", 14, 14],
  ]);
});
