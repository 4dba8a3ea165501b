// Results of a bench as a small table, with where they were measured.
import { availableParallelism } from "node:os";

export type Figure = readonly [what: string, ...figures: string[]];

export function printFigures(title: string, header: Figure, rows: readonly Figure[]): void {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? text.padEnd(width) : text.padStart(width);
      })
      .join("  "),
  );
  console.log(`${title} (Node ${process.versions.node}, ${availableParallelism()} cores)\n`);
  console.log([lines[0], "-".repeat(lines[0]?.length ?? 0), ...lines.slice(1)].join("\n"));
}

export function seconds(lengthMs: number): string {
  return `${(lengthMs / 1_000).toFixed(3)} s`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
