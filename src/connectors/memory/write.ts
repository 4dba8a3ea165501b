// The writing half of the in-memory connector. Every row has its own outcome: nothing is all or none.
import type { FieldId, RecordId } from "../../core/ids.ts";
import { text, type Value } from "../../core/value.ts";
import type { Connector, Wanted, WriteFailure, WriteOutcome } from "../connector.ts";
import { downError } from "./admin.ts";
import { refuse } from "./fit.ts";
import type { State } from "./state.ts";
import { addRow, editRow, showRow, trashRow, type StoredRow } from "./table.ts";

function failed(why: WriteFailure, message: string, field: FieldId | null = null): WriteOutcome {
  return { kind: "failed", why, message, field };
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

type Writes = Pick<Connector, "update" | "create" | "remove" | "restore">;

export function makeWrites(state: State): Writes {
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
