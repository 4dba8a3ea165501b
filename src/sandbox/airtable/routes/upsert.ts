// Upsert: up to ten records matched on one to three fields. None matching creates, one updates, several
// fail the request (Airtable documentation: Update multiple records). Where the documentation names no
// error type the one used here is a guess.
import { apiEdit, type Desk } from "../desk.ts";
import { openBatch, type WriteBatch } from "../cell/batch.ts";
import { isSameCell, type Cell } from "../cell/cell.ts";
import { kindOf } from "../field/kind.ts";
import { objectAt, type Json, type JsonObject } from "../json.ts";
import { invalidRecords, invalidRequest, missingRow, unknownField } from "../refusal.ts";
import { showRecord } from "../record.ts";
import { commit, draftRow, type RowDraft } from "../row-write.ts";
import type { Sight } from "../sight.ts";
import { findField, type Field, type Row } from "../world.ts";
import { needRecords, readOptions, type WrittenRecord } from "./record-body.ts";

const mergeFieldsMax = 3;

interface UpsertWish {
  readonly body: JsonObject;
  readonly isReplacing: boolean;
}

export function upsert(desk: Desk, sight: Sight, wish: UpsertWish): Json {
  const fields = mergeFields(sight, wish.body);
  const options = readOptions(wish.body);
  const batch = openBatch(sight, apiEdit(desk), options);
  const drafts = needRecords(wish.body, "optional").map((record) =>
    draftOne(batch, record, { fields, isReplacing: wish.isReplacing }),
  );
  const rows = commit(batch, drafts);
  const idsWhere = (isCreated: boolean): string[] =>
    rows.flatMap((row, index) => ((drafts[index]?.row === null) === isCreated ? row.id : []));
  return {
    records: rows.map((row) => showRecord(sight, row, options.format)),
    updatedRecords: idsWhere(false),
    createdRecords: idsWhere(true),
  };
}

function mergeFields(sight: Sight, body: JsonObject): Field[] {
  const names = objectAt(body, "performUpsert")?.["fieldsToMergeOn"];
  if (!Array.isArray(names) || names.length === 0 || names.length > mergeFieldsMax) {
    throw invalidRequest();
  }
  return names.map((name) => {
    const field = typeof name === "string" ? findField(sight.table, name) : null;
    if (field === null) throw unknownField(typeof name === "string" ? name : "");
    if (!kindOf(field.type).canMatchUpsert) {
      throw invalidRequest(`Invalid request: cannot merge on field "${field.name}" of its type`);
    }
    return field;
  });
}

interface MergeRule {
  readonly fields: readonly Field[];
  readonly isReplacing: boolean;
}

function draftOne(batch: WriteBatch, record: WrittenRecord, rule: MergeRule): RowDraft {
  const { rows } = batch.sight.table;
  const drafted = draftRow(batch, {
    row: null,
    fields: record.fields,
    isReplacing: rule.isReplacing,
  });
  for (const field of rule.fields) {
    if (record.fields[field.name] === undefined && record.fields[field.id] === undefined) {
      throw invalidRecords("Each record must include a value for every column to merge on");
    }
  }
  if (record.id !== null) {
    const row = rows.get(record.id);
    if (row === undefined) throw missingRow(record.id);
    return { ...drafted, row };
  }
  const matches = [...rows.values()].filter((row) => isMatch(row, drafted.cells, rule.fields));
  if (matches.length > 1) {
    throw invalidRecords("Cannot update: more than one record matches the fields to merge on");
  }
  return { ...drafted, row: matches[0] ?? null };
}

/** An empty key matches nothing, so it creates a record (public reports of a live test). */
function isMatch(
  row: Row,
  cells: ReadonlyMap<Field, Cell | null>,
  fields: readonly Field[],
): boolean {
  return fields.every((field) => {
    const wanted = cells.get(field) ?? null;
    const found = row.cells.get(field.id) ?? null;
    return wanted !== null && isSameCell(sorted(wanted), sorted(found));
  });
}

function sorted(cell: Cell | null): Cell | null {
  return cell?.kind === "choices" ? { kind: "choices", ids: [...cell.ids].sort() } : cell;
}
