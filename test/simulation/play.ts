// The turns of a history: what was there at first, people, runs, and the way to rest.
import { InvariantError } from "../../src/core/assert.ts";
import type { RowPlan } from "../../src/core/reconcile.ts";
import { sides } from "../../src/core/side.ts";
import { SyncError } from "../../src/errors.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { answerAll } from "./answers.ts";
import { noteMatches, notePlans } from "./coverage.ts";
import { columnOf } from "./fields.ts";
import { makeLedger, type Ledger } from "./ledger.ts";
import { makeLens } from "./lens.ts";
import {
  makeMachine,
  runOnce,
  syncJob,
  type Job,
  type Machine,
  type RunReport,
} from "./machine.ts";
import { perform } from "./people.ts";
import type { Round, Script } from "./script.ts";
import { lateMsMax, note, poisonTitle, type World } from "./world.ts";

export interface History {
  readonly world: World;
  readonly script: Script;
  readonly machine: Machine;
  readonly ledger: Ledger;
  calls: number;
  /** The plan of the last run's first pass. */
  firstPlan: readonly RowPlan[] | null;
}

/** Whether some answers of these rounds are old. */
export function isStale(rounds: readonly Round[]): boolean {
  return rounds.some((round) => round.disturbances.some((entry) => entry.kind === "stale"));
}

export function begin(world: World, script: Script): History {
  const lens = isStale(script.rounds) ? makeLens(world.services) : null;
  const ledger = makeLedger(world);
  const machine = makeMachine(world, lens, {
    onStored: (changes) => {
      ledger.note(changes);
    },
    onPlanned: (plans) => {
      history.firstPlan ??= plans;
      notePlans(world, plans);
    },
  });
  const history: History = { world, script, machine, ledger, calls: 0, firstPlan: null };
  return history;
}

/** What was there before Tandem came: some rows on each side, some on both under one title. */
export function settle({ world, machine }: History): void {
  const { rows, fields } = world.setting;
  const { notion, airtable, dataSourceId, tableId, person } = world.services;
  const add = (side: "left" | "right", nonce: number, title: number): void => {
    const entries = fields
      .filter(({ key }, at) => key !== "shout" && (at === 0 || (nonce >> at) % 3 !== 0))
      .map(({ key }) => {
        const column = columnOf(key);
        const plain = column.value(side, key === "title" ? title : nonce);
        return [
          column.names[side],
          side === "left" ? column.toLeft(plain, false) : column.toRight(plain),
        ] as const;
      });
    const properties = Object.fromEntries(entries);
    if (side === "left") notion.admin.createPage({ parent: { dataSourceId }, properties });
    else airtable.admin.addRow(tableId, properties, { by: person });
    world.pass(20_000);
  };
  for (let at = 0; at < rows.left; at += 1) add("left", 10 + at, 10 + at);
  for (let at = 0; at < rows.right; at += 1) add("right", 20 + at, 20 + at);
  for (let at = 0; at < rows.twins; at += 1) add("left", 40 + at, 30);
  for (let at = 0; at < rows.both; at += 1) {
    add("left", 30 + at, 30 + at);
    add("right", 30 + at * 2, 30 + at);
  }
  if (world.setting.further !== "none") {
    const title = columnOf("title").toLeft(poisonTitle, false);
    notion.admin.createPage({ parent: { dataSourceId }, properties: { Name: title } });
  }
  for (const side of sides) {
    const changes = note(world, side, "person");
    machine.lens?.keep(changes.born);
  }
  world.pass(300_000);
}

/** People's part of a round. */
export function playActs(history: History, round: Round): void {
  const { world, machine } = history;
  const stepMs = round.pauseMs / (round.acts.length + 1);
  for (const act of round.acts) {
    world.pass(stepMs);
    perform(world, machine.lens, act);
  }
  world.pass(stepMs);
}

export async function playRound(history: History, round: Round): Promise<void> {
  playActs(history, round);
  await run(history, round);
}

/** One run of the engine, and what it came to. */
export async function run(
  history: History,
  round: Pick<Round, "disturbances"> & { readonly job?: Job },
): Promise<RunReport> {
  const { world, machine } = history;
  world.tell(() => "-- a run begins");
  history.firstPlan = null;
  const startMs = world.nowMs();
  const job = round.job ?? syncJob(world);
  const report = await runOnce(machine, { disturbances: round.disturbances, job });
  history.calls += report.calls;
  world.tally.add("total", "calls", report.calls);
  world.tally.add("total", "runs");
  const { end } = report;
  const isDisturbed = round.disturbances.some(
    (entry) => entry.kind !== "act" && entry.kind !== "stale" && entry.kind !== "clock",
  );
  if (isDisturbed) world.isUndisturbed = false;
  switch (end.kind) {
    case "run":
      world.tally.add("run", end.run.status);
      world.runs.push({
        id: end.run.run,
        startMs,
        endMs: world.nowMs(),
        isWhole: isWhole(end.run),
        hasWritten: report.writes > 0,
      });
      noteMatches(world, end.run);
      world.tell(
        () =>
          `-- it ends: ${end.run.status} ${end.run.error?.message ?? ""} ${JSON.stringify(end.run.summary.counts)}`,
      );
      break;
    case "killed":
      world.tally.add("run", "killed");
      break;
    case "thrown":
      world.tally.add("run", "thrown");
      judgeThrown(world, end.error);
  }
  return report;
}

function isWhole({ status, prepared }: PairRun): boolean {
  if (status !== "ok" && status !== "attention") return false;
  return prepared !== null && sides.every((side) => prepared.observation.ends[side].isComplete);
}

function judgeThrown(world: World, error: unknown): void {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  world.tell(() => `-- it ends with ${error instanceof Error ? (error.stack ?? said) : said}`);
  if (error instanceof SyncError && !(error instanceof InvariantError)) return;
  world.find("P0", `a run ended with ${said}`);
}

function hasClockJumps({ script }: History): boolean {
  return script.rounds.some((round) => round.disturbances.some((entry) => entry.kind === "clock"));
}

/** Runs until one writes nothing. Null when that never comes. */
const runsMax = 4;

export async function rest(
  history: History,
  options: { readonly hasAnswers: boolean },
): Promise<PairRun | null> {
  const { world } = history;
  world.tell(() => "== people and faults stop");
  world.pass(lateMsMax);
  // What was stamped by a clock an hour ahead is doubted until that hour has come.
  if (hasClockJumps(history)) world.pass(4_000_000);
  let releases = 0;
  let isAnswered = !options.hasAnswers;
  for (let count = 1; count <= runsMax; count += 1) {
    world.pass(900_000);
    const report = await run(history, { disturbances: [] });
    const { end } = report;
    if (end.kind !== "run") {
      world.find("P2", `a run at rest ended ${end.kind}`);
      return null;
    }
    if (end.run.status === "halted" && releases < 8) {
      releases += 1;
      count -= 1;
      await release(history);
      continue;
    }
    if (end.run.status === "error" || end.run.status === "halted") {
      world.find(
        "P2",
        `a run at rest ended with ${end.run.status}: ${end.run.error?.message ?? ""}`,
      );
      return null;
    }
    if (report.writes > 0) continue;
    if (!isAnswered) {
      isAnswered = true;
      if (await answerAll(world)) count = 0;
      if (count === 0) continue;
    }
    world.tally.add("tested", "P2");
    world.tally.add("runs to rest", String(count));
    return end.run;
  }
  world.find("P2", `run ${runsMax} after people and faults had stopped still wrote`);
  return null;
}

/** A person lets a halted pair run once, as `pair release` does. */
async function release({ world }: History): Promise<void> {
  const store = world.disk.open(() => world.ourNowMs());
  const state = await store.loadPair(world.policy.id);
  if (state?.halted === null || state === null) return;
  const { guard, amount } = state.halted;
  const approvals = [
    ...state.approvals.filter((entry) => entry.guard !== guard),
    { guard, amountMax: amount },
  ];
  await store.commit(null, [{ kind: "pair", pair: { ...state, halted: null, approvals } }]);
  world.tally.add("people", "release");
  world.tell(() => `somebody lets the pair pass ${guard} up to ${amount}`);
}

/** P3: another run writes nothing at all. */
export async function judgeQuiet(history: History): Promise<void> {
  const { world } = history;
  const before = world.disk.dump();
  world.pass(900_000);
  const report = await run(history, { disturbances: [] });
  world.tally.add("tested", "P3");
  if (report.writes > 0)
    world.find("P3", `a run with nothing to do made ${report.writes} write calls`);
  const after = world.disk.dump();
  if (after === before) return;
  world.find("P3", "a run with nothing to do changed the store");
  world.tell(() => `before: ${before}\nafter:  ${after}`);
}
