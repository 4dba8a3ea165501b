// What one triggered cycle came to: a line of outcome, a line of figures, and below them only what
// somebody has to look at.
import type { CycleView } from "../../../app/worker/view.ts";
import { oneLine, paragraph, phrases } from "../../plain.ts";
import { duration } from "../../time.ts";
import { count } from "../count-words.ts";
import type { Style } from "../style.ts";
import { countsText, requestsText, runPaint, until } from "./words.ts";

const notesMax = 20;

export function cycleText(cycle: CycleView, style: Style): string {
  const { colour, width, nowMs } = style;
  const calls = requestsText(cycle.requests);
  const figures = [
    count(cycle.executions, "execution"),
    duration(cycle.durationMs),
    ...(calls === "" ? ["no calls"] : [calls]),
    ...(cycle.waiting > 0 ? [`${count(cycle.waiting, "row")} with relations that wait`] : []),
    ...(cycle.run === null ? [] : [`run ${cycle.run}`]),
  ];
  return [
    `${colour.strong(cycle.sync)}  ${runPaint(cycle.status, style)(cycle.status)}  ${countsText(cycle.counts)}`,
    colour.faint(phrases(figures, 2, width)),
    ...notesText(cycle.notes, style),
    ...(cycle.held === null
      ? []
      : [
          colour.fail(paragraph(oneLine(cycle.held.message), 2, width)),
          paragraph(`tandem worker confirm ${cycle.sync}`, 2, width),
        ]),
    ...failureText(cycle, style, nowMs),
    ...(cycle.status === "stopped"
      ? [paragraph("Stopped on request. The next run goes on where this one ended.", 2, width)]
      : []),
  ].join("\n");
}

function failureText(cycle: CycleView, { colour, width }: Style, nowMs: number): readonly string[] {
  const { failure, run, retryAtMs } = cycle;
  if (failure === null) return [];
  const retry = retryAtMs === null ? "" : ` The schedule tries again ${until(retryAtMs, nowMs)}.`;
  const kept = `Nothing is lost: the next run goes on after the last page that was written.${retry}`;
  return [
    colour.fail(paragraph(oneLine(`${failure.name}: ${failure.message}`), 2, width)),
    paragraph(kept, 2, width),
    ...(run === null ? [] : [`  tandem worker runs logs ${run}`]),
  ];
}

/** What somebody should know, up to a bound. */
export function notesText(notes: readonly string[], { colour, width }: Style): readonly string[] {
  const shown = notes
    .slice(0, notesMax)
    .map((note) => colour.warn(paragraph(`! ${oneLine(note)}`, 2, width)));
  const more = notes.length - shown.length;
  return more > 0 ? [...shown, colour.faint(`  … and ${more} more; --json lists them all`)] : shown;
}
