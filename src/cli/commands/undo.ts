// `tandem undo RUN`: shows what would be put back, and with --yes puts it back. Only cells that still
// hold what the run wrote are touched.
import type { UndoOutcome } from "../../app/undo.ts";
import type { Kept } from "../../engine/undo-cells.ts";
import { exitCodes, exitOfOutcome } from "../exit.ts";
import type { Io } from "../io.ts";
import { printOutcomeLines } from "../outcome-lines.ts";
import { fit, oneLine, paragraph } from "../plain.ts";
import { count } from "../render/count-words.ts";
import { rowsText } from "../render/rows.ts";
import { outcomeText } from "../render/run.ts";
import { styleOf } from "../render/style.ts";
import { valueText } from "../render/value-text.ts";
import type { Services } from "../services.ts";

export async function run(
  services: Services,
  io: Io,
  { run: undone }: { readonly run: string },
): Promise<number> {
  const shown = await services.undo(undone, false);
  printView(services, io, shown);
  if (shown.view.rows.length === 0) return exitCodes.ok;
  const isWanted = await io.confirm(`Put back ${count(shown.view.rows.length, "row")}?`);
  if (!isWanted) {
    io.note(`Nothing was written. Put it back with \`tandem undo ${undone} --yes\`.`);
    return exitCodes.ok;
  }
  const done = await services.undo(undone, true);
  if (done.run === null) return exitCodes.ok;
  printMoved(services, io, { shown, done });
  const outcome = {
    kind: "run",
    pair: done.run.pair,
    run: done.run,
    entries: done.entries,
  } as const;
  if (io.isJson) printOutcomeLines(services, io, outcome);
  else io.line(outcomeText(outcome, done.view.names, styleOf(io)));
  return exitOfOutcome(outcome);
}

/** What moved between the look and the writes stays too. */
function printMoved(
  services: Services,
  io: Io,
  { shown, done }: { readonly shown: UndoOutcome; readonly done: UndoOutcome },
): void {
  const before = new Set(shown.view.kept.map((kept) => JSON.stringify(kept)));
  const moved = done.view.kept.filter((kept) => !before.has(JSON.stringify(kept)));
  if (moved.length > 0)
    printView(services, io, { ...done, view: { ...done.view, rows: [], kept: moved } });
}

function printView(services: Services, io: Io, { view }: UndoOutcome): void {
  if (io.isJson) {
    for (const row of view.rows) {
      io.json({
        type: "undo",
        pair: view.pair,
        side: view.names[row.side].toLowerCase(),
        op: row.op,
        title: row.title,
        fields: Object.fromEntries(
          row.cells.map((cell) => [
            cell.field,
            { before: services.show(cell.before), after: services.show(cell.after) },
          ]),
        ),
      });
    }
    for (const { title, side, field, why, now } of view.kept) {
      io.json({
        type: "kept",
        pair: view.pair,
        side: side === null ? null : view.names[side].toLowerCase(),
        title,
        field,
        why,
        ...(now === null ? {} : { now: services.show(now) }),
      });
    }
    return;
  }
  const { colour } = io;
  const what = view.rows.length === 0 ? "nothing to put back" : "to put back";
  io.line(`${colour.strong(view.pair)}  ${colour.faint(what)}`);
  if (view.rows.length > 0) {
    io.line(rowsText({ rows: view.rows, conflicts: [], names: view.names }, styleOf(io)));
  }
  for (const kept of view.kept) io.line(keptText(kept, view.names, io));
}

/** `stays  Title · Field in Notion was changed since (now "x")`, over as many lines as it needs. */
function keptText(kept: Kept, names: UndoOutcome["view"]["names"], { colour, width }: Io): string {
  const place = kept.side === null ? "" : ` in ${names[kept.side]}`;
  const what = kept.field === null ? place : ` · ${oneLine(kept.field)}${place}`;
  const now = kept.now === null ? "" : ` (now ${fit(valueText(kept.now), 40)})`;
  const title = oneLine(kept.title) || "(untitled)";
  const text = paragraph(`${title}${what} ${oneLine(kept.why)}${now}`, 9, width);
  return `  ${colour.warn("stays")}  ${text.trimStart()}`;
}
