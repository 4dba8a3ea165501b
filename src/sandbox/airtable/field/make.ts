// Makes fields, for the API and for the owner in the app. The API may make fewer types and must spell their
// options out; the owner may make any.
import { colorAt } from "../cell/choice.ts";
import { nameFieldsById } from "../formula/compile.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { forbidden, invalidRequest, refusal } from "../refusal.ts";
import type { Sight } from "../sight.ts";
import type { Choice, Field, Table, World } from "../world.ts";
import { connectLink } from "./connect-link.ts";
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
