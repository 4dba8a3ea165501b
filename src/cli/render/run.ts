// What a run came to: one line a pair, and below it only what somebody has to look at. With --verbose
// also every change, in the same form a plan has.
import type { RowView } from "../../app/plan-view.ts";
import type { SyncOutcome } from "../../app/sync.ts";
import type { ConflictEntry, Entry, HaltEntry, ProblemEntry } from "../../core/entry.ts";
import type { Sided } from "../../core/side.ts";
import type { SyncError } from "../../errors.ts";
import { oneLine, paragraph, phrases, widthOf } from "../plain.ts";
import { duration } from "../time.ts";
import { callsText, count, doneText } from "./count-words.ts";
import { haltText } from "./plan.ts";
import { rowsText } from "./rows.ts";
import {
  asksPerson,
  holdsText,
  reportPhrases,
  reportText,
  shownReport,
  type ReportShown,
} from "./report.ts";
import type { Style } from "./style.ts";
import { openConflictsText, problemsText } from "./waiting.ts";

type RunOutcome = Extract<SyncOutcome, { kind: "run" }>;

export function outcomeText(outcome: SyncOutcome, names: Sided<string>, style: Style): string {
  if (outcome.kind === "error") return errorBlock(outcome.pair, outcome.error, style);
  const { run } = outcome;
  if (run.status === "paused") {
    const { colour } = style;
    return `${colour.strong(run.pair)}  ${colour.warn("paused")}  resume it with \`tandem pair resume ${run.pair}\``;
  }
  const bodies = outcome.entries.map((entry: Entry) => entry.body);
  const conflicts = bodies.filter((body): body is ConflictEntry => body.type === "conflict");
  const problems = bodies.filter((body): body is ProblemEntry => body.type === "problem");
  const halt = bodies.find((body): body is HaltEntry => body.type === "halt");
  const open = conflicts.filter((conflict) => conflict.winner === null);
  const { report, windowMsMax } = run.summary;
  const shown = report === undefined ? null : shownReport(report, windowMsMax, names);
  return [
    headline(outcome, { names, conflicts: conflicts.length - open.length, report: shown }, style),
    ...(style.isVerbose ? changesBlock(outcome, { names, conflicts }, style) : []),
    ...(open.length === 0 ? [] : [openConflictsText(open, names, style)]),
    ...(problems.length === 0 ? [] : [problemsText(problems, style)]),
    ...(halt === undefined ? [] : [haltText(halt, style)]),
    ...(run.error === null || run.error.code === "aborted" ? [] : [errorLines(run.error, style)]),
    ...(shown === null ? [] : heldLines(shown, run.pair, style)),
    ...(shown !== null && style.isVerbose
      ? [style.colour.faint(reportText(shown, names, style))]
      : []),
  ].join("\n");
}

/** What is held, by reason; and where the ones are that only a person ends. */
function heldLines(report: ReportShown, pair: string, style: Style): readonly string[] {
  const { colour, width } = style;
  const held = holdsText(report);
  if (held === "") return [];
  const lines = [colour.faint(paragraph(`Held: ${held}.`, 2, width))];
  if (!asksPerson(report)) return lines;
  return [...lines, paragraph(`Decide with \`tandem conflicts ${pair}\`.`, 2, width)];
}

interface Told {
  readonly names: Sided<string>;
  /** Conflicts that were settled. */
  readonly conflicts: number;
  readonly report: ReportShown | null;
}

function headline({ run }: RunOutcome, told: Told, style: Style): string {
  const { colour, width } = style;
  const { counts, requests, durationMs } = run.summary;
  const paint = { ok: colour.ok, attention: colour.warn, halted: colour.fail, error: colour.fail };
  const status = run.status === "paused" ? "ok" : run.status;
  const word = run.error?.code === "aborted" ? "stopped" : status;
  const rest = [
    ...(told.conflicts > 0 ? [`${count(told.conflicts, "conflict")} settled`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting} waiting`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    `${counts.unchanged} unchanged`,
    duration(durationMs),
  ];
  const head = `${colour.strong(run.pair)}  ${paint[status](word)}`;
  // A run that was stopped has plenty to do; it only did none of it.
  const idle = status === "ok" ? "nothing to do" : "nothing was written";
  const done = doneText(counts, told.names, idle);
  const isShort = widthOf(head) + 2 + widthOf(done) <= width;
  const first = isShort ? `${head}  ${done}` : `${head}\n${paragraph(done, 2, width)}`;
  const calls = callsText(requests, told.names);
  const honest = told.report === null ? [] : reportPhrases(told.report, told.names);
  const parts = [
    ...honest,
    ...rest,
    ...(calls === "none" ? [] : calls.split(" · ")),
    `run ${run.run}`,
  ];
  const second = phrases(parts, 2, width);
  return `${first}\n${colour.faint(second)}`;
}

function changesBlock(
  outcome: RunOutcome,
  told: { readonly names: Sided<string>; readonly conflicts: readonly ConflictEntry[] },
  style: Style,
): readonly string[] {
  const rows = outcome.entries.flatMap((entry): RowView[] => {
    const { body } = entry;
    if (body.type !== "change") return [];
    const cells = Object.entries(body.fields).map(([field, cell]) => ({ field, ...cell }));
    const rule = body.op === "update" ? "R5" : (cells[0]?.rule ?? "R3");
    return [{ ids: body.ids, title: body.title, op: body.op, side: body.side, rule, cells }];
  });
  if (rows.length === 0) return [];
  return [rowsText({ rows, conflicts: told.conflicts, names: told.names }, style)];
}

function errorBlock(pair: string, error: SyncError, style: Style): string {
  const { colour } = style;
  return `${colour.strong(pair)}  ${colour.fail("not run")}\n${errorLines(error, style)}`;
}

/** Message and remedy of an error, indented. */
export function errorLines(error: SyncError, { colour, width }: Style): string {
  const message = paragraph(oneLine(error.message), 2, width);
  return `${colour.fail(message)}\n${paragraph(oneLine(error.remedy), 2, width)}`;
}
