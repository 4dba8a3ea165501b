// A declared property as a field to be made, and in words for a person who has to make it by hand.
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
  PropertyShape,
} from "../../../core/oneway/declaration.ts";
import type { ColumnType } from "./column.ts";
import { declaredOptions } from "./option.ts";

/** A field of a request to the schema (Airtable docs: Field model, Create field). */
export interface FieldWish {
  readonly name: string;
  readonly type: ColumnType;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** As many as there can be: fewer might cost digits, and people can show fewer. */
const digitsMax = 8;

const symbols: Readonly<Record<string, string>> = {
  dollar: "$",
  australian_dollar: "A$",
  canadian_dollar: "CA$",
  singapore_dollar: "S$",
  euro: "€",
  pound: "£",
  yen: "¥",
  yuan: "CN¥",
  ruble: "₽",
  rupee: "₹",
  won: "₩",
  real: "R$",
  lira: "₺",
  franc: "CHF",
};

function numberWish(format: string | null): Pick<FieldWish, "type" | "options"> {
  if (format === "percent") return { type: "percent", options: { precision: digitsMax } };
  const symbol = format !== null && Object.hasOwn(symbols, format) ? symbols[format] : undefined;
  return symbol === undefined
    ? { type: "number", options: { precision: digitsMax } }
    : { type: "currency", options: { precision: 2, symbol } };
}

function shapeWish(shape: PropertyShape): Pick<FieldWish, "type" | "options"> {
  switch (shape.type) {
    case "title":
    case "place":
    case "people":
    case "relation":
      return { type: "singleLineText" };
    case "text":
      return { type: "multilineText" };
    case "url":
      return { type: "url" };
    case "email":
      return { type: "email" };
    case "phone":
      return { type: "phoneNumber" };
    case "checkbox":
      return { type: "checkbox", options: { icon: "check", color: "greenBright" } };
    case "files":
      return { type: "multipleAttachments" };
    case "number":
      return numberWish(shape.format);
    case "date":
      return {
        type: "dateTime",
        // `UTC` is refused: the zone is in lower case (community reports).
        options: {
          dateFormat: { name: "iso" },
          timeFormat: { name: "24hour" },
          timeZone: "utc",
        },
      };
    case "select":
    case "status":
      return { type: "singleSelect", options: { choices: declaredOptions(shape) } };
    case "multi-select":
      return { type: "multipleSelects", options: { choices: declaredOptions(shape) } };
  }
}

/** The field that a property is made as. A relation is made as text here: links need a table. */
export function wishFor(
  declared: PropertyDeclaration,
  at: {
    readonly name: string;
    readonly declaration: DatabaseDeclaration;
  },
): FieldWish {
  const { shape } = declared;
  const isKey = declared.name === at.declaration.primaryKey;
  // Rows are looked up by it, and keys have no line ends.
  if (isKey && shape.type === "text") return { name: at.name, type: "singleLineText" };
  return { name: at.name, ...shapeWish(shape) };
}

export function linkWish(name: string, tableId: string): FieldWish {
  return { name, type: "multipleRecordLinks", options: { linkedTableId: tableId } };
}

/** What the app calls the types that are made. */
const words: Record<ColumnType, string> = {
  singleLineText: "Single line text",
  multilineText: "Long text",
  richText: "Long text with formatting",
  url: "URL",
  email: "Email",
  phoneNumber: "Phone number",
  checkbox: "Checkbox",
  multipleAttachments: "Attachment",
  number: "Number",
  percent: "Percent",
  currency: "Currency",
  duration: "Duration",
  rating: "Rating",
  date: "Date",
  dateTime: "Date with time",
  singleSelect: "Single select",
  multipleSelects: "Multiple select",
  singleCollaborator: "User",
  multipleCollaborators: "User, several",
  multipleRecordLinks: "Link to another record",
};

export function wishWords({ name, type }: FieldWish): string {
  return `"${name}" (${words[type]})`;
}
