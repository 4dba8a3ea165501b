// What a one-way sync wants in one cell. Richer than the two-way value, because nothing is ever read
// back into it: a text keeps its links, a file its address, a time the zone it was said in.
//
// `blank` clears the cell. A property that a change leaves out is absent from its map and untouched.

/** A piece of text, and where it leads. */
export interface TextRun {
  readonly text: string;
  readonly url: string | null;
}

/** A point in time as the source said it. */
export type Moment =
  /** A calendar day `YYYY-MM-DD`. */
  | { readonly kind: "day"; readonly day: string }
  /** Wall time `HH:mm` on a day; `zone` is an IANA name, or null for the sync's own zone (UTC). */
  | {
      readonly kind: "wall";
      readonly day: string;
      readonly time: string;
      readonly zone: string | null;
    };

export interface FileLink {
  readonly name: string;
  readonly url: string;
}

export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly name: string | null;
  readonly address: string | null;
  readonly googlePlaceId: string | null;
}

export type Cell =
  | { readonly kind: "blank" }
  /** For title, text, url, email and phone. Never without characters: that is `blank`. */
  | { readonly kind: "text"; readonly runs: readonly TextRun[] }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "boolean"; readonly isTrue: boolean }
  /** For select and status. */
  | { readonly kind: "choice"; readonly name: string }
  | { readonly kind: "choices"; readonly names: readonly string[] }
  | { readonly kind: "date"; readonly start: Moment; readonly end: Moment | null }
  /** E-mail addresses in lower case. */
  | { readonly kind: "people"; readonly emails: readonly string[] }
  | { readonly kind: "files"; readonly files: readonly FileLink[] }
  | { readonly kind: "place"; readonly place: Place }
  /** Keys of rows in the related database, in order; a key may not be there yet. */
  | { readonly kind: "relation"; readonly keys: readonly string[] };

export const blank: Cell = { kind: "blank" };

/** The characters of a text cell without its links. */
export function plainText(runs: readonly TextRun[]): string {
  return runs.map((run) => run.text).join("");
}

/**
 * A text that is the same for two cells exactly when they ask for the same content: what a row's
 * hashes are made of. Order counts where the service keeps it.
 */
export function cellFingerprint(cell: Cell): string {
  switch (cell.kind) {
    case "blank":
      return "";
    case "text":
      return `t:${JSON.stringify(cell.runs.map((run) => [run.text, run.url]))}`;
    case "number":
      return `n:${cell.number}`;
    case "boolean":
      return `b:${cell.isTrue}`;
    case "choice":
      return `c:${cell.name}`;
    case "choices":
      return `s:${JSON.stringify(cell.names.toSorted())}`;
    case "date":
      return `d:${JSON.stringify([cell.start, cell.end])}`;
    case "people":
      return `p:${JSON.stringify(cell.emails.toSorted())}`;
    case "files":
      return `f:${JSON.stringify(cell.files.map((file) => [file.name, file.url]))}`;
    case "place":
      return `l:${JSON.stringify(cell.place)}`;
    case "relation":
      return `r:${JSON.stringify(cell.keys)}`;
  }
}
