// Collaborator cells: written by id or email, and only people with access to the base are taken.
import { isObject, stringAt, type Json } from "../json.ts";
import { invalidValue, unparsableValue } from "../refusal.ts";
import type { Field } from "../world.ts";
import type { WriteBatch } from "./batch.ts";
import type { Cell } from "./cell.ts";

export function readPerson(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  return { kind: "people", ids: [personId(batch, field, value)] };
}

export function readPeople(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw invalidValue(field.name);
  const ids = new Set(value.map((item) => personId(batch, field, item)));
  return ids.size === 0 ? null : { kind: "people", ids: [...ids] };
}

function personId(batch: WriteBatch, field: Field, value: Json): string {
  const wanted = isObject(value) ? (stringAt(value, "id") ?? stringAt(value, "email")) : value;
  if (typeof wanted !== "string") throw invalidValue(field.name);
  // Plain text in a single cell needs typecast; lists take plain ids (Airtable documentation).
  const isLoose = batch.isTypecast || isObject(value) || field.type === "multipleCollaborators";
  if (!isLoose) throw invalidValue(field.name);
  const person = batch.sight.base.people.find(
    (candidate) =>
      candidate.id === wanted ||
      candidate.email.toLowerCase() === wanted.toLowerCase() ||
      (batch.isTypecast && candidate.name === wanted),
  );
  if (person === undefined) throw unparsableValue(field.name, value);
  return person.id;
}
