// The table a destination is bound to, as far as it is known: the schema last seen and the columns found
// in it. Made by `prepareTable`, widened by `prepareRelations`, used by everything else.
import { must } from "../../../core/assert.ts";
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import { SyncError } from "../../../errors.ts";
import type { Binding } from "../../destination.ts";
import type { Connection } from "../connection.ts";
import { shownText } from "../codec/shown.ts";
import { richTextCodec } from "../codec/rich-text.ts";
import { makeSource, type Source } from "../source.ts";
import type { WireDataSource } from "../wire.ts";
import { matchColumns, titleOf, type Column, type Columns } from "./column.ts";

export interface Table {
  readonly wire: WireDataSource;
  readonly binding: Binding;
  readonly columns: ReadonlyMap<string, Column>;
  /** Null while the table lacks it: in a preview. */
  readonly key: Column | null;
  readonly titleId: string;
  /** The table as the listing reads it. */
  readonly source: Source;
}

export interface TableState {
  readonly connection: Connection;
  readonly declaration: DatabaseDeclaration;
  /** Null before `prepareTable`, and in a preview of a table that is not there. */
  table: Table | null;
}

export function preparedTable(state: TableState): Table {
  return must(state.table, "prepareTable() comes before reading and writing rows");
}

function bindingOf(wire: WireDataSource): Binding {
  return {
    tableId: wire.id,
    parentId: wire.parent?.database_id ?? "",
    title: shownText(richTextCodec.decode(wire.title)) ?? "",
    url: wire.url ?? null,
  };
}

function unusableKey(declaration: DatabaseDeclaration, name: string): SyncError {
  return new SyncError({
    code: "config_invalid",
    message: `"${name}", the primary key of ${declaration.key}, cannot be written in this table.`,
    remedy:
      "Give the column the type that the worker declares, or rename it so that another one can be added.",
  });
}

/** Puts the schema into the state. Throws `config_invalid` when the key is there and cannot be written. */
export function adopt(
  state: TableState,
  wire: WireDataSource,
  related: ReadonlyMap<string, Binding> | null,
): Columns {
  const { declaration } = state;
  const columns = matchColumns(declaration, wire, related);
  const key = columns.byName.get(declaration.primaryKey) ?? null;
  const isMissing = columns.missing.some(({ name }) => name === declaration.primaryKey);
  if (key === null && !isMissing) throw unusableKey(declaration, declaration.primaryKey);
  state.table = {
    wire,
    binding: bindingOf(wire),
    columns: columns.byName,
    key,
    titleId: titleOf(wire)?.id ?? "title",
    source: makeSource(wire, { botId: null, formulas: new Map() }),
  };
  return columns;
}
