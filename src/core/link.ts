// The tie between one left row and one right row, with everything that both were last seen to agree
// on. The base of a cell is a pair, one value a side: one shared value would make the coarser service
// echo its own rounding back (spec 0, rule 2).
import type { CellKey, LinkId, PairId, RecordId, RunId } from "./ids.ts";
import type { Side, Sided } from "./side.ts";
import type { FieldId } from "./ids.ts";
import type { Value } from "./value.ts";

/**
 * - `live`: both rows are there and their cells are kept in step.
 * - `creating`: one row is there; the call that makes the other has been, or will be, sent.
 * - `archived`: one row went away and we put the other away; see `Archival`.
 * - `tombstone`: both rows are gone; kept so that a restored row is told apart from a new one.
 * - `detached`: a person took the rows apart; never linked again by marker or key.
 */
export type LinkState = "live" | "creating" | "archived" | "tombstone" | "detached";

/** How we put a row away, so that it can be brought back as it was. */
export interface Archival {
  /** The side we put away. */
  readonly side: Side;
  readonly how:
    | { readonly kind: "removed" } /* trashed or deleted */
    /** `value` is the mark itself: the config may name another one by the time it is judged. */
    | {
        readonly kind: "marked";
        readonly field: FieldId;
        readonly before: Value;
        readonly value: Value;
      };
}

/** The rule of bases that an undo made. */
export const undoRule = "undo";

/** What both sides were last seen to hold, in each side's own normal form. */
export interface BaseCell {
  readonly left: Value;
  readonly right: Value;
  /** Grows by one with each new base. */
  readonly rev: number;
  /** The side that holds less than the other: its own edits must not flow back. Null for none. */
  readonly lossySide: Side | null;
  readonly atMs: number;
  /** The rule of the decision table that made this base, and the run it happened in. */
  readonly rule: string;
  readonly run: RunId;
  /** The values this cell held before; a reading that shows them again too soon may be a stale one. */
  readonly previous: Sided<Value> | null;
  /** What our own write replaced on its side, where that was not the base before: doubted likewise. */
  readonly replaced?: { readonly side: Side; readonly value: Value };
}

/** A value that differs from the base and has not been dealt with: when it was entered. */
export interface PendingEdit {
  /** `valueKey` of the value. */
  readonly key: string;
  /** The edit happened after this… */
  readonly loMs: number;
  /** …and not after this. */
  readonly hiMs: number;
  /** The row was not shown since: another value in its place may be as old as this one. Absent: it was. */
  readonly isUnseen?: true;
}

export interface Link {
  readonly id: LinkId;
  readonly pair: PairId;
  readonly ids: Sided<RecordId | null>;
  readonly state: LinkState;
  readonly archival: Archival | null;
  readonly title: string;
  readonly cells: ReadonlyMap<CellKey, BaseCell>;
  /** Edits seen and not settled, a side. */
  readonly pending: Sided<ReadonlyMap<CellKey, PendingEdit>>;
  /** Hash of each row's mapped cells as last dealt with: an equal hash means nothing to look at. */
  readonly hashes: Sided<string | null>;
  /** Newest row stamp accepted a side. */
  readonly stamps: Sided<number | null>;
  /** Stamp of our own last write a side: what is newer is somebody else's. */
  readonly ownStamps: Sided<number | null>;
  /** Looked at in every run although its hashes are unchanged: something is held, frozen or open. */
  readonly isFlagged: boolean;
  readonly bornAtMs: number;
  /**
   * When this link was made, or a row of it made, put away or brought back by us, or both were found
   * removed, on the services' clock. A reading that shows a row of it gone, or back, soon after may be
   * older than that.
   */
  readonly wokenAtMs: number;
  /** What was told last of a row being out of scope, see `scopeOf`. Absent: none is. */
  readonly scopeTold?: string;
}

/** The part of a link that a scan needs for every row, small enough to hold for a whole table. */
export interface LinkIndexEntry {
  readonly id: LinkId;
  readonly ids: Sided<RecordId | null>;
  readonly state: LinkState;
  readonly hashes: Sided<string | null>;
  readonly stamps: Sided<number | null>;
  readonly isFlagged: boolean;
}
