// What follows once a history has come to rest: further rounds with columns that go and come back, runs
// that are taken back, and bases that are forgotten. After that everything must come to rest again.
import { inRun } from "../../src/engine/run.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import type { Side } from "../../src/core/side.ts";
import { makeLens } from "./lens.ts";
import type { Job } from "./machine.ts";
import { perform } from "./people.ts";
import { isStale, playActs, run, type History } from "./play.ts";
import { judgeHalt, standingBreaks } from "./schema-watch.ts";
import type { Round, Sequel } from "./script.ts";
import type { World } from "./world.ts";

export async function playSequel(history: History, sequel: Sequel): Promise<void> {
  const { world, machine } = history;
  world.tally.add("total", "sequels");
  world.isSequel = true;
  world.tell(() => "== and goes on");
  if (isStale(sequel.rounds)) machine.lens ??= makeLens(world.services);
  for (const round of sequel.rounds) await playOne(history, round);
  await mendAll(history);
}

async function playOne(history: History, round: Round): Promise<void> {
  const { world } = history;
  playActs(history, round);
  switch (round.command.kind) {
    case "sync":
    case "undo": {
      const before = standingBreaks(world);
      const report = await run(history, round);
      judgeHalt(world, { before, report, round });
      return;
    }
    case "resync":
      await mend(history);
      await resync(history, { ...round, prefer: round.command.prefer });
  }
}

async function resync(
  history: History,
  at: Pick<Round, "disturbances"> & { readonly prefer: Side | "newer" | null },
): Promise<void> {
  const { world } = history;
  const { disturbances, prefer } = at;
  const { end } = await run(history, { disturbances, job: resyncJob(world, prefer) });
  const isDone = end.kind === "run" && end.run.status !== "error";
  if (isDone) world.replaced = "no";
  else if (world.replaced === "yes") world.replaced = "maybe";
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
