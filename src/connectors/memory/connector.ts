// A connector without a service behind it: rows in memory, held to the same contract as the real ones.
// Good enough to test and demonstrate the engine with; what a service's limits and oddities do to
// values is the business of the real connectors and their sandboxes.
import type { Schema } from "../../core/schema.ts";
import type { Connector } from "../connector.ts";
import { makeMemoryAdmin, type MemoryAdmin } from "./admin.ts";
import { makeReads } from "./read.ts";
import type { State } from "./state.ts";
import type { MemoryTable } from "./table.ts";
import { makeWrites } from "./write.ts";

export interface MemoryOptions {
  readonly schema: Schema;
  readonly nowMs: () => number;
  /** Default true. Without a trash, `remove` deletes for good. */
  readonly hasTrash?: boolean;
  /** Default 1: stamps are exact. Null: rows carry none. */
  readonly stampStepMs?: number | null;
  /** Default 10. */
  readonly writeBatchMax?: number;
  /** Rows a page. Default 100. */
  readonly pageSize?: number;
  /** Rows tell whether our own token made them, as Notion's do. Default: no. */
  readonly tellsMaker?: boolean;
  /** Start of every row id, to tell two tables apart. Default `row`. */
  readonly idPrefix?: string;
}

export interface MemoryConnector extends Connector {
  readonly admin: MemoryAdmin;
}

export function makeMemoryConnector(options: MemoryOptions): MemoryConnector {
  const table: MemoryTable = {
    schema: options.schema,
    nowMs: options.nowMs,
    stampStepMs: options.stampStepMs === undefined ? 1 : options.stampStepMs,
    tellsMaker: options.tellsMaker ?? false,
    rows: new Map(),
    idPrefix: options.idPrefix ?? "row",
    madeCount: 0,
  };
  const state: State = {
    table,
    faults: { read: [], write: [] },
    hasTrash: options.hasTrash ?? true,
    pageSize: options.pageSize ?? 100,
    count: { read: 0, write: 0 },
  };
  return {
    capabilities: {
      stampStepMs: table.stampStepMs,
      writeBatchMax: options.writeBatchMax ?? 10,
      hasTrash: state.hasTrash,
    },
    admin: makeMemoryAdmin(table, state.faults),
    nowMs: options.nowMs,
    requests: () => ({ ...state.count }),
    ...makeReads(state),
    ...makeWrites(state),
  };
}
