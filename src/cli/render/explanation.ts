// Why a cell holds what it holds: what was agreed and when, what both sides hold now, who owns it, and
// the run that put the present value there.
import type { ExplainedCell, Explanation } from "../services.ts";
import { sides, type Sided } from "../../core/side.ts";
import { isSame, type Value } from "../../core/value.ts";
import { oneLine, paragraph, wrap } from "../plain.ts";
import { table } from "../table.ts";
import { ago, instantText } from "../time.ts";
import { conflictText } from "./conflicts.ts";
import { ruleWords } from "./rule-words.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";

export function explanationText(explained: Explanation, style: Style): string {
  const { colour, width } = style;
  return [
    head(explained, style),
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
  const isWhole = cells.length === 1 || style.isVerbose;
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
    ...others.map((cell) => cellText(cell, names, style)),
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

function head(explained: Explanation, { colour, nowMs }: Style): string {
  const { names, ids, urls } = explained;
  const places = sides.map((side) => {
    const where = urls[side] ?? ids[side] ?? "no row";
    return `  ${names[side].padEnd(8)}  ${where}`;
  });
  return [
    `${colour.strong(oneLine(explained.title) || "(untitled)")}  ${colour.faint(`${explained.pair} · ${explained.state} · linked ${ago(explained.bornAtMs, nowMs)}`)}`,
    ...places,
  ].join("\n");
}

function cellText(cell: ExplainedCell, names: Sided<string>, style: Style): string {
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
    ...sides.map((side) => line(names[side], nowText(cell.now[side], style))),
    line("agreed", agreedText(cell, names, style)),
    ...(cell.lastChange === null ? [] : [line("last", lastText(cell.lastChange, names, style))]),
    ...(cell.next === null ? [] : [line("next", nextText(cell.next, names))]),
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

function nowText(now: ExplainedCell["now"]["left"], { nowMs }: Style): string {
  if (now === null) return "not read";
  const edited =
    now.editedAtMs === null ? "" : `  (entered ${ago(now.editedAtMs, nowMs)} or earlier)`;
  return `${valueText(now.value)}${edited}`;
}

function agreedText(cell: ExplainedCell, names: Sided<string>, { nowMs }: Style): string {
  const { base, agreed, lastChange } = cell;
  if (base === null) return "never";
  const value = sameText(base.left, base.right, names);
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
  const when = style.isVerbose ? instantText(change.atMs) : ago(change.atMs, style.nowMs);
  return `${valueText(change.before)} → ${valueText(change.after)} in ${names[change.side]}  (${when}, ${words}, run ${change.run})`;
}

function nextText(next: NonNullable<ExplainedCell["next"]>, names: Sided<string>): string {
  // The same rule lets an owner win, and puts a field with `owner: ask` to a person.
  if (next.rule === "F12" && next.side === null) return "both edited; a person decides";
  const words = ruleWords(next.rule, next.side ?? "right", names);
  return next.side === null ? words : `write to ${names[next.side]}: ${words}`;
}
