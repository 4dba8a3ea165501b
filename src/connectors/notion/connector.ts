// The Notion connector: puts the parts of this folder behind the port. Needs a token whose connection
// the database is shared with. Holds nothing between calls but the resolved data source, the people
// seen, and the service's clock.
import { must } from "../../core/assert.ts";
import { SyncError } from "../../errors.ts";
import type { Connector, Wanted, WriteOutcome } from "../connector.ts";
import { sharedPacer } from "../pacer.ts";
import { makeServiceClock } from "../service-clock.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { makeCaller } from "./caller.ts";
import { makeClient } from "./client.ts";
import { makeDirectory } from "./directory.ts";
import { limits } from "./limits.ts";
import { findMarked, readRows, recheckRows } from "./lookup.ts";
import { readBotId, readFormulaKinds, readSource, resolveSource } from "./resolve.ts";
import type { Reader } from "./row.ts";
import { scan } from "./scan.ts";
import { makeSource, type Source } from "./source.ts";
import { createRow, trashRow, updateRow } from "./write.ts";

export interface NotionConnectorOptions {
  readonly token: string;
  /** Null for the real API. */
  readonly baseUrl: string | null;
  /** The config's word for the database: a link, a database id or a data source id. */
  readonly database: string;
  /** What `database` was resolved to before; spares the look-up. */
  readonly known: { readonly tableId: string; readonly parentId: string | null } | null;
  /** Requests a minute of the connection. Default 180; workspaces on Business and up have 600. */
  readonly requestsPerMinute?: number;
  /** Clock, waiting and chance. Default: the system's. */
  readonly timing?: Timing;
  /** All waiting of one call together. Default 5 min. */
  readonly patienceMs?: number;
  /** One request from sending to the end of its body. Default 70 s. */
  readonly callMs?: number;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
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

/** A stray character in a token fails inside the request, as if the network were down. */
function checkToken(token: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new SyncError({
    code: "unauthorized",
    message:
      token === "" ? "The Notion token is empty." : "The Notion token holds a stray character.",
    remedy: "Copy the connection's secret again into NOTION_TOKEN, without quotes or line ends.",
  });
}

export function makeNotionConnector(options: NotionConnectorOptions): Connector {
  const timing = options.timing ?? systemTiming;
  const { baseUrl, callMs, fetch, patienceMs } = options;
  // Blanks come along when a token is pasted.
  const token = options.token.trim();
  const clock = makeServiceClock(timing);
  const client = makeClient({
    token,
    baseUrl,
    clock,
    nowMs: () => timing.nowMs(),
    ...(callMs === undefined ? {} : { callMs }),
    ...(fetch === undefined ? {} : { fetch }),
  });
  const pacer = sharedPacer({
    service: "notion",
    token,
    scope: baseUrl ?? "",
    budget: {
      requests: options.requestsPerMinute ?? limits.budgetRequests,
      windowMs: limits.budgetWindowMs,
    },
    timing,
  });
  const caller = makeCaller({
    client,
    pacer,
    clock,
    timing,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  const directory = makeDirectory(caller);
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
    },
    describe: async () => {
      checkToken(token);
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
    nowMs: () => clock.nowMs(),
    requests: () => client.requests(),
  };
}
