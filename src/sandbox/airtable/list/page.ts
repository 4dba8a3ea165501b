// One page of a listing. Pages are not a snapshot: each looks at the rows as they are now, and goes on
// after the place where the page before it ended.
import { evaluate } from "../formula/evaluate.ts";
import { compile } from "../formula/compile.ts";
import { formulaRow } from "../formula/field-value.ts";
import { isTruthy } from "../formula/value.ts";
import { stringAt, type JsonObject } from "../json.ts";
import { showRecord } from "../record.ts";
import type { Sight } from "../sight.ts";
import type { Row } from "../world.ts";
import type { IteratorShelf, ListIterator, PageEnd } from "./iterator.ts";
import { makeOrdering, type RowOrder } from "./order.ts";
import { readListQuery, type ListQuery } from "./query.ts";

export interface ListDesk {
  readonly shelf: IteratorShelf;
  readonly order: RowOrder;
}

/** Answers a listing request: `{records, offset?}`. */
export function listPage(sight: Sight, desk: ListDesk, given: JsonObject): JsonObject {
  const asked = readListQuery(sight, given);
  const offset = stringAt(given, "offset") ?? "";
  if (offset === "") {
    const iterator = desk.shelf.open(sight.table.id, asked);
    return showPage(sight, desk, { iterator, end: null, pageSize: asked.pageSize });
  }
  const { iterator, end } = desk.shelf.resume(offset, sight.table.id);
  return showPage(sight, desk, { iterator, end, pageSize: asked.pageSize });
}

interface PageWish {
  readonly iterator: ListIterator;
  readonly end: PageEnd | null;
  readonly pageSize: number;
}

function showPage(sight: Sight, desk: ListDesk, wish: PageWish): JsonObject {
  const { iterator, end } = wish;
  const { query } = iterator;
  const ordering = makeOrdering(sight, { ...query, order: desk.order, salt: iterator.id });
  const placed = [...sight.table.rows.values()]
    .filter((row) => isWanted(sight, query, row))
    .map((row) => ({ row, place: ordering.placeOf(row) }))
    .filter(({ place }) => end === null || ordering.compare(place, end.place) > 0)
    .sort((left, right) => ordering.compare(left.place, right.place));
  const given = end?.count ?? 0;
  const left = (query.recordsMax ?? Infinity) - given;
  const page = placed.slice(0, Math.min(wish.pageSize, left));
  const records = page.map(({ row }) => showRecord(sight, row, query.format));
  const last = page.at(-1);
  const hasMore = placed.length > page.length && left > page.length;
  if (last === undefined || !hasMore) return { records };
  iterator.ends.set(last.row.id, { place: last.place, count: given + page.length });
  return { records, offset: `${iterator.id}/${last.row.id}` };
}

function isWanted(sight: Sight, query: ListQuery, row: Row): boolean {
  const viewFilter = query.view?.formula ?? null;
  const viewNode = viewFilter === null ? null : compile(viewFilter);
  const seen = formulaRow(sight, row);
  if (viewNode !== null && !isTruthy(evaluate(viewNode, seen))) return false;
  return query.filter === null || isTruthy(evaluate(query.filter, seen));
}
