// Declared properties and the columns they are written to. The table's own types decide how a cell is
// sent: a declared text may stand in a title or a URL, a status in a select, as a person left it.
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
  PropertyType,
} from "../../../core/oneway/declaration.ts";
import type { Binding } from "../../destination.ts";
import { isRecord } from "../codec/codec.ts";
import type { WireDataSource, WireProperty } from "../wire.ts";
import { optionNames } from "./option.ts";

/** A column that declared cells are written to. */
export interface Column {
  /** As declared. */
  readonly name: string;
  /** As requests must have it. */
  readonly wireId: string;
  /** The API's word for the type it has. */
  readonly type: WireType;
  /** Names of a status or select, by their lower case; empty for the other types. */
  readonly options: ReadonlyMap<string, string>;
}

export type WireType =
  | "title"
  | "rich_text"
  | "url"
  | "email"
  | "phone_number"
  | "checkbox"
  | "files"
  | "number"
  | "date"
  | "select"
  | "multi_select"
  | "status"
  | "people"
  | "place"
  | "relation";

const texts: readonly WireType[] = ["title", "rich_text", "url", "email", "phone_number"];

/** The type a declared property is made with comes first; the others take the same cells. */
const fitting: Record<PropertyType, readonly [WireType, ...WireType[]]> = {
  title: ["title"],
  text: ["rich_text", ...texts],
  url: ["url", ...texts],
  email: ["email", ...texts],
  phone: ["phone_number", ...texts],
  checkbox: ["checkbox"],
  files: ["files"],
  number: ["number"],
  date: ["date"],
  select: ["select", "status"],
  status: ["status", "select"],
  "multi-select": ["multi_select"],
  people: ["people"],
  place: ["place"],
  relation: ["relation"],
};

/** The type a declared property is made with. */
export function wireTypeOf(type: PropertyType): WireType {
  return fitting[type][0];
}

export interface Columns {
  readonly byName: ReadonlyMap<string, Column>;
  /** Declared and not in the table. */
  readonly missing: readonly PropertyDeclaration[];
  readonly notes: readonly string[];
}

/** Where a relation points to. */
export function relatedId(property: WireProperty): string | null {
  const { config } = property;
  const id = isRecord(config) ? config["data_source_id"] : null;
  return typeof id === "string" ? id : null;
}

export function titleOf(wire: WireDataSource): WireProperty | null {
  return wire.properties.find((property) => property.type === "title") ?? null;
}

function columnOf(name: string, property: WireProperty, type: WireType): Column {
  return {
    name,
    type,
    wireId: property.id,
    options: new Map(
      type === "status" || type === "select"
        ? optionNames(property).map((option) => [option.toLowerCase(), option])
        : [],
    ),
  };
}

/** Why a relation that is there cannot be written; null when it can. */
function refuseRelation(
  declared: PropertyDeclaration,
  found: WireProperty,
  related: ReadonlyMap<string, Binding> | null,
): string | null {
  if (declared.shape.type !== "relation") return null;
  const target = related?.get(declared.shape.database);
  if (target === undefined) return `"${declared.name}" is not written: there is no table for it.`;
  if (relatedId(found) === target.tableId) return null;
  return `"${declared.name}" points to another database than "${target.title}", so it is not written.`;
}

/**
 * Finds a column for each declared property. The declared title goes to the table's title, whatever that
 * is called; the others go by name. Relations are left out while `related` is null.
 */
export function matchColumns(
  declaration: DatabaseDeclaration,
  wire: WireDataSource,
  related: ReadonlyMap<string, Binding> | null,
): Columns {
  const byName = new Map<string, Column>();
  const missing: PropertyDeclaration[] = [];
  const notes: string[] = [];
  const title = titleOf(wire);
  const declaredTitle = declaration.properties.find((one) => one.shape.type === "title");
  for (const declared of declaration.properties) {
    const { name, shape } = declared;
    if (shape.type === "relation" && related === null) continue;
    const isTitle = declared === declaredTitle;
    const found = isTitle ? title : wire.properties.find((property) => property.name === name);
    if (found === undefined || found === null) {
      missing.push(declared);
      continue;
    }
    const type = fitting[shape.type].find((one) => one === found.type);
    const isTaken = !isTitle && found === title && declaredTitle !== undefined;
    if (type === undefined || isTaken) {
      notes.push(
        `"${name}" is declared as ${shape.type} and is ${found.type} in the table, so it is not written.`,
      );
      continue;
    }
    const refusal = refuseRelation(declared, found, related);
    if (refusal !== null) {
      notes.push(refusal);
      continue;
    }
    if (isTitle && found.name !== name) {
      notes.push(`"${name}" is written to the table's title, which is called "${found.name}".`);
    } else if (type !== wireTypeOf(shape.type)) {
      notes.push(`"${name}" is ${type} in the table and is written as that.`);
    }
    byName.set(name, columnOf(name, found, type));
  }
  return { byName, missing, notes };
}
