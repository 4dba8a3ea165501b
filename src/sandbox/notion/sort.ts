// The order of a query: the requested sorts, and under them the newest row first.
//
// Newest-first is what recorded queries without sorts show; the API promises no order. Empty values come
// last either way, and options sort in the order of their list: both as the app shows it, not recorded.
import { failedValidation, invalid } from "./errors.ts";
import { isObject, stringAt, type Json } from "./json.ts";
import { findProperty, type Property } from "./property.ts";
import { floorToMinute, parseMoment } from "./time.ts";
import { readCell } from "./value/read.ts";
import { isEmptyReading, type Reading } from "./value/reading.ts";
import type { DataSource, Page, World } from "./world.ts";

export type RowOrder = (left: Page, right: Page) => number;

// "Article 4" comes before "Article 10" (recorded, ultimate-notion test_db_querying).
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Compiles `sorts`; earlier entries dominate. */
export function compileSorts(world: World, source: DataSource, sorts: Json | undefined): RowOrder {
  const entries = Array.isArray(sorts) ? sorts : [];
  const orders = entries.map((entry, index) => compileSort(world, source, { entry, index }));
  return (left, right) => {
    for (const order of orders) {
      const result = order(left, right);
      if (result !== 0) return result;
    }
    return right.order - left.order;
  };
}

function compileSort(
  world: World,
  source: DataSource,
  at: { readonly entry: Json; readonly index: number },
): RowOrder {
  const path = `body.sorts[${at.index}]`;
  if (!isObject(at.entry)) throw failedValidation(path, "an object", at.entry);
  const direction = stringAt(at.entry, "direction") ?? "ascending";
  if (direction !== "ascending" && direction !== "descending") {
    throw failedValidation(`${path}.direction`, '`"ascending"` or `"descending"`', direction);
  }
  const sign = direction === "ascending" ? 1 : -1;
  const timestamp = stringAt(at.entry, "timestamp");
  if (timestamp === "created_time" || timestamp === "last_edited_time") {
    const key = timestamp === "created_time" ? "createdAtMs" : "editedAtMs";
    return (left, right) => sign * (floorToMinute(left[key]) - floorToMinute(right[key]));
  }
  const name = stringAt(at.entry, "property") ?? "";
  const property = findProperty(source.properties, name);
  if (property === null) throw invalid(`Could not find sort property with name or id: ${name}`);
  return byProperty(world, property, sign);
}

function byProperty(world: World, property: Property, sign: number): RowOrder {
  // A row's reading is taken once a query, not once a comparison: formulas are not cheap.
  const keys = new Map<string, string | number | null>();
  const keyOf = (page: Page): string | number | null => {
    const known = keys.get(page.id);
    if (known !== undefined) return known;
    const key = sortKey(property, readCell(world, page, property));
    keys.set(page.id, key);
    return key;
  };
  return (left, right) => {
    const first = keyOf(left);
    const second = keyOf(right);
    if (first === second) return 0;
    if (first === null) return 1;
    if (second === null) return -1;
    if (typeof first === "number" && typeof second === "number") return sign * (first - second);
    return sign * collator.compare(String(first), String(second));
  };
}

function sortKey(property: Property, reading: Reading): string | number | null {
  if (isEmptyReading(reading)) return null;
  switch (reading.kind) {
    case "text":
      return reading.text.toLowerCase();
    case "number":
      return reading.number;
    case "checkbox":
      return reading.isChecked ? 1 : 0;
    case "options": {
      const id = reading.options[0]?.id;
      const { config } = property;
      return "options" in config ? config.options.findIndex((option) => option.id === id) : null;
    }
    case "date":
      return reading.date === null ? null : (parseMoment(reading.date.start)?.atMs ?? null);
    case "ids":
      return reading.ids.join(",");
    case "files":
      return reading.count;
    case "formula": {
      const { result } = reading;
      if (result.type === "unsupported" || result.value === null) return null;
      if (result.type === "date") return parseMoment(result.value.start)?.atMs ?? null;
      if (result.type === "boolean") return result.value ? 1 : 0;
      return typeof result.value === "string" ? result.value.toLowerCase() : result.value;
    }
    case "rollup":
      if (reading.rollup.type === "number") return reading.rollup.number;
      if (reading.rollup.type !== "date" || reading.rollup.date === null) return null;
      return parseMoment(reading.rollup.date.start)?.atMs ?? null;
    case "verification":
      return reading.state;
    case "nothing":
      return null;
  }
}
