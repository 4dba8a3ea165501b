// Attachment cells: `{url}` makes a file, `{id}` keeps one; ids left out are removed.
import { isObject, stringAt, type Json } from "../json.ts";
import { invalidValue, refusal, type Refusal } from "../refusal.ts";
import type { Base, Field } from "../world.ts";
import { knownAttachment, makeAttachment } from "./attachment.ts";
import type { WriteBatch } from "./batch.ts";
import type { Attachment, Cell } from "./cell.ts";

export function readFiles(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw invalidValue(field.name);
  const files = value.map((item) => readFile(batch, field, item));
  return files.length === 0 ? null : { kind: "files", files };
}

function readFile(batch: WriteBatch, field: Field, item: Json): Attachment {
  if (!isObject(item)) throw invalidAttachment(field, item);
  const id = stringAt(item, "id");
  if (batch.isOwner && id !== null && stringAt(item, "url") !== null) {
    return knownAttachment(batch.sight.world, item, id);
  }
  if (id !== null) {
    const kept = findFile(batch.sight.base, id);
    if (kept === null) throw invalidAttachment(field, item);
    return kept;
  }
  const url = stringAt(item, "url");
  const made =
    url === null ? null : makeAttachment(batch.sight.world, url, stringAt(item, "filename"));
  if (made === null) throw invalidAttachment(field, item);
  return made;
}

function invalidAttachment(field: Field, item: Json): Refusal {
  return refusal(
    422,
    "INVALID_ATTACHMENT_OBJECT",
    `Invalid attachment object for field ${field.name}: ${JSON.stringify(item)}`,
  );
}

function findFile(base: Base, id: string): Attachment | null {
  for (const table of base.tables) {
    for (const row of table.rows.values()) {
      for (const cell of row.cells.values()) {
        const found = cell.kind === "files" ? cell.files.find((file) => file.id === id) : undefined;
        if (found !== undefined) return found;
      }
    }
  }
  return null;
}
