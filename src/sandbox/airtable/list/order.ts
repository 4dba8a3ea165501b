// The order of rows in a listing: sort keys first, then an order that always decides.
//
// Every row has a place that can be compared with the place of any other, even of one deleted since; pages
// go on after a place and not after a count, so a deletion between two pages shifts nothing.
import { hashText } from "../chance.ts";
import { fieldValue } from "../formula/field-value.ts";
import { compare, isBlank, isList, toText, type FormulaValue } from "../formula/value.ts";
import type { Sight } from "../sight.ts";
import type { Row, SortKey, View } from "../world.ts";

/** Order of rows without a sort: officially there is none, so a client must not rely on any. */
export type RowOrder = "id" | "created" | "shuffled";

/** Where a row stands in a listing. */
export interface RowPlace {
  readonly keys: readonly FormulaValue[];
  readonly tie: string | number;
  readonly id: string;
}

export interface Ordering {
  placeOf(row: Row): RowPlace;
  compare(left: RowPlace, right: RowPlace): number;
}

interface OrderingWish {
  readonly sort: readonly SortKey[];
  readonly view: View | null;
  readonly order: RowOrder;
  /** Makes one listing's shuffle differ from another's. */
  readonly salt: string;
}

export function makeOrdering(sight: Sight, wish: OrderingWish): Ordering {
  // A sort in the request replaces the view's.
  const sort = wish.sort.length > 0 ? wish.sort : (wish.view?.sort ?? []);
  return {
    placeOf: (row) => ({
      keys: sort.map((key) => sortValue(sight, key, row)),
      tie: tieOf(row, wish),
      id: row.id,
    }),
    compare: (left, right) => {
      for (const [index, key] of sort.entries()) {
        const order = compareKeys(left.keys[index] ?? null, right.keys[index] ?? null);
        if (order !== 0) return key.direction === "asc" ? order : -order;
      }
      if (left.tie !== right.tie) return left.tie < right.tie ? -1 : 1;
      return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
    },
  };
}

function tieOf(row: Row, wish: OrderingWish): string | number {
  if (wish.view !== null) {
    const at = wish.view.rowOrder?.indexOf(row.id) ?? -1;
    return at === -1 ? Number.MAX_SAFE_INTEGER / 2 + row.seq : at;
  }
  switch (wish.order) {
    case "id":
      return row.id;
    case "created":
      return row.seq;
    case "shuffled":
      return hashText(row.id + wish.salt);
  }
}

/** Selects sort by the order of their options, text without regard to case. */
function sortValue(sight: Sight, key: SortKey, row: Row): FormulaValue {
  const field = sight.table.fields.find((candidate) => candidate.id === key.fieldId);
  if (field === undefined) return null;
  const cell = row.cells.get(field.id);
  if (field.type === "singleSelect" && cell?.kind === "choices") {
    return field.choices?.findIndex((choice) => choice.id === cell.ids[0]) ?? null;
  }
  const value = fieldValue(sight, field, row);
  if (isList(value)) return toText(value).toLowerCase();
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** Empty cells come first in ascending order. */
function compareKeys(left: FormulaValue, right: FormulaValue): number {
  if (isBlank(left) || isBlank(right)) return Number(isBlank(right)) - Number(isBlank(left));
  const order = compare(left, right);
  if (!Number.isNaN(order)) return order;
  const leftText = toText(left);
  const rightText = toText(right);
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
}
