// Listings that span pages. The first page opens an iterator, whose id and last row make the `offset`; it
// lives in the server's memory only, and dies of inactivity or with the server (Airtable documentation:
// List records). A repeated offset gives its page again, so that a client may retry one.
import { isId, type Chance } from "../chance.ts";
import { refusal } from "../refusal.ts";
import type { ListQuery } from "./query.ts";
import type { RowPlace } from "./order.ts";

const iteratorsMax = 5000;

/** A listing under way. */
export interface ListIterator {
  readonly id: string;
  readonly tableId: string;
  readonly query: ListQuery;
  /** Where each page ended, by the id of its last row. */
  readonly ends: Map<string, PageEnd>;
  usedMs: number;
}

export interface PageEnd {
  readonly place: RowPlace;
  /** Rows given up to here. */
  readonly count: number;
}

export interface IteratorShelf {
  open(tableId: string, query: ListQuery): ListIterator;
  /** The iterator and page end an offset names; throws the 422 of a lost or malformed one. */
  resume(
    offset: string,
    tableId: string,
  ): { readonly iterator: ListIterator; readonly end: PageEnd };
  killAll(): void;
}

interface ShelfOptions {
  readonly chance: Chance;
  readonly idleMs: number;
  nowMs(): number;
}

export function makeIteratorShelf(options: ShelfOptions): IteratorShelf {
  const iterators = new Map<string, ListIterator>();
  const isIdle = (iterator: ListIterator): boolean =>
    options.nowMs() - iterator.usedMs > options.idleMs;
  return {
    open: (tableId, query) => {
      const id = options.chance.id("itr");
      const iterator = { id, tableId, query, ends: new Map(), usedMs: options.nowMs() };
      if (iterators.size >= iteratorsMax) {
        for (const [key, old] of iterators) if (isIdle(old)) iterators.delete(key);
      }
      iterators.set(id, iterator);
      return iterator;
    },
    resume: (offset, tableId) => {
      const [iteratorId = "", rowId = "", ...rest] = offset.split("/");
      if (!isId(iteratorId, "itr") || !isId(rowId, "rec") || rest.length > 0) {
        throw refusal(422, "INVALID_OFFSET_VALUE", `The value of offset ${offset} is invalid`);
      }
      const iterator = iterators.get(iteratorId);
      const end = iterator?.ends.get(rowId);
      if (
        iterator === undefined ||
        end === undefined ||
        isIdle(iterator) ||
        iterator.tableId !== tableId
      ) {
        // Recorded without a message.
        throw refusal(422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE");
      }
      iterator.usedMs = options.nowMs();
      return { iterator, end };
    },
    killAll: () => {
      iterators.clear();
    },
  };
}
