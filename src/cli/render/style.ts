// What every renderer needs to know of the place it writes for.
import type { Colour } from "../colour.ts";

export interface Style {
  readonly colour: Colour;
  /** Columns. */
  readonly width: number;
  /** Rule ids beside their words. */
  readonly isVerbose: boolean;
  readonly nowMs: number;
}

export function styleOf(io: {
  readonly colour: Colour;
  readonly width: number;
  readonly isVerbose: boolean;
  readonly nowMs: () => number;
}): Style {
  return { colour: io.colour, width: io.width, isVerbose: io.isVerbose, nowMs: io.nowMs() };
}
