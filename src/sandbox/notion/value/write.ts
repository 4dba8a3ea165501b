// Page writes: one property's value from the wire into a cell.
//
// Validation follows the documented limits and the recorded texts; `X is expected to be Y.` is the real
// answer to a value of another type. The order of checks is ours.
import { failedValidation, invalid } from "../errors.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../json.ts";
import { needUuid } from "../ids.ts";
import { findProperty, type Property, type PropertyType } from "../property.ts";
import { parseRichText, tooLong } from "../rich-text.ts";
import type { Page, World } from "../world.ts";
import type { CellValue } from "./cell.ts";
import { parseDateValue } from "./date.ts";
import { parseFiles } from "./files.ts";
import { setRelation } from "./relation.ts";
import { resolveOption } from "./option-value.ts";
import { parsePlace, parseVerification } from "./special.ts";

interface CellWrite {
  readonly world: World;
  readonly property: Property;
  readonly value: Json | undefined;
  /** For messages, e.g. `body.properties.Cost.number`. */
  readonly path: string;
  readonly byId: string;
}

const itemsMax = 100;
const stringLengthMax: Readonly<Record<"url" | "email" | "phone_number", number>> = {
  url: 2000,
  email: 200,
  phone_number: 200,
};

const computed: readonly PropertyType[] = [
  "rollup",
  "formula",
  "created_time",
  "last_edited_time",
  "created_by",
  "last_edited_by",
  "unique_id",
  "button",
];

/** Writes the properties of a request, all or none; unknown keys are refused in the real words. */
export function writeProperties(
  world: World,
  page: Page,
  write: {
    readonly properties: readonly Property[];
    readonly body: JsonObject;
    readonly byId: string;
  },
): void {
  const pairs = Object.entries(write.body).map(([key, entry]) => {
    const property = findProperty(write.properties, key);
    if (property === null) throw invalid(`${key} is not a property that exists.`);
    return { property, entry };
  });
  const configs = pairs.map(({ property }) => property.config);
  try {
    const cells = pairs.map(({ property, entry }) => ({
      property,
      cell: parseEntry(world, property, { entry, byId: write.byId }),
    }));
    for (const { property, cell } of cells) {
      if (cell.kind === "relation") setRelation(world, page, { property, pageIds: cell.pageIds });
      else page.values.set(property.id, cell);
    }
  } catch (error) {
    // Options made for a write that was then refused must not stay.
    for (const [index, { property }] of pairs.entries()) {
      property.config = configs[index] ?? property.config;
    }
    throw error;
  }
}

function parseEntry(
  world: World,
  property: Property,
  write: { readonly entry: Json; readonly byId: string },
): CellValue {
  const { type } = property.config;
  if (computed.includes(type)) {
    throw invalid(`Cannot update ${type} property "${property.name}": its value is generated.`);
  }
  const value = unwrap(property, write.entry);
  const path = `body.properties.${property.name}.${type}`;
  return parseCell({ world, property, value, path, byId: write.byId });
}

/** The value inside `{type: value}`; a title may also come bare, as an array. */
function unwrap(property: Property, entry: Json): Json | undefined {
  const { type } = property.config;
  if (Array.isArray(entry) && type === "title") return entry;
  if (!isObject(entry)) throw invalid(`${property.name} is expected to be ${type}.`);
  if (type in entry) return entry[type];
  throw invalid(`${property.name} is expected to be ${type}.`);
}

function parseCell(write: CellWrite): CellValue {
  const { world, property, value, path } = write;
  switch (property.config.type) {
    case "title":
    case "rich_text":
      return { kind: "text", items: parseRichText(value, path) };
    case "number":
      if (value !== null && typeof value !== "number")
        throw failedValidation(path, "a number", value);
      return { kind: "number", number: value };
    case "checkbox":
      if (typeof value !== "boolean") throw failedValidation(path, "a boolean", value);
      return { kind: "checkbox", isChecked: value };
    case "url":
    case "email":
    case "phone_number":
      return parseString(write, stringLengthMax[property.config.type]);
    case "select":
    case "status":
      return parseChoice(write);
    case "multi_select":
      return parseChoices(write);
    case "date":
      return { kind: "date", date: parseDateValue(value, path) };
    case "people":
      return { kind: "people", userIds: parsePeople(write) };
    case "files":
      return { kind: "files", files: parseFiles(world, value, path) };
    case "place":
      return { kind: "place", place: parsePlace(value, path) };
    case "verification":
      return { kind: "verification", verification: parseVerification(world, write) };
    case "relation":
      return { kind: "relation", pageIds: parseRelation(write) };
    case "rollup":
    case "formula":
    case "created_time":
    case "last_edited_time":
    case "created_by":
    case "last_edited_by":
    case "unique_id":
    case "button":
      throw invalid(`${property.name} cannot be written.`);
  }
}

function parseString(write: CellWrite, lengthMax: number): CellValue {
  const { value, path } = write;
  if (value === null) return { kind: "string", text: null };
  if (typeof value !== "string") throw failedValidation(path, "a string", value);
  if (value.length > lengthMax) throw tooLong(path, lengthMax, value.length);
  return { kind: "string", text: value === "" ? null : value };
}

function parseChoice(write: CellWrite): CellValue {
  const { world, property, value, path } = write;
  if (value === null) return { kind: "choice", optionId: null };
  if (!isObject(value)) throw failedValidation(path, "an object", value);
  return { kind: "choice", optionId: resolveOption(world, property, { value, path }) };
}

function parseChoices(write: CellWrite): CellValue {
  const { world, property, path } = write;
  const optionIds = needList(write).map((value) => resolveOption(world, property, { value, path }));
  return { kind: "choices", optionIds: [...new Set(optionIds)] };
}

function needList(write: CellWrite): Json[] {
  const { value, path } = write;
  if (!Array.isArray(value)) throw failedValidation(path, "an array", value);
  if (value.length > itemsMax) throw tooLong(path, itemsMax, value.length);
  return value;
}

function needId(item: Json, path: string): string {
  const id = stringAt(isObject(item) ? item : {}, "id");
  if (id === null) throw failedValidation(`${path}.id`, "defined", undefined);
  return needUuid(id, `${path}.id`);
}

function parsePeople(write: CellWrite): string[] {
  const ids = needList(write).map((item, index) => needId(item, `${write.path}[${index}]`));
  for (const id of ids) {
    if (write.world.users.get(id)?.isMember !== true) {
      throw invalid(`User with ID ${id} is not a member of this workspace.`);
    }
  }
  return [...new Set(ids)];
}

function parseRelation(write: CellWrite): string[] {
  const { world, property } = write;
  const ids = needList(write).map((item, index) => needId(item, `${write.path}[${index}]`));
  const { config } = property;
  for (const id of ids) {
    const page = world.pages.get(id);
    const isThere =
      page !== undefined &&
      config.type === "relation" &&
      page.parent.kind === "data_source" &&
      page.parent.id === config.dataSourceId;
    if (!isThere) {
      throw invalid(
        `Could not find page with ID: ${id}. Make sure it belongs to the data source the relation "${property.name}" points to.`,
      );
    }
  }
  return [...new Set(ids)];
}
