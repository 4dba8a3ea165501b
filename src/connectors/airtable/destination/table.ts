// The table a destination is bound to, as far as it is known: the schema last seen and the fields found in
// it. Made by `prepareTable`, widened by `prepareRelations`, used by everything else.
import { must } from "../../../core/assert.ts";
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import { SyncError } from "../../../errors.ts";
import type { Binding } from "../../destination.ts";
import type { Caller } from "../caller.ts";
import { makeTable, type Table as SourceTable } from "../table.ts";
import type { WireTable } from "../wire.ts";
import { fieldNameOf, matchColumns, type Column, type ColumnType, type Columns } from "./column.ts";
import { findMark, type Mark, type MarkSetting } from "./mark.ts";

/** What the config says of the table. */
export interface TableSetting {
  /** Id, name or address. */
  readonly base: string;
  /** Id, name or address. */
  readonly table: string;
  /** The field that holds each row's key; null: the one named as the primary key property. */
  readonly key: string | null;
  /** How a removed row is marked; null: removed rows are deleted. */
  readonly mark: MarkSetting | null;
}

export interface Table {
  readonly baseId: string;
  readonly wire: WireTable;
  readonly binding: Binding;
  readonly columns: ReadonlyMap<string, Column>;
  /** Null while the table lacks it: in a preview. */
  readonly key: Column | null;
  /** Null also while the table lacks it. */
  readonly mark: Mark | null;
  /** The table as listings and look-ups read it. */
  readonly source: SourceTable;
}

export interface TableState {
  readonly caller: Caller;
  readonly declaration: DatabaseDeclaration;
  readonly setting: TableSetting;
  /** Null before `prepareTable`, and in a preview of a table that is not there. */
  table: Table | null;
  /** Every table of the base, as last read. */
  tables: readonly WireTable[];
  /** Cells of people that the service refused: field and content. */
  readonly refusedPeople: Set<string>;
  /** A person has been told what Airtable has no place for. */
  hasToldPlaceless: boolean;
}

/** Types that formulas can compare with a key. */
const keyTypes: ReadonlySet<ColumnType> = new Set([
  "singleLineText",
  "multilineText",
  "url",
  "email",
  "phoneNumber",
  "singleSelect",
  "number",
]);

export function preparedTable(state: TableState): Table {
  return must(state.table, "prepareTable() comes before reading and writing rows");
}

function bindingOf(baseId: string, { id, name }: WireTable): Binding {
  return {
    tableId: id,
    parentId: baseId,
    title: name,
    url: `https://airtable.com/${baseId}/${id}`,
  };
}

/** The field of the primary key cannot be used as one, or cannot be made; `why` tells of the latter. */
export function unusableKey(
  { declaration, setting }: TableState,
  why: readonly string[] = [],
): SyncError {
  const name = fieldNameOf({ name: declaration.primaryKey }, { declaration, key: setting.key });
  const remedy =
    "Make it a single line text field, or name another field as the key in the config of the table.";
  return new SyncError({
    code: "config_invalid",
    message: `The table has no field "${name}" that could hold the keys of ${declaration.key}.`,
    remedy: why.length === 0 ? remedy : why.join(" "),
  });
}

/** Puts the schema into the state. Throws `config_invalid` when the key is there and cannot be used. */
export function adopt(
  state: TableState,
  at: { readonly baseId: string; readonly wire: WireTable },
  related: ReadonlyMap<string, Binding> | null,
): Columns {
  const { declaration, setting } = state;
  const { baseId, wire } = at;
  const columns = matchColumns({ declaration, baseId, wire, related, key: setting.key });
  const key = columns.byName.get(declaration.primaryKey) ?? null;
  const isMissing = columns.missing.some(({ name }) => name === declaration.primaryKey);
  if (key === null ? !isMissing : !keyTypes.has(key.type)) throw unusableKey(state);
  state.table = {
    baseId,
    wire,
    binding: bindingOf(baseId, wire),
    columns: columns.byName,
    key,
    mark: setting.mark === null ? null : findMark(wire, setting.mark),
    source: makeTable(baseId, wire),
  };
  return columns;
}
