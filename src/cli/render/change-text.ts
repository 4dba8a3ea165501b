// `before → after` in a given width. Long values are cut so that the part that differs stays in sight:
// two long texts that begin alike would otherwise be shown as the same words.
import { split, widthOf } from "../plain.ts";

export interface ChangeText {
  readonly before: string;
  readonly after: string;
}

/** Columns of " → ". */
export const arrowWidth = 3;
/** Columns that stay visible before the first difference, where there is room. */
const leadMax = 8;

/** Both values, shortened so that together with the arrow they take at most `width` columns. */
export function shortened(before: string, after: string, width: number): ChangeText {
  const room = Math.max(16, width - arrowWidth);
  const [beforeWidth, afterWidth] = [widthOf(before), widthOf(after)];
  if (beforeWidth + afterWidth <= room) return { before, after };
  // The shorter value keeps what it needs, up to half; the longer one gets the rest.
  const half = Math.floor(room / 2);
  const beforeRoom = beforeWidth <= half ? beforeWidth : Math.max(half, room - afterWidth);
  const afterRoom = room - Math.min(beforeRoom, beforeWidth);
  const [one, two] = [split(before), split(after)];
  const same = sharedStart(one, two);
  const tail = sharedEnd(one.slice(same), two.slice(same));
  return {
    before: view(one, { same, tail, width: beforeRoom }),
    after: view(two, { same, tail, width: afterRoom }),
  };
}

function sharedStart(one: readonly string[], two: readonly string[]): number {
  let length = 0;
  while (length < one.length && length < two.length && one[length] === two[length]) length += 1;
  return length;
}

function sharedEnd(one: readonly string[], two: readonly string[]): number {
  let length = 0;
  const most = Math.min(one.length, two.length);
  while (length < most && one.at(-1 - length) === two.at(-1 - length)) length += 1;
  return length;
}

interface Window {
  /** Graphemes both values begin with, and end with. */
  readonly same: number;
  readonly tail: number;
  readonly width: number;
}

/** The part of a value around its difference. */
function view(parts: readonly string[], { same, tail, width }: Window): string {
  if (widthOf(parts.join("")) <= width) return parts.join("");
  const changedEnd = parts.length - tail;
  let start = Math.max(0, same - Math.min(leadMax, Math.floor(width / 3)));
  // When everything up to the difference fits from the beginning, nothing is gained by cutting there.
  if (widthOf(parts.slice(0, changedEnd).join("")) < width) start = 0;
  else start = wordStart(parts, start, same);
  const lead = start > 0 ? "…" : "";
  let used = lead.length;
  let kept = "";
  let end = start;
  for (const part of parts.slice(start)) {
    const isLastPart = end === parts.length - 1;
    if (used + widthOf(part) > width - (isLastPart ? 0 : 1)) break;
    kept += part;
    used += widthOf(part);
    end += 1;
  }
  return `${lead}${kept}${end < parts.length ? "…" : ""}`;
}

/** The next beginning of a word, unless the difference comes before it. */
function wordStart(parts: readonly string[], start: number, same: number): number {
  const space = parts.indexOf(" ", start);
  return start > 0 && space >= 0 && space < same ? space + 1 : start;
}
