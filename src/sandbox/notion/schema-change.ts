// Changing a data source's columns: add, rename, retype, remove, and keep two-way relations in step.
//
// One function serves the API and the side door; the door differs only in who did it and in the kinds of
// column it may make. Rows are cleaned at once, so no stored value ever disagrees with its column.
import { invalid } from "./errors.ts";
import { isObject, stringAt, type Json, type JsonObject } from "./json.ts";
import { findProperty, type Property, type PropertyConfig } from "./property.ts";
import { plainText } from "./rich-text.ts";
import { parseConfig, requestedType } from "./schema.ts";
import { carryOver } from "./value/carry-over.ts";
import { fillMirror } from "./value/relation.ts";
import type { DataSource, World } from "./world.ts";

export interface SchemaChange {
  readonly world: World;
  readonly source: DataSource;
  readonly isAdmin: boolean;
}

/** Carries out `properties` of a create or update of a data source, all of them or none. */
export function changeSchema(change: SchemaChange, properties: JsonObject): void {
  const entries = Object.entries(properties);
  // Formulas and rollups may name columns that come later in the same request.
  const rank = ([, entry]: [string, Json]): number => {
    const type = isObject(entry) ? requestedType(entry) : null;
    return type === "formula" ? 2 : type === "rollup" ? 1 : 0;
  };
  const ordered = entries.map((entry, index) => ({ entry, index }));
  ordered.sort((left, right) => rank(left.entry) - rank(right.entry) || left.index - right.index);
  const restore = rememberSchemas(change);
  try {
    for (const { entry } of ordered) changeProperty(change, entry[0], entry[1]);
  } catch (error) {
    restore();
    throw error;
  }
}

/** Remembers every schema (mirrors live in others) and the rows of the one at hand. */
function rememberSchemas({ world, source }: SchemaChange): () => void {
  const schemas = [...world.dataSources.values()].map((other) => ({
    other,
    properties: other.properties.map((property) => ({ ...property })),
  }));
  const rows = source.rowIds.flatMap((id) => {
    const row = world.pages.get(id);
    return row === undefined ? [] : [{ row, values: new Map(row.values) }];
  });
  return () => {
    for (const { other, properties } of schemas) other.properties = properties;
    for (const { row, values } of rows) row.values = values;
  };
}

function changeProperty(change: SchemaChange, key: string, entry: Json): void {
  const existing = findProperty(change.source.properties, key);
  if (entry === null) {
    if (existing === null) throw invalid(`${key} is not a property that exists.`);
    removeProperty(change, existing);
    return;
  }
  if (!isObject(entry)) throw invalid(`${key} is expected to be an object.`);
  const type = requestedType(entry);
  const name = stringAt(entry, "name");
  if (existing === null) {
    if (type === null) throw invalid(`${key} is not a property that exists.`);
    addProperty(change, { name: name ?? key, type, entry });
    return;
  }
  if (name !== null && name !== existing.name) renameProperty(change, existing, name);
  if (type !== null) retypeProperty(change, existing, { type, entry });
  const description = entry["description"];
  if (typeof description === "string" || description === null) existing.description = description;
  // Options sent without the description clear it (Notion docs: Update data source properties).
  else if (type === "select" || type === "multi_select") existing.description = null;
}

/** Renames a column; the new name must be free. */
export function renameProperty(change: SchemaChange, property: Property, name: string): void {
  if (change.source.properties.some((other) => other !== property && other.name === name)) {
    throw invalid(`Cannot rename property: a property named ${name} already exists.`);
  }
  property.name = name;
}

function addProperty(
  change: SchemaChange,
  wanted: { readonly name: string; readonly type: string; readonly entry: JsonObject },
): void {
  const { world, source } = change;
  const { type, entry } = wanted;
  const hasTitle = source.properties.some(({ config }) => config.type === "title");
  if (type === "title" && hasTitle) {
    throw invalid("A database cannot have more than one title property.");
  }
  const path = `body.properties.${wanted.name}`;
  const { config, wantsMirror } = parseConfig({ ...change, path, before: null }, type, entry);
  const property: Property = {
    id: newPropertyId(world, source, config),
    name: wanted.name,
    description: stringAt(entry, "description"),
    config,
  };
  source.properties.push(property);
  numberRows(change, property);
  if (wantsMirror) addMirror(change, property);
}

function newPropertyId(world: World, source: DataSource, config: PropertyConfig): string {
  if (config.type === "title") return "title";
  if (config.type === "verification") return "verification";
  return world.ids.property(new Set(source.properties.map(({ id }) => id)));
}

/** A unique id column numbers the rows that are there, oldest first. */
function numberRows(change: SchemaChange, property: Property): void {
  if (property.config.type !== "unique_id") return;
  const { world, source } = change;
  source.nextNumber = 1;
  for (const rowId of source.rowIds) {
    const row = world.pages.get(rowId);
    row?.values.set(property.id, { kind: "sequence", number: source.nextNumber });
    source.nextNumber += 1;
  }
}

function retypeProperty(
  change: SchemaChange,
  property: Property,
  wanted: { readonly type: string; readonly entry: JsonObject },
): void {
  const { world, source } = change;
  const before = property.config;
  if (wanted.type !== before.type && (before.type === "title" || wanted.type === "title")) {
    throw invalid("Cannot change the type of a title property.");
  }
  if (wanted.type !== before.type && before.type === "place") {
    throw invalid("Cannot convert a place property.");
  }
  const path = `body.properties.${property.name}`;
  const { config, wantsMirror } = parseConfig(
    { ...change, path, before },
    wanted.type,
    wanted.entry,
  );
  if (before.type === "relation") {
    const isKept = config.type === "relation" && config.syncedId === before.syncedId;
    if (!isKept) unlinkMirror(world, before);
  }
  property.config = config;
  for (const rowId of source.rowIds) {
    const row = world.pages.get(rowId);
    const cell = row?.values.get(property.id);
    if (row === undefined || cell === undefined) continue;
    const carried = carryOver(world, { config: before, cell }, property);
    if (carried === cell) continue;
    if (carried === null) row.values.delete(property.id);
    else row.values.set(property.id, carried);
    world.onPageChange(row);
  }
  if (before.type !== "unique_id") numberRows(change, property);
  if (wantsMirror && config.type === "relation" && config.syncedId === null) {
    addMirror(change, property);
  }
}

/** Removes a column and its values. The title stays. */
export function removeProperty(change: SchemaChange, property: Property): void {
  const { world, source } = change;
  if (property.config.type === "title") throw invalid("Cannot remove the title property.");
  if (property.config.type === "relation") unlinkMirror(world, property.config);
  source.properties = source.properties.filter((other) => other !== property);
  for (const rowId of source.rowIds) {
    const row = world.pages.get(rowId);
    if (row?.values.delete(property.id) === true) world.onPageChange(row);
  }
}

/** Adds the other side of a two-way relation, named as the service names it (recorded). */
function addMirror(change: SchemaChange, property: Property): void {
  const { world, source } = change;
  const { config } = property;
  if (config.type !== "relation") return;
  const target = world.dataSources.get(config.dataSourceId);
  if (target === undefined) return;
  const title = plainText(world, source.title);
  const mirror: Property = {
    id: world.ids.property(new Set(target.properties.map(({ id }) => id))),
    name: freeName(target, `Related to ${title} (${property.name})`),
    description: null,
    config: { type: "relation", dataSourceId: source.id, syncedId: property.id },
  };
  target.properties.push(mirror);
  property.config = { ...config, syncedId: mirror.id };
  fillMirror(world, source, property);
}

function freeName(source: DataSource, wanted: string): string {
  const taken = new Set(source.properties.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  let count = 1;
  while (taken.has(`${wanted} ${count}`)) count += 1;
  return `${wanted} ${count}`;
}

/** The mirror of a removed or redirected side lives on as a one-way relation. */
function unlinkMirror(world: World, config: Extract<PropertyConfig, { type: "relation" }>): void {
  if (config.syncedId === null) return;
  const target = world.dataSources.get(config.dataSourceId);
  const mirror = target?.properties.find(({ id }) => id === config.syncedId);
  if (mirror?.config.type === "relation") mirror.config = { ...mirror.config, syncedId: null };
}
