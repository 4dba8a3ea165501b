// A whole filter: `and` / `or` over property and timestamp conditions, at most two levels deep.
//
// Compiled before any row is looked at, so a wrong filter is refused on an empty data source too.
import { failedValidation, invalid } from "../errors.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../json.ts";
import { findProperty } from "../property.ts";
import { minuteStamp } from "../time.ts";
import { readCell } from "../value/read.ts";
import type { DataSource, Page, World } from "../world.ts";
import { checkFilterKey, readingTest } from "./reading-test.ts";

export type RowTest = (page: Page) => boolean;

interface FilterContext {
  readonly world: World;
  readonly source: DataSource;
  readonly path: string;
  readonly depth: number;
}

const depthMax = 2;

/** Compiles the `filter` of a query; without one every row fits. */
export function compileFilter(world: World, source: DataSource, filter: Json | undefined): RowTest {
  if (filter === undefined || filter === null) return () => true;
  return compile({ world, source, path: "body.filter", depth: 0 }, filter);
}

function compile(context: FilterContext, filter: Json): RowTest {
  if (!isObject(filter)) throw failedValidation(context.path, "an object", filter);
  const compound = "and" in filter ? "and" : "or" in filter ? "or" : null;
  if (compound === null) return compileSingle(context, filter);
  const parts = filter[compound];
  const path = `${context.path}.${compound}`;
  if (!Array.isArray(parts)) throw failedValidation(path, "an array", parts);
  if (context.depth >= depthMax) throw failedValidation(path, "not present", parts);
  const tests = parts.map((part, index) =>
    compile({ ...context, path: `${path}[${index}]`, depth: context.depth + 1 }, part),
  );
  return compound === "and"
    ? (page) => tests.every((test) => test(page))
    : (page) => tests.some((test) => test(page));
}

function compileSingle(context: FilterContext, filter: JsonObject): RowTest {
  const { world, source, path } = context;
  const nowMs = world.clock.nowMs();
  const timestamp = stringAt(filter, "timestamp");
  if (timestamp === "created_time" || timestamp === "last_edited_time") {
    const test = readingTest(timestamp, filter[timestamp] ?? null, { path, nowMs });
    return (page) => {
      const atMs = timestamp === "created_time" ? page.createdAtMs : page.editedAtMs;
      return test({ kind: "date", date: { start: minuteStamp(atMs), end: null } });
    };
  }
  const name = stringAt(filter, "property");
  if (name === null) throw failedValidation(`${path}.property`, "defined", filter["property"]);
  const property = findProperty(source.properties, name);
  if (property === null) throw invalid(`Could not find property with name or id: ${name}`);
  const keys = Object.keys(filter).filter((key) => key !== "property" && key !== "type");
  const key = keys[0];
  if (key === undefined || keys.length > 1) {
    throw failedValidation(path, "an object with exactly one condition", filter);
  }
  checkFilterKey(property.config.type, key);
  const test = readingTest(key, filter[key] ?? null, { path, nowMs });
  return (page) => test(readCell(world, page, property));
}
