// The honest report of a run in words: a phrase or two below a sync, and the whole of it where one run
// is looked at. The same words for a run that just ended and for one read back from the audit log.
import type { HoldReason, RunReport } from "../../core/report.ts";
import type { Sided } from "../../core/side.ts";
import type { ReportLine } from "../../history/line.ts";
import { oneLine, paragraph } from "../plain.ts";
import { duration } from "../time.ts";
import { count } from "./count-words.ts";
import type { Style } from "./style.ts";

/** A report, and the longest unprotected window, which stands beside it in the run's line. */
export interface ReportShown extends ReportLine {
  readonly windowMsMax: number;
}

/** A report of the store in the form of the log. */
export function shownReport(
  report: RunReport,
  windowMsMax: number,
  names: Sided<string>,
): ReportShown {
  const { overwrites, unseen, ...rest } = report;
  const { left, right } = overwrites;
  return {
    ...rest,
    overwrites: { [names.left.toLowerCase()]: left, [names.right.toLowerCase()]: right },
    windowMsMax,
    ...(unseen === null ? {} : { unseen }),
  };
}

const holdWords: Record<HoldReason, string> = {
  ask: "edited on both sides, for you to decide",
  alignment: "different since the rows were linked",
  lossy: "edited on the side that holds less",
  drift: "edited on the side that only receives",
  undone: "taken back by an undo",
  notRepresentable: "not fitting into the other side",
  editVersusDelete: "removed on one side, edited on the other",
  noArchive: "without a way of being put away",
  notCreated: "not created, as the config says",
  outOfScope: "outside the table or the filter",
  ambiguous: "rows that could belong together in several ways",
  inDoubt: "with a write whose outcome is not known yet",
  rejected: "refused by the service",
  hot: "being edited right now",
  moved: "changed while the run was under way",
  unreached: "not reached",
};

const decidable: readonly HoldReason[] = [
  "ask",
  "alignment",
  "lossy",
  "drift",
  "undone",
  "editVersusDelete",
];

/** Whether something is held that `tandem conflicts` lists. */
export function asksPerson(report: Pick<ReportLine, "holds">): boolean {
  return decidable.some((reason) => (report.holds[reason] ?? 0) > 0);
}

/** `2 edited on both sides, for you to decide; 1 being edited right now`. Empty when nothing is. */
export function holdsText(report: Pick<ReportLine, "holds">): string {
  return Object.entries(report.holds)
    .filter(([, amount]) => amount > 0)
    .map(([reason, amount]) => `${amount} ${wordsOf(reason)}`)
    .join("; ");
}

function wordsOf(reason: string): string {
  const words: Readonly<Record<string, string>> = holdWords;
  return words[reason] ?? oneLine(reason);
}

function overwritesText(report: ReportShown, names: Sided<string>): string | null {
  const parts = [names.left, names.right].flatMap((name) => {
    const amount = report.overwrites[name.toLowerCase()] ?? 0;
    return amount === 0 ? [] : [`${amount} in ${name}`];
  });
  if (parts.length === 0) return null;
  return `overwrote ${parts.join(", ")}`;
}

function windowText(report: ReportShown): string | null {
  if (report.windowMsTotal === 0 && report.windowMsMax === 0) return null;
  return `unwatched ${msText(report.windowMsMax)} at most, ${msText(report.windowMsTotal)} in all`;
}

/** To the millisecond while that says something. */
function msText(lengthMs: number): string {
  return lengthMs < 10_000 ? `${Math.round(lengthMs)} ms` : duration(lengthMs);
}

/** For the line below a sync's headline. */
export function reportPhrases(report: ReportShown, names: Sided<string>): readonly string[] {
  const overwrites = overwritesText(report, names);
  return [
    ...(report.agreement === null ? [] : [report.agreement]),
    ...(overwrites === null ? [] : [overwrites, windowText(report) ?? ""]),
  ].filter((part) => part !== "");
}

/** Everything the report says, one matter a line. */
export function reportText(report: ReportShown, names: Sided<string>, style: Style): string {
  const conflicts = Object.entries(report.conflicts).flatMap(([label, amount]) =>
    amount === 0 ? [] : [`${amount} ${label}`],
  );
  const { clean = 0, indeterminate = 0, settledLate = 0 } = report.writes;
  const writes = [
    ...(clean > 0 ? [`${clean} clean`] : []),
    ...(indeterminate > 0 ? [`${indeterminate} with an unknown outcome`] : []),
    ...(settledLate > 0 ? [`${settledLate} of an earlier run settled now`] : []),
  ];
  const held = holdsText(report);
  const lines = [
    report.agreement ?? "The two sides were not compared.",
    ...(writes.length === 0 ? [] : [`Rows written: ${writes.join(", ")}.`]),
    [overwritesText(report, names), windowText(report)].filter((part) => part !== null).join("; "),
    ...(conflicts.length === 0 ? [] : [`Conflicts: ${conflicts.join(", ")}.`]),
    ...(held === "" ? [] : [`Held: ${held}.`]),
    ...(report.rowsUnknown === 0 ? [] : [`Not known: ${count(report.rowsUnknown, "row")}.`]),
    ...(report.guards.length === 0 ? [] : [`Guards: ${report.guards.map(oneLine).join(", ")}.`]),
    `A reading may be ${duration(report.readLagMs)} old; an unknown outcome rests for ${duration(report.settleMs)}.`,
    ...(report.unseen === undefined ? [] : [oneLine(report.unseen)]),
  ];
  return lines
    .filter((line) => line !== "")
    .map((line) => paragraph(`${line.charAt(0).toUpperCase()}${line.slice(1)}`, 4, style.width))
    .join("\n");
}
