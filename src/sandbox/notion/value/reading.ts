// What a cell says, free of its wire shape: the one view that filters, sorts, rollups and formulas share.
//
// Types and emptiness only; read.ts takes the reading.
import type { Property } from "../property.ts";
import type { Page } from "../world.ts";
import type { DateValue } from "./cell.ts";

export type Reading =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number | null }
  | { readonly kind: "checkbox"; readonly isChecked: boolean }
  | { readonly kind: "options"; readonly options: readonly { id: string; name: string }[] }
  | { readonly kind: "date"; readonly date: DateValue | null }
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | { readonly kind: "files"; readonly count: number }
  | { readonly kind: "formula"; readonly result: FormulaResult }
  | { readonly kind: "rollup"; readonly rollup: Rollup }
  | { readonly kind: "verification"; readonly state: "verified" | "expired" | "none" }
  | { readonly kind: "nothing" };

export type FormulaResult =
  | { readonly type: "string"; readonly value: string | null }
  | { readonly type: "number"; readonly value: number | null }
  | { readonly type: "boolean"; readonly value: boolean | null }
  | { readonly type: "date"; readonly value: DateValue | null }
  | { readonly type: "unsupported" };

export interface RollupItem {
  readonly page: Page;
  readonly property: Property;
  readonly reading: Reading;
}

export type Rollup =
  | { readonly type: "number"; readonly number: number | null }
  | { readonly type: "date"; readonly date: DateValue | null }
  | { readonly type: "array"; readonly items: readonly RollupItem[] }
  | { readonly type: "unsupported" };

/** Takes the reading of another cell; how computed values look at what they depend on. */
export type Reader = (page: Page, property: Property) => Reading;

export function isEmptyReading(reading: Reading): boolean {
  switch (reading.kind) {
    case "text":
      return reading.text === "";
    case "number":
      return reading.number === null;
    case "options":
      return reading.options.length === 0;
    case "date":
      return reading.date === null;
    case "ids":
      return reading.ids.length === 0;
    case "files":
      return reading.count === 0;
    case "formula":
      return isEmptyResult(reading.result);
    case "rollup":
      return (
        reading.rollup.type === "unsupported" ||
        (reading.rollup.type === "array" && reading.rollup.items.length === 0)
      );
    case "nothing":
      return true;
    case "checkbox":
    case "verification":
      return false;
  }
}

export function isEmptyResult(result: FormulaResult): boolean {
  return result.type === "unsupported" || result.value === null || result.value === "";
}
