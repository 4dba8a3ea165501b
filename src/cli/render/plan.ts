// A plan for people: every change, then what waits, then what it comes to and what it costs.
import type { PlanView } from "../../app/plan-view.ts";
import { oneLine, padEnd, paragraph, phrases, widthOf } from "../plain.ts";
import { callsText, count, plannedText } from "./count-words.ts";
import { rowsText } from "./rows.ts";
import type { Style } from "./style.ts";
import { openConflictsText, problemsText } from "./waiting.ts";

export function planText(view: PlanView, style: Style): string {
  const open = view.conflicts.filter((conflict) => conflict.winner === null);
  const renamed = view.problems.filter((problem) => problem.code === "renamed");
  const problems = view.problems.filter((problem) => problem.code !== "renamed");
  const blocks = [
    head(view, style),
    ...(view.rows.length === 0 ? [] : [rowsText(view, style)]),
    ...(open.length === 0
      ? []
      : [`${title("For you to decide", style)}\n${openConflictsText(open, view.names, style)}`]),
    ...(problems.length === 0
      ? []
      : [`${title("Waiting", style)}\n${problemsText(problems, style)}`]),
    ...(renamed.length === 0
      ? []
      : [`${title("Notices", style)}\n${problemsText(renamed, style)}`]),
    summary(view, { open: open.length, waiting: problems.length }, style),
    ...(view.halt === null ? [] : [haltText(view.halt, style)]),
  ];
  return blocks.join("\n\n");
}

function title(text: string, { colour }: Style): string {
  return colour.strong(text);
}

function head(view: PlanView, style: Style): string {
  const { colour } = style;
  const rows = new Set(view.rows.map((row) => `${row.ids.left} ${row.ids.right} ${row.title}`));
  const what = rows.size === 0 ? "nothing to change" : `${count(rows.size, "row")} to change`;
  const line = `${colour.strong(view.pair)}  ${colour.faint(`${view.names.left} ⇄ ${view.names.right} · ${what}`)}`;
  if (!view.isFirstRun) return line;
  return `${line}\n${colour.faint("First sync: nothing is removed, and no filled cell is overwritten.")}`;
}

interface Sums {
  readonly open: number;
  readonly waiting: number;
}

function summary(view: PlanView, sums: Sums, style: Style): string {
  const settled = view.conflicts.filter((conflict) => conflict.winner !== null).length;
  const links = view.rows.filter((row) => row.op === "link").length;
  const facts = [
    ...(links > 0 ? [`${links} linked`] : []),
    ...(settled > 0 ? [`${count(settled, "conflict")} settled`] : []),
    ...(sums.open > 0 ? [`${sums.open} for you to decide`] : []),
    ...(sums.waiting > 0 ? [`${sums.waiting} waiting`] : []),
    `${view.unchanged} unchanged`,
  ];
  const lines: (readonly [string, string])[] = [
    ...(["left", "right"] as const).flatMap((side): (readonly [string, string])[] => {
      const text = plannedText(view.rows, side);
      return text === "" ? [] : [[`In ${view.names[side]}`, text]];
    }),
    ["Rows", facts.join(" · ")],
    ["Calls to carry it out", callsText(view.cost, view.names)],
    ["Calls for this plan", callsText(view.spent, view.names)],
  ];
  const width = Math.max(...lines.map(([name]) => widthOf(name)));
  return [
    title("Summary", style),
    ...lines.map(([name, text]) => {
      const wrapped = phrases(text.split(" · "), width + 4, style.width).trimStart();
      return `  ${padEnd(name, width)}  ${wrapped}`;
    }),
  ].join("\n");
}

/** A run that a guard stops, or would stop. */
export function haltText(
  halt: { readonly guard: string; readonly message: string; readonly remedy: string },
  style: Style,
): string {
  const { colour, width } = style;
  const message = paragraph(oneLine(halt.message), 2, width);
  const remedy = paragraph(oneLine(halt.remedy), 2, width);
  return `${colour.fail(`Stopped by the guard ${halt.guard}, before the first write`)}\n${message}\n${colour.faint(remedy)}`;
}
