// Property configuration on the wire: reading a requested one, and printing a stored one.
//
// Recorded shapes throughout (ultimate-notion test_schema): every entry has `id name description type` and
// one object under its type. Rollup references are the one place where ids are printed raw.
import { failedValidation, invalid } from "./errors.ts";
import { encodePropertyId, needUuid } from "./ids.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "./json.ts";
import { groupOptions, mergeOptions, renderSchemaOption } from "./option.ts";
import { findProperty, isPlainType, type Property, type PropertyConfig } from "./property.ts";
import { parseFormula } from "./formula/parse.ts";
import { printFormula } from "./formula/print.ts";
import { storeExpression, tokenOf } from "./formula/reference.ts";
import type { DataSource, World } from "./world.ts";

/** A requested configuration, and whether a relation asked to be mirrored. */
export interface ConfigRequest {
  readonly config: PropertyConfig;
  readonly wantsMirror: boolean;
}

interface ConfigContext {
  readonly world: World;
  readonly source: DataSource;
  readonly path: string;
  /** Configuration under the same key before the write. */
  readonly before: PropertyConfig | null;
  /** The side door may make kinds of column the API refuses. */
  readonly isAdmin: boolean;
}

const typesOfConfig: readonly string[] = [
  "number",
  "select",
  "multi_select",
  "status",
  "relation",
  "rollup",
  "formula",
  "unique_id",
];

/** Types the API has no way to create; only people can (Notion docs: Property object). */
const uncreatable: readonly string[] = ["button", "verification"];

/** The type a schema entry asks for, or `null` when it names none (a rename). */
export function requestedType(entry: JsonObject): string | null {
  const type = stringAt(entry, "type");
  if (type !== null) return type;
  return Object.keys(entry).find((key) => isPlainType(key) || typesOfConfig.includes(key)) ?? null;
}

/** Reads the configuration of a schema entry. */
export function parseConfig(
  context: ConfigContext,
  type: string,
  entry: JsonObject,
): ConfigRequest {
  if (isPlainType(type)) {
    if (uncreatable.includes(type) && !context.isAdmin) {
      throw failedValidation(context.path, "a property type that can be created", type);
    }
    return { config: { type }, wantsMirror: false };
  }
  const body = objectAt(entry, type);
  if (type === "relation") return parseRelation(context, body);
  return { config: parseConfigured(context, type, body), wantsMirror: false };
}

function parseConfigured(context: ConfigContext, type: string, body: JsonObject): PropertyConfig {
  const { world, before, path } = context;
  switch (type) {
    case "number":
      return { type, format: stringAt(body, "format") ?? keptFormat(before) };
    case "select":
    case "multi_select": {
      const known = before !== null && "options" in before ? before.options : [];
      const request = { value: body["options"] ?? [], path: `${path}.${type}.options` };
      return { type, options: mergeOptions(world.ids, known, request) };
    }
    case "status":
      return parseStatus(context, body);
    case "rollup":
      return parseRollup(context, body);
    case "formula": {
      const expression = stringAt(body, "expression");
      if (expression === null) {
        throw failedValidation(`${path}.formula.expression`, "a string", body["expression"]);
      }
      return { type, expression: tidyExpression(world, context.source, expression) };
    }
    case "unique_id": {
      const prefix = stringAt(body, "prefix");
      const kept = before?.type === "unique_id" ? before.prefix : null;
      return { type, prefix: "prefix" in body ? prefix : kept };
    }
  }
  throw failedValidation(`${path}.type`, "a known property type", type);
}

/** The expression as the service keeps it; text the parser cannot read is kept as it came. */
function tidyExpression(world: World, source: DataSource, expression: string): string {
  const stored = storeExpression(world, source, expression);
  const formula = parseFormula(stored);
  return formula === null ? stored : printFormula(formula, (id) => tokenOf(world, source, id));
}

function keptFormat(before: PropertyConfig | null): string {
  return before?.type === "number" ? before.format : "number";
}

function parseStatus(context: ConfigContext, body: JsonObject): PropertyConfig {
  const { world, before, path } = context;
  const known = before?.type === "status" ? before : null;
  const value = body["options"];
  if (known === null && (!Array.isArray(value) || value.length === 0)) {
    return defaultStatus(world);
  }
  const options = mergeOptions(world.ids, known?.options ?? [], {
    value,
    path: `${path}.status.options`,
  });
  const groups = groupOptions(world.ids, options, {
    known: known?.groups ?? [],
    requested: value,
  });
  return { type: "status", options, groups };
}

/** What `status: {}` makes (recorded, notion_ruby_mapping retrieve_database_status). */
function defaultStatus(world: World): PropertyConfig {
  const requested: Json[] = [
    { name: "Not started", color: "default", group: "To-do" },
    { name: "In progress", color: "blue", group: "In progress" },
    { name: "Done", color: "green", group: "Complete" },
  ];
  const options = mergeOptions(world.ids, [], { value: requested, path: "body" });
  return {
    type: "status",
    options,
    groups: groupOptions(world.ids, options, { known: [], requested }),
  };
}

function parseRelation(context: ConfigContext, body: JsonObject): ConfigRequest {
  const { world, before, path } = context;
  const key = "data_source_id" in body ? "data_source_id" : "database_id";
  const asked = stringAt(body, key);
  if (asked === null)
    throw failedValidation(`${path}.relation.data_source_id`, "defined", undefined);
  const id = needUuid(asked, `${path}.relation.${key}`);
  const target = world.dataSources.get(world.databases.get(id)?.dataSourceIds[0] ?? id);
  if (target === undefined) {
    throw invalid(`Could not find database with ID: ${id}.`);
  }
  const wantsMirror = stringAt(body, "type") === "dual_property" || isObject(body["dual_property"]);
  const isSame = before?.type === "relation" && before.dataSourceId === target.id;
  const syncedId = wantsMirror && isSame ? before.syncedId : null;
  return { config: { type: "relation", dataSourceId: target.id, syncedId }, wantsMirror };
}

function parseRollup(context: ConfigContext, body: JsonObject): PropertyConfig {
  const { world, source, path } = context;
  const relation = findBy(source.properties, body, "relation_property");
  if (relation?.config.type !== "relation") {
    throw invalid(`${path}.rollup: relation property does not exist on the data source.`);
  }
  const target = world.dataSources.get(relation.config.dataSourceId);
  const column = findBy(target?.properties ?? [], body, "rollup_property");
  if (column === null) {
    throw invalid(`${path}.rollup: rollup property does not exist on the related data source.`);
  }
  return {
    type: "rollup",
    relationId: relation.id,
    targetId: column.id,
    function: stringAt(body, "function") ?? "show_original",
  };
}

function findBy(
  properties: readonly Property[],
  body: JsonObject,
  key: "relation_property" | "rollup_property",
): Property | null {
  const wanted = stringAt(body, `${key}_id`) ?? stringAt(body, `${key}_name`);
  return wanted === null ? null : findProperty(properties, wanted);
}

/** A schema entry as answers carry it. */
export function renderProperty(world: World, source: DataSource, property: Property): JsonObject {
  const { config } = property;
  return {
    id: encodePropertyId(property.id),
    name: property.name,
    description: property.description,
    type: config.type,
    [config.type]: renderConfig(world, source, config),
  };
}

function renderConfig(world: World, source: DataSource, config: PropertyConfig): JsonObject {
  switch (config.type) {
    case "number":
      return { format: config.format };
    case "select":
    case "multi_select":
      return { options: config.options.map(renderSchemaOption) };
    case "status":
      return {
        options: config.options.map(renderSchemaOption),
        groups: config.groups.map(({ id, name, color, optionIds }) => ({
          id,
          name,
          color,
          option_ids: [...optionIds],
        })),
      };
    case "relation":
      return renderRelation(world, config);
    case "rollup": {
      const relation = source.properties.find(({ id }) => id === config.relationId);
      const target =
        relation?.config.type === "relation"
          ? world.dataSources.get(relation.config.dataSourceId)
          : undefined;
      const column = target?.properties.find(({ id }) => id === config.targetId);
      return {
        rollup_property_name: column?.name ?? "",
        relation_property_name: relation?.name ?? "",
        rollup_property_id: config.targetId,
        relation_property_id: config.relationId,
        function: config.function,
      };
    }
    case "formula":
      return { expression: config.expression };
    case "unique_id":
      return { prefix: config.prefix };
    case "title":
    case "rich_text":
    case "date":
    case "people":
    case "files":
    case "checkbox":
    case "url":
    case "email":
    case "phone_number":
    case "created_time":
    case "last_edited_time":
    case "created_by":
    case "last_edited_by":
    case "button":
    case "verification":
    case "place":
      return {};
  }
}

function renderRelation(
  world: World,
  config: Extract<PropertyConfig, { type: "relation" }>,
): JsonObject {
  const target = world.dataSources.get(config.dataSourceId);
  const head = {
    database_id: target?.parent.kind === "database" ? target.parent.id : null,
    data_source_id: config.dataSourceId,
  };
  if (config.syncedId === null) {
    return { ...head, type: "single_property", single_property: {} };
  }
  const mirror = target?.properties.find(({ id }) => id === config.syncedId);
  return {
    ...head,
    type: "dual_property",
    dual_property: {
      synced_property_name: mirror?.name ?? "",
      synced_property_id: encodePropertyId(config.syncedId),
    },
  };
}
