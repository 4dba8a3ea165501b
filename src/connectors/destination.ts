// The port through which one-way syncs write: one table of a service, bound to one declared database.
// Adapters stand behind it for Notion, Airtable and memory; one contract suite holds them all.
//
// As behind the two-way port, writes are repeated only where the service surely did nothing; every
// other doubt is outcome `unknown` and the runtime's to resolve, by looking for the key.
import type { RecordId } from "../core/ids.ts";
import type { Cell } from "../core/oneway/cell.ts";
import type { Icon } from "../core/oneway/declaration.ts";

/** What a declared database is bound to. */
export interface Binding {
  /** A data source id, or a table id. */
  readonly tableId: string;
  /** The database of a data source, or the base of a table. */
  readonly parentId: string;
  readonly title: string;
  readonly url: string | null;
}

export interface DestinationCapabilities {
  /** Rows one write call can carry. */
  readonly writeBatchMax: number;
  /** Write calls worth having under way at once. */
  readonly parallelMax: number;
  readonly hasBodies: boolean;
  readonly hasIcons: boolean;
  /** Removed rows can be brought back. */
  readonly hasTrash: boolean;
  /** Keys one `findRows` can ask for in a call. */
  readonly keyQueryMax: number;
}

/** One step that a declared schema asks of the table, done or, in a preview, still to do. */
export interface SchemaStep {
  readonly kind:
    | "create-table"
    | "add-property"
    | "add-options"
    | "add-relation"
    | "rename-property";
  /** Null for the table itself. */
  readonly property: string | null;
  /** One sentence for a person. */
  readonly message: string;
}

export interface Preparation {
  /** Null only in a preview of a table that is not there yet. */
  readonly binding: Binding | null;
  readonly steps: readonly SchemaStep[];
  /** What stands in the way of a property, or was taken differently; the others still work. */
  readonly notes: readonly string[];
}

/** A row and the content of its primary key property. */
export interface KeyedRow {
  readonly id: RecordId;
  /** Null when the cell is empty. */
  readonly key: string | null;
}

/** A cell with its relations resolved. */
export type WriteCell =
  | Exclude<Cell, { readonly kind: "relation" }>
  | {
      readonly kind: "rows";
      readonly ids: readonly RecordId[];
      /** As the source named them, also those without a row: for a column that cannot link. */
      readonly keys?: readonly string[];
    };

export interface RowContent {
  /** By property name; only declared properties. */
  readonly cells: ReadonlyMap<string, WriteCell>;
  /** Null: untouched. */
  readonly icon: Icon | null;
  readonly coverUrl: string | null;
  /** Null: untouched; `""`: cleared. */
  readonly body: string | null;
}

export interface RowCreate extends RowContent {
  readonly key: string;
}

export interface RowUpdate extends RowContent {
  readonly id: RecordId;
  /** Bring it back from the trash first. */
  readonly isRevival: boolean;
}

export type RowOutcome =
  /** `notes`: what was cut, skipped or kept, in sentences for a person. */
  | { readonly kind: "done"; readonly id: RecordId; readonly notes: readonly string[] }
  /** Surely not done. `trashed`: it lies in the trash and takes no edits. */
  | {
      readonly kind: "failed";
      readonly why: "invalid" | "missing" | "trashed" | "forbidden";
      readonly message: string;
      readonly property: string | null;
    }
  /** Surely not done: busy beyond our patience. Worth another try later. */
  | { readonly kind: "not-applied"; readonly message: string }
  /** Nobody can say. `hint`: an id the service let slip. */
  | { readonly kind: "unknown"; readonly message: string; readonly hint: RecordId | null };

/** How a listing of keys ended; an incomplete one proves no absence. */
export interface KeysEnd {
  readonly isComplete: boolean;
  readonly reason: string | null;
}

export interface PrepareHow {
  /** Only say what would be done. */
  readonly isPreview: boolean;
}

export interface Destination {
  readonly capabilities: DestinationCapabilities;

  /**
   * Finds the table, makes a managed one that is missing, and adds what the declaration has and the
   * table lacks, relations excepted. Adds only: nothing is dropped, retyped or renamed. A second call
   * writes nothing. Throws a `SyncError` when the table cannot be used at all (`not_shared`,
   * `config_invalid`, …).
   */
  prepareTable(how: PrepareHow): Promise<Preparation>;

  /** Adds the relations, when every related table is known. `related`: by database key. */
  prepareRelations(related: ReadonlyMap<string, Binding>, how: PrepareHow): Promise<Preparation>;

  /** Every row with its key, page by page; a generator so that a large table stays small in memory. */
  listKeys(): AsyncGenerator<readonly KeyedRow[], KeysEnd>;

  /** Live rows with one of these keys (at most `keyQueryMax`). Rows in a trash are not found. */
  findRows(keys: readonly string[]): Promise<readonly KeyedRow[]>;

  /** One call, at most `writeBatchMax` rows; outcomes in the order of the rows. */
  create(rows: readonly RowCreate[]): Promise<readonly RowOutcome[]>;

  /**
   * At most `writeBatchMax` rows; cells, icon, cover and then the body. A body whose replacement would
   * put hand-made child pages into the trash is left as it is, with a note.
   */
  update(rows: readonly RowUpdate[]): Promise<readonly RowOutcome[]>;

  /** Moves rows to the trash, or deletes them where there is none. At most `writeBatchMax`. */
  remove(ids: readonly RecordId[]): Promise<readonly RowOutcome[]>;

  /** Calls put on the wire so far. */
  requests(): { readonly read: number; readonly write: number };
}
