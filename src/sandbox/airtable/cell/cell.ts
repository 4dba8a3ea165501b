// What a stored cell holds, before any of the ways to show it. A cell that is empty is not stored at all.
//
// Options, links and people are kept by id, so that a rename shows everywhere at once without touching a
// row, as in the real service.

/** A file in an attachment cell. Size, type and dimensions show only once the "download" is over. */
export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly sourceUrl: string;
  readonly sizeBytes: number;
  readonly type: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly addedMs: number;
}

/** A stored, non-empty cell. */
export type Cell =
  /** Text of any kind, and a day as `YYYY-MM-DD`. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "checked" }
  | { readonly kind: "instant"; readonly ms: number }
  | { readonly kind: "choices"; readonly ids: readonly string[] }
  | { readonly kind: "links"; readonly ids: readonly string[] }
  | { readonly kind: "people"; readonly ids: readonly string[] }
  | { readonly kind: "files"; readonly files: readonly Attachment[] }
  | { readonly kind: "barcode"; readonly text: string; readonly type: string | null };

/** Equality of two cells, empty included; files are equal by id. */
export function isSameCell(left: Cell | null, right: Cell | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
