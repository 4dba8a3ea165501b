// Keys of rows: what stands in the primary key's field. Listing asks for that field alone; finding rows by
// key lets the service look, and compares once more, because its formulas compare loosely. A row that is
// marked as removed is none.
import { recordId } from "../../../core/ids.ts";
import { SyncError } from "../../../errors.ts";
import type { KeyedRow, KeysEnd } from "../../destination.ts";
import { refusalError } from "../failure.ts";
import { rowsByNumber, rowsByText } from "../formula.ts";
import { limits } from "../limits.ts";
import { list, listAll } from "../listing.ts";
import type { WireRecord } from "../wire.ts";
import type { Column } from "./column.ts";
import { isMarked } from "./mark.ts";
import type { Table, TableState } from "./table.ts";

/** The key of a row; null when its cell is empty or not there. */
function keyOf({ key }: Table, record: WireRecord): string | null {
  const content = key === null ? null : record.fields[key.id];
  if (typeof content === "number") return String(content);
  return typeof content === "string" && content !== "" ? content : null;
}

/** Never none: no field at all would mean every one. */
function fieldsOf({ key, mark, source }: Table): readonly string[] {
  const fields = [key?.id ?? source.primary, ...(mark === null ? [] : [mark.id])];
  return [...new Set(fields)];
}

function keyedRows(table: Table, records: readonly WireRecord[]): readonly KeyedRow[] {
  return records
    .filter((record) => !isMarked(table.mark, record))
    .map((record) => ({ id: recordId(record.id), key: keyOf(table, record) }));
}

export async function* listKeys(state: TableState): AsyncGenerator<readonly KeyedRow[], KeysEnd> {
  const { table, caller } = state;
  if (table === null) return { isComplete: true, reason: null };
  const listed = list(caller, table.source, { fields: fieldsOf(table), formula: null });
  // Bound: the listing ends itself, after `listingPagesMax` pages a pass at the latest.
  for (;;) {
    const step = await listed.next();
    if (step.done !== true) {
      yield keyedRows(table, step.value.records);
      continue;
    }
    const end = step.value;
    switch (end.kind) {
      case "complete":
        return { isComplete: true, reason: null };
      case "incomplete":
        return { isComplete: false, reason: end.reason };
      case "refused":
        throw refusalError(end.refusal, `the table "${table.binding.title}"`);
    }
  }
}

/** The formula for some keys; null when none of them can stand in the field. */
function formulaFor(column: Column, keys: readonly string[]): string | null {
  if (column.type !== "number") return rowsByText(column.id, keys);
  const numbers = keys
    .filter((key) => key !== "")
    .map(Number)
    .filter(Number.isFinite);
  return numbers.length === 0 ? null : rowsByNumber(column.id, numbers);
}

/** Live rows with one of these keys, exactly. */
export async function findRows(
  { table, caller }: TableState,
  keys: readonly string[],
): Promise<readonly KeyedRow[]> {
  if (table === null || table.key === null) return [];
  const exact = new Set(keys);
  const wanted = [...exact];
  const rows: KeyedRow[] = [];
  for (let at = 0; at < wanted.length; at += limits.idsMax) {
    const formula = formulaFor(table.key, wanted.slice(at, at + limits.idsMax));
    if (formula === null) continue;
    const listing = { fields: fieldsOf(table), formula };
    const { pages, end } = await listAll(caller, table.source, listing);
    if (end.kind === "refused") {
      throw refusalError(end.refusal, `the table "${table.binding.title}"`);
    }
    if (end.kind === "incomplete") {
      // An incomplete answer that passed for a whole one would have a row created a second time.
      throw new SyncError({
        code: "unavailable",
        message: `A look-up of rows by their key did not come to its end: ${end.reason}.`,
        remedy: "Nothing is lost; the next run tries again.",
      });
    }
    const found = pages.flatMap(({ records }) => keyedRows(table, records));
    rows.push(...found.filter(({ key }) => key !== null && exact.has(key)));
  }
  return rows;
}
