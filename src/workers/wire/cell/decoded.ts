// What a decoder makes of one value: a cell, or nothing that can be used, and what to tell about it.
// Nothing means: leave the cell in the table as it is.
import { blank, type Cell } from "../../../core/oneway/cell.ts";
import type { Tokens } from "../token.ts";

export interface Decoded {
  /** Null: not to be read as this column's type. */
  readonly cell: Cell | null;
  /** Sentences for a person, without the property's name. */
  readonly notes: readonly string[];
}

export interface DecodeContext {
  /** The zone of a time that was said without one; null leaves that to the table. */
  readonly zone: string | null;
}

export type Decoder = (value: Tokens, context: DecodeContext) => Decoded;

export function decoded(cell: Cell, ...notes: readonly string[]): Decoded {
  return { cell, notes };
}

export function unread(note: string): Decoded {
  return { cell: null, notes: [note] };
}

export const cleared: Decoded = { cell: blank, notes: [] };

/** Nothing in it: the form `[]`, a null, an empty text. */
export function isEmpty({ tokens, objects }: Tokens): boolean {
  return tokens.length === 0 && objects.length === 0;
}

const shownMax = 60;

/** A value as a person may see it in a note. */
export function shown(text: string): string {
  return `"${text.length > shownMax ? `${text.slice(0, shownMax)}…` : text}"`;
}
