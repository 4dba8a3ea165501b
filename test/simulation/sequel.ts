// What follows once a history has come to rest: further rounds with columns that go and come back, runs
// that are taken back, and bases that are forgotten. After that everything must come to rest again.
import { inRun } from "../../src/engine/run.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import { sides, type Side } from "../../src/core/side.ts";
import { answerAll } from "./answers.ts";
import { columnOf } from "./fields.ts";
import { partnersOf, valueOf } from "./ghost.ts";
import { makeLens } from "./lens.ts";
import type { Job } from "./machine.ts";
import { perform } from "./people.ts";
import { isStale, playActs, run, type History } from "./play.ts";
import { judgeHalt, standingBreaks } from "./schema-watch.ts";
import type { Round, Sequel } from "./script.ts";
import { findUndoing, forgetPutBack, judgeUndo, standingOf, undoJob } from "./undone.ts";
import type { World } from "./world.ts";

export async function playSequel(history: History, sequel: Sequel): Promise<void> {
  const { world, machine } = history;
  world.tally.add("total", "sequels");
  world.isSequel = true;
  world.tell(() => "== and goes on");
  if (isStale(sequel.rounds) && machine.lens === null) {
    machine.lens = makeLens(world.services);
    // Rows that were there before did not come into being with their first edit from here on.
    machine.lens.keep(sides.flatMap((side) => world.ghost.rows(side)));
  }
  for (const round of sequel.rounds) await playOne(history, round);
  await mendAll(history);
}

async function playOne(history: History, round: Round): Promise<void> {
  const { world } = history;
  playActs(history, round);
  switch (round.command.kind) {
    case "answer":
    case "sync": {
      if (round.command.kind === "answer") await answerAll(world);
      const before = standingBreaks(world);
      const report = await run(history, round);
      judgeHalt(world, { before, report, round });
      return;
    }
    case "undo":
      await takeBack(history, round, round.command.back);
      return;
    case "resync":
      await mend(history);
      await resync(history, { ...round, prefer: round.command.prefer });
  }
}

/** `tandem undo RUN`, for one of the runs that wrote something. */
async function takeBack(history: History, round: Round, back: number): Promise<void> {
  const { world } = history;
  const found = await findUndoing(world, back);
  if (found === null) {
    await run(history, round);
    return;
  }
  const { undoing } = found;
  const standing = standingBreaks(world);
  const before = standingOf(undoing);
  const { job, done } = undoJob(world, found.run);
  world.tell(() => `== somebody takes the run ${found.run.id} back`);
  world.tally.add("people", "undo a run");
  world.undoing = undoing;
  const report = await run(history, { ...round, job });
  world.undoing = null;
  judgeHalt(world, { before: standing, report, round });
  const made = done();
  const isWhole = made !== null && made.run.error === null && round.disturbances.length === 0;
  if (isWhole) judgeUndo(world, { undoing, before, done: made });
}

async function resync(
  history: History,
  at: Pick<Round, "disturbances"> & { readonly prefer: Side | "newer" | null },
): Promise<void> {
  const { world } = history;
  const { disturbances, prefer } = at;
  world.tally.add("people", "resync");
  ruleDiffering(world);
  world.replaced = "no";
  const { end } = await run(history, { disturbances, job: resyncJob(world, prefer) });
  const isDone = end.kind === "run" && end.run.status !== "error";
  ruleDiffering(world);
  forgetPutBack(world);
  // A column that changed while it ran was looked up before that, or after it.
  const { isReplaced, breaks } = standingBreaks(world);
  world.replaced = isDone && !isReplaced && breaks.length === 0 ? "no" : "maybe";
}

function resyncJob(world: World, prefer: Side | "newer" | null): Job {
  return (deps, options) =>
    inRun(
      world.policy,
      { ...options, trigger: "resync" },
      {
        deps,
        body: (current, state) => resyncBody(current, { state, prefer }),
      },
    );
}

/** What differs when the bases are forgotten goes as the person prefers, or waits for their word. */
function ruleDiffering(world: World): void {
  for (const left of world.ghost.rows("left")) {
    for (const right of partnersOf(world.ghost, left)) {
      for (const { key } of world.setting.fields) {
        if (columnOf(key).agree(valueOf(left, key), valueOf(right, key))) continue;
        world.ruled.add(`${left.id} ${key}`).add(`${right.id} ${key}`);
      }
    }
  }
}

/** Somebody reads what the runs complain of, and takes back what was done to the columns. */
async function mend({ world, machine }: History): Promise<void> {
  // Bound: each act takes one off the list.
  for (let next = world.breaks[0]; next !== undefined; next = world.breaks[0]) {
    perform(world, machine.lens, { do: "mend-field", side: next.side, field: 0 });
  }
}

/** What only a resync makes known is made known at last. */
async function mendAll(history: History): Promise<void> {
  const { world } = history;
  await mend(history);
  if (world.replaced === "no") return;
  world.pass(120_000);
  await resync(history, { disturbances: [], prefer: null });
}
