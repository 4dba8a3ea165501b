// The port through which the engine sees a service. One adapter stands behind it for Notion, one for
// Airtable, one in memory; a contract suite holds all three to the same words.
//
// Reads that fail are tried again inside the adapter, within a bound, and then throw a `SyncError`.
// Writes are tried again only where the service surely did nothing (429 and the like); every other
// doubt is reported as outcome `unknown`, and is the engine's to resolve.
import type { FieldId, RecordId } from "../core/ids.ts";
import type { ReadWindow, Row, RowReading } from "../core/row.ts";
import type { Schema } from "../core/schema.ts";
import type { Value } from "../core/value.ts";

export interface Capabilities {
  /** The step row stamps are rounded down to, or null when rows carry no stamp. */
  readonly stampStepMs: number | null;
  /** Rows one write call can carry. */
  readonly writeBatchMax: number;
  /** A removed row goes to a trash and can be brought back from there. */
  readonly hasTrash: boolean;
  /** The service never tells what a cell held before a write. Absent: it does, or nobody knows. */
  readonly hidesPrevious?: boolean;
}

/** What a scan or a read shall bring along for each row. */
export interface Wanted {
  readonly fields: readonly FieldId[];
  /** The marker field, when the pair has one on this side. */
  readonly marker: FieldId | null;
  /** The service's own filter in the words of the config, or null for all rows. */
  readonly filter: unknown;
}

export interface ScanPage {
  readonly rows: readonly Row[];
}

/** How a listing ended. Only a complete one lets absence be asked about. */
export interface ScanEnd {
  readonly isComplete: boolean;
  /** Why not, in words for a person; null when complete. */
  readonly reason: string | null;
  readonly window: ReadWindow;
}

export interface Write {
  readonly id: RecordId;
  /** Only the cells that change. Never a cell of kind `unknown`. */
  readonly cells: ReadonlyMap<FieldId, Value>;
}

export interface Create {
  /** Caller's handle, given back with the outcome. */
  readonly ref: string;
  readonly cells: ReadonlyMap<FieldId, Value>;
  /** Text for the marker field, or null when the pair has none on this side. */
  readonly marker: string | null;
  /**
   * Nothing was sent for this row before, so nothing can be there by its marker but what a person put
   * there: the row is made, never merged into another one.
   */
  readonly isFirst?: boolean;
}

export type WriteFailure =
  | "invalid" /* the service refuses this content */
  | "missing" /* the row is not there, or no longer reachable */
  | "trashed" /* the row is in the trash and takes no edits */
  | "forbidden";

/** What one written row came to. */
export type WriteOutcome =
  /**
   * Done; `row` is the row as the service gave it back, `wasCreated` tells an upsert's branch.
   * `isReadBack`: the answer was lost and the row read afterwards, with what was entered since. Absent: no.
   */
  | {
      readonly kind: "done";
      readonly row: Row;
      readonly wasCreated: boolean;
      readonly isReadBack?: boolean;
    }
  /** Surely not done, and not worth repeating as it is. */
  | {
      readonly kind: "failed";
      readonly why: WriteFailure;
      readonly message: string;
      /** The field the service blames, when it names one. */
      readonly field: FieldId | null;
    }
  /** Surely not done: the service was busy beyond our patience. */
  | { readonly kind: "not-applied"; readonly message: string }
  /** Nobody can say: the answer was lost or broken. `hint` is an id the service let slip. */
  | { readonly kind: "unknown"; readonly message: string; readonly hint: RecordId | null };

/** Requests sent so far, tries included. */
export interface RequestCount {
  readonly read: number;
  readonly write: number;
}

/** A question about one row's edit time, where rows carry no usable stamp. */
export interface EditQuestion {
  readonly id: RecordId;
  readonly field: FieldId;
  readonly thanMs: number;
}

export interface Connector {
  /** Settled by `describe`, which is always the first call. */
  readonly capabilities: Capabilities;

  /** The table as it is now: names, fields, kinds. Throws `not_shared` when out of reach. */
  describe(): Promise<Schema>;

  /**
   * Throws `schema_changed` where a wanted field is not what `describe` found any more: what was read
   * of it since may mean nothing, such as the blanks that a change of type leaves. Absent where every
   * value tells its own type.
   */
  confirmSchema?(wanted: Wanted): Promise<void>;

  /** Lists the table page by page; the generator's return value says whether it was complete. */
  scan(wanted: Wanted): AsyncGenerator<ScanPage, ScanEnd>;

  /**
   * Looks rows up by id, for certain. `control` is a row known to be there: a lookup that does not
   * find it proves nothing, and every missing row is then `unknown`.
   */
  read(
    ids: readonly RecordId[],
    wanted: Wanted,
    control: RecordId | null,
  ): Promise<ReadonlyMap<RecordId, RowReading>>;

  /**
   * Fresh readings of those of `ids` that may have changed since `sinceMs` (service clock), in as few
   * calls as the service allows. A row that is left out is as it was.
   */
  recheck(
    ids: readonly RecordId[],
    wanted: Wanted,
    sinceMs: number,
  ): Promise<ReadonlyMap<RecordId, RowReading>>;

  /** Rows whose marker holds one of `markers`. */
  findByMarker(markers: readonly string[], wanted: Wanted): Promise<readonly Row[]>;

  /**
   * Of the asked rows, those whose field was edited after the given instant. Null when the service
   * cannot tell.
   */
  editedAfter(questions: readonly EditQuestion[]): Promise<ReadonlySet<RecordId> | null>;

  /** One call, at most `writeBatchMax` rows, all done or none where the service is atomic. */
  update(writes: readonly Write[], wanted: Wanted): Promise<readonly WriteOutcome[]>;

  /** One call, at most `writeBatchMax` rows; outcomes in the order of `creates`. */
  create(creates: readonly Create[], wanted: Wanted): Promise<readonly WriteOutcome[]>;

  /** Moves rows to the trash, or deletes them where there is none. At most `writeBatchMax`. */
  remove(ids: readonly RecordId[], wanted: Wanted): Promise<readonly WriteOutcome[]>;

  /** Brings rows back from the trash. At most `writeBatchMax`; fails where there is no trash. */
  restore(ids: readonly RecordId[], wanted: Wanted): Promise<readonly WriteOutcome[]>;

  /** The service's clock, learned from its answers; our own until the first answer. */
  nowMs(): number;

  requests(): RequestCount;
}
