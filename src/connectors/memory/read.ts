// The reading half of the in-memory connector.
import type { RecordId } from "../../core/ids.ts";
import type { Row, RowReading } from "../../core/row.ts";
import type { Connector, ScanEnd, ScanPage, Wanted } from "../connector.ts";
import { downError } from "./admin.ts";
import type { State } from "./state.ts";
import { showRow } from "./table.ts";

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

type Reads = Pick<
  Connector,
  "describe" | "scan" | "read" | "recheck" | "findByMarker" | "editedAfter"
>;

export function makeReads(state: State): Reads {
  const { table } = state;
  return {
    scan: (wanted) => scan(state, wanted),
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
