// A row's key stands in its primary key property: by it the row is found again when our memory is lost.
// So a change whose key and property differ is refused, and one that leaves the property out gets it.
import { plainText, type Cell } from "./cell.ts";
import type { Upsert } from "./change.ts";
import type { DatabaseDeclaration, PropertyShape } from "./declaration.ts";

/** The change as it can be written, or why it cannot. */
export type Keyed =
  | { readonly kind: "ok"; readonly upsert: Upsert; readonly undeclared: readonly string[] }
  | { readonly kind: "refused"; readonly message: string };

/** Fills in the key property and leaves out what the database does not declare. */
export function withKey(upsert: Upsert, database: DatabaseDeclaration): Keyed {
  const { key } = upsert;
  if (key === "") return { kind: "refused", message: "The change has an empty key." };
  const declared = new Map(database.properties.map(({ name, shape }) => [name, shape]));
  const cells = new Map([...upsert.cells].filter(([name]) => declared.has(name)));
  const undeclared = [...upsert.cells.keys()].filter((name) => !declared.has(name));
  const given = cells.get(database.primaryKey);
  const found = given === undefined ? null : keyText(given);
  if (given !== undefined && found !== key) {
    return {
      kind: "refused",
      message: `The key is "${key}", but ${database.primaryKey} holds ${found === null ? "nothing" : `"${found}"`}: the row could not be found again by its key.`,
    };
  }
  const shape = declared.get(database.primaryKey);
  if (given === undefined && shape !== undefined) {
    const cell = keyCell(shape, key);
    if (cell !== null) cells.set(database.primaryKey, cell);
  }
  return { kind: "ok", upsert: { ...upsert, cells }, undeclared };
}

/** What a primary key cell says as text; null when it is blank or of a kind that names no row. */
function keyText(cell: Cell): string | null {
  switch (cell.kind) {
    case "text":
      return plainText(cell.runs);
    case "number":
      return String(cell.number);
    case "choice":
      return cell.name;
    case "blank":
    case "boolean":
    case "choices":
    case "date":
    case "people":
    case "files":
    case "place":
    case "relation":
      return null;
  }
}

/** A key as a cell of its property; null where the type cannot hold one. */
function keyCell(shape: PropertyShape, key: string): Cell | null {
  switch (shape.type) {
    case "title":
    case "text":
    case "url":
    case "email":
    case "phone":
      return { kind: "text", runs: [{ text: key, url: null }] };
    case "number":
      return String(Number(key)) === key ? { kind: "number", number: Number(key) } : null;
    case "select":
    case "status":
      return { kind: "choice", name: key };
    case "checkbox":
    case "files":
    case "date":
    case "multi-select":
    case "people":
    case "place":
    case "relation":
      return null;
  }
}
