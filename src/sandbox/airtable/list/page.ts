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
import { makeOrdering, type RowOrder, type RowPlace } from "./order.ts";
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
  const given = end?.count ?? 0;
  const left = (query.recordsMax ?? Infinity) - given;
  const pageSize = Math.min(wish.pageSize, left);
  const isAfterEnd = (place: RowPlace): boolean =>
    end === null || ordering.compare(place, end.place) > 0;
  const placed: Placed[] = [];
  for (const row of sight.table.rows.values()) {
    const place = ordering.placeOf(row);
    if (isAfterEnd(place) && isWanted(sight, query, row)) placed.push({ row, place });
  }
  // One more than fits tells whether another page follows.
  const found = firstOf(placed, pageSize + 1, (a, b) => ordering.compare(a.place, b.place));
  const page = found.slice(0, pageSize);
  const records = page.map(({ row }) => showRecord(sight, row, query.format));
  const last = page.at(-1);
  const hasMore = found.length > page.length && left > page.length;
  if (last === undefined || !hasMore) return { records };
  iterator.ends.set(last.row.id, { place: last.place, count: given + page.length });
  return { records, offset: `${iterator.id}/${last.row.id}` };
}

interface Placed {
  readonly row: Row;
  readonly place: RowPlace;
}

/** The first `count` items in order. Most of a large table is never sorted. */
function firstOf(
  items: readonly Placed[],
  count: number,
  order: (left: Placed, right: Placed) => number,
): Placed[] {
  const first: Placed[] = [];
  for (const item of items) {
    const worst = first.at(-1);
    if (first.length >= count && worst !== undefined && order(item, worst) >= 0) continue;
    let low = 0;
    let high = first.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = first[middle];
      if (other !== undefined && order(other, item) <= 0) low = middle + 1;
      else high = middle;
    }
    first.splice(low, 0, item);
    if (first.length > count) first.pop();
  }
  return first;
}

function isWanted(sight: Sight, query: ListQuery, row: Row): boolean {
  const viewFilter = query.view?.formula ?? null;
  const viewNode = viewFilter === null ? null : compile(viewFilter);
  if (viewNode === null && query.filter === null) return true;
  const seen = formulaRow(sight, row);
  if (viewNode !== null && !isTruthy(evaluate(viewNode, seen))) return false;
  return query.filter === null || isTruthy(evaluate(query.filter, seen));
}
