// Makes fields and tables, for the API and for the owner in the app. The API may make fewer types and must
// spell their options out; the owner may make any.
import { colorAt } from "../cell/choice.ts";
import { nameFieldsById } from "../formula/compile.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { forbidden, invalidRequest, refusal } from "../refusal.ts";
import type { Sight } from "../sight.ts";
import type { Base, Choice, Field, Table, World } from "../world.ts";
import { isKnownType, kindOf } from "./kind.ts";
import { checkOptions, defaultOptions } from "./options.ts";

/** A field to be made. */
export interface FieldWish {
  readonly name: string;
  readonly type: string;
  readonly description?: string | null;
  readonly options?: JsonObject;
  /** Keeps a known id, e.g. of a recorded schema. */
  readonly id?: string;
  /** What a rollup does with its `values`, e.g. `SUM(values)`. */
  readonly rollup?: string;
  /** What every cell of a button or another opaque field shows. */
  readonly constant?: Json;
}

/** Reads a field out of a request body; shape errors are 422. */
export function readFieldWish(body: Json | undefined): FieldWish {
  if (!isObject(body)) throw invalidRequest();
  const name = stringAt(body, "name");
  const type = stringAt(body, "type");
  const known = ["name", "type", "description", "options"];
  if (name === null || type === null || Object.keys(body).some((key) => !known.includes(key))) {
    throw invalidRequest();
  }
  const options = objectAt(body, "options");
  return {
    name,
    type,
    description: stringAt(body, "description"),
    ...(options === null ? {} : { options }),
  };
}

/** Makes a field as the API may: 422 for what it may not. */
export function makeFieldByApi(sight: Sight, wish: FieldWish): Field {
  needFreeFieldName(sight.table, wish.name, null);
  if (!isKnownType(wish.type)) throw invalidRequest();
  const where = `${sight.table.name}.${wish.name}`;
  if (!kindOf(wish.type).canCreate) {
    throw refusal(
      422,
      "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
      `Invalid options for ${where}: Creating ${wish.type} fields is not supported at this time`,
    );
  }
  const options = optionsByApi(sight, wish);
  if (options === null) {
    throw refusal(422, "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE", `Invalid options for ${where}`);
  }
  return addField(sight, { ...wish, options });
}

function optionsByApi(sight: Sight, wish: FieldWish): JsonObject | null {
  const { type, options } = wish;
  if (type === "singleSelect" || type === "multipleSelects") {
    return Array.isArray(options?.["choices"]) ? options : null;
  }
  if (type === "multipleRecordLinks") {
    const linkedTableId = options?.["linkedTableId"];
    if (typeof linkedTableId !== "string") return null;
    if (!sight.base.tables.some((table) => table.id === linkedTableId)) throw forbidden();
    return options ?? null;
  }
  return checkOptions(type, options);
}

/** Makes a field of any type, as the owner can. Links get their other side. */
export function addField(sight: Sight, wish: FieldWish): Field {
  const field = bareField(sight.world, sight.table, wish);
  sight.table.fields.push(field);
  if (field.type === "multipleRecordLinks") connectLink(sight, field);
  return field;
}

function bareField(world: World, table: Table, wish: FieldWish): Field {
  const { type } = wish;
  const isSelect = type === "singleSelect" || type === "multipleSelects";
  return {
    id: wish.id ?? world.chance.id("fld"),
    name: wish.name,
    type,
    description: wish.description ?? null,
    options: isSelect ? null : storedOptions(table, wish),
    choices: isSelect ? readChoices(world, wish.options?.["choices"]) : null,
    rollup: wish.rollup ?? null,
    constant: wish.constant ?? null,
  };
}

function storedOptions(table: Table, wish: FieldWish): JsonObject | null {
  const options = { ...defaultOptions[wish.type], ...wish.options };
  const formula = stringAt(options, "formula");
  if (formula !== null) options["formula"] = nameFieldsById(formula, table);
  return Object.keys(options).length === 0 ? null : options;
}

/** Choices of a new select; each gets an id, and a colour if it names none. */
export function readChoices(world: World, given: Json | undefined): Choice[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((item, index) => {
    const name = isObject(item) ? stringAt(item, "name") : item;
    if (typeof name !== "string") return [];
    const id = (isObject(item) ? stringAt(item, "id") : null) ?? world.chance.id("sel");
    const color = (isObject(item) ? stringAt(item, "color") : null) ?? colorAt(index);
    return [{ id, name, color }];
  });
}

/** Completes a link's options, and makes the mirroring field in the other table if there is none. */
function connectLink(sight: Sight, field: Field): void {
  const { base, table, world } = sight;
  const given = field.options ?? {};
  const linkedTableId = stringAt(given, "linkedTableId") ?? "";
  const other = base.tables.find((candidate) => candidate.id === linkedTableId);
  const options: JsonObject = {
    linkedTableId,
    isReversed: given["isReversed"] ?? false,
    prefersSingleRecordLink: given["prefersSingleRecordLink"] ?? false,
  };
  const known = stringAt(given, "inverseLinkFieldId");
  const viewId = stringAt(given, "viewIdForRecordSelection");
  field.options = options;
  if (known !== null) options["inverseLinkFieldId"] = known;
  // A link inside one table has no other side (recorded).
  else if (other !== undefined && other !== table) {
    const inverse = bareField(world, other, {
      name: freeName(other, table.name),
      type: "multipleRecordLinks",
    });
    inverse.options = {
      linkedTableId: table.id,
      isReversed: false,
      prefersSingleRecordLink: false,
      inverseLinkFieldId: field.id,
    };
    other.fields.push(inverse);
    options["inverseLinkFieldId"] = inverse.id;
  }
  if (viewId !== null) options["viewIdForRecordSelection"] = viewId;
}

function freeName(table: Table, wanted: string): string {
  let name = wanted;
  for (let count = 2; isTaken(table, name, null); count += 1) name = `${wanted} ${count}`;
  return name;
}

function isTaken(table: Table, name: string, except: Field | null): boolean {
  const lower = name.toLowerCase();
  return table.fields.some((field) => field !== except && field.name.toLowerCase() === lower);
}

/** Field names are unique in a table whatever their case, and not empty. */
export function needFreeFieldName(table: Table, name: string, except: Field | null): void {
  if (name.trim() !== "" && !isTaken(table, name, except)) return;
  throw refusal(
    422,
    "DUPLICATE_OR_EMPTY_FIELD_NAME",
    `Field names must be unique and not empty: "${name}"`,
  );
}

/** Table names are unique in a base whatever their case. */
export function needFreeTableName(base: Base, name: string, except: Table | null): void {
  const lower = name.toLowerCase();
  const isFree = base.tables.every(
    (table) => table === except || table.name.toLowerCase() !== lower,
  );
  if (name.trim() !== "" && isFree) return;
  throw refusal(422, "DUPLICATE_TABLE_NAME", `Table names must be unique and not empty: "${name}"`);
}

/** A table without fields; its grid view is there from the start. */
export function bareTable(
  world: World,
  named: { readonly name: string; readonly description?: string | null; readonly id?: string },
): Table {
  return {
    id: named.id ?? world.chance.id("tbl"),
    name: named.name,
    description: named.description ?? null,
    primaryFieldId: "",
    dateDependencySettings: null,
    fields: [],
    views: [gridView(world)],
    rows: new Map(),
    trash: new Map(),
    nextNumber: 1,
  };
}

function gridView(world: World): Table["views"][number] {
  return {
    id: world.chance.id("viw"),
    name: "Grid view",
    type: "grid",
    formula: null,
    sort: [],
    rowOrder: null,
    visibleFieldIds: null,
  };
}

/** Reads and makes a table out of a request body. Nothing is kept of it when a field is refused. */
export function makeTableByApi(world: World, base: Base, body: Json | undefined): Table {
  if (!isObject(body)) throw invalidRequest();
  const name = stringAt(body, "name");
  const fields = body["fields"];
  if (name === null || !Array.isArray(fields) || fields.length === 0) throw invalidRequest();
  needFreeTableName(base, name, null);
  const table = bareTable(world, { name, description: stringAt(body, "description") });
  for (const [index, item] of fields.entries()) {
    const wish = readFieldWish(item);
    if (index === 0 && !kindOf(wish.type).canBePrimary) {
      throw refusal(
        422,
        "INVALID_PRIMARY_FIELD_TYPE",
        `The first field of a table cannot be of type ${wish.type}`,
      );
    }
    makeFieldByApi({ world, base, table }, wish);
  }
  table.primaryFieldId = table.fields[0]?.id ?? "";
  base.tables.push(table);
  return table;
}
