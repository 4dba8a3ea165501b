// `tandem history`: runs, or one run's changes, from the audit log; and whether the log is whole.
import { sideNames } from "../../config/policy.ts";
import { SyncError } from "../../errors.ts";
import type { HistoryLine } from "../../history/line.ts";
import { exitCodes, exitOfCheck } from "../exit.ts";
import type { Io } from "../io.ts";
import { oneLine, paragraph } from "../plain.ts";
import { count } from "../render/count-words.ts";
import { historyLineText } from "../render/history.ts";
import { styleOf } from "../render/style.ts";
import type { Services } from "../services.ts";
import { parseSince } from "../time.ts";

export interface HistoryOptions {
  readonly run: string | null;
  readonly pair: string | null;
  readonly row: string | null;
  readonly field: string | null;
  readonly since: string | null;
  readonly kinds: readonly HistoryLine["type"][];
  readonly countMax: number | null;
  readonly isFollowed: boolean;
}

/** Runs shown when nothing narrower was asked for. */
const runsShown = 20;

export async function run(services: Services, io: Io, options: HistoryOptions): Promise<number> {
  const { since, ...rest } = options;
  const sinceMs = since === null ? null : parseSince(since, io.nowMs());
  if (since !== null && sinceMs === null) {
    throw new SyncError({
      code: "usage",
      message: `"${since}" is no time.`,
      remedy: "Write 2h, 3d, 2026-11-01 or 2026-11-01T14:00Z.",
    });
  }
  const isOverview = [rest.run, rest.row, rest.field].every((part) => part === null);
  const asksRuns = isOverview && rest.kinds.length === 0;
  let shown = 0;
  const lines = services.history({
    ...rest,
    sinceMs,
    kinds: asksRuns ? ["run", "halt"] : rest.kinds,
    countMax: rest.countMax ?? (asksRuns && sinceMs === null ? runsShown : null),
  });
  for await (const line of lines) {
    shown += 1;
    io.json(line);
    // One run that was asked for is told whole, with all that its report says.
    const isWhole = rest.run !== null && line.type === "run";
    const style = styleOf(io);
    io.line(historyLineText(line, sideNames, isWhole ? { ...style, isVerbose: true } : style));
  }
  if (shown === 0 && rest.run !== null && since === null && asksAll(rest)) {
    throw new SyncError({
      code: "usage",
      message: `There is no run ${rest.run}.`,
      remedy: "List the runs with `tandem history`.",
    });
  }
  if (shown === 0) io.note("The history has no such line.");
  return exitCodes.ok;
}

/** Nothing but the run narrows the question, so that no line means no such run. */
function asksAll(options: Omit<HistoryOptions, "since">): boolean {
  const { pair, row, field, kinds, isFollowed } = options;
  return pair === null && row === null && field === null && kinds.length === 0 && !isFollowed;
}

/** Columns of the longest kind of finding. */
const kindWidth = "unreadable".length;

export async function verify(services: Services, io: Io): Promise<number> {
  const check = await services.verifyHistory();
  io.json({ type: "verification", ...check });
  const what = `${count(check.lines, "line")} in ${count(check.files, "file")}`;
  if (check.breaks.length === 0) {
    io.line(`${io.colour.ok("The history is whole")}: ${what}.`);
    return exitOfCheck(check);
  }
  io.line(`${io.colour.fail("The history was changed or is damaged")}: ${what}.`);
  for (const { kind, file, line, message } of check.breaks) {
    const place = line === 0 ? file : `${file}:${line}`;
    io.line(`  ${io.colour.warn(kind.padEnd(kindWidth))}  ${place}`);
    io.line(paragraph(oneLine(message), kindWidth + 4, io.width));
  }
  return exitOfCheck(check);
}
