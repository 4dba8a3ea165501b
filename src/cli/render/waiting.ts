// What is not in step and stays so: decisions for a person, and rows that could not be carried over.
// The same advice is given once, below everything it is about.
import type { ConflictEntry, ProblemEntry } from "../../core/entry.ts";
import type { Sided } from "../../core/side.ts";
import { oneLine, paragraph } from "../plain.ts";
import { shortened } from "./change-text.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";

/** Entries of one kind of problem that are shown; the history has them all. */
const shownMax = 20;

/** Conflicts without a winner, one block each. */
export function openConflictsText(
  conflicts: readonly ConflictEntry[],
  names: Sided<string>,
  style: Style,
): string {
  const { colour } = style;
  return conflicts
    .map((conflict) => {
      const left = valueText(conflict.values.left.value);
      const right = valueText(conflict.values.right.value);
      const room = style.width - 8 - names.left.length - names.right.length;
      const cut = shortened(left, right, room);
      return [
        `  ${colour.warn("?")} ${colour.strong(oneLine(conflict.title))} · ${oneLine(conflict.field)}`,
        `    ${names.left}: ${cut.before}   ${names.right}: ${cut.after}`,
      ].join("\n");
    })
    .join("\n");
}

/** Problems, those with the same advice together. */
export function problemsText(problems: readonly ProblemEntry[], style: Style): string {
  const { colour, width } = style;
  const groups = Map.groupBy(problems, (problem) => `${problem.code} ${problem.remedy}`);
  return [...groups.values()]
    .map((group) => {
      const shown = group.slice(0, shownMax);
      const rest = group.length - shown.length;
      const lines = shown.map((problem) => {
        const text = paragraph(oneLine(problem.message), 4, width);
        return `  ${colour.warn("!")} ${text.trimStart()}`;
      });
      const remedy = group[0]?.remedy ?? "";
      return [
        ...lines,
        ...(rest > 0 ? [`    … and ${rest} more like these`] : []),
        ...(remedy === "" ? [] : [colour.faint(paragraph(oneLine(remedy), 4, width))]),
      ].join("\n");
    })
    .join("\n");
}
