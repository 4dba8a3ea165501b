// What waits for a person, with the answers that can be given, as commands to copy.
import type { ConflictAnswer, ConflictKind } from "../../store/store.ts";
import { sided, sides, type Sided } from "../../core/side.ts";
import type { Value } from "../../core/value.ts";
import type { ConflictView } from "../services.ts";
import { fit, oneLine, paragraph, wrap } from "../plain.ts";
import { ago } from "../time.ts";
import { count } from "./count-words.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";

/** Lines of one value that are shown. */
const linesMax = 10;

const kindWords: Record<ConflictKind, string> = {
  cell: "edited on both sides",
  alignment: "differed when the rows were first linked",
  lossy: "edited on the side that holds less than the original",
  drift: "edited on the side that only receives",
  "edit-vs-delete": "removed on one side, edited on the other",
  "create-in-doubt": "it is not known whether a new row was made",
  undone: "taken back by an undo; rests until somebody edits it",
};

export function conflictsText(conflicts: readonly ConflictView[], style: Style): string {
  if (conflicts.length === 0) return style.colour.ok("Nothing waits for you.");
  const open = conflicts.filter((conflict) => conflict.answer === null).length;
  const head = `${count(open, "conflict")} ${open === 1 ? "waits" : "wait"} for you:`;
  return [head, ...conflicts.map((conflict) => conflictText(conflict, style))].join("\n\n");
}

export function conflictText(conflict: ConflictView, style: Style): string {
  const { colour, width, nowMs } = style;
  const field = conflict.field === null ? "" : ` · ${oneLine(conflict.field)}`;
  const title = `${oneLine(conflict.title) || "(untitled)"}${field}`;
  const about = `${conflict.pair} · ${kindWords[conflict.kind]} · ${ago(conflict.sinceMs, nowMs)}`;
  return [
    `${colour.warn(conflict.id)}  ${colour.strong(title)}`,
    colour.faint(paragraph(about, 2, width)),
    ...valueLines(conflict, style),
    ...answerLines(conflict, style),
  ].join("\n");
}

/** Whole values: who is to decide between them must see them. */
function valueLines(conflict: ConflictView, { colour, width }: Style): readonly string[] {
  const { names, values, base } = conflict;
  const none = conflict.kind === "create-in-doubt" ? "(no unlinked row of this name)" : "(no row)";
  const nameWidth = Math.max(names.left.length, names.right.length, 6);
  const line = (name: string, value: Value | null): string => {
    const text = value === null ? none : valueText(value);
    const lines = wrap(text, width - nameWidth - 4);
    const shown = lines.length > linesMax ? [...lines.slice(0, linesMax), "…"] : lines;
    return `  ${name.padEnd(nameWidth)}  ${shown.join(`\n${" ".repeat(nameWidth + 4)}`)}`;
  };
  return [
    // Of what an undo took back, one of the two values is the base.
    ...(base === null || conflict.kind === "undone" ? [] : [colour.faint(line("before", base))]),
    ...sides.map((side) => line(names[side], values[side])),
  ];
}

function answerText(answer: ConflictAnswer, names: ConflictView["names"]): string {
  if (answer.keep === "value") return `keep "${oneLine(answer.text)}"`;
  return answer.keep === "both" ? "keep both" : `keep ${names[answer.keep]}`;
}

function answerLines(conflict: ConflictView, style: Style): readonly string[] {
  const { colour } = style;
  if (conflict.answer !== null) {
    const kept = answerText(conflict.answer, conflict.names);
    const { kept: value = null } = conflict;
    const told = value === null ? kept : `${kept}, ${fit(valueText(value), 60)}`;
    const text =
      conflict.answer.keep === "value" && value !== null
        ? `keep ${fit(valueText(value), 60)}`
        : told;
    return [
      colour.ok(paragraph(`Answered: ${text}; the next sync carries it out.`, 2, style.width)),
    ];
  }
  const { names } = conflict;
  const command = `tandem conflicts resolve ${conflict.id} --keep`;
  const [left, right] = [names.left.toLowerCase(), names.right.toLowerCase()];
  const words = answerWords(conflict);
  if (words === null) {
    const value = conflict.field === null ? "" : "|VALUE";
    return [`  ${command} ${left}|${right}${value}`];
  }
  return sides.map((side) => {
    const line = `  ${command} ${names[side].toLowerCase()}`.padEnd(command.length + 14);
    return `${line}${colour.faint(words[side])}`;
  });
}

/** What an answer brings about, where the name of a side does not say it; null where it does. */
function answerWords({ kind, values, ids }: ConflictView): Sided<string> | null {
  switch (kind) {
    case "edit-vs-delete":
      return sided((side) =>
        values[side] === null ? "remove the other row too" : "keep the row on both sides",
      );
    case "create-in-doubt":
      return sided((side) =>
        ids[side] === null ? "it is there: link it" : "it is not there: create it",
      );
    case "cell":
    case "alignment":
    case "lossy":
    case "drift":
    case "undone":
      return null;
  }
}
