// The columns of a data source: their types, configuration and look-up.
//
// Ids are kept raw (`:GlK`) and encoded only when printed. Changing a schema is schema-change.ts.
import { decodePropertyId } from "./ids.ts";

export interface Option {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface StatusGroup {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly optionIds: readonly string[];
}

/** Types without any configuration of their own. */
const plainTypes = [
  "title",
  "rich_text",
  "date",
  "people",
  "files",
  "checkbox",
  "url",
  "email",
  "phone_number",
  "created_time",
  "last_edited_time",
  "created_by",
  "last_edited_by",
  "button",
  "verification",
  "place",
] as const;

export type PlainType = (typeof plainTypes)[number];

export type PropertyConfig =
  | { readonly type: PlainType }
  | { readonly type: "number"; readonly format: string }
  | { readonly type: "select" | "multi_select"; readonly options: readonly Option[] }
  | {
      readonly type: "status";
      readonly options: readonly Option[];
      readonly groups: readonly StatusGroup[];
    }
  | {
      readonly type: "relation";
      readonly dataSourceId: string;
      /** Raw id of the mirror property on the target, `null` for a one-way relation. */
      readonly syncedId: string | null;
    }
  | {
      readonly type: "rollup";
      readonly relationId: string;
      readonly targetId: string;
      readonly function: string;
    }
  | { readonly type: "formula"; readonly expression: string }
  | { readonly type: "unique_id"; readonly prefix: string | null };

export type PropertyType = PropertyConfig["type"];

export interface Property {
  /** Raw id, e.g. `:GlK`, `title`. */
  readonly id: string;
  name: string;
  description: string | null;
  config: PropertyConfig;
}

/** Named ids come last in every listing, after the four-character ones (recorded, 1,280 objects). */
const namedIds: readonly string[] = ["title", "verification", "verification_owner"];

export function isPlainType(type: string): type is PlainType {
  return (plainTypes as readonly string[]).includes(type);
}

/** Properties in the order answers list them. */
export function inWireOrder(properties: readonly Property[]): Property[] {
  return [...properties].sort((left, right) => {
    const leftRank = namedIds.indexOf(left.id);
    const rightRank = namedIds.indexOf(right.id);
    if (leftRank !== rightRank) return leftRank - rightRank;
    return left.id < right.id ? -1 : 1;
  });
}

/** Finds a property by id (raw or encoded) or by name. */
export function findProperty(properties: readonly Property[], key: string): Property | null {
  const raw = decodePropertyId(key);
  return (
    properties.find((property) => property.id === key) ??
    properties.find((property) => property.id === raw) ??
    properties.find((property) => property.name === key) ??
    null
  );
}
