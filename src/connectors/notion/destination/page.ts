// The content of a row as a page write, and what of it can be given up when the service refuses it: the
// page without one cell is worth more than no page.
import type { RowContent } from "../../destination.ts";
import type { Directory } from "../directory.ts";
import type { Column, WireType } from "./column.ts";
import { encodeCell } from "./cell.ts";
import { encodeCover, encodeIcon } from "./look.ts";
import type { Table } from "./table.ts";

type Json = Readonly<Record<string, unknown>>;

export interface PagePart {
  /** Null for icon and cover. */
  readonly column: Column | null;
  /** How messages call it. */
  readonly name: string;
  readonly json: unknown;
}

export interface PageWrite {
  readonly parts: readonly PagePart[];
  readonly notes: readonly string[];
}

/** Looks up who is unknown among the people of the rows: one listing for all of them. */
export async function learnPeople(directory: Directory, content: RowContent): Promise<void> {
  const people = [...content.cells.values()].flatMap((cell) =>
    cell.kind === "people"
      ? cell.emails.map((email) => ({ id: "", email: email.toLowerCase(), name: null }))
      : [],
  );
  if (people.length > 0) await directory.prepare([{ kind: "people", people }]);
}

/** `isNew`: what is blank need not be said of a page that does not exist yet. */
export function encodePage(
  table: Table,
  content: RowContent,
  how: { readonly isNew: boolean; readonly directory: Directory },
): PageWrite {
  const parts: PagePart[] = [];
  const notes: string[] = [];
  for (const [name, cell] of content.cells) {
    const column = table.columns.get(name);
    // What has no column was told of when the table was prepared.
    if (column === undefined || (how.isNew && cell.kind === "blank")) continue;
    const encoded = encodeCell(column, cell, (email) => how.directory.userIdOf(email));
    notes.push(...encoded.notes);
    if (encoded.content === undefined) continue;
    parts.push({ column, name, json: { [column.type]: encoded.content } });
  }
  const { icon, coverUrl } = content;
  const looks = [
    { name: "icon", json: icon === null ? undefined : encodeIcon(icon) },
    { name: "cover", json: coverUrl === null ? undefined : encodeCover(coverUrl) },
  ];
  for (const { name, json } of looks) {
    if (json === null) notes.push(`The ${name} has no usable address and was left out.`);
    else if (json !== undefined) parts.push({ column: null, name, json });
  }
  return { parts, notes };
}

/** The parts as the body of a request, properties under their ids. */
export function bodyOf(parts: readonly PagePart[]): Json {
  const looks = parts.filter(({ column }) => column === null);
  const properties = parts.flatMap(({ column, json }) =>
    column === null ? [] : [[column.wireId, json] as const],
  );
  return {
    ...Object.fromEntries(looks.map(({ name, json }) => [name, json])),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
  };
}

function isNamed(part: PagePart, message: string): boolean {
  const { column, name } = part;
  if (column === null) return message.includes(`body.${name}`);
  return [name, column.wireId].some(
    (word) => message.startsWith(`${word} is `) || message.includes(`properties.${word}.`),
  );
}

/** What stands for something that may be gone since: pages, people, options that no write makes. */
const references: ReadonlySet<WireType> = new Set(["relation", "people", "status"]);

/**
 * What to give up after a refusal: the part its message names, or else everything that refers to what
 * may be gone. Empty when nothing is left to give up.
 */
export function blame(parts: readonly PagePart[], message: string): readonly PagePart[] {
  const named = parts
    .filter((part) => isNamed(part, message))
    .toSorted((one, two) => two.name.length - one.name.length)[0];
  if (named !== undefined) return [named];
  return parts.filter(({ column }) => column !== null && references.has(column.type));
}
