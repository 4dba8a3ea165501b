// Rollups: what the related rows' values come to.
//
// Kinds of result and null-when-empty follow recorded values (ultimate-notion test_schema, ruby mapping
// retrieve_property_rollup); functions the real service never calculates here read as unsupported.
import type { PropertyConfig } from "../property.ts";
import type { Page, World } from "../world.ts";
import type { DateValue } from "./cell.ts";
import { visibleRelated } from "./relation.ts";
import { isEmptyReading, type Reader, type Rollup, type RollupItem } from "./reading.ts";

type RollupConfig = Extract<PropertyConfig, { type: "rollup" }>;

interface RollupRequest {
  readonly world: World;
  readonly page: Page;
  readonly config: RollupConfig;
  readonly read: Reader;
}

/** Page and query answers look at this many related rows (Notion docs: Retrieve a page). */
const referencesMax = 25;

export function rollUp(request: RollupRequest): Rollup {
  const items = rollupItems(request);
  if (items === null) return { type: "unsupported" };
  return aggregate(request.config.function, items.slice(0, referencesMax));
}

/** The related rows' values, or `null` when the relation or its target column is gone. */
export function rollupItems(request: RollupRequest): RollupItem[] | null {
  const { world, page, config, read } = request;
  const source =
    page.parent.kind === "data_source" ? world.dataSources.get(page.parent.id) : undefined;
  const relation = source?.properties.find(({ id }) => id === config.relationId);
  if (relation?.config.type !== "relation") return null;
  const target = world.dataSources.get(relation.config.dataSourceId);
  const column = target?.properties.find(({ id }) => id === config.targetId);
  if (column === undefined) return null;
  return visibleRelated(world, page, relation).flatMap((id) => {
    const row = world.pages.get(id);
    return row === undefined ? [] : [{ page: row, property: column, reading: read(row, column) }];
  });
}

function aggregate(name: string, items: readonly RollupItem[]): Rollup {
  const filled = items.filter(({ reading }) => !isEmptyReading(reading));
  const number = (value: number | null): Rollup => ({ type: "number", number: value });
  const share = (count: number): Rollup => number(items.length === 0 ? null : count / items.length);
  const checked = items.filter(({ reading }) => reading.kind === "checkbox" && reading.isChecked);
  switch (name) {
    case "show_original":
    case "show_unique":
      return { type: "array", items };
    case "count":
      return number(items.length);
    case "count_values":
    case "not_empty":
      return number(filled.length);
    case "empty":
      return number(items.length - filled.length);
    case "unique":
      return number(new Set(filled.map(({ reading }) => JSON.stringify(reading))).size);
    case "percent_empty":
      return share(items.length - filled.length);
    case "percent_not_empty":
      return share(filled.length);
    case "checked":
      return number(checked.length);
    case "unchecked":
      return number(items.length - checked.length);
    case "percent_checked":
      return share(checked.length);
    case "percent_unchecked":
      return share(items.length - checked.length);
    case "sum":
    case "average":
    case "median":
    case "min":
    case "max":
    case "range":
      return number(ofNumbers(name, numbersOf(filled)));
    case "earliest_date":
    case "latest_date":
    case "date_range":
      return { type: "date", date: ofDates(name, filled) };
  }
  return { type: "unsupported" };
}

function numbersOf(items: readonly RollupItem[]): number[] {
  return items.flatMap(({ reading }) => {
    if (reading.kind === "number") return reading.number ?? [];
    if (reading.kind === "formula" && reading.result.type === "number") {
      return reading.result.value ?? [];
    }
    return [];
  });
}

function ofNumbers(name: string, numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((left, right) => left - right);
  const sum = sorted.reduce((total, value) => total + value, 0);
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  switch (name) {
    case "sum":
      return sum;
    case "average":
      return sum / sorted.length;
    case "min":
      return least;
    case "max":
      return most;
    case "range":
      return most - least;
  }
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function ofDates(name: string, items: readonly RollupItem[]): DateValue | null {
  const dates = items.flatMap(({ reading }) => {
    if (reading.kind === "date") return reading.date ?? [];
    if (reading.kind === "formula" && reading.result.type === "date")
      return reading.result.value ?? [];
    return [];
  });
  const sorted = [...dates].sort((left, right) => Date.parse(left.start) - Date.parse(right.start));
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return null;
  if (name === "earliest_date") return { start: first.start, end: null };
  if (name === "latest_date") return { start: last.end ?? last.start, end: null };
  return { start: first.start, end: last.end ?? last.start };
}
