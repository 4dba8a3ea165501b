// What a row holds under one property, in the sandbox's own shape.
//
// Stored values name options, people and pages by id, so a renamed option or user shows everywhere at once,
// as it does in the real service. Computed properties store nothing, but for the counter of `unique_id`.
import type { JsonObject } from "../json.ts";
import type { RichTextItem } from "../rich-text.ts";
import type { PropertyType } from "../property.ts";

/** A date or range, already printed the way answers carry it. */
export interface DateValue {
  readonly start: string;
  readonly end: string | null;
}

export type FileValue =
  | { readonly kind: "external"; readonly name: string; readonly url: string }
  | { readonly kind: "hosted"; readonly name: string; readonly uploadId: string };

export type CellValue =
  | { readonly kind: "text"; readonly items: readonly RichTextItem[] }
  | { readonly kind: "number"; readonly number: number | null }
  | { readonly kind: "choice"; readonly optionId: string | null }
  | { readonly kind: "choices"; readonly optionIds: readonly string[] }
  | { readonly kind: "date"; readonly date: DateValue | null }
  | { readonly kind: "people"; readonly userIds: readonly string[] }
  | { readonly kind: "files"; readonly files: readonly FileValue[] }
  | { readonly kind: "checkbox"; readonly isChecked: boolean }
  | { readonly kind: "string"; readonly text: string | null }
  | { readonly kind: "relation"; readonly pageIds: readonly string[] }
  | { readonly kind: "place"; readonly place: JsonObject | null }
  | { readonly kind: "verification"; readonly verification: Verification }
  | { readonly kind: "sequence"; readonly number: number };

export interface Verification {
  readonly state: "verified" | "unverified";
  readonly byId: string | null;
  readonly date: DateValue | null;
}

/** Which kind of cell a property type stores; `null` for computed types, which store nothing. */
export const cellKinds: Readonly<Record<PropertyType, CellValue["kind"] | null>> = {
  title: "text",
  rich_text: "text",
  number: "number",
  select: "choice",
  status: "choice",
  multi_select: "choices",
  date: "date",
  people: "people",
  files: "files",
  checkbox: "checkbox",
  url: "string",
  email: "string",
  phone_number: "string",
  relation: "relation",
  place: "place",
  verification: "verification",
  unique_id: "sequence",
  rollup: null,
  formula: null,
  created_time: null,
  last_edited_time: null,
  created_by: null,
  last_edited_by: null,
  button: null,
};
