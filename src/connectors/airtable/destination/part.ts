// The content of a row as cells of a record, and which of them a refusal is about.
import type { FieldId } from "../../../core/ids.ts";
import type { RowContent } from "../../destination.ts";
import type { Refusal } from "../failure.ts";
import { encodeCell } from "./cell.ts";
import { foldName, type Column } from "./column.ts";
import type { Table } from "./table.ts";

export interface Part {
  /** Null for the mark. */
  readonly column: Column | null;
  readonly id: FieldId;
  readonly json: unknown;
  /** Options that writing it makes. */
  readonly newOptions: readonly string[];
}

export interface EncodedRow {
  readonly parts: readonly Part[];
  readonly notes: readonly string[];
}

export function encodeRow(table: Table, content: Pick<RowContent, "cells">): EncodedRow {
  const parts: Part[] = [];
  const notes: string[] = [];
  for (const [name, cell] of content.cells) {
    const column = table.columns.get(name);
    // What has no field was told of when the table was prepared.
    if (column === undefined) continue;
    const encoded = encodeCell(column, cell);
    notes.push(...encoded.notes);
    if (encoded.json === undefined) continue;
    parts.push({ column, id: column.id, json: encoded.json, newOptions: encoded.newOptions });
  }
  return { parts, notes };
}

/** Remembers the options that a write has made. */
export function learnOptions(parts: readonly Part[]): void {
  for (const { column, newOptions } of parts) {
    for (const name of newOptions) column?.options.set(foldName(name), name).set(name, name);
  }
}

/** Types that `typecast` must not touch: names would make rows, and files were refused (typecast.ts). */
export function isTypecastSafe({ column }: Part): boolean {
  return column?.type !== "multipleRecordLinks" && column?.type !== "multipleAttachments";
}

/** Whether the field holds people: only those with access to the base are taken. */
export function isPeople({ column }: Part): boolean {
  return column?.type === "multipleCollaborators" || column?.type === "singleCollaborator";
}

/** What stands for something outside the table: rows, people, files. */
function isReference({ column }: Part): boolean {
  return (
    column !== null &&
    [
      "multipleRecordLinks",
      "multipleAttachments",
      "multipleCollaborators",
      "singleCollaborator",
    ].includes(column.type)
  );
}

const aboutReferences: ReadonlySet<string> = new Set([
  "INVALID_VALUE_FOR_COLUMN",
  "INVALID_ATTACHMENT_OBJECT",
  "ATTACHMENTS_FAILED_UPLOADING",
  "ROW_DOES_NOT_EXIST",
]);

/** Field names stand in messages as `Field "X"` or `field X` (recorded; community reports). */
function isNamed({ column, id }: Part, message: string): boolean {
  if (message.includes(id)) return true;
  if (column === null) return false;
  const { fieldName } = column;
  return message.includes(`"${fieldName}"`) || message.includes(`field ${fieldName}`);
}

/** The property a refusal is about; null when it gives no hint. */
export function blamedProperty(parts: readonly Part[], refusal: Refusal): string | null {
  const { type, message } = refusal;
  const nameOf = (part: Part | undefined): string | null => part?.column?.name ?? null;
  if (type === "INVALID_MULTIPLE_CHOICE_OPTIONS") {
    const making = parts.filter(({ newOptions }) => newOptions.length > 0);
    const named = making.find((part) => part.newOptions.some((name) => message.includes(name)));
    return nameOf(named ?? making[0]);
  }
  if (type === "ROW_DOES_NOT_EXIST") {
    return nameOf(parts.find(({ column }) => column?.type === "multipleRecordLinks"));
  }
  const named = parts
    .filter((part) => isNamed(part, message))
    .toSorted(
      (one, two) => (two.column?.fieldName.length ?? 0) - (one.column?.fieldName.length ?? 0),
    );
  if (named.length > 0) return nameOf(named[0]);
  return aboutReferences.has(type) ? nameOf(parts.find(isReference)) : null;
}
