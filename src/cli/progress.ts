// How far long work has come: one line that is rewritten on a terminal, a plain line now and then
// elsewhere (a cron mail, a container's log). Always on stderr, so that stdout stays what was asked for.
import type { OnewayProgress } from "../oneway/deps.ts";
import type { Progress } from "../engine/deps.ts";
import { fit, padEnd } from "./plain.ts";

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  readonly isQuiet: boolean;
  readonly nowMs: () => number;
  /** Columns of the terminal. */
  readonly width: number;
}

/** How far a pair or a worker's sync is. */
export type Reported = Progress | Omit<OnewayProgress, "sync">;

export interface ProgressLine {
  report(progress: Reported, pair?: string): void;
  /** Takes the line off the screen, so that something else can be written. */
  clear(): void;
}

const redrawMs = 100;
const plainMs = 15_000;
const barWidth = 20;

const words: Record<Reported["stage"], string> = {
  describe: "looking at both tables",
  scan: "reading rows",
  lookup: "looking up missing rows",
  plan: "comparing rows",
  apply: "writing",
  prepare: "looking at the databases",
  index: "reading the keys that are there",
  execute: "running the worker",
  write: "writing rows",
  wait: "waiting for rows whose answer was lost",
  relations: "relating rows",
  sweep: "removing rows",
};

export function progressText(progress: Reported, pair: string | undefined): string {
  const name = pair === undefined ? "" : `${pair}  `;
  const what = words[progress.stage];
  if (progress.total === null) {
    return `${name}${what}${progress.done > 0 ? ` (${progress.done})` : ""}`;
  }
  const share = progress.total === 0 ? 1 : Math.min(1, progress.done / progress.total);
  const filled = Math.round(share * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  return `${name}${what}  ${bar}  ${progress.done} of ${progress.total}`;
}

export function makeProgress(options: ProgressOptions): ProgressLine {
  const { write, isTty, isQuiet, nowMs, width } = options;
  const startedAtMs = nowMs();
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  const clear = (): void => {
    if (!isDrawn) return;
    write(`\r${" ".repeat(width - 1)}\r`);
    isDrawn = false;
  };
  const report = (progress: Reported, pair?: string): void => {
    if (isQuiet) return;
    const now = nowMs();
    const isLast = progress.total !== null && progress.done >= progress.total;
    if (isTty) {
      if (!isLast && now - drawnAtMs < redrawMs) return;
      drawnAtMs = now;
      write(`\r${padEnd(fit(progressText(progress, pair), width - 1), width - 1)}`);
      isDrawn = true;
      return;
    }
    // Work that is done before the first plain line is due says nothing at all.
    if (now - Math.max(drawnAtMs, startedAtMs) < plainMs) return;
    drawnAtMs = now;
    write(`${progressText(progress, pair)}\n`);
  };
  return { report, clear };
}
