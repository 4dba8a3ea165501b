// A connector without a service behind it: rows in memory, held to the same contract as the real ones.
// Good enough to test and demonstrate the engine with; what a service's limits and oddities do to
// values is the business of the real connectors and their sandboxes.
import type { FieldId, RecordId } from "../../core/ids.ts";
import type { Row, RowReading } from "../../core/row.ts";
import type { Schema } from "../../core/schema.ts";
import { text, type Value } from "../../core/value.ts";
import type {
  Connector,
  ScanEnd,
  ScanPage,
  Wanted,
  WriteFailure,
  WriteOutcome,
} from "../connector.ts";
import { downError, makeMemoryAdmin, type FaultLine, type MemoryAdmin } from "./admin.ts";
import { refuse } from "./fit.ts";
import { addRow, editRow, showRow, trashRow, type MemoryTable, type StoredRow } from "./table.ts";

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
  /** Start of every row id, to tell two tables apart. Default `row`. */
  readonly idPrefix?: string;
}

export interface MemoryConnector extends Connector {
  readonly admin: MemoryAdmin;
}

interface State {
  readonly table: MemoryTable;
  readonly faults: FaultLine;
  readonly hasTrash: boolean;
  readonly pageSize: number;
  readonly count: { read: number; write: number };
}

function failed(why: WriteFailure, message: string, field: FieldId | null = null): WriteOutcome {
  return { kind: "failed", why, message, field };
}

/** A filter is a predicate here, so that tests need no language of filters. */
function passes(wanted: Wanted, row: Row): boolean {
  return typeof wanted.filter === "function" ? wanted.filter(row) === true : true;
}

function countRead(state: State): void {
  state.count.read += 1;
  if (state.faults.read[0] !== "down") return;
  state.faults.read.shift();
  throw downError();
}

async function* scan(state: State, wanted: Wanted): AsyncGenerator<ScanPage, ScanEnd> {
  const startMs = state.table.nowMs();
  countRead(state);
  const isCut = state.faults.read[0] === "incomplete";
  if (isCut) state.faults.read.shift();
  const ids = [...state.table.rows.keys()];
  const end = (reason: string | null): ScanEnd => ({
    isComplete: reason === null,
    reason,
    window: { startMs, endMs: state.table.nowMs() },
  });
  for (let at = 0; at < ids.length; at += state.pageSize) {
    if (at > 0) countRead(state);
    const rows: Row[] = [];
    for (const id of ids.slice(at, at + state.pageSize)) {
      const stored = state.table.rows.get(id);
      if (stored === undefined || stored.isTrashed) continue;
      const row = showRow(state.table, stored, wanted);
      if (passes(wanted, row)) rows.push(row);
    }
    yield await Promise.resolve({ rows });
    if (isCut) return end("the listing was cut short");
  }
  return end(null);
}

function readOne(
  state: State,
  id: RecordId,
  asked: { readonly wanted: Wanted; readonly control: RecordId | null },
): RowReading {
  const { table } = state;
  const stored = table.rows.get(id);
  if (stored !== undefined) {
    const row = showRow(table, stored, asked.wanted);
    return stored.isTrashed ? { state: "trashed", row } : { state: "live", row };
  }
  const control = asked.control === null ? undefined : table.rows.get(asked.control);
  if (asked.control !== null && (control === undefined || control.isTrashed)) {
    return { state: "unknown", why: "the control row was not found" };
  }
  return { state: "gone", evidence: "no such row in memory" };
}

/** A write under the faults that wait: done or not, answered or not. */
function underFault(state: State, count: number, act: () => WriteOutcome[]): WriteOutcome[] {
  state.count.write += 1;
  const all = (outcome: WriteOutcome): WriteOutcome[] =>
    Array.from({ length: count }, () => outcome);
  const lost: WriteOutcome = { kind: "unknown", message: "the answer was lost", hint: null };
  switch (state.faults.write.shift()) {
    case "lost-after":
      act();
      return all(lost);
    case "lost-before":
      return all(lost);
    case "busy":
      return all({ kind: "not-applied", message: "busy" });
    case "down":
      throw downError();
    case "incomplete":
    case undefined:
      return act();
  }
}

/** Why the cells cannot be written; null when they can. */
function refuseCells(state: State, cells: ReadonlyMap<FieldId, Value>): WriteOutcome | null {
  for (const [id, value] of cells) {
    const field = state.table.schema.fields.find((one) => one.id === id);
    const why = field === undefined ? "no such field" : refuse(field, value);
    if (why !== null) return failed("invalid", why, id);
  }
  return null;
}

function writeRow(
  state: State,
  id: RecordId,
  write: { readonly wanted: Wanted; readonly act: (row: StoredRow) => StoredRow },
): WriteOutcome {
  const stored = state.table.rows.get(id);
  if (stored === undefined) return failed("missing", "no such row");
  const row = showRow(state.table, write.act(stored), write.wanted);
  return { kind: "done", row, wasCreated: false };
}

function removeRow(state: State, id: RecordId, wanted: Wanted): WriteOutcome {
  const { table } = state;
  const outcome = writeRow(state, id, {
    wanted,
    act: (row) => trashRow(table, row, { isTrashed: true, by: "us" }),
  });
  if (!state.hasTrash) table.rows.delete(id);
  return outcome;
}

export function makeMemoryConnector(options: MemoryOptions): MemoryConnector {
  const table: MemoryTable = {
    schema: options.schema,
    nowMs: options.nowMs,
    stampStepMs: options.stampStepMs === undefined ? 1 : options.stampStepMs,
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
    scan: (wanted) => scan(state, wanted),
    ...makeReads(state),
    ...makeWrites(state),
  };
}

type Reads = Pick<Connector, "describe" | "read" | "recheck" | "findByMarker" | "editedAfter">;

function makeReads(state: State): Reads {
  const { table } = state;
  return {
    describe: async () => {
      countRead(state);
      return Promise.resolve(table.schema);
    },
    read: async (ids, wanted, control) => {
      countRead(state);
      return Promise.resolve(
        new Map(ids.map((id) => [id, readOne(state, id, { wanted, control })])),
      );
    },
    recheck: async (ids, wanted, sinceMs) => {
      countRead(state);
      const readings = new Map<RecordId, RowReading>();
      for (const id of ids) {
        const stored = table.rows.get(id);
        if (stored !== undefined && stored.editedAtMs < sinceMs) continue;
        const reading = readOne(state, id, { wanted, control: null });
        readings.set(id, stored === undefined ? { state: "unknown", why: "not found" } : reading);
      }
      return Promise.resolve(readings);
    },
    findByMarker: async (markers, wanted) => {
      countRead(state);
      const rows = [...table.rows.values()]
        .filter((stored) => !stored.isTrashed)
        .map((stored) => showRow(table, stored, wanted))
        .filter((row) => row.marker !== null && markers.includes(row.marker));
      return Promise.resolve(rows);
    },
    editedAfter: async (questions) => {
      countRead(state);
      const edited = questions.filter(
        ({ id, field, thanMs }) => (table.rows.get(id)?.cellEditedAtMs.get(field) ?? 0) > thanMs,
      );
      return Promise.resolve(new Set(edited.map(({ id }) => id)));
    },
  };
}

type Writes = Pick<Connector, "update" | "create" | "remove" | "restore">;

function makeWrites(state: State): Writes {
  const { table } = state;
  const run = async (count: number, act: () => WriteOutcome[]): Promise<readonly WriteOutcome[]> =>
    Promise.resolve(underFault(state, count, act));
  return {
    update: async (writes, wanted) =>
      run(writes.length, () =>
        writes.map(({ id, cells }) => {
          if (table.rows.get(id)?.isTrashed === true)
            return failed("trashed", "it is in the trash");
          const refusal = refuseCells(state, cells);
          if (refusal !== null) return refusal;
          return writeRow(state, id, { wanted, act: (row) => editRow(table, row, cells, "us") });
        }),
      ),
    create: async (creates, wanted) =>
      run(creates.length, () =>
        creates.map(({ cells, marker }) => {
          const all = new Map(cells);
          if (marker !== null && wanted.marker !== null) all.set(wanted.marker, text(marker));
          const refusal = refuseCells(state, all);
          if (refusal !== null) return refusal;
          const row = showRow(table, addRow(table, all, "us"), wanted);
          return { kind: "done", row, wasCreated: true };
        }),
      ),
    remove: async (ids, wanted) =>
      run(ids.length, () => ids.map((id) => removeRow(state, id, wanted))),
    restore: async (ids, wanted) =>
      run(ids.length, () =>
        ids.map((id) =>
          state.hasTrash
            ? writeRow(state, id, {
                wanted,
                act: (row) => trashRow(table, row, { isTrashed: false, by: "us" }),
              })
            : failed("invalid", "there is no trash to bring rows back from"),
        ),
      ),
  };
}
