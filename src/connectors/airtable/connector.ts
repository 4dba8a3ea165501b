// The Airtable connector: the port's promises kept over Airtable's Web API. It only puts the parts
// together; `describe` is the first call and settles what the others work on.
import { assert, must } from "../../core/assert.ts";
import type { Connector, Wanted } from "../connector.ts";
import { makeConnection, type ConnectionOptions } from "./connection.ts";
import { limits } from "./limits.ts";
import type { Writer } from "./prepare.ts";
import { remove } from "./remove.ts";
import { editedAfter, findByMarker, read, recheck } from "./lookup.ts";
import { confirmTable } from "./confirm.ts";
import { resolveTable, type Asked } from "./resolve.ts";
import { stampStepMs } from "./row.ts";
import { scan } from "./scan.ts";
import type { Table } from "./table.ts";
import { makeKnownOptions, type KnownOptions } from "./typecast.ts";
import { create, update } from "./write.ts";

export interface AirtableOptions extends ConnectionOptions, Asked {}

interface Described {
  readonly table: Table;
  readonly options: KnownOptions;
}

export function makeAirtableConnector(options: AirtableOptions): Connector {
  const caller = makeConnection(options);
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
    confirmSchema: (wanted) => confirmTable(caller, table(), wanted),
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
