// What one execution would do, without a write: first to the databases themselves, then row by row.
import type { PreviewRow, PreviewView } from "../../../app/worker/view.ts";
import { fit, oneLine, padEnd, paragraph, widthOf } from "../../plain.ts";
import { count } from "../count-words.ts";
import type { Style } from "../style.ts";
import { cellText } from "./cell-text.ts";
import { notesText } from "./cycle.ts";
import { countsText } from "./words.ts";

const rowsMax = 50;
const propertyWidthMax = 22;

const marks: Record<PreviewRow["op"], string> = {
  create: "+",
  update: "~",
  revive: "^",
  remove: "-",
  refused: "✗",
};
const words: Record<PreviewRow["op"], string> = {
  create: "new row",
  update: "update",
  revive: "back from the trash",
  remove: "remove",
  refused: "refused",
};

export function previewText(preview: PreviewView, style: Style): string {
  const { colour, width } = style;
  const shown = style.isVerbose ? preview.rows : preview.rows.slice(0, rowsMax);
  const more = preview.rows.length - shown.length;
  const would = countsText(preview.counts);
  return [
    `${colour.strong(preview.sync)}  preview, nothing is written`,
    ...preview.schema.map((step) =>
      paragraph(`+ ${step.database}: ${oneLine(step.message)}`, 2, width),
    ),
    ...shown.map((row) => rowText(row, style)),
    ...(more > 0
      ? [colour.faint(`  … and ${count(more, "row")} more; --verbose shows them all`)]
      : []),
    ...notesText(preview.notes, style),
    paragraph(`This execution: ${would}.`, 2, width),
    ...sweepText(preview, style),
    ...walkText(preview, style),
  ].join("\n");
}

function sweepText({ sweep }: PreviewView, { colour, width }: Style): readonly string[] {
  if (sweep === null || sweep.removals === 0) return [];
  const what = `${count(sweep.removals, "row")} that it does not name would be removed`;
  if (sweep.held === null) return [paragraph(`${what}.`, 2, width)];
  return [colour.warn(paragraph(`${what}, and would wait for a word: ${sweep.held}`, 2, width))];
}

function walkText(preview: PreviewView, { colour, width }: Style): readonly string[] {
  const context = JSON.stringify(preview.nextContext);
  if (!preview.hasMore) return [colour.faint("  The cycle ends here.")];
  if (context === undefined)
    return [paragraph("More follows, and it gave no state to go on from.", 2, width)];
  const quoted = context.replaceAll("'", String.raw`'\''`);
  return [
    paragraph("More follows. Walk on with:", 2, width),
    `  tandem worker trigger ${preview.sync} --preview --context '${quoted}'`,
  ];
}

function rowText(row: PreviewRow, style: Style): string {
  const { colour, width } = style;
  const paint = {
    create: colour.added,
    update: colour.changed,
    revive: colour.linked,
    remove: colour.removed,
    refused: colour.fail,
  }[row.op];
  const head = `  ${paint(marks[row.op])} ${colour.strong(fit(oneLine(row.key), Math.max(16, width - 40)))}  ${colour.faint(`${words[row.op]} · ${row.database}`)}`;
  const nameWidth = Math.min(
    propertyWidthMax,
    Math.max(0, ...row.cells.map((cell) => widthOf(oneLine(cell.property)))),
  );
  const cells = row.cells.map(({ property, cell }) => {
    const name = padEnd(fit(oneLine(property), nameWidth), nameWidth);
    return `      ${name}  ${fit(oneLine(cellText(cell)), Math.max(10, width - nameWidth - 8))}`;
  });
  const parts =
    row.parts.length === 0 ? [] : [colour.faint(`      and the ${row.parts.join(", ")}`)];
  const why = row.message === null ? [] : [paragraph(oneLine(row.message), 6, width)];
  return [head, ...cells, ...parts, ...why].join("\n");
}
