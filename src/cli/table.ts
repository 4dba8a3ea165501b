// Aligned columns for a terminal of a given width. One column gives way when the line gets too long;
// the others keep what they need.
import { fit, padEnd, padStart, widthOf } from "./plain.ts";

export interface Cell {
  /** Uncoloured. */
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

export interface TableOptions {
  readonly width: number;
  /** Index of the column that is shortened first. */
  readonly flexible: number;
  readonly indent?: number;
  readonly header?: readonly string[];
  /** Columns of numbers. */
  readonly right?: readonly number[];
}

const gap = "  ";

export function table(rows: readonly (readonly Cell[])[], options: TableOptions): string {
  const { width, flexible, indent = 0, header, right = [] } = options;
  const all = header === undefined ? rows : [header.map((text): Cell => ({ text })), ...rows];
  const count = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...all.map((row) => widthOf(row[column]?.text ?? ""))),
  );
  const total = indent + widths.reduce((sum, each) => sum + each, 0) + gap.length * (count - 1);
  const flexibleWidth = widths[flexible];
  if (flexibleWidth !== undefined && total > width) {
    widths[flexible] = Math.max(8, flexibleWidth - (total - width));
  }
  const margin = " ".repeat(indent);
  return all
    .map((row) => {
      const cells = row.map((cell, column) => {
        const columnWidth = widths[column] ?? 0;
        const text = fit(cell.text, columnWidth);
        const isLast = column === row.length - 1;
        const isRight = right.includes(column);
        const padded = isRight
          ? padStart(text, columnWidth)
          : isLast
            ? text
            : padEnd(text, columnWidth);
        return cell.paint === undefined ? padded : padded.replace(text, () => paintOf(cell, text));
      });
      return (margin + cells.join(gap)).trimEnd();
    })
    .join("\n");
}

function paintOf(cell: Cell, text: string): string {
  return text === "" || cell.paint === undefined ? text : cell.paint(text);
}
