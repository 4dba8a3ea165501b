// Declared properties and the fields they are written to. The table's own types decide how a cell is
// sent: a declared text may stand in a URL field, a status in a single select, as a person left it.
//
// Names of fields are the same in upper and lower case (Airtable docs: Field model), so a field that
// differs from a declared name in nothing else is the one that is meant.
import { fieldId, type FieldId } from "../../../core/ids.ts";
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
  PropertyType,
} from "../../../core/oneway/declaration.ts";
import type { Binding } from "../../destination.ts";
import type { WireField, WireTable } from "../wire.ts";
import { declaredOptions, optionNames } from "./option.ts";

export type TextType =
  | "singleLineText"
  | "multilineText"
  | "richText"
  | "url"
  | "email"
  | "phoneNumber";

/** The types of fields that are written to. */
export type ColumnType =
  | TextType
  | "checkbox"
  | "multipleAttachments"
  | "number"
  | "percent"
  | "currency"
  | "duration"
  | "rating"
  | "date"
  | "dateTime"
  | "singleSelect"
  | "multipleSelects"
  | "singleCollaborator"
  | "multipleCollaborators"
  | "multipleRecordLinks";

/** A field that declared cells are written to. */
export interface Column {
  /** As declared. */
  readonly name: string;
  readonly id: FieldId;
  /** What the field is called. */
  readonly fieldName: string;
  readonly type: ColumnType;
  /** Options the field has, by name and by lower case; those that writes make are added. */
  readonly options: Map<string, string>;
  /** Names beyond `options` that may be made, in the same way; null: any. */
  readonly declared: ReadonlyMap<string, string> | null;
  /** The zone a `dateTime` is shown in: an IANA name. */
  readonly zone: string;
  /** The most a rating goes to. */
  readonly max: number;
}

export interface Columns {
  readonly byName: ReadonlyMap<string, Column>;
  /** Declared and not in the table. */
  readonly missing: readonly PropertyDeclaration[];
  readonly notes: readonly string[];
}

/** Where declared properties are looked for. */
export interface MatchIn {
  readonly declaration: DatabaseDeclaration;
  readonly baseId: string;
  readonly wire: WireTable;
  /** The field that holds the key; null: the one named as the primary key property. */
  readonly key: string | null;
  /** Relations are left out while it is null. */
  readonly related: ReadonlyMap<string, Binding> | null;
}

const textTypes: readonly TextType[] = [
  "singleLineText",
  "multilineText",
  "richText",
  "url",
  "email",
  "phoneNumber",
];
const lines: readonly TextType[] = ["singleLineText", "multilineText", "richText"];

/** The types that take the cells of a declared one. */
const fitting: Record<PropertyType, readonly ColumnType[]> = {
  title: textTypes,
  text: textTypes,
  url: textTypes,
  email: textTypes,
  phone: textTypes,
  checkbox: ["checkbox"],
  files: ["multipleAttachments", "url", ...lines],
  number: ["number", "percent", "currency", "duration", "rating"],
  date: ["dateTime", "date"],
  select: ["singleSelect", ...lines],
  status: ["singleSelect", ...lines],
  "multi-select": ["multipleSelects", ...lines],
  people: ["multipleCollaborators", "singleCollaborator", "email", ...lines],
  place: lines,
  relation: ["multipleRecordLinks", ...lines],
};

export function isTextType(type: ColumnType): type is TextType {
  return textTypes.some((one) => one === type);
}

/** What the field of a declared property is called. */
export function fieldNameOf(
  { name }: Pick<PropertyDeclaration, "name">,
  { declaration, key }: Pick<MatchIn, "declaration" | "key">,
): string {
  return name === declaration.primaryKey ? (key ?? name) : name;
}

export function foldName(name: string): string {
  return name.trim().toLowerCase();
}

type Found =
  | { readonly kind: "field"; readonly field: WireField }
  | { readonly kind: "missing" }
  /** The name is taken by the field of another declared property. */
  | { readonly kind: "taken"; readonly field: WireField };

function findField(name: string, at: MatchIn, claimed: ReadonlySet<string>): Found {
  const alike = at.wire.fields.filter((field) => foldName(field.name) === foldName(name));
  const names = new Set(at.declaration.properties.map((one) => fieldNameOf(one, at)));
  const free = alike.filter((field) => !claimed.has(field.id));
  const field =
    free.find((one) => one.name === name) ?? free.find((one) => !names.has(one.name)) ?? null;
  if (field !== null) return { kind: "field", field };
  const [other] = alike;
  return other === undefined ? { kind: "missing" } : { kind: "taken", field: other };
}

function linkedTable(field: WireField): unknown {
  return field.options?.["linkedTableId"];
}

/** Why a property cannot be written to a field that is there; null when it can. */
function misfit(declared: PropertyDeclaration, field: WireField, at: MatchIn): string | null {
  const { name, shape } = declared;
  if (!fitting[shape.type].some((type) => type === field.type)) {
    return `"${name}" is declared as ${shape.type} and is ${field.type} in the table, so it is not written.`;
  }
  if (shape.type !== "relation" || field.type !== "multipleRecordLinks") return null;
  const target = at.related?.get(shape.database);
  if (linkedTable(field) === target?.tableId) return null;
  return `"${name}" links to another table than "${target?.title ?? shape.database}", so it is not written.`;
}

/** What a person should know of a field that is not of the type Tandem would have made. */
function oddity(declared: PropertyDeclaration, type: ColumnType): string | null {
  const { name, shape } = declared;
  if (shape.type === "date" && type === "date") {
    return `"${name}" is a date without a time in the table; times of day are left out.`;
  }
  if (shape.type === "number" && type === "percent" && shape.format !== "percent") {
    return `"${name}" is a percentage in the table: 1 is written as 100 %.`;
  }
  const isText = isTextType(type);
  const isList =
    shape.type === "select" || shape.type === "status" || shape.type === "multi-select";
  if (isText && (isList || shape.type === "files")) {
    return `"${name}" is ${type} in the table and is written as text.`;
  }
  return null;
}

function zoneOf(field: WireField): string {
  const zone = field.options?.["timeZone"];
  return typeof zone === "string" && zone !== "client" ? zone : "utc";
}

/** By lower case, and by the name itself, which goes before: a field may have "A" and "a". */
function byName(names: readonly string[]): Map<string, string> {
  return new Map([
    ...names.map((name) => [foldName(name), name] as const),
    ...names.map((name) => [name, name] as const),
  ]);
}

function columnOf(declared: PropertyDeclaration, field: WireField, type: ColumnType): Column {
  const max = field.options?.["max"];
  const { shape } = declared;
  return {
    name: declared.name,
    id: fieldId(field.id),
    fieldName: field.name,
    type,
    options: byName(optionNames(field)),
    declared:
      shape.type === "status" ? byName(declaredOptions(shape).map(({ name }) => name)) : null,
    zone: zoneOf(field),
    max: typeof max === "number" ? max : Infinity,
  };
}

/** Finds a field for each declared property. */
export function matchColumns(at: MatchIn): Columns {
  const byName = new Map<string, Column>();
  const missing: PropertyDeclaration[] = [];
  const notes: string[] = [];
  const claimed = new Set<string>();
  for (const declared of at.declaration.properties) {
    const { name, shape } = declared;
    if (shape.type === "relation" && at.related?.has(shape.database) !== true) continue;
    const found = findField(fieldNameOf(declared, at), at, claimed);
    if (found.kind === "missing") missing.push(declared);
    if (found.kind === "taken") {
      notes.push(
        `"${name}" is not written: for Airtable it is the same name as "${found.field.name}".`,
      );
    }
    if (found.kind !== "field") continue;
    const { field } = found;
    const refusal = misfit(declared, field, at);
    const type = fitting[shape.type].find((one) => one === field.type);
    if (refusal !== null || type === undefined) {
      notes.push(refusal ?? `"${name}" is not written.`);
      continue;
    }
    claimed.add(field.id);
    const odd = oddity(declared, type);
    if (odd !== null) notes.push(odd);
    byName.set(name, columnOf(declared, field, type));
  }
  return { byName, missing, notes };
}
