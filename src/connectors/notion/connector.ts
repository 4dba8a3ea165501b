// The Notion connector: puts the parts of this folder behind the port. Needs a token whose connection
// the database is shared with. Holds nothing between calls but the resolved data source, the people
// seen, and the service's clock.
import { must } from "../../core/assert.ts";
import type { Connector, Wanted, WriteOutcome } from "../connector.ts";
import { makeConnection, type ConnectionOptions } from "./connection.ts";
import { limits } from "./limits.ts";
import { findMarked, readRows, recheckRows } from "./lookup.ts";
import { readBotId, readFormulaKinds, readSource, resolveSource } from "./resolve.ts";
import type { Reader } from "./row.ts";
import { scan } from "./scan.ts";
import { makeSource, type Source } from "./source.ts";
import { createRow, trashRow, updateRow } from "./write.ts";

export interface NotionConnectorOptions extends ConnectionOptions {
  /** The config's word for the database: a link, a database id or a data source id. */
  readonly database: string;
  /** What `database` was resolved to before; spares the look-up. */
  readonly known: { readonly tableId: string; readonly parentId: string | null } | null;
}

/** Does a call for each of `items` in turn; `writeBatchMax` is 1, but longer lists work too. */
async function inTurn<T>(
  items: readonly T[],
  work: (item: T) => Promise<WriteOutcome>,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const item of items) outcomes.push(await work(item));
  return outcomes;
}

export function makeNotionConnector(options: NotionConnectorOptions): Connector {
  const connection = makeConnection(options);
  const { caller, directory } = connection;
  let sourceId = options.known?.tableId ?? null;
  let bot: { readonly id: string | null } | null = null;
  let source: Source | null = null;

  const reader = (): Reader => ({
    caller,
    directory,
    source: must(source, "describe() comes before every other call"),
  });

  return {
    capabilities: {
      stampStepMs: limits.stampStepMs,
      writeBatchMax: limits.writeBatchMax,
      hasTrash: true,
      // Neither pages nor webhooks carry previous values (Notion docs: Webhooks, checked 2026-11).
      hidesPrevious: true,
    },
    describe: async () => {
      connection.checkToken();
      sourceId ??= await resolveSource(caller, options.database);
      const wire = await readSource(caller, sourceId);
      bot ??= { id: await readBotId(caller) };
      const formulas = await readFormulaKinds(caller, wire);
      source = makeSource(wire, { botId: bot.id, formulas });
      return source.schema;
    },
    scan: (wanted: Wanted) => scan(reader(), wanted),
    read: async (ids, wanted) => readRows(reader(), ids, wanted),
    recheck: async (ids, wanted, sinceMs) => recheckRows(reader(), { ids, wanted, sinceMs }),
    findByMarker: async (markers, wanted) => findMarked(reader(), markers, wanted),
    // Rows carry stamps, which answer this; the API knows no edit time of a single property.
    editedAfter: () => Promise.resolve(null),
    update: async (writes, wanted) => inTurn(writes, (write) => updateRow(reader(), write, wanted)),
    create: async (creates, wanted) =>
      inTurn(creates, (create) => createRow(reader(), create, wanted)),
    remove: async (ids, wanted) =>
      inTurn(ids, (id) => trashRow(reader(), { id, isTrashed: true }, wanted)),
    restore: async (ids, wanted) =>
      inTurn(ids, (id) => trashRow(reader(), { id, isTrashed: false }, wanted)),
    nowMs: () => caller.nowMs(),
    requests: () => connection.requests(),
  };
}
