// Changes, row by row and cell by cell: used for plans, for undo, and for what a run did. One row is
// one block, however many of its cells change and on whichever side.
import type { CellView, RowView } from "../../app/plan-view.ts";
import type { ChangeOp, ConflictEntry } from "../../core/entry.ts";
import { other, type Side, type Sided } from "../../core/side.ts";
import { isBlank } from "../../core/value.ts";
import { fit, oneLine, padEnd, widthOf } from "../plain.ts";
import { arrowWidth, shortened } from "./change-text.ts";
import { ruleWords } from "./rule-words.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";

export interface RowsInput {
  readonly rows: readonly RowView[];
  readonly conflicts: readonly ConflictEntry[];
  readonly names: Sided<string>;
}

const marks: Record<ChangeOp, string> = {
  create: "+",
  update: "~",
  archive: "-",
  delete: "-",
  restore: "^",
  link: "=",
  unlink: "/",
};

const fieldWidthMax = 22;
/** Columns of the shortest `before → after` that still says something. */
const changeMin = 19;
const titleMin = 16;

export function rowsText(input: RowsInput, style: Style): string {
  const groups = [...Map.groupBy(input.rows, rowKey).values()];
  const columns = columnsFor(input, style);
  return groups
    .map((group) =>
      group
        .flatMap((row, index) => [
          heading(row, { input, style, isFirst: index === 0 }),
          ...row.cells.flatMap((cell) => cellLines(row, cell, { input, style, columns })),
        ])
        .join("\n"),
    )
    .join("\n");
}

function rowKey(row: RowView): string {
  return `${row.ids.left ?? ""} ${row.ids.right ?? ""} ${row.title}`;
}

interface Columns {
  readonly field: number;
  readonly rule: number;
  readonly change: number;
}

const indent = 4;
const gap = 2;

function columnsFor({ rows, names }: RowsInput, style: Style): Columns {
  const cells = rows.flatMap((row) => row.cells.map((cell) => ({ row, cell })));
  const field = Math.min(
    fieldWidthMax,
    Math.max(0, ...cells.map(({ cell }) => widthOf(oneLine(cell.field)))),
  );
  // The values come first: what a rule says in full words may be cut where the terminal is narrow.
  const ruleMax = Math.max(18, Math.floor(style.width * 0.32));
  const words = cells.map(({ row, cell }) => widthOf(cellRule(row, cell, { names, style })));
  const rule = Math.min(ruleMax, Math.max(0, ...words));
  const rest = style.width - indent - field - gap - (rule === 0 ? 0 : rule + gap);
  // On a wide terminal the rules stand beside the changes, not at the far edge.
  const changes = cells.map(({ row, cell }) => (row.op === "create" ? 0 : changeWidth(cell)));
  return { field, rule, change: Math.max(changeMin, Math.min(rest, Math.max(0, ...changes))) };
}

function changeWidth(cell: CellView): number {
  return widthOf(valueText(cell.before)) + arrowWidth + widthOf(valueText(cell.after));
}

interface Told {
  readonly names: Sided<string>;
  readonly style: Style;
}

/** Nothing where the row's own rule has said it already. */
function cellRule(row: RowView, cell: CellView, { names, style }: Told): string {
  if (row.op === "create" || cell.rule === row.rule || /^R\d/u.test(cell.rule)) return "";
  const words = ruleWords(cell.rule, row.side, names);
  return style.isVerbose && words !== cell.rule ? `${words} (${cell.rule})` : words;
}

interface Around {
  readonly input: RowsInput;
  readonly style: Style;
}

function heading(row: RowView, around: Around & { readonly isFirst: boolean }): string {
  const { input, style, isFirst } = around;
  const { colour } = style;
  const target = directionText(row, input.names);
  const why = rowWhy(row, { names: input.names, style });
  const whole = why === "" ? target : `${target} · ${why}`;
  const right = fit(whole, style.width - indent - gap - titleMin);
  if (!isFirst) return `${" ".repeat(indent)}${colour.faint(right)}`;
  const titleRoom = style.width - indent - gap - widthOf(right);
  const title = fit(oneLine(row.title) || "(untitled)", titleRoom);
  const paint = paintOf(row.op, style);
  const padded = padEnd(title, titleRoom).replace(title, () => colour.strong(title));
  return `  ${paint(marks[row.op])} ${padded}  ${colour.faint(right)}`;
}

function paintOf(op: ChangeOp, { colour }: Style): (text: string) => string {
  switch (op) {
    case "create":
    case "restore":
      return colour.added;
    case "archive":
    case "delete":
    case "unlink":
      return colour.removed;
    case "update":
      return colour.changed;
    case "link":
      return colour.linked;
  }
}

function directionText(row: RowView, names: Sided<string>): string {
  const [from, to] = [names[other(row.side)], names[row.side]];
  switch (row.op) {
    case "update":
      // An undo copies nothing from the other side.
      return row.rule === "undo" || row.cells.every((cell) => cell.rule === "undo")
        ? `put back in ${to}`
        : `${from} → ${to}`;
    case "create":
      return `create in ${to}`;
    case "archive":
      return `put away in ${to}`;
    case "delete":
      return `delete in ${to}`;
    case "restore":
      return `bring back in ${to}`;
    case "link":
      return `link ${names.left} and ${names.right}`;
    case "unlink":
      return `unlink ${names.left} and ${names.right}`;
  }
}

function rowWhy(row: RowView, { names, style }: Told): string {
  if (row.op === "update" && row.rule === "R5") return "";
  const words = ruleWords(row.rule, row.side, names);
  return style.isVerbose && words !== row.rule ? `${words} (${row.rule})` : words;
}

interface CellPlace extends Around {
  readonly columns: Columns;
}

function cellLines(row: RowView, cell: CellView, place: CellPlace): readonly string[] {
  const { style, columns, input } = place;
  const { colour } = style;
  const field = padEnd(fit(oneLine(cell.field), columns.field), columns.field);
  const rule = fit(cellRule(row, cell, { names: input.names, style }), columns.rule);
  const change = changeText(row, cell, place);
  const padding = " ".repeat(Math.max(0, columns.change - change.width));
  const ruleText = rule === "" ? "" : `${padding}  ${colour.faint(rule)}`;
  const line = `${" ".repeat(indent)}${field}  ${change.text}${ruleText}`;
  return [line, ...loserLine(row, cell, place)];
}

/** The arrow and the colours; for a new row only what goes in. */
function changeText(
  row: RowView,
  cell: CellView,
  { style, columns }: CellPlace,
): { readonly text: string; readonly width: number } {
  const { colour } = style;
  const after = valueText(cell.after);
  if (row.op === "create") {
    const text = fit(after, style.width - indent - columns.field - gap);
    return { text: colour.added(text), width: widthOf(text) };
  }
  const cut = shortened(valueText(cell.before), after, columns.change);
  const paintBefore = isBlank(cell.before) ? colour.faint : colour.removed;
  const paintAfter = isBlank(cell.after) ? colour.faint : colour.added;
  return {
    text: `${paintBefore(cut.before)} → ${paintAfter(cut.after)}`,
    width: widthOf(`${cut.before} → ${cut.after}`),
  };
}

/** The edit that gives way, told right below the cell that replaces it. */
function loserLine(row: RowView, cell: CellView, place: CellPlace): readonly string[] {
  const { input, style, columns } = place;
  const conflict = input.conflicts.find(
    (entry) =>
      entry.field === cell.field &&
      entry.winner !== null &&
      entry.ids.left === row.ids.left &&
      entry.ids.right === row.ids.right,
  );
  if (conflict === undefined) return [];
  const margin = " ".repeat(indent + columns.field + gap);
  const text =
    conflict.winner === "merged"
      ? "↳ both edits are kept in the history"
      : `↳ ${loserText(conflict, { side: other(conflict.winner ?? "left"), names: input.names })}`;
  return [margin + style.colour.warn(fit(text, Math.max(20, style.width - margin.length)))];
}

function loserText(
  conflict: ConflictEntry,
  at: { readonly side: Side; readonly names: Sided<string> },
): string {
  const value = valueText(conflict.values[at.side].value);
  const sure = conflict.label === "estimated" || conflict.label === "tie" ? " (a guess)" : "";
  return `the edit in ${at.names[at.side]} gives way${sure}: ${value}`;
}
