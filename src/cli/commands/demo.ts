// `tandem demo`: the whole story on local services. The commands that run in it are the real ones, on a
// store and a history of their own; nobody waits, because the clock behind all of it is moved. It ends
// well only when both sides agree and the history is whole.
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenServices, Services } from "../services.ts";
import { chapters, type Call, type Chapter } from "../../demo/chapters.ts";
import { compareSides } from "../../demo/compare.ts";
import { makeDesk, type Desk } from "../../demo/desk.ts";
import { startDemoWorld, type DemoWorld } from "../../demo/world.ts";
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { paragraph, widthOf } from "../plain.ts";
import { count } from "../render/count-words.ts";
import * as explain from "./explain.ts";
import * as history from "./history.ts";
import * as plan from "./plan.ts";
import * as sync from "./sync.ts";
import * as undo from "./undo.ts";

export interface DemoOptions {
  /** A chapter follows the other at once. */
  readonly isFast: boolean;
  /** The directory stays, to look round in it. */
  readonly isKept: boolean;
}

const widthMax = 80;
const betweenMs = 1_500;
/** A head and a whole row of the first plan, and its summary. */
const shownHead = 11;
const shownTail = 6;
/** Minutes between two runs: the schedule of the config. */
const everyMin = 15;

interface Stage {
  readonly world: DemoWorld;
  readonly desk: Desk;
  readonly io: Io;
  readonly open: OpenServices;
}

export async function run(
  io: Io,
  options: DemoOptions,
  open: () => Promise<OpenServices>,
): Promise<number> {
  const startMs = performance.now();
  const world = await startDemoWorld(options);
  const stage: Stage = {
    world,
    desk: makeDesk(world.ops),
    io: stageIo(io, world),
    open: await open(),
  };
  let failures = 0;
  try {
    for (const [index, chapter] of chapters.entries()) {
      if (index > 0) await pause(io, options);
      failures += await tell(chapter, index + 1, stage);
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
    io.note("The demo was stopped before its end.");
    return exitCodes.attention;
  } finally {
    await world.close();
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const directory = options.isKept ? world.directory : null;
  io.json({ type: "demo", holds: failures === 0, failures, directory });
  io.line("");
  io.line(verdict(failures, seconds, io));
  if (directory !== null) io.line(`The store, the history and the config are in ${directory}`);
  return failures === 0 ? exitCodes.ok : exitCodes.attention;
}

/** Gives back how many of its commands did not end as told. */
async function tell(chapter: Chapter, number: number, stage: Stage): Promise<number> {
  const { io, desk } = stage;
  const width = Math.min(widthMax, io.width);
  io.json({ type: "chapter", number, title: chapter.title });
  const heading = `${number}. ${chapter.title} `;
  io.line("");
  io.line(io.colour.strong(heading) + io.colour.faint("─".repeat(width - widthOf(heading))));
  let failures = 0;
  for (const [index, scene] of chapter.scenes.entries()) {
    io.line("");
    io.line(paragraph(scene.text, 0, width));
    if (index === 0 || scene.act !== undefined) {
      desk.wait(everyMin / 2);
      scene.act?.(desk);
      desk.wait(everyMin / 2);
    }
    for (const call of scene.calls) {
      const wanted = call.exit ?? exitCodes.ok;
      const exit = await perform(call, stage);
      if (exit === wanted) continue;
      failures += 1;
      io.line(io.colour.fail(`This ended with ${exit}, and should have ended with ${wanted}.`));
    }
  }
  return failures;
}

async function perform(call: Call, stage: Stage): Promise<number> {
  const { world, io } = stage;
  io.signal.throwIfAborted();
  if (call.kind === "compare") return compare(world, io);
  const services = await stage.open({
    config: world.config,
    timing: world.timing,
    signal: io.signal,
    onProgress: () => undefined,
    onLog: (level, message) => {
      if (level === "warn" || level === "error") io.note(message);
    },
  });
  try {
    return await runCommand(call, services, io);
  } finally {
    await services.close();
  }
}

async function runCommand(
  call: Exclude<Call, { kind: "compare" }>,
  services: Services,
  io: Io,
): Promise<number> {
  const command = (words: string): void => {
    io.line("");
    io.line(`${io.colour.faint("$")} ${io.colour.linked(`tandem ${words}`)}`);
  };
  switch (call.kind) {
    case "plan":
      command("plan");
      return plan.run(services, io, { pairs: [], out: null, asksForChanges: false });
    case "sync":
      command("sync");
      return sync.run(services, io, { pairs: [] });
    case "conflict-log":
      command("history --kind conflict");
      return history.run(services, io, { ...everything, kinds: ["conflict"] });
    case "explain":
      command(`explain "${call.row}" "${call.field}"`);
      return explain.run(services, io, { row: call.row, field: call.field, pair: null });
    case "undo": {
      const newest = await newestRun(services);
      command(`undo ${newest} --yes`);
      return undo.run(services, { ...io, confirm: () => Promise.resolve(true) }, { run: newest });
    }
    case "verify":
      command("history verify");
      return history.verify(services, io);
  }
}

const everything: history.HistoryOptions = {
  run: null,
  pair: null,
  row: null,
  field: null,
  since: null,
  kinds: [],
  countMax: null,
  isFollowed: false,
};

async function newestRun(services: Services): Promise<string> {
  const { since: _since, ...query } = everything;
  const runs = services.history({ ...query, sinceMs: null, kinds: ["run"], countMax: 1 });
  for await (const line of runs) return line.run;
  return "";
}

function compare({ ops }: DemoWorld, io: Io): number {
  const found = compareSides(ops);
  io.json({ type: "comparison", ...found });
  io.line("");
  const what = `${count(found.rows, "row")}, ${found.cells} cells, ${found.archived} put away`;
  if (found.differences.length === 0) {
    io.line(`${io.colour.ok("Both sides hold the same")}: ${what}.`);
    return exitCodes.ok;
  }
  io.line(`${io.colour.fail("The two sides differ")}: ${what}.`);
  for (const difference of found.differences) io.line(`  ${difference}`);
  return exitCodes.attention;
}

function verdict(failures: number, seconds: number, { colour }: Io): string {
  const time = `${seconds.toFixed(1)} s`;
  if (failures === 0) return `${colour.ok("The story holds")}, told in ${time}.`;
  return `${colour.fail("The story does not hold")}: ${count(failures, "step")} went otherwise.`;
}

async function pause(io: Io, { isFast }: DemoOptions): Promise<void> {
  if (isFast || !io.isInteractive || io.isJson) return;
  await sleep(betweenMs, undefined, { signal: io.signal });
}

/** The story's own clock, and of a long output its beginning and its end. */
function stageIo(io: Io, { timing }: DemoWorld): Io {
  const line = (text: string): void => {
    const lines = text.split("\n");
    const left = lines.length - shownHead - shownTail;
    if (left <= 1) io.line(text);
    else {
      io.line(lines.slice(0, shownHead).join("\n"));
      io.line(io.colour.faint(`    … ${left} more lines …`));
      io.line(lines.slice(-shownTail).join("\n"));
    }
  };
  return { ...io, line, nowMs: () => timing.nowMs() };
}
