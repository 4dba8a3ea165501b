// The Airtable connector: the port's promises kept over Airtable's Web API. It only puts the parts
// together; `describe` is the first call and settles what the others work on.
import { assert, must } from "../../core/assert.ts";
import type { Connector, Wanted } from "../connector.ts";
import { sharedPacer, type Pacer } from "../pacer.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { makeCaller } from "./caller.ts";
import { limits } from "./limits.ts";
import type { Writer } from "./prepare.ts";
import { remove } from "./remove.ts";
import { editedAfter, findByMarker, read, recheck } from "./lookup.ts";
import { resolveTable, type Asked } from "./resolve.ts";
import { stampStepMs } from "./row.ts";
import { scan } from "./scan.ts";
import type { Table } from "./table.ts";
import { makeTransport } from "./transport.ts";
import { makeKnownOptions, type KnownOptions } from "./typecast.ts";
import { create, update } from "./write.ts";

export interface AirtableOptions extends Asked {
  readonly token: string;
  /** Null for the real API. */
  readonly baseUrl: string | null;
  /** One call from sending to the end of its body. Default 70 s. */
  readonly callMs?: number;
  /** All waiting for one call together. Default 5 minutes. */
  readonly patienceMs?: number;
  /** False for a stand-in server without rate limits. Default true. */
  readonly isPaced?: boolean;
  readonly timing?: Timing;
}

/** The token's budget over all bases, and the base's own. Shared by all pairs of the process. */
function makePacersFor(
  options: AirtableOptions,
  timing: Timing,
): (base: string | null) => readonly Pacer[] {
  if (options.isPaced === false) return () => [];
  const server = options.baseUrl ?? "";
  const pacer = (scope: string, requests: number, spacingMs = 0): Pacer =>
    sharedPacer({
      service: "airtable",
      token: options.token,
      scope: `${server} ${scope}`,
      budget: { requests, windowMs: limits.windowMs, spacingMs },
      timing,
    });
  const whole = pacer("", limits.tokenRequests);
  const bases = new Map<string, Pacer>();
  return (base) => {
    if (base === null) return [whole];
    const own = bases.get(base) ?? pacer(base, limits.baseRequests, limits.spacingMs);
    bases.set(base, own);
    return [whole, own];
  };
}

interface Described {
  readonly table: Table;
  readonly options: KnownOptions;
}

export function makeAirtableConnector(options: AirtableOptions): Connector {
  const timing = options.timing ?? systemTiming;
  const caller = makeCaller({
    transport: makeTransport(options),
    pacersFor: makePacersFor(options, timing),
    timing,
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  });
  let described: Described | null = null;

  function table(): Table {
    return must(described, "describe comes before any other call").table;
  }

  function writer(wanted: Wanted, batch: readonly unknown[]): Writer {
    assert(batch.length <= limits.writeBatchMax, "more rows than one Airtable call takes");
    return { caller, wanted, ...must(described, "describe comes before any other call") };
  }

  return {
    get capabilities() {
      return {
        stampStepMs: (described?.table.stamp ?? null) === null ? null : stampStepMs,
        writeBatchMax: limits.writeBatchMax,
        hasTrash: false,
      };
    },
    describe: async () => {
      const found = await resolveTable(caller, options);
      described = { table: found, options: makeKnownOptions(found) };
      return found.schema;
    },
    scan: (wanted) => scan(caller, table(), wanted),
    read: (ids, wanted, control) => read(caller, table(), { ids, wanted, control }),
    recheck: (ids, wanted) => recheck(caller, table(), { ids, wanted }),
    findByMarker: (markers, wanted) => findByMarker(caller, table(), { markers, wanted }),
    editedAfter: (questions) => editedAfter(caller, table(), questions),
    update: (writes, wanted) => update(writer(wanted, writes), writes),
    create: (creates, wanted) => create(writer(wanted, creates), creates),
    remove: (ids, wanted) => remove(writer(wanted, ids), ids),
    restore: (ids) =>
      Promise.resolve(
        ids.map(() => ({
          kind: "failed" as const,
          why: "invalid" as const,
          message: "Airtable's API cannot bring deleted records back",
          field: null,
        })),
      ),
    nowMs: () => caller.nowMs(),
    requests: () => caller.requests(),
  };
}
