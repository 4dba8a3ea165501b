// Why a cell holds what it holds: what was agreed and when, what both sides hold now, who owns it, and
// the run that put the present value there.
import type { ExplainedCell, ExplainedReading, Explanation } from "../services.ts";
import type { ConflictLabel } from "../../core/entry.ts";
import { readLagMs } from "../../core/order.ts";
import type { ReadWindow } from "../../core/row.ts";
import { sides, type Sided } from "../../core/side.ts";
import { isSame, type Value } from "../../core/value.ts";
import { oneLine, paragraph, phrases, wrap } from "../plain.ts";
import { table } from "../table.ts";
import { ago } from "../time.ts";
import { conflictText } from "./conflicts.ts";
import { ruleWords } from "./rule-words.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";

export function explanationText(explained: Explanation, style: Style): string {
  const { colour, width } = style;
  const notes = explained.notes.map((note) => paragraph(oneLine(note), 2, width));
  return [
    [head(explained, style), ...notes].join("\n"),
    ...cellBlocks(explained, style),
    ...explained.conflicts.map((conflict) => conflictText(conflict, style)),
    ...explained.waiting.map(
      (entry) =>
        `${colour.warn("!")} ${paragraph(oneLine(entry.message), 2, width).trimStart()}\n${colour.faint(paragraph(oneLine(entry.remedy), 2, width))}`,
    ),
  ].join("\n\n");
}

/** One asked-for field is told whole; of a whole row, cells that are in step take a line each. */
function cellBlocks(explained: Explanation, style: Style): readonly string[] {
  const { cells, names } = explained;
  const isWhole = isExact(explained, style);
  const settled = isWhole ? [] : cells.filter(isSettled);
  const others = cells.filter((cell) => !settled.includes(cell));
  const lines = table(
    settled.map((cell) => [
      { text: oneLine(cell.field), paint: style.colour.strong },
      { text: cell.base === null ? "" : valueText(cell.base.left) },
      { text: settledText(cell, names, style), paint: style.colour.faint },
    ]),
    { width: style.width, flexible: 1, indent: 2 },
  );
  return [
    ...others.map((cell) => cellText(cell, names, { style, isExact: isWhole })),
    ...(settled.length === 0 ? [] : [`${style.colour.ok("In step")}\n${lines}`]),
  ];
}

function isSettled(cell: ExplainedCell): boolean {
  const { base, now, next } = cell;
  if (base === null || (next !== null && next.rule !== "F3")) return false;
  return sides.every((side) => {
    const reading = now[side];
    return reading === null || isSame(reading.value, base[side]);
  });
}

function settledText(cell: ExplainedCell, names: Sided<string>, { nowMs }: Style): string {
  const { lastChange, agreed } = cell;
  if (lastChange !== null) {
    return `${ago(lastChange.atMs, nowMs)}, ${ruleWords(lastChange.rule, lastChange.side, names)}`;
  }
  return agreed === null
    ? ""
    : `${ago(agreed.atMs, nowMs)}, ${ruleWords(agreed.rule, "right", names)}`;
}

const stateWords: Readonly<Record<string, string>> = {
  live: "linked",
  creating: "being created",
  archived: "put away",
  tombstone: "gone on both sides",
  detached: "taken apart",
};

function head(explained: Explanation, style: Style): string {
  const { colour, nowMs, width } = style;
  const { names, ids, urls, rows, rowRule } = explained;
  const places = sides.map((side) => {
    const where = urls[side] ?? ids[side] ?? "no row";
    const place = `  ${names[side].padEnd(8)}  ${where}${stateText(rows[side], style)}`;
    const readAt = rows[side]?.readAt ?? null;
    if (readAt === null || !isExact(explained, style)) return place;
    return `${place}\n${colour.faint(paragraph(readText(readAt), 12, style.width))}`;
  });
  const rule = rowRule === null ? "" : ruleWords(rowRule.rule, rowRule.side, names);
  const ruleShown = style.isVerbose && rowRule !== null ? `${rule} (${rowRule.rule})` : rule;
  const state = stateWords[explained.state] ?? explained.state;
  const isTold = rule === "" || rule === state || rowRule?.rule === "R5";
  const about = [
    explained.pair,
    ...(state === "linked" ? [] : [state]),
    `${rowRule === null ? "made" : "linked"} ${ago(explained.bornAtMs, nowMs)}`,
    ...(isTold && !style.isVerbose ? [] : [ruleShown]),
  ];
  const title = colour.strong(oneLine(explained.title) || "(untitled)");
  return [title, colour.faint(phrases(about, 2, width)), ...places].join("\n");
}

/** Nothing for a row that is plainly there. */
function stateText(row: Explanation["rows"]["left"], { colour, nowMs }: Style): string {
  if (row === null) return "";
  if (row.state !== "there") return `  ${colour.warn(oneLine(row.state))}`;
  return row.stampMs === null ? "" : colour.faint(`  edited ${ago(row.stampMs, nowMs)}`);
}

/** `isExact`: with the times of both readings, to the second. */
function cellText(
  cell: ExplainedCell,
  names: Sided<string>,
  at: { readonly style: Style; readonly isExact: boolean },
): string {
  const { style } = at;
  const { colour, width } = style;
  const fields =
    cell.fields.left === cell.fields.right
      ? ""
      : ` (${oneLine(cell.fields.right)} in ${names.right})`;
  const label = (text: string): string => text.padEnd(8);
  const line = (name: string, text: string): string =>
    `  ${colour.faint(label(name))}  ${wrap(text, width - 12).join(`\n${" ".repeat(12)}`)}`;
  return [
    `${colour.strong(oneLine(cell.field))}${fields}  ${colour.faint(ownerText(cell, names))}`,
    ...sides.map((side) => line(names[side], nowText(cell.now[side], at))),
    line("agreed", agreedText(cell, names, style)),
    ...(cell.lastChange === null ? [] : [line("last", lastText(cell.lastChange, names, style))]),
    ...(cell.next === null ? [] : [line("next", nextText(cell.next, names, style))]),
  ].join("\n");
}

function ownerText(cell: ExplainedCell, names: Sided<string>): string {
  const flow = {
    both: "both ways",
    toLeft: `to ${names.left} only`,
    toRight: `to ${names.right} only`,
  }[cell.flow];
  const owner = {
    left: `${names.left} wins conflicts`,
    right: `${names.right} wins conflicts`,
    latest: "the later edit wins conflicts",
    merge: "conflicts are merged",
    ask: "conflicts are put to you",
  }[cell.owner];
  return cell.flow === "both" ? `${flow}, ${owner}` : flow;
}

function nowText(
  now: ExplainedCell["now"]["left"],
  at: { readonly style: Style; readonly isExact: boolean },
): string {
  if (now === null) return "not read";
  const told = enteredText(now, { ...at.style, isVerbose: at.isExact });
  return told === null ? valueText(now.value) : `${valueText(now.value)}  (${told})`;
}

/** When an edit was made, as far as readings and stamps tell. */
function enteredText(now: ExplainedReading, { nowMs, isVerbose }: Style): string | null {
  const { editedAtMs, editedAfterMs } = now;
  if (editedAtMs === null) return null;
  if (!isVerbose) return `entered ${ago(editedAtMs, nowMs)} or earlier`;
  const end = clock(editedAtMs);
  return editedAfterMs === null
    ? `entered by ${end}`
    : `entered between ${clock(editedAfterMs)} and ${end}`;
}

/** A reading takes a while, and may show what was there up to the reading lag before. */
function readText({ startMs, endMs }: ReadWindow): string {
  return `read ${clock(endMs)}: as it was at some moment since ${clock(startMs - readLagMs)}`;
}

/** With exact times: when asked for, and for a single field. */
function isExact({ cells }: Explanation, { isVerbose }: Style): boolean {
  return isVerbose || cells.length === 1;
}

/** To the second: what is compared here is often less than a minute apart. */
function clock(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function agreedText(cell: ExplainedCell, names: Sided<string>, { nowMs }: Style): string {
  const { base, agreed, lastChange } = cell;
  if (base === null) return "never";
  const lossy = cell.lossySide === null ? "" : `, ${names[cell.lossySide]} holds less`;
  const value = `${sameText(base.left, base.right, names)}${lossy}`;
  if (agreed === null) return value;
  // A rule names the winner by the side that was written.
  const words = ruleWords(agreed.rule, lastChange?.side ?? "right", names);
  return `${value}  (${ago(agreed.atMs, nowMs)}, run ${agreed.run}, ${words})`;
}

function sameText(left: Value, right: Value, names: Sided<string>): string {
  const [one, two] = [valueText(left), valueText(right)];
  return one === two ? one : `${one} in ${names.left}, ${two} in ${names.right}`;
}

function lastText(
  change: NonNullable<ExplainedCell["lastChange"]>,
  names: Sided<string>,
  style: Style,
): string {
  const words = ruleWords(change.rule, change.side, names);
  const when = style.isVerbose ? clock(change.atMs) : ago(change.atMs, style.nowMs);
  const sure = change.label === null ? "" : `, ${labelWords[change.label]}`;
  const rule = style.isVerbose ? ` (${change.rule})` : "";
  const request = change.opId === null ? "" : `, request ${change.opId}`;
  return `${valueText(change.before)} → ${valueText(change.after)} in ${names[change.side]}  (${when}, ${words}${rule}${sure}, run ${change.run}${request})`;
}

/** How sure the order of two edits was, in words. */
const labelWords: Record<ConflictLabel, string> = {
  proven: "the order proven",
  estimated: "the order estimated",
  tie: "a tie",
  policy: "by policy",
  held: "held",
};

function nextText(
  next: NonNullable<ExplainedCell["next"]>,
  names: Sided<string>,
  style: Style,
): string {
  const rule = style.isVerbose ? ` (${next.rule})` : "";
  const sure = next.label === null ? "" : `, ${labelWords[next.label]}`;
  const refusal = next.refusal === null ? "" : `; ${oneLine(next.refusal)}`;
  // The same rule lets an owner win, and puts a field with `owner: ask` to a person.
  if (next.rule === "F12" && next.side === null)
    return `both edited; a person decides${rule}${refusal}`;
  const words = `${ruleWords(next.rule, next.side ?? "right", names)}${rule}${sure}${refusal}`;
  return next.side === null ? words : `write to ${names[next.side]}: ${words}`;
}
