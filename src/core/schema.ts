// What a table looks like, in terms the core can compare: each field has a kind with the limits that
// matter for carrying values. A service's own type name is kept only to be shown to people.
import type { FieldId } from "./ids.ts";

/** An option of a choice field. Matched by id first, then by name without case. */
export interface Option {
  readonly id: string;
  readonly name: string;
}

/** What a field can hold. Limits are what a write would run into. */
export type Kind =
  | {
      readonly kind: "text";
      /** `plain` takes anything; the others are plain text that people mean as such. */
      readonly format: "plain" | "url" | "email" | "phone";
      readonly isMultiline: boolean;
      /** Longest text in UTF-16 units. */
      readonly lengthMax: number;
    }
  | { readonly kind: "rich"; readonly lengthMax: number }
  /** `decimals`: digits shown after the point, or null when all are kept. */
  | { readonly kind: "number"; readonly decimals: number | null }
  | { readonly kind: "boolean" }
  | {
      readonly kind: "date";
      /** Whether a value may, must or cannot have a time of day. */
      readonly time: "none" | "optional" | "required";
      /** Times are cut down to a multiple of this. */
      readonly stepMs: number;
      readonly hasRange: boolean;
    }
  | {
      readonly kind: "choice";
      readonly options: readonly Option[];
      /** New options appear by writing them. */
      readonly canAddOptions: boolean;
      /** Characters no option name may contain. */
      readonly refuses: readonly string[];
      /** The option a cleared cell falls back to, if the service does that. */
      readonly blankOption: string | null;
    }
  | {
      readonly kind: "choices";
      readonly options: readonly Option[];
      readonly canAddOptions: boolean;
      readonly refuses: readonly string[];
      readonly countMax: number;
    }
  | { readonly kind: "people"; readonly isMany: boolean; readonly countMax: number }
  | { readonly kind: "links"; readonly countMax: number }
  | { readonly kind: "files" }
  | { readonly kind: "unsupported" };

export type KindName = Kind["kind"];

export interface Field {
  readonly id: FieldId;
  readonly name: string;
  /** The service's own name of the type, for messages: `multi_select`, `singleLineText`. */
  readonly type: string;
  readonly kind: Kind;
  /** False for computed fields and for those the token may not write. */
  readonly isWritable: boolean;
  /** True for the field that gives a row its title. */
  readonly isTitle: boolean;
}

export interface Schema {
  /** The service's id of the table: a data source id, or a table id. */
  readonly tableId: string;
  /** What the table lies in: the database of a data source, or the base of a table. */
  readonly parentId: string | null;
  /** The name people see. */
  readonly name: string;
  /** Real fields and the service's pseudo-fields (`@url`, `@id`, …). */
  readonly fields: readonly Field[];
}

/** A field by id or, failing that, by name; a name that two fields share finds nothing. */
export function findField(schema: Schema, nameOrId: string): Field | null {
  const byId = schema.fields.find((field) => field.id === nameOrId);
  if (byId !== undefined) return byId;
  const byName = schema.fields.filter((field) => field.name === nameOrId);
  return byName.length === 1 ? (byName[0] ?? null) : null;
}
