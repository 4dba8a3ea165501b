// Lines of the audit log as a person reads them: a run's own line as a heading, its changes below.
// The log is read back as it is, whatever version wrote it, so nothing here trusts a key to be there.
import type { HistoryLine, Shown } from "../../history/line.ts";
import type { Sided } from "../../core/side.ts";
import { oneLine, paragraph } from "../plain.ts";
import { duration } from "../time.ts";
import { shortened } from "./change-text.ts";
import { count } from "./count-words.ts";
import { reportText } from "./report.ts";
import { ruleWords } from "./rule-words.ts";
import type { Style } from "./style.ts";

type Line<T extends HistoryLine["type"]> = Extract<HistoryLine, { type: T }>;

export function historyLineText(line: HistoryLine, names: Sided<string>, style: Style): string {
  const { colour, width } = style;
  const time = colour.faint(timeText(line.at));
  const title =
    "title" in line ? colour.strong(oneLine(String(line["title"])) || "(untitled)") : "";
  switch (line.type) {
    case "run":
      return runLine(line, names, style);
    case "change":
      return [`${time}  ${changeHead(line, names)}  ${title}`, ...cells(line, names, style)].join(
        "\n",
      );
    case "conflict":
      return `${time}  ${colour.warn("conflict")}  ${title} · ${oneLine(line.field)}\n${conflictText(line, names, style)}`;
    case "problem":
      return `${time}  ${colour.warn("problem")}\n${paragraph(oneLine(line.message), 4, width)}\n${colour.faint(paragraph(oneLine(line.remedy), 4, width))}`;
    case "halt":
      return `${time}  ${colour.fail("halted")}  ${line.guard}\n${paragraph(oneLine(line.message), 4, width)}`;
  }
}

function timeText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}

function nameOf(side: string, names: Sided<string>): string {
  return [names.left, names.right].find((name) => name.toLowerCase() === side) ?? side;
}

function changeHead(line: Line<"change">, names: Sided<string>): string {
  return `${line.op} in ${nameOf(line.side, names)}`;
}

function cells(line: Line<"change">, names: Sided<string>, style: Style): readonly string[] {
  const { colour, width } = style;
  const side = line.side === names.left.toLowerCase() ? "left" : "right";
  return Object.entries(line.fields).map(([field, cell]) => {
    const words = ruleWords(cell.rule, side, names);
    const rule = style.isVerbose ? `${words} (${cell.rule})` : words;
    const name = oneLine(field);
    const room = width - 4 - name.length - 2 - rule.length - 2;
    const cut = shortened(shownText(cell.before), shownText(cell.after), room);
    return `    ${name}  ${colour.removed(cut.before)} → ${colour.added(cut.after)}  ${colour.faint(rule)}`;
  });
}

function conflictText(
  line: Line<"conflict">,
  names: Sided<string>,
  { colour, width }: Style,
): string {
  const winner =
    line.winner === null
      ? "not decided"
      : line.winner === "merged"
        ? "merged"
        : `${nameOf(line.winner, names)} won`;
  const values = [names.left, names.right].flatMap((name) => {
    const side = line[name.toLowerCase()];
    if (typeof side !== "object" || side === null || !("value" in side)) return [];
    return [`${name}: ${unknownText(side.value)}`];
  });
  const sure = line.label === "policy" || line.label === "held" ? "" : `, ${line.label}`;
  return paragraph(`${values.join("   ")}   ${colour.faint(`(${winner}${sure})`)}`, 4, width);
}

function runLine(line: Line<"run">, names: Sided<string>, style: Style): string {
  const { colour, width } = style;
  const paint =
    line.status === "ok" ? colour.ok : line.status === "attention" ? colour.warn : colour.fail;
  const done = Object.entries(line.counts).flatMap(([what, amount]) => {
    if (what === "unchanged") return [];
    if (typeof amount === "number")
      return amount === 0
        ? []
        : [what === "conflicts" ? count(amount, "conflict") : `${amount} ${what}`];
    return Object.entries(amount).flatMap(([side, number]) =>
      number === 0 ? [] : [`${number} ${what} in ${nameOf(side, names)}`],
    );
  });
  const what = done.length === 0 ? "nothing to do" : done.join(", ");
  const head = `${colour.faint(timeText(line.at))}  ${colour.strong(line.run)}  ${paint(line.status)}`;
  const rest = paragraph(
    `${line.pair} (${line.trigger}, ${duration(line.durationMs)}): ${what}`,
    4,
    width,
  );
  const error =
    line.error === undefined ? "" : `\n${paragraph(oneLine(line.error.message), 4, width)}`;
  const { report, windowMsMax } = line;
  if (report === undefined) return `${head}\n${rest}${error}`;
  const told = style.isVerbose
    ? `\n${colour.faint(reportText({ ...report, windowMsMax }, names, style))}`
    : report.agreement === null || report.agreement === "in sync"
      ? ""
      : `\n${colour.faint(paragraph(report.agreement, 4, width))}`;
  return `${head}\n${rest}${error}${told}`;
}

function unknownText(value: unknown): string {
  if (value === null) return "(empty)";
  if (typeof value === "string") return oneLine(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return oneLine(value.join(", "));
  if (typeof value === "number") return String(value);
  if (typeof value === "object" && "start" in value && "end" in value) {
    return `${String(value.start)} to ${String(value.end)}`;
  }
  return oneLine(JSON.stringify(value));
}

function shownText(value: Shown): string {
  return unknownText(value);
}
