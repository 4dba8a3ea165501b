// The Airtable destination: a declared database as a table of a base, behind the port. Needs a token with
// data.records:read, data.records:write and schema.bases:read for the base; with schema.bases:write it also
// makes the table and the fields that are missing. Records have neither body nor icon nor cover, and
// nothing that is deleted comes back; with a mark, removed rows stay and say so.
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import type { Binding, Destination } from "../../destination.ts";
import { makeConnection, type ConnectionOptions } from "../connection.ts";
import { limits } from "../limits.ts";
import { findRows, listKeys } from "./key.ts";
import { prepareTable } from "./prepare.ts";
import { prepareRelations } from "./relation.ts";
import { createRows, removeRows, updateRows } from "./row.ts";
import type { TableSetting, TableState } from "./table.ts";

export interface AirtableDestinationOptions extends ConnectionOptions, TableSetting {
  readonly declaration: DatabaseDeclaration;
  /** Stands in the description of a table that is made: `<worker>/<key>`. */
  readonly owner: string;
  /** What the database was bound to before; null when nothing is remembered. */
  readonly binding: Binding | null;
}

/** Calls that fill the time of others' answers; the pacer keeps them to the base's budget. */
const parallelMax = 3;

export function makeAirtableDestination(options: AirtableDestinationOptions): Destination {
  const { declaration, owner, binding, base, table, key, mark } = options;
  const caller = makeConnection(options);
  const state: TableState = {
    caller,
    declaration,
    setting: { base, table, key, mark },
    table: null,
    tables: [],
    refusedPeople: new Set(),
    hasToldPlaceless: false,
  };
  return {
    capabilities: {
      writeBatchMax: limits.writeBatchMax,
      parallelMax,
      hasBodies: false,
      hasIcons: false,
      hasTrash: mark !== null,
      keyQueryMax: limits.idsMax,
    },
    prepareTable: async (how) => {
      // A second look goes to the table found by the first.
      const known = state.table?.binding ?? binding;
      return prepareTable(state, { binding: known, owner }, how);
    },
    prepareRelations: async (related, how) => prepareRelations(state, related, how),
    listKeys: () => listKeys(state),
    findRows: async (keys) => findRows(state, keys),
    create: async (rows) => createRows(state, rows),
    update: async (rows) => updateRows(state, rows),
    remove: async (ids) => removeRows(state, ids),
    requests: () => caller.requests(),
  };
}
