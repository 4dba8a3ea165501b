// Everything the sandbox remembers: bases, tables, fields, rows, views and the people in them. Data only,
// with the look-ups by id or name that all parts share; changes live in row-change.ts and field/.
import type { Cell } from "./cell/cell.ts";
import type { Chance } from "./chance.ts";
import type { Json, JsonObject } from "./json.ts";

/** A collaborator of a base. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** An option of a select field. */
export interface Choice {
  readonly id: string;
  name: string;
  color: string;
}

/** A field of a table. Select options and formulas have a place of their own beside `options`. */
export interface Field {
  readonly id: string;
  name: string;
  type: string;
  description: string | null;
  /** Type options as the schema shows them, without select choices. */
  options: JsonObject | null;
  /** Select choices, or `null` for a type that has none. */
  choices: Choice[] | null;
  /** What a rollup does with its `values`, in formula language; the API never shows it. */
  rollup: string | null;
  /** The constant every cell of a computed field shows when nothing better is known. */
  constant: Json | null;
}

/** A record. */
export interface Row {
  readonly id: string;
  /** Place in the order of creation over the whole world. */
  readonly seq: number;
  readonly createdMs: number;
  readonly createdBy: Person | null;
  modifiedMs: number;
  modifiedBy: Person | null;
  /** Non-empty stored cells by field id. */
  readonly cells: Map<string, Cell>;
  /** Fields filled after the row was made; their cells come last in a record (recorded). */
  readonly late: Set<string>;
  /** Last edit of each stored field, computed ones excluded. */
  readonly touchedMs: Map<string, number>;
  /** Values of computed fields that were set from outside. */
  readonly fixed: Map<string, Json>;
}

/** A view; `formula` filters and `sort` orders the rows listed through it. */
export interface View {
  readonly id: string;
  name: string;
  readonly type: string;
  readonly formula: string | null;
  readonly sort: readonly SortKey[];
  /** Row ids in the view's own order, or `null` for the order of creation. */
  readonly rowOrder: readonly string[] | null;
  readonly visibleFieldIds: readonly string[] | null;
}

/** One key of an ordering. */
export interface SortKey {
  readonly fieldId: string;
  readonly direction: "asc" | "desc";
}

export interface Table {
  readonly id: string;
  name: string;
  description: string | null;
  primaryFieldId: string;
  /** Passed through: the sandbox moves no dates. */
  dateDependencySettings: Json | null;
  fields: Field[];
  views: View[];
  readonly rows: Map<string, Row>;
  /** Rows that were deleted and can be restored with their id. */
  readonly trash: Map<string, Row>;
  /** The number the next row gets; a failed batch consumes none. */
  nextNumber: number;
}

export interface Base {
  readonly id: string;
  name: string;
  readonly workspaceId: string;
  readonly permissionLevel: string;
  tables: Table[];
  readonly people: Person[];
}

/** How the service speaks: as recorded in 2022, or as tokens hear it now. */
export type Dialect = "2026" | "2022";

/** What the token may do. */
export interface Grant {
  readonly token: string;
  readonly owner: Person;
  isRevoked: boolean;
  scopes: Set<string>;
  /** Bases taken away from the token. */
  readonly lostBaseIds: Set<string>;
}

export interface World {
  readonly chance: Chance;
  readonly grant: Grant;
  readonly dialect: Dialect;
  readonly bases: Base[];
  /** Whether a write of equal values counts as an edit. Nobody has measured what the service does. */
  readonly doesEqualWriteTouch: boolean;
  /** How long a new attachment shows neither size nor type. */
  readonly attachmentDelayMs: number;
  /** Start of attachment URLs, without a trailing slash. */
  readonly contentUrl: string;
  nowMs(): number;
  nextSeq(): number;
}

/** A row with the table and base it lives in. */
export interface Place {
  readonly base: Base;
  readonly table: Table;
  readonly row: Row;
}

/** A table by id or exact name. */
export function findTable(base: Base, idOrName: string): Table | null {
  return (
    base.tables.find((table) => table.id === idOrName) ??
    base.tables.find((table) => table.name === idOrName) ??
    null
  );
}

/** A field by id or exact name. */
export function findField(table: Table, idOrName: string): Field | null {
  return (
    table.fields.find((field) => field.id === idOrName) ??
    table.fields.find((field) => field.name === idOrName) ??
    null
  );
}

/** A row anywhere in a base. */
export function findRow(base: Base, rowId: string): Place | null {
  for (const table of base.tables) {
    const row = table.rows.get(rowId);
    if (row !== undefined) return { base, table, row };
  }
  return null;
}

/** The table a link field points to, or `null` when the field is no link or the table is gone. */
export function linkedTable(base: Base, field: Field): Table | null {
  const id = field.options?.["linkedTableId"];
  return typeof id === "string" ? (base.tables.find((table) => table.id === id) ?? null) : null;
}

/** The field of the other table that mirrors a link field, or `null`. */
export function inverseField(base: Base, field: Field): Field | null {
  const id = field.options?.["inverseLinkFieldId"];
  const other = linkedTable(base, field);
  if (typeof id !== "string" || other === null) return null;
  return other.fields.find((candidate) => candidate.id === id) ?? null;
}
