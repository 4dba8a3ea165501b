// What each field of a row is worth inside a formula (Airtable reference, section 6.2), and the row as a
// formula sees it.
import { showAttachment } from "../cell/attachment.ts";
import type { Cell } from "../cell/cell.ts";
import { isObject, stringAt, type Json } from "../json.ts";
import type { Sight } from "../sight.ts";
import { linkedTable, type Field, type Row } from "../world.ts";
import { compile, findFormulaField } from "./compile.ts";
import { evaluate } from "./evaluate.ts";
import type { FormulaRow } from "./function.ts";
import { date, flatten, formulaError, parseIso, type FormulaValue } from "./value.ts";

/** Formulas may refer to formulas; deeper than this they refer to themselves. */
const depthMax = 40;

/** The row as a formula sees it. */
export function formulaRow(sight: Sight, row: Row, depth = 0): FormulaRow {
  return {
    recordId: row.id,
    createdMs: row.createdMs,
    nowMs: sight.world.nowMs(),
    modifiedMs: (names) => {
      const ids = names.flatMap((name) => findFormulaField(sight.table, name)?.id ?? []);
      return lastTouchedMs(row, ids);
    },
    field: (name) => {
      const field = findFormulaField(sight.table, name);
      return field === null ? formulaError : fieldValue(sight, field, row, depth + 1);
    },
  };
}

/** Last edit of the named fields, or of the row when none is named; `null` if never. */
export function lastTouchedMs(row: Row, fieldIds: readonly string[]): number | null {
  if (fieldIds.length === 0) return row.modifiedMs;
  const touched = fieldIds.flatMap((id) => row.touchedMs.get(id) ?? []);
  return touched.length === 0 ? null : Math.max(...touched);
}

/** The value of a field in a row. */
export function fieldValue(sight: Sight, field: Field, row: Row, depth = 0): FormulaValue {
  if (depth > depthMax) return formulaError;
  const fixed = row.fixed.get(field.id);
  if (fixed !== undefined) return jsonValue(fixed);
  const cell = row.cells.get(field.id);
  if (cell !== undefined) return cellValue(sight, field, cell);
  return computedValue(sight, field, row, depth);
}

function cellValue(sight: Sight, field: Field, cell: Cell): FormulaValue {
  switch (cell.kind) {
    case "text": {
      const ms = field.type === "date" ? parseIso(cell.text) : null;
      return ms === null ? cell.text : date(ms);
    }
    case "number":
      return cell.number;
    case "checked":
      return 1;
    case "instant":
      return date(cell.ms);
    case "choices": {
      const names = cell.ids.map((id) => choiceName(field, id));
      return field.type === "singleSelect" ? (names[0] ?? null) : names;
    }
    case "links":
      return cell.ids.map((id) => primaryText(sight, field, id));
    case "people": {
      const names = cell.ids.map((id) => personName(sight, id));
      return field.type === "singleCollaborator" ? (names[0] ?? null) : names;
    }
    case "files":
      return cell.files.map((file) => {
        const url = stringAt(showAttachment(sight.world, file), "url") ?? "";
        return `${file.filename} (${url})`;
      });
    case "barcode":
      return cell.text;
  }
}

function choiceName(field: Field, id: string): string {
  return field.choices?.find((choice) => choice.id === id)?.name ?? "";
}

function personName(sight: Sight, id: string): string {
  return sight.base.people.find((person) => person.id === id)?.name ?? "";
}

/** Links read as the primary texts of what they point to, never as ids (public reports). */
function primaryText(sight: Sight, field: Field, rowId: string): FormulaValue {
  const other = linkedTable(sight.base, field);
  const row = other?.rows.get(rowId);
  if (other === null || row === undefined) return null;
  const primary = other.fields.find((candidate) => candidate.id === other.primaryFieldId);
  return primary === undefined ? null : fieldValue({ ...sight, table: other }, primary, row, 1);
}

function computedValue(sight: Sight, field: Field, row: Row, depth: number): FormulaValue {
  switch (field.type) {
    case "checkbox":
      return 0;
    case "createdTime":
      return date(row.createdMs);
    case "lastModifiedTime": {
      const ms = lastTouchedMs(row, watchedFieldIds(field));
      return ms === null ? null : date(ms);
    }
    case "createdBy":
      return row.createdBy?.name ?? null;
    case "lastModifiedBy":
      return row.modifiedBy?.name ?? null;
    case "formula":
      return runFormula(sight, field, row, depth);
    case "count":
      return linkedRows(sight, field, row).length;
    case "multipleLookupValues":
      return flatten(lookedUp(sight, field, row, depth));
    case "rollup":
      return rollUp(sight, field, row, depth);
    default:
      return field.constant === null ? null : jsonValue(field.constant);
  }
}

/** Fields a lastModifiedTime or lastModifiedBy field watches; none means all. */
export function watchedFieldIds(field: Field): string[] {
  const ids = field.options?.["referencedFieldIds"];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

function runFormula(sight: Sight, field: Field, row: Row, depth: number): FormulaValue {
  const source = field.options?.["formula"];
  const node = typeof source === "string" ? compile(source) : null;
  return node === null ? formulaError : evaluate(node, formulaRow(sight, row, depth));
}

interface Linked {
  readonly sight: Sight;
  readonly row: Row;
}

/** Rows a lookup, rollup or count goes through. */
export function linkedRows(sight: Sight, field: Field, row: Row): Linked[] {
  const linkFieldId = field.options?.["recordLinkFieldId"];
  const link = sight.table.fields.find((candidate) => candidate.id === linkFieldId);
  const other = link === undefined ? null : linkedTable(sight.base, link);
  const cell = link === undefined ? undefined : row.cells.get(link.id);
  if (other === null || cell?.kind !== "links") return [];
  return cell.ids.flatMap((id) => {
    const found = other.rows.get(id);
    return found === undefined ? [] : [{ sight: { ...sight, table: other }, row: found }];
  });
}

function lookedUp(sight: Sight, field: Field, row: Row, depth: number): FormulaValue[] {
  const targetId = field.options?.["fieldIdInLinkedTable"];
  return linkedRows(sight, field, row).flatMap((linked) => {
    const target = linked.sight.table.fields.find((candidate) => candidate.id === targetId);
    if (target === undefined) return [];
    const value = fieldValue(linked.sight, target, linked.row, depth + 1);
    return value === null ? [] : [value];
  });
}

function rollUp(sight: Sight, field: Field, row: Row, depth: number): FormulaValue {
  const node = field.rollup === null ? null : compile(field.rollup);
  if (node === null) return field.constant === null ? null : jsonValue(field.constant);
  const values = lookedUp(sight, field, row, depth);
  return evaluate(node, { ...formulaRow(sight, row, depth), field: () => values });
}

/** A value that was set from outside, as a formula sees it. */
function jsonValue(value: Json): FormulaValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) return value.map(jsonValue);
  if (!isObject(value)) {
    const ms = typeof value === "string" ? parseIso(value) : null;
    return ms === null ? value : date(ms);
  }
  if ("error" in value) return formulaError;
  if ("specialValue" in value) return Number(value["specialValue"]);
  return stringAt(value, "name") ?? stringAt(value, "label") ?? stringAt(value, "value");
}
