// The Notion destination: a declared database as a data source in Notion, behind the port. Needs a token
// whose connection the parent page, or the attached database, is shared with. Holds between calls only
// the schema last seen and the people found.
import type { RecordId } from "../../../core/ids.ts";
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import type { Binding, Destination, RowOutcome } from "../../destination.ts";
import { makeConnection, type ConnectionOptions } from "../connection.ts";
import { limits } from "../limits.ts";
import { findRows, listKeys } from "./key.ts";
import { prepareTable } from "./prepare.ts";
import { prepareRelations } from "./relation.ts";
import { createRow, trashRow, updateRow } from "./row.ts";
import type { TableState } from "./table.ts";

export interface NotionDestinationOptions extends ConnectionOptions {
  readonly declaration: DatabaseDeclaration;
  /** Stands in the description of a database that is made, to find it again: `<worker>/<key>`. */
  readonly owner: string;
  /** What the database was bound to before; null when nothing is remembered. */
  readonly binding: Binding | null;
  /** The config's word for a database to attach: link or id. Null: the declaration's type decides. */
  readonly database: string | null;
  /** Link or id of the page that managed databases are made under. */
  readonly parent: string | null;
}

/** Does a call for each of `items` in turn; `writeBatchMax` is 1, but longer lists work too. */
async function inTurn<T>(
  items: readonly T[],
  work: (item: T) => Promise<RowOutcome>,
): Promise<readonly RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  for (const item of items) outcomes.push(await work(item));
  return outcomes;
}

export function makeNotionDestination(options: NotionDestinationOptions): Destination {
  const { declaration, owner, parent, binding, database } = options;
  const connection = makeConnection(options);
  const state: TableState = { connection, declaration, table: null };
  const made = { declaration, owner, parent };
  return {
    capabilities: {
      writeBatchMax: limits.writeBatchMax,
      parallelMax: limits.parallelMax,
      hasBodies: true,
      hasIcons: true,
      hasTrash: true,
      keyQueryMax: limits.filterConditionsMax,
    },
    prepareTable: async (how) => {
      // A second look goes to the table found by the first.
      const known = state.table?.binding ?? binding;
      return prepareTable(state, { made, binding: known, database }, how);
    },
    prepareRelations: async (related, how) => prepareRelations(state, related, how),
    listKeys: () => listKeys(state),
    findRows: async (keys) => findRows(state, keys),
    create: async (rows) => inTurn(rows, (row) => createRow(state, row)),
    update: async (rows) => inTurn(rows, (row) => updateRow(state, row)),
    remove: async (ids) => inTurn(ids, (id: RecordId) => trashRow(state, id)),
    requests: () => connection.requests(),
  };
}
