// The data source as the connector works with it: the schema the core sees, and beside each field what
// only the connector needs. Built anew at every `describe`.
//
// Property ids come percent-encoded in most places and raw in some (recorded: roll-ups name theirs
// raw). A field's id is the decoded one; requests carry the form the service gave.
import { fieldId, type FieldId } from "../../core/ids.ts";
import type { Field, Kind, Schema } from "../../core/schema.ts";
import { richTextCodec } from "./codec/rich-text.ts";
import { shownText } from "./codec/shown.ts";
import { limits } from "./limits.ts";
import { propertyTypeOf, type FormulaKind, type PropertyType } from "./property-type.ts";
import type { WireDataSource, WireProperty } from "./wire.ts";

/** Pseudo-fields of every page. */
export const pseudo: Readonly<Record<"url" | "id" | "created" | "edited" | "icon", FieldId>> = {
  url: fieldId("@url"),
  id: fieldId("@id"),
  created: fieldId("@created"),
  edited: fieldId("@edited"),
  icon: fieldId("@icon"),
};

export interface Property {
  readonly field: Field;
  readonly type: PropertyType;
  /** The id as requests must have it. */
  readonly wireId: string;
}

export interface Source {
  readonly id: string;
  readonly schema: Schema;
  /** Real properties only. */
  readonly properties: ReadonlyMap<FieldId, Property>;
  readonly title: FieldId;
  /** The user behind the token, where edits by it are told from edits by people; else null. */
  readonly botId: string | null;
}

/** A stray percent sign in an id must not stop anything: such an id is taken as it is. */
export function decodeId(wireId: string): FieldId {
  try {
    return fieldId(decodeURIComponent(wireId));
  } catch {
    return fieldId(wireId);
  }
}

function makeProperty(wire: WireProperty, formula: FormulaKind): Property {
  const type = propertyTypeOf(wire.type, wire.config, formula);
  return {
    type,
    wireId: wire.id,
    field: {
      id: decodeId(wire.id),
      name: wire.name,
      type: wire.type,
      kind: type.kind,
      isWritable: type.isWritable,
      isTitle: wire.type === "title",
    },
  };
}

function pseudoField(id: FieldId, kind: Kind): Field {
  return { id, name: id, type: "page", kind, isWritable: false, isTitle: false };
}

const textKind: Kind = {
  kind: "text",
  format: "plain",
  isMultiline: false,
  lengthMax: limits.textElementMax,
};

const stampKind: Kind = {
  kind: "date",
  time: "required",
  stepMs: limits.stampStepMs,
  hasRange: false,
};

const pseudoFields: readonly Field[] = [
  pseudoField(pseudo.url, { ...textKind, format: "url" }),
  pseudoField(pseudo.id, textKind),
  pseudoField(pseudo.created, stampKind),
  pseudoField(pseudo.edited, stampKind),
  pseudoField(pseudo.icon, textKind),
];

const pseudoIds: ReadonlySet<FieldId> = new Set(Object.values(pseudo));

export function isPseudo(id: FieldId): boolean {
  return pseudoIds.has(id);
}

export interface SourceParts {
  readonly botId: string | null;
  /** Learned kinds of formulas, by decoded id. */
  readonly formulas: ReadonlyMap<FieldId, FormulaKind>;
}

export function makeSource(wire: WireDataSource, parts: SourceParts): Source {
  const properties = new Map<FieldId, Property>();
  for (const property of wire.properties) {
    const formula = parts.formulas.get(decodeId(property.id)) ?? "text";
    const made = makeProperty(property, formula);
    properties.set(made.field.id, made);
  }
  const title = [...properties.values()].find(({ field }) => field.isTitle);
  const name = shownText(richTextCodec.decode(wire.title)) ?? "";
  return {
    id: wire.id,
    schema: {
      tableId: wire.id,
      parentId: wire.parent?.database_id ?? null,
      name: name === "" ? "Untitled" : name,
      fields: [...[...properties.values()].map(({ field }) => field), ...pseudoFields],
    },
    properties,
    title: title?.field.id ?? fieldId("title"),
    botId: parts.botId,
  };
}
