// What people ask of a pair and what they are told, each answer whole: an undo shown and carried out, a
// plan and its file, how pairs stand, what is open, what was done to a pair. On in-memory services.
import { beforeEach, describe, expect, test } from "vitest";
import { applySaved } from "../../src/app/apply-saved.ts";
import { conflicts, resolve } from "../../src/app/conflicts.ts";
import { makeIds } from "../../src/app/names.ts";
import { act } from "../../src/app/pair-actions.ts";
import { status } from "../../src/app/status.ts";
import { planPairs, syncPairs, type SyncOutcome } from "../../src/app/sync.ts";
import { undo } from "../../src/app/undo.ts";
import { must } from "../../src/core/assert.ts";
import { pairId, type RecordId } from "../../src/core/ids.ts";
import { empty, text } from "../../src/core/value.ts";
import { SyncError } from "../../src/errors.ts";
import { mapped, minuteMs } from "../engine/world.ts";
import { makeApp, type App } from "../fixture/app.ts";
import { makeConflict, makeIntent, makeQuarantine } from "../fixture/store.ts";

const t = text;

/** Code, message and remedy of what was thrown. */
async function refusal(work: Promise<unknown>): Promise<readonly string[]> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (!(thrown instanceof SyncError)) throw new Error("nothing was refused");
  return [thrown.code, thrown.message, thrown.remedy];
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

let made: App;
let left: readonly RecordId[];
let right: readonly RecordId[];
beforeEach(async () => {
  made = await makeApp(4);
  left = made.left;
  right = made.world.right.admin.ids();
});
const at = (ids: readonly RecordId[], index: number): RecordId => must(ids[index], "a row");

/** A run some time later. */
async function ran(): Promise<string> {
  made.world.nowMs += 10 * minuteMs;
  const { run } = await made.world.run();
  made.world.nowMs += 10 * minuteMs;
  return run;
}
const requests = () => [made.world.left.requests(), made.world.right.requests()];

describe("an undo", () => {
  const names = { left: "Left", right: "Right" };
  const ids = (index: number) => ({ left: at(left, index), right: at(right, index) });

  async function edited(): Promise<string> {
    made.world.left.admin.edit(at(left, 0), { A: t("new") });
    made.world.right.admin.edit(at(right, 1), { B: t("new") });
    made.world.left.admin.trash(at(left, 2));
    const run = await ran();
    made.world.right.admin.edit(at(right, 0), { B: t("elsewhere") });
    made.world.left.admin.edit(at(left, 1), { B: t("typed over") });
    return run;
  }

  const view = () => ({
    pair: "pair",
    names,
    rows: [
      {
        ids: ids(0),
        title: "Row 0",
        op: "update",
        side: "right",
        rule: "R5",
        cells: [{ field: "A", before: t("new"), after: t("a0"), rule: "undo" }],
      },
      {
        ids: ids(2),
        title: "Row 2",
        op: "restore",
        side: "right",
        rule: "undo",
        cells: [{ field: "State", before: t("Archived"), after: empty, rule: "undo" }],
      },
    ],
    kept: [
      { title: "Row 1", side: "left", field: "B", why: "was changed since", now: t("typed over") },
    ],
  });

  test("is shown without a write, and carried out as it was shown", async () => {
    const run = await edited();
    const [before] = await made.world.store.loadRuns(pairId("pair"), 1);
    const writes = requests().map(({ write }) => write);
    expect(await undo(made.app, { run, isApplied: false })).toEqual({
      view: view(),
      run: null,
      entries: [],
    });
    expect(requests().map(({ write }) => write)).toEqual(writes);
    expect(await made.world.store.loadRuns(pairId("pair"), 1)).toEqual([before]);
    const done = await undo(made.app, { run, isApplied: true });
    expect(done.view).toEqual(view());
    expect(done.run).toMatchObject({ status: "ok", summary: { trigger: "undo" } });
    expect(done.entries.map(({ run: of, body }) => [of, body.type])).toEqual([
      [done.run?.run, "change"],
      [done.run?.run, "change"],
      [done.run?.run, "change"],
      [done.run?.run, "run"],
    ]);
    const cell = (id: RecordId, name: string) => made.world.right.admin.cell(id, name);
    expect(cell(at(right, 0), "A")).toEqual(t("a0"));
    expect(cell(at(right, 2), "State")).toEqual(empty);
    expect(made.world.left.admin.cell(at(left, 1), "B")).toEqual(t("typed over"));
  });

  test("names what moved between the look and the write beside what stays anyhow", async () => {
    const run = await edited();
    const recheck = made.world.right.recheck.bind(made.world.right);
    made.world.right.recheck = (...args) => {
      made.world.right.recheck = recheck;
      made.world.right.admin.edit(at(right, 0), { A: t("typed in between") });
      return recheck(...args);
    };
    const done = await undo(made.app, { run, isApplied: true });
    const why = "changed while the undo was under way; look again";
    expect(done.view.kept).toEqual([
      ...view().kept,
      { title: "Row 0", side: "right", field: null, why, now: null },
    ]);
    expect(done.run?.status).toBe("attention");
  });

  test("of a link shows the turn as a row of its own, either way", async () => {
    const born = made.world.left.admin.add({ Name: t("Linked") });
    made.world.right.admin.add({ Name: t("Linked"), Link: t(born) });
    const run = await ran();
    const turn = (op: "link" | "unlink") => ({
      ids: { left: born, right: made.world.right.admin.ids().at(-1) },
      title: "Linked",
      op,
      side: "right",
      rule: "undo",
      cells: [],
    });
    expect((await undo(made.app, { run, isApplied: false })).view.rows).toEqual([turn("unlink")]);
    const done = await undo(made.app, { run, isApplied: true });
    expect(done.view.rows).toEqual([turn("unlink")]);
    made.world.nowMs += 10 * minuteMs;
    const back = await undo(made.app, { run: must(done.run, "a run").run, isApplied: false });
    expect(back.view.rows).toEqual([turn("link")]);
  });

  test("of a run that is not known, or of a pair that left the config, is a slip", async () => {
    expect(await refusal(undo(made.app, { run: "r99", isApplied: true }))).toEqual([
      "usage",
      "There is no run r99.",
      "List the runs with `tandem history`.",
    ]);
    const quiet = await ran();
    const nothing = [
      "usage",
      `The run ${quiet} changed nothing in pair, or is too long ago to be taken back.`,
      "List the runs with `tandem history`.",
    ];
    expect(await refusal(undo(made.app, { run: quiet, isApplied: false }))).toEqual(nothing);
    const { run } = await undo(made.app, { run: quiet, isApplied: true });
    const { code, message, remedy } = must(run?.error, "an error");
    expect([code, message, remedy]).toEqual(nothing);
    const other = { ...made.app.config, pairs: [{ ...made.pair, id: pairId("other") }] };
    const gone = undo({ ...made.app, config: other }, { run: quiet, isApplied: true });
    expect(await refusal(gone)).toEqual([
      "usage",
      'There is no pair "pair" in t.yaml.',
      "It has: other.",
    ]);
  });
});

describe("a plan", () => {
  test("is told whole: rows, matters, cost, what it took itself; its file holds the works", async () => {
    const { world, app } = made;
    await ran();
    world.left.admin.edit(at(left, 0), { A: t("new"), B: t("b") });
    world.right.admin.edit(at(right, 1), { A: t("earlier") });
    world.nowMs += 5 * minuteMs;
    world.left.admin.edit(at(left, 1), { A: t("later") });
    const born = world.left.admin.add({ Name: t("Linked"), A: t("a") });
    const twin = world.right.admin.add({ Name: t("Linked"), A: t("a"), Link: t(born) });
    world.nowMs += 5 * minuteMs;
    const before = requests();
    const [found] = await all(planPairs(app, []));
    if (found?.kind !== "plan") throw new Error("no plan");
    const { view, saved } = found.outcome;
    const ids = (index: number) => ({ left: at(left, index), right: at(right, index) });
    const rest = { side: "right", rule: "R5" };
    expect(found.pair).toBe("pair");
    expect(view).toEqual({
      pair: "pair",
      names: { left: "Left", right: "Right" },
      rows: [
        {
          ids: { left: born, right: twin },
          title: "Linked",
          op: "link",
          side: "right",
          rule: "R3",
          cells: [],
        },
        {
          ...rest,
          ids: ids(0),
          title: "Row 0",
          op: "update",
          cells: [
            { field: "A", before: t("a0"), after: t("new"), rule: "F4" },
            { field: "B", before: empty, after: t("b"), rule: "F4" },
          ],
        },
        {
          ...rest,
          ids: ids(1),
          title: "Row 1",
          op: "update",
          cells: [{ field: "A", before: t("earlier"), after: t("later"), rule: "F12" }],
        },
      ],
      conflicts: [expect.objectContaining({ field: "A", winner: "left", title: "Row 1" })],
      problems: [],
      halt: null,
      cost: { left: expect.any(Object), right: expect.any(Object) },
      spent: { left: requests()[0], right: requests()[1] },
      unchanged: 2,
      isFirstRun: false,
    });
    expect(view.cost.right.write).toBeGreaterThan(0);
    expect(requests().map(({ write }) => write)).toEqual(before.map(({ write }) => write));
    const work = { side: "right", kind: "update" };
    expect(saved).toEqual({
      version: 1,
      pair: "pair",
      storeId: world.store.storeId,
      madeAtMs: world.nowMs,
      works: [
        {
          ...work,
          row: at(right, 0),
          title: "Row 0",
          cells: [
            { field: "f-A", before: "t:a0", after: "t:new" },
            { field: "f-B", before: "", after: "t:b" },
          ],
        },
        {
          ...work,
          row: at(right, 1),
          title: "Row 1",
          cells: [{ field: "f-A", before: "t:earlier", after: "t:later" }],
        },
      ],
    });
    expect(await world.store.loadRuns(pairId("pair"), 5)).toHaveLength(2);
  });

  test("tells what it found wrong, what a guard would stop, and whether it is the first", async () => {
    const { world, app } = made;
    const planOf = async () => {
      const [found] = await all(planPairs(app, []));
      if (found?.kind !== "plan") throw new Error("no plan");
      return found.outcome.view;
    };
    world.left.admin.edit(at(left, 0), { A: t("x".repeat(20_000)) });
    expect((await planOf()).problems).toMatchObject([{ code: "not_representable", field: "A" }]);
    world.left.admin.failNext("read", "incomplete");
    expect((await planOf()).problems.map(({ code }) => code)).toEqual([
      "listing_incomplete",
      "not_representable",
    ]);
    for (const id of left) world.left.admin.trash(id);
    expect((await planOf()).halt).toMatchObject({ type: "halt", guard: "emptySide" });
    const state = must(await world.store.loadPair(pairId("pair")), "a pair");
    expect((await planOf()).isFirstRun).toBe(false);
    const fresh = { ...state, firstSyncedAtMs: null };
    await world.store.commit(null, [{ kind: "pair", pair: fresh }]);
    expect((await planOf()).isFirstRun).toBe(true);
  });

  test("of a pair that cannot be read is an error beside the others' plans; a bug is none", async () => {
    const { world, app } = made;
    const error = new SyncError({ code: "unavailable", message: "Down.", remedy: "Wait." });
    const describeLeft = world.left.describe.bind(world.left);
    world.left.describe = () => {
      world.left.describe = describeLeft;
      return Promise.reject(error);
    };
    const config = { ...app.config, pairs: [made.pair, made.pair] };
    const found = await all(planPairs({ ...app, config }, []));
    expect(found.map(({ kind, pair }) => `${kind} ${pair}`)).toEqual(["error pair", "plan pair"]);
    expect(found[0]).toEqual({ kind: "error", pair: "pair", error });
    world.left.describe = () => Promise.reject(new Error("a bug of ours"));
    await expect(all(planPairs(app, []))).rejects.toThrow("a bug of ours");
    await expect(all(syncPairs(app, [], "cli"))).rejects.toThrow("a bug of ours");
  });

  test("from another store, or of a pair that is not there, is refused before any is carried out", async () => {
    const plan = (pair: string, storeId = made.world.store.storeId) =>
      ({ version: 1, pair, storeId, madeAtMs: 0, works: [] }) as const;
    const before = requests();
    expect(await refusal(all(applySaved(made.app, [plan("pair"), plan("pair", "x")])))).toEqual([
      "usage",
      "The plan for pair was made against another store.",
      "Make a new plan with `tandem plan --out FILE`.",
    ]);
    expect(await refusal(all(applySaved(made.app, [plan("pair"), plan("nope")])))).toEqual([
      "usage",
      'There is no pair "nope" in t.yaml.',
      "It has: pair.",
    ]);
    expect(requests()).toEqual(before);
    const [synced] = await all(syncPairs(made.app, ["pair"], "webhook"));
    expect(synced).toMatchObject({ kind: "run", run: { summary: { trigger: "webhook" } } });
    const [applied] = await all(applySaved(made.app, [plan("pair")]));
    const outcome: SyncOutcome = must(applied, "an outcome").outcome;
    expect(outcome).toMatchObject({ kind: "run", run: { summary: { trigger: "apply" } } });
  });
});

test("a file of several plans is carried out one after the other, each with what it left", async () => {
  made.world.left.admin.edit(at(left, 0), { A: t("new") });
  const [found] = await all(planPairs(made.app, []));
  if (found?.kind !== "plan") throw new Error("no plan");
  const { saved } = found.outcome;
  made.world.nowMs += 10 * minuteMs;
  const applied = await all(applySaved(made.app, [saved, { ...saved, works: [] }, saved]));
  expect(applied.map(({ skipped }) => skipped.map(({ why }) => why))).toEqual([
    [],
    [],
    ["applied"],
  ]);
});

test("a pair that cannot be run keeps no other from running, and says why", async () => {
  const { app, world } = made;
  const second = { ...made.pair, id: pairId("second") };
  const open = (pair: typeof second) => {
    const policy = { ...world.policy, id: pair.id };
    return Promise.resolve({ pair, policy, deps: world.deps() });
  };
  await world.store.takeLease("pair-pair", "process 7 on ops");
  const config = { ...app.config, pairs: [made.pair, second] };
  const outcomes = await all(syncPairs({ ...app, config, openPair: open }, [], "cli"));
  expect(outcomes.map(({ kind, pair }) => `${kind} ${pair}`)).toEqual(["error pair", "run second"]);
  const [first] = outcomes;
  if (first?.kind !== "error") throw new Error("it ran");
  const { code, message, remedy } = first.error;
  expect([code, message, remedy]).toEqual([
    "lease_held",
    "Another run is at work on pair (process 7 on ops).",
    "Wait for it to end; nothing was read or written.",
  ]);
});

test("a plan that is carried out twice was applied already, and nothing of it has moved", async () => {
  made.world.left.admin.edit(at(left, 0), { A: t("new") });
  const [found] = await all(planPairs(made.app, []));
  if (found?.kind !== "plan") throw new Error("no plan");
  const { saved } = found.outcome;
  made.world.nowMs += 10 * minuteMs;
  const apply = async () => must((await all(applySaved(made.app, [saved])))[0], "an outcome");
  expect((await apply()).skipped).toEqual([]);
  made.world.nowMs += 10 * minuteMs;
  const [planned] = saved.works;
  expect((await apply()).skipped).toEqual([
    { title: "Row 0", field: null, why: "applied", planned },
  ]);
});

describe("how a pair stands", () => {
  test("is told whole, before its first run and after", async () => {
    const { app, world } = made;
    const [run] = await world.store.loadRuns(pairId("pair"), 1);
    const other = { ...made.pair, id: pairId("other") };
    const config = { ...app.config, pairs: [made.pair, other] };
    expect(await status({ ...app, config }, [])).toEqual([
      {
        pair: "pair",
        state: "ok",
        lastRun: run,
        lastOkAtMs: must(run, "a run").finishedAtMs,
        halted: null,
        linkedRows: 4,
        openConflicts: 0,
        refusedRows: 0,
        unknownOutcomes: 0,
        callsThisMonth: {
          left: Object.values(world.left.requests()).reduce((sum, count) => sum + count),
          right: Object.values(world.right.requests()).reduce((sum, count) => sum + count),
        },
      },
      {
        pair: "other",
        state: "never-run",
        lastRun: null,
        lastOkAtMs: null,
        halted: null,
        linkedRows: 0,
        openConflicts: 0,
        refusedRows: 0,
        unknownOutcomes: 0,
        callsThisMonth: { left: 0, right: 0 },
      },
    ]);
    expect((await status({ ...app, config }, ["other"])).map(({ pair }) => pair)).toEqual([
      "other",
    ]);
  });

  test("a row that is refused or put away is no linked one, and a new one never is until it is made", async () => {
    const { world, app } = made;
    world.left.admin.edit(at(left, 0), { A: t("x".repeat(20_000)) });
    world.left.admin.trash(at(left, 1));
    await ran();
    const [one] = await status(app, []);
    expect(one).toMatchObject({ linkedRows: 3, state: "attention" });
    // Calls of this month alone, and of all its runs.
    const [first, second] = await world.store.loadRuns(pairId("pair"), 2);
    expect(must(first, "a run").requests).not.toBeNull();
    const sum = [first, second].reduce((all, run) => {
      const { read, write } = must(run?.requests, "requests").left;
      return all + read + write;
    }, 0);
    expect(one?.callsThisMonth.left).toBe(sum);
  });

  test("what waits, what was refused and what is in doubt are counted apart", async () => {
    const { world, app } = made;
    const links = await Promise.all(
      left.map(async (id) => must(await world.store.findLink(pairId("pair"), id), "a link").id),
    );
    const [one, two, three] = [must(links[0], "a"), must(links[1], "b"), must(links[2], "c")];
    const pair = pairId("pair");
    await world.store.commit(null, [
      { kind: "conflict", conflict: makeConflict("c1", one, { pair }) },
      { kind: "conflict", conflict: makeConflict("c2", two, { pair, status: "answered" }) },
      { kind: "quarantine", quarantine: makeQuarantine(one, { pair }) },
      { kind: "quarantine", quarantine: makeQuarantine(two, { pair }) },
      ...[one, two, three].map((link) => {
        const intent = makeIntent(`op-${link}`, link, { pair, status: "unknown" });
        return { kind: "intent", intent } as const;
      }),
    ]);
    expect(await status(app, ["pair"])).toMatchObject([
      { openConflicts: 1, refusedRows: 2, unknownOutcomes: 3, linkedRows: 4 },
    ]);
  });

  test("calls of this month are those of runs that began in it, in UTC", async () => {
    const { world, app } = made;
    world.nowMs = Date.UTC(2026, 1, 1) - 1;
    const before = await world.run();
    world.nowMs = Date.UTC(2026, 1, 1);
    const after = await world.run();
    world.nowMs = Date.UTC(2026, 1, 28, 23);
    const { read, write } = after.summary.requests.right;
    expect((await status(app, []))[0]?.callsThisMonth.right).toBe(read + write);
    world.nowMs = Date.UTC(2026, 0, 31, 23);
    const earlier = before.summary.requests.right;
    expect((await status(app, []))[0]?.callsThisMonth.right).toBeGreaterThan(
      earlier.read + earlier.write,
    );
  });

  test("without pairs it is empty where there are workers, and a mistake where there are none", async () => {
    const none = { ...made.app.config, pairs: [] };
    expect(await refusal(status({ ...made.app, config: none }, []))).toEqual([
      "config_invalid",
      "t.yaml has no pairs.",
      "Add one under pairs:.",
    ]);
    const worker = { name: "w" } as (typeof none.workers)[number];
    const workers = { ...made.app, config: { ...none, workers: [worker] } };
    expect(await status(workers, [])).toEqual([]);
    expect(await refusal(status(workers, ["nope"]))).toContain("t.yaml has no pairs.");
    expect(await refusal(all(syncPairs(workers, [], "cli")))).toEqual([
      "config_invalid",
      "t.yaml has no pairs.",
      "Add one under pairs:; for workers there is `tandem worker trigger`.",
    ]);
  });
});

describe("a pair as a whole", () => {
  const acted = async (kind: "pause" | "resume" | "release") =>
    act(made.app, { kind, pair: "pair" });

  test("each action says in a sentence what it came to", async () => {
    expect(await acted("pause")).toEqual({
      message: "pair is paused; runs pass it over until it is resumed.",
      outcome: null,
    });
    expect(await acted("resume")).toEqual({ message: "pair runs again.", outcome: null });
    expect(await refusal(acted("release"))).toEqual([
      "usage",
      "pair is not halted.",
      "See `tandem status`.",
    ]);
    const { message, outcome } = await act(made.app, {
      kind: "resync",
      pair: "pair",
      prefer: null,
    });
    expect(message).toBe("The base of pair was taken anew; nothing was written to either side.");
    expect(outcome).toMatchObject({
      kind: "run",
      pair: "pair",
      run: { status: "ok", summary: { trigger: "resync" } },
      entries: [{ body: { type: "run" } }],
    });
  });

  test("a release approves what was shown, names the guard, and replaces an older approval of it", async () => {
    const halted = { guard: "massBlank", message: "m", remedy: "r", atMs: 1, amount: 12 } as const;
    const state = must(await made.world.store.loadPair(pairId("pair")), "a pair");
    const approvals = [
      { guard: "massBlank", amountMax: 3 },
      { guard: "maxCreate", amountMax: 7 },
    ] as const;
    const pair = { ...state, halted, approvals };
    await made.world.store.commit(null, [{ kind: "pair", pair }]);
    expect((await acted("release")).message).toBe(
      "The next run of pair may pass massBlank once, up to what was shown.",
    );
    expect(await made.world.store.loadPair(pairId("pair"))).toEqual({
      ...state,
      halted: null,
      approvals: [
        { guard: "maxCreate", amountMax: 7 },
        { guard: "massBlank", amountMax: 12 },
      ],
    });
  });

  test("a run at work is named, and the lease is given back after each action", async () => {
    const lease = await made.world.store.takeLease("pair-pair", "process 7 on ops");
    expect(await refusal(acted("pause"))).toEqual([
      "lease_held",
      "A run is at work on pair (process 7 on ops).",
      "Try again when it has ended.",
    ]);
    if ("heldBy" in lease) throw new Error("held");
    await made.world.store.dropLease(lease);
    await acted("pause");
    expect(await refusal(acted("release"))).toContain("pair is not halted.");
    expect(await acted("resume")).toMatchObject({ outcome: null });
  });
});

describe("what is open", () => {
  test("is told with both rows, and an answer with the value it will put there", async () => {
    made = await makeApp(2, {
      policy: { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] },
    });
    const { world, app } = made;
    const [l] = made.left;
    const [r] = world.right.admin.ids();
    world.left.admin.edit(must(l, "a row"), { A: t("left's") });
    world.right.admin.edit(must(r, "a row"), { A: t("right's") });
    await world.run();
    const [open] = await conflicts(app, []);
    const told = {
      id: expect.any(String),
      pair: "pair",
      names: { left: "Left", right: "Right" },
      kind: "cell",
      title: "Row 0",
      field: "A",
      base: t("a0"),
      values: { left: t("left's"), right: t("right's") },
      ids: { left: l, right: r },
      sinceMs: world.nowMs,
      answer: null,
      kept: null,
    };
    expect(open).toEqual(told);
    const { id } = must(open, "a conflict");
    expect(await resolve(app, id, { keep: "right" })).toEqual({
      ...told,
      answer: { keep: "right" },
      kept: t("right's"),
    });
    expect(await conflicts(app, ["pair"])).toEqual([{ ...told, answer: { keep: "right" } }]);
    expect(await refusal(resolve(app, "nope", { keep: "left" }))).toEqual([
      "usage",
      "There is no open conflict nope.",
      "List them with `tandem conflicts`.",
    ]);
    expect(await refusal(conflicts(app, ["nope"]))).toContain('There is no pair "nope" in t.yaml.');
  });
});

test("what was answered and carried out is not open; of a whole row nobody need be asked", async () => {
  const { world, app } = made;
  const { id: link } = must(await world.store.findLink(pairId("pair"), at(left, 0)), "a link");
  const matter = { pair: pairId("pair"), link };
  const row = makeConflict("c1", link, { ...matter, kind: "edit-vs-delete", cell: null });
  const done = makeConflict("c2", link, { ...matter, status: "answered" });
  await world.store.commit(null, [
    { kind: "conflict", conflict: row },
    { kind: "conflict", conflict: done },
  ]);
  expect((await conflicts(app, [])).map(({ id }) => id)).toEqual(["c1"]);
  const before = requests();
  const answered = await resolve(app, "c1", { keep: "left" });
  expect(answered).toMatchObject({ id: "c1", answer: { keep: "left" }, kept: null });
  expect(requests()).toEqual(before);
});

describe("names that are made here", () => {
  const ids = makeIds(() => Date.parse("2026-11-21T14:02:33.999Z"));

  test("a run's begins with its time, so that runs sort by it; conflicts' are short", () => {
    expect(ids.run()).toMatch(/^20261121-140233-[2-9a-hjkmnp-z]{4}$/u);
    expect(ids.conflict()).toMatch(/^[2-9a-hjkmnp-z]{5}$/u);
    expect(ids.link()).toMatch(/^l[\w-]{12}$/u);
    expect(ids.op()).toMatch(/^o[\w-]{12}$/u);
    // No letter that looks like another one, however many are drawn.
    const typed = Array.from({ length: 100 }, () => ids.conflict()).join("");
    expect(typed).toMatch(/^[2-9a-hjkmnp-z]{500}$/u);
    const made = Array.from({ length: 100 }, () => [ids.link(), ids.op()]).flat();
    expect(new Set(made).size).toBe(200);
  });
});
