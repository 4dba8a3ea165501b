// The field types of Airtable as a table: what a cell of each holds, whether a person or the API may write
// it, create it, make it the primary field, or match an upsert on it (Airtable reference, sections 3.7,
// 4.4, 4.5 and 5).

/** How the cells of a type are stored and written. */
type CellFamily =
  | "text"
  | "richText"
  | "number"
  | "rating"
  | "checkbox"
  | "choice"
  | "choices"
  | "date"
  | "dateTime"
  | "links"
  | "files"
  | "person"
  | "people"
  | "barcode"
  /** Stored, but never written by anybody: automatic numbers. */
  | "autoNumber"
  /** Worked out when read, or fixed from outside. */
  | "computed";

interface Kind {
  readonly family: CellFamily;
  readonly canCreate: boolean;
  readonly canBePrimary: boolean;
  readonly canMatchUpsert: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  singleLineText: kind("text", "create primary match"),
  multilineText: kind("text", "create primary match"),
  richText: kind("richText", "create"),
  email: kind("text", "create primary"),
  url: kind("text", "create primary"),
  phoneNumber: kind("text", "create primary"),
  number: kind("number", "create primary match"),
  percent: kind("number", "create primary"),
  currency: kind("number", "create primary"),
  duration: kind("number", "create primary"),
  rating: kind("rating", "create"),
  checkbox: kind("checkbox", "create"),
  singleSelect: kind("choice", "create match"),
  multipleSelects: kind("choices", "create match"),
  date: kind("date", "create primary match"),
  dateTime: kind("dateTime", "create primary match"),
  multipleRecordLinks: kind("links", "create"),
  multipleAttachments: kind("files", "create"),
  singleCollaborator: kind("person", "create"),
  multipleCollaborators: kind("people", "create"),
  barcode: kind("barcode", "create primary"),
  autoNumber: kind("autoNumber", "primary"),
  formula: kind("computed", "primary"),
};

/** Types that are computed and nothing else; their order is that of computed cells in a record. */
const computedOrder: readonly string[] = [
  "button",
  "createdBy",
  "createdTime",
  "formula",
  "lastModifiedBy",
  "lastModifiedTime",
  "rollup",
  "count",
  "multipleLookupValues",
  "aiText",
  "externalSyncSource",
];

function kind(family: CellFamily, rights: string): Kind {
  const held = new Set(rights.split(" "));
  return {
    family,
    canCreate: held.has("create"),
    canBePrimary: held.has("primary"),
    canMatchUpsert: held.has("match"),
  };
}

const opaque: Kind = kind("computed", "");

/** The kind of a type; a type this table does not know is read-only and opaque. */
export function kindOf(type: string): Kind {
  return kinds[type] ?? opaque;
}

/** Whether the type is one of Airtable's at all. */
export function isKnownType(type: string): boolean {
  return kinds[type] !== undefined || computedOrder.includes(type);
}

/** Place of a computed type among the computed cells of a record (recorded, 2021 to 2022). */
export function computedRank(type: string): number {
  const rank = computedOrder.indexOf(type);
  return rank === -1 ? computedOrder.length : rank;
}
