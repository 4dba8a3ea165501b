// One change a source asks for, checked and decoded. A change with a part that could not be read keeps
// its other parts: one bad cell never loses a row, one bad row never loses a batch.
import type { Cell } from "./cell.ts";
import type { Icon } from "./declaration.ts";

/** A change that sets or makes the row with this key. */
export interface Upsert {
  readonly kind: "upsert";
  readonly key: string;
  /** Key of the database within the worker. */
  readonly database: string;
  /** By property name. Absent: untouched. `blank`: cleared. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Null: not given, so untouched. */
  readonly icon: Icon | null;
  /** Address of the cover picture; null: not given. */
  readonly coverUrl: string | null;
  /** The page's content as Markdown; null: not given, `""`: cleared. */
  readonly body: string | null;
  /** When the source last changed it, ms; null: not said. */
  readonly updatedAtMs: number | null;
}

export interface Deletion {
  readonly kind: "delete";
  readonly key: string;
  readonly database: string;
}

export type Change = Upsert | Deletion;

/** Something about one change that a person should know. It stops nothing else. */
export interface ChangeNote {
  readonly key: string | null;
  readonly database: string | null;
  readonly property: string | null;
  /** `refused`: the change was not carried out. `altered`: it was, in another form. */
  readonly weight: "refused" | "altered";
  readonly message: string;
}

/** What one execution asks for. */
export interface Batch {
  readonly changes: readonly Change[];
  readonly notes: readonly ChangeNote[];
}
