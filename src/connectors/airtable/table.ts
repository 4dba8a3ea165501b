// The table as the connector works with it: the schema the core sees, and beside each field what only
// the connector needs. Built anew at every `describe`.
import { fieldId, type FieldId } from "../../core/ids.ts";
import type { Field, Kind, Schema } from "../../core/schema.ts";
import { fieldTypeOf, type FieldType } from "./field-type.ts";
import { limits } from "./limits.ts";
import type { WireField, WireTable } from "./wire.ts";

/** Pseudo-fields of every record. */
export const pseudo: Readonly<Record<"id" | "created" | "url", FieldId>> = {
  id: fieldId("@id"),
  created: fieldId("@created"),
  url: fieldId("@url"),
};

interface TableField {
  readonly field: Field;
  readonly type: FieldType;
}

export interface Table {
  readonly baseId: string;
  readonly tableId: string;
  readonly schema: Schema;
  /** Real fields only. */
  readonly fields: ReadonlyMap<FieldId, TableField>;
  readonly primary: FieldId;
  /** A field that tells when anything in the row was last edited by somebody; null when none does. */
  readonly stamp: FieldId | null;
}

function makeField(wire: WireField, primaryId: string): TableField {
  const type = fieldTypeOf({ type: wire.type, options: wire.options ?? {} });
  return {
    type,
    field: {
      id: fieldId(wire.id),
      name: wire.name,
      type: wire.type,
      kind: type.kind,
      isWritable: type.isWritable,
      isTitle: wire.id === primaryId,
    },
  };
}

function pseudoField(id: FieldId, kind: Kind): Field {
  return { id, name: id, type: "record", kind, isWritable: false, isTitle: false };
}

const textKind: Kind = {
  kind: "text",
  format: "plain",
  isMultiline: false,
  lengthMax: limits.textCharsMax,
};

const pseudoFields: readonly Field[] = [
  pseudoField(pseudo.id, textKind),
  pseudoField(pseudo.created, { kind: "date", time: "required", stepMs: 1_000, hasRange: false }),
  pseudoField(pseudo.url, { ...textKind, format: "url" }),
];

/**
 * A `lastModifiedTime` field serves as a row's stamp when it shows the time of day and misses no edit:
 * it watches all fields (`referencedFieldIds` empty, recorded) or at least every writable one. One that
 * watches less would call a row unchanged that is not.
 */
function findStamp(wire: WireTable, fields: ReadonlyMap<FieldId, TableField>): FieldId | null {
  const writable = [...fields.values()].filter((entry) => entry.type.isWritable);
  for (const { id, type, options } of wire.fields) {
    const kind = fields.get(fieldId(id))?.type.kind;
    if (type !== "lastModifiedTime" || kind?.kind !== "date" || kind.time === "none") continue;
    if (options?.["isValid"] === false) continue;
    const watched = options?.["referencedFieldIds"];
    if (!Array.isArray(watched) || watched.length === 0) return fieldId(id);
    if (writable.every((entry) => watched.includes(entry.field.id))) return fieldId(id);
  }
  return null;
}

/** The table from its description in the base's schema. */
export function makeTable(baseId: string, wire: WireTable): Table {
  const fields = new Map<FieldId, TableField>();
  for (const field of wire.fields) {
    const made = makeField(field, wire.primaryFieldId);
    fields.set(made.field.id, made);
  }
  return {
    baseId,
    tableId: wire.id,
    fields,
    primary: fieldId(wire.primaryFieldId),
    stamp: findStamp(wire, fields),
    schema: {
      tableId: wire.id,
      parentId: baseId,
      name: wire.name,
      fields: [...[...fields.values()].map((entry) => entry.field), ...pseudoFields],
    },
  };
}
