// People at work on rows in the app: they type what they like (options appear as they type), delete,
// restore from the trash, and duplicate. Reading back goes through the same eyes as the record API.
import { kindOf } from "../field/kind.ts";
import type { Json, JsonObject } from "../json.ts";
import { plainFormat, showRecord } from "../record.ts";
import { deleteRow, makeRow, restoreRow, setCell, type Edit } from "../row-change.ts";
import { openBatch } from "../cell/batch.ts";
import { commit, draftRow } from "../row-write.ts";
import type { Sight } from "../sight.ts";
import { findField, type Person, type Row, type World } from "../world.ts";
import { placeOf, sightOf } from "./find.ts";

/** A record as a test reads it. */
interface SeenRow {
  readonly id: string;
  readonly createdTime: string;
  readonly fields: JsonObject;
}

/** Who makes a row, and which id and age it has; all of it only matters to recorded worlds. */
interface RowOrigin {
  readonly id?: string;
  readonly by?: Person;
  readonly createdMs?: number;
  readonly modifiedBy?: Person | null;
  readonly modifiedMs?: number;
}

/** The people's side door to rows. Rows are named by id, wherever they are. */
export interface RowAdmin {
  /** Makes a row; gives its id. Values of computed fields stay as given, whatever happens later. */
  addRow(table: string, fields: JsonObject, origin?: RowOrigin): string;
  addRows(table: string, rows: readonly JsonObject[]): string[];
  editRow(rowId: string, fields: JsonObject, by?: Person): void;
  /** Sets what a computed field shows, without an edit of the row. */
  fixCell(rowId: string, field: string, value: Json): void;
  deleteRow(rowId: string): void;
  /** Takes a row back from the trash, with its id. */
  restoreRow(rowId: string): void;
  /** A copy with a new id and age, and every writable cell the same: hidden keys included. */
  duplicateRow(rowId: string): string;
  rows(table: string): SeenRow[];
  /** `null` when there is no such row, or no longer. */
  row(rowId: string): SeenRow | null;
}

export function makeRowAdmin(world: World): RowAdmin {
  const edit = (by?: Person): Edit => ({ by: by ?? world.grant.owner, atMs: world.nowMs() });
  const addRow: RowAdmin["addRow"] = (table, fields, origin = {}) => {
    const sight = sightOf(world, table);
    const atMs = origin.createdMs ?? world.nowMs();
    const at = { by: origin.by ?? world.grant.owner, atMs };
    const row = writeOne(sight, fields, { edit: at, row: null, id: origin.id ?? null });
    if (origin.modifiedBy !== undefined) row.modifiedBy = origin.modifiedBy;
    if (origin.modifiedMs !== undefined) row.modifiedMs = origin.modifiedMs;
    return row.id;
  };
  return {
    addRow,
    addRows: (table, rows) => rows.map((fields) => addRow(table, fields)),
    editRow: (rowId, fields, by) => {
      const { sight, row } = placeOf(world, rowId);
      writeOne(sight, fields, { edit: edit(by), row, id: null });
    },
    fixCell: (rowId, field, value) => {
      const { sight, row } = placeOf(world, rowId);
      const found = findField(sight.table, field);
      if (found !== null) row.fixed.set(found.id, value);
    },
    deleteRow: (rowId) => {
      const { sight, row } = placeOf(world, rowId);
      deleteRow(sight, row, edit());
    },
    restoreRow: (rowId) => {
      const { sight, row } = trashed(world, rowId);
      restoreRow(sight, row, edit());
    },
    duplicateRow: (rowId) => duplicate(world, rowId, edit()),
    rows: (table) => {
      const sight = sightOf(world, table);
      const rows = [...sight.table.rows.values()].sort((left, right) => left.seq - right.seq);
      return rows.map((row) => see(sight, row));
    },
    row: (rowId) => {
      for (const base of world.bases) {
        for (const table of base.tables) {
          const row = table.rows.get(rowId);
          if (row !== undefined) return see({ world, base, table }, row);
        }
      }
      return null;
    },
  };
}

interface Writing {
  readonly edit: Edit;
  readonly row: Row | null;
  readonly id: string | null;
}

/** Writes as a person does: with conversion, and with computed values taken as they are. */
function writeOne(sight: Sight, fields: JsonObject, writing: Writing): Row {
  const typed: JsonObject = {};
  const fixed = new Map<string, Json>();
  for (const [key, value] of Object.entries(fields)) {
    const field = findField(sight.table, key);
    const family = field === null ? null : kindOf(field.type).family;
    if (field !== null && (family === "computed" || family === "autoNumber")) {
      fixed.set(field.id, value);
    } else typed[key] = value;
  }
  const batch = openBatch(sight, writing.edit, { isTypecast: true, isOwner: true });
  const draft = draftRow(batch, { row: writing.row, fields: typed, isReplacing: false });
  const row =
    writing.row ?? makeRow(sight, writing.edit, writing.id ?? sight.world.chance.id("rec"));
  commit(batch, [{ ...draft, row, isBirth: writing.row === null }]);
  for (const [fieldId, value] of fixed) fix(sight, row, fieldId, value);
  return row;
}

/** A number given to an automatic one takes its place and moves the counter on. */
function fix(sight: Sight, row: Row, fieldId: string, value: Json): void {
  const field = findField(sight.table, fieldId);
  if (field?.type !== "autoNumber" || typeof value !== "number") {
    row.fixed.set(fieldId, value);
    return;
  }
  row.cells.set(fieldId, { kind: "number", number: value });
  sight.table.nextNumber = Math.max(sight.table.nextNumber, value + 1);
}

function trashed(world: World, rowId: string): { readonly sight: Sight; readonly row: Row } {
  for (const base of world.bases) {
    for (const table of base.tables) {
      const row = table.trash.get(rowId);
      if (row !== undefined) return { sight: { world, base, table }, row };
    }
  }
  throw new Error(`sandbox: no row ${rowId} in the trash`);
}

function duplicate(world: World, rowId: string, edit: Edit): string {
  const { sight, row } = placeOf(world, rowId);
  const copy = makeRow(sight, edit, world.chance.id("rec"));
  for (const field of sight.table.fields) {
    const cell = row.cells.get(field.id);
    if (cell === undefined || kindOf(field.type).family === "autoNumber") continue;
    setCell(sight, { row: copy, field, cell, isBirth: true }, edit);
  }
  return copy.id;
}

function see(sight: Sight, row: Row): SeenRow {
  const { id, createdTime, fields } = showRecord(sight, row, plainFormat);
  if (typeof id !== "string" || typeof createdTime !== "string") throw new Error("bad record");
  const seen: JsonObject = {};
  if (typeof fields === "object" && fields !== null) Object.assign(seen, fields);
  return { id, createdTime, fields: seen };
}
