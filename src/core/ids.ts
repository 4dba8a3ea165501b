// Branded ids. Only the parsers below, and the edges that read ids from a service or the store, make
// them; everything else passes them on.

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** The key of a pair in the config file. */
export type PairId = Branded<string, "PairId">;
/** Our own id of a link between two rows. */
export type LinkId = Branded<string, "LinkId">;
/** A service's own id of a row: stable, never reused. */
export type RecordId = Branded<string, "RecordId">;
/** A service's own id of a field, or a pseudo-field such as `@url`. Survives a rename. */
export type FieldId = Branded<string, "FieldId">;
/** A field mapping's identity: the two field ids, so a changed name keeps its base. */
export type CellKey = Branded<string, "CellKey">;
export type RunId = Branded<string, "RunId">;
/** One call's journal entry for one row. */
export type OpId = Branded<string, "OpId">;

export const pairId = (text: string): PairId => text as PairId;
export const linkId = (text: string): LinkId => text as LinkId;
export const recordId = (text: string): RecordId => text as RecordId;
export const fieldId = (text: string): FieldId => text as FieldId;
export const runId = (text: string): RunId => text as RunId;
export const opId = (text: string): OpId => text as OpId;

export function cellKey(left: FieldId, right: FieldId): CellKey {
  return `${left}~${right}` as CellKey;
}

/** For keys that come back from the store. */
export const parseCellKey = (text: string): CellKey => text as CellKey;
