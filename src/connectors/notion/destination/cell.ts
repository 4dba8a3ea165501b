// One cell as the value of a page write. What a column cannot take is cut down or left out with a note:
// one bad cell never keeps the rest of its row from being written.
import { plainText } from "../../../core/oneway/cell.ts";
import type { WriteCell } from "../../destination.ts";
import { limits } from "../limits.ts";
import type { Column } from "./column.ts";
import { encodeDate } from "./date.ts";
import { isWebAddress } from "./look.ts";
import { fitOptionName } from "./option.ts";
import { encodeRuns, headOf } from "./text.ts";

export interface EncodedCell {
  /** What stands under the type's key; undefined when the cell is left out. */
  readonly content?: unknown;
  /** Sentences for a person. */
  readonly notes: readonly string[];
}

/** The user with an e-mail address in lower case, as far as is known. */
type UserIdOf = (email: string) => string | null;

/** Longest name of a file in a files property. Assumed: as for the other names. */
const fileNameMax = 100;

function note(column: Column, what: string): string {
  return `${column.name}: ${what}.`;
}

function skip(column: Column, why: string): EncodedCell {
  return { notes: [note(column, `${why}; left as it was`)] };
}

/** The first so many, with a note when there are more. */
function upTo<T>(
  column: Column,
  items: readonly T[],
  max: number,
): { readonly items: readonly T[]; readonly notes: readonly string[] } {
  const notes = items.length > max ? [note(column, `only the first ${max} of its entries`)] : [];
  return { items: items.slice(0, max), notes };
}

function encodeText(column: Column, cell: WriteCell & { readonly kind: "text" }): EncodedCell {
  switch (column.type) {
    case "title":
    case "rich_text": {
      const { elements, losses } = encodeRuns(cell.runs);
      return { content: elements, notes: losses.map((loss) => note(column, loss)) };
    }
    case "url":
    case "email":
    case "phone_number": {
      const whole = plainText(cell.runs);
      const max = column.type === "url" ? limits.urlMax : limits.emailMax;
      const notes = whole.length > max ? [note(column, `cut after ${max} characters`)] : [];
      return { content: whole === "" ? null : headOf(whole, max), notes };
    }
    case "checkbox":
    case "files":
    case "number":
    case "date":
    case "select":
    case "multi_select":
    case "status":
    case "people":
    case "place":
    case "relation":
      return misfit(column, cell);
  }
}

function misfit(column: Column, cell: WriteCell): EncodedCell {
  return skip(column, `a ${cell.kind} does not fit a property of type ${column.type}`);
}

function altered(column: Column, names: readonly string[]): readonly string[] {
  return names.some((name) => fitOptionName(name) !== name.trim())
    ? [note(column, "an option's name was fitted: no commas, at most 100 characters")]
    : [];
}

function encodeChoice(column: Column, name: string): EncodedCell {
  const fitted = fitOptionName(name);
  if (fitted === "") return skip(column, "an option without a name");
  const known = column.options.get(fitted.toLowerCase());
  if (column.type === "status" && known === undefined) {
    return skip(column, `there is no status "${fitted}"`);
  }
  return { content: { name: known ?? fitted }, notes: altered(column, [name]) };
}

function encodeChoices(column: Column, names: readonly string[]): EncodedCell {
  const fitted = new Map(
    names.map(fitOptionName).flatMap((name) => (name === "" ? [] : [[name.toLowerCase(), name]])),
  );
  const { items, notes } = upTo(column, [...fitted.values()], limits.optionsMax);
  return {
    content: items.map((name) => ({ name })),
    notes: [...notes, ...altered(column, names)],
  };
}

function encodePeople(column: Column, emails: readonly string[], userIdOf: UserIdOf): EncodedCell {
  const known = new Set<string>();
  const notes: string[] = [];
  for (const email of emails) {
    const id = userIdOf(email.toLowerCase());
    if (id === null) notes.push(note(column, `nobody in the workspace has the address ${email}`));
    else known.add(id);
  }
  // An empty list would clear what the source did not ask to clear.
  if (known.size === 0) return { notes };
  const some = upTo(column, [...known], limits.peopleMax);
  return { content: some.items.map((id) => ({ id })), notes: [...notes, ...some.notes] };
}

function encodeFiles(column: Column, cell: WriteCell & { readonly kind: "files" }): EncodedCell {
  const usable = cell.files.filter(({ url }) => isWebAddress(url));
  const lost = usable.length < cell.files.length;
  const notes = lost ? [note(column, "a file without a usable address was left out")] : [];
  const some = upTo(column, usable, limits.optionsMax);
  return {
    content: some.items.map(({ name, url }) => ({
      type: "external",
      name: headOf(name === "" ? url : name, fileNameMax),
      external: { url },
    })),
    notes: [...notes, ...some.notes],
  };
}

function encodeWhen(column: Column, cell: WriteCell & { readonly kind: "date" }): EncodedCell {
  const date = encodeDate(cell.start, cell.end);
  if (date.kind === "refused") return skip(column, date.why);
  return { content: date.json, notes: date.loss === null ? [] : [note(column, date.loss)] };
}

function encodePlace(cell: WriteCell & { readonly kind: "place" }): EncodedCell {
  const { lat, lon, name, address, googlePlaceId } = cell.place;
  const words = { name, address, google_place_id: googlePlaceId };
  const said = Object.entries(words).filter(([, word]) => word !== null);
  return { content: { lat, lon, ...Object.fromEntries(said) }, notes: [] };
}

/** What empties a column. A status has no empty state. */
function blankOf(column: Column): EncodedCell {
  switch (column.type) {
    case "title":
    case "rich_text":
    case "multi_select":
    case "people":
    case "files":
    case "relation":
      return { content: [], notes: [] };
    case "url":
    case "email":
    case "phone_number":
    case "number":
    case "select":
    case "date":
    case "place":
      return { content: null, notes: [] };
    case "checkbox":
      return { content: false, notes: [] };
    case "status":
      return { content: null, notes: [note(column, "a cleared status shows its default option")] };
  }
}

function fits(column: Column, kind: WriteCell["kind"]): boolean {
  switch (kind) {
    case "blank":
    case "text":
      return true; /* told apart where they are encoded */
    case "number":
      return column.type === "number";
    case "boolean":
      return column.type === "checkbox";
    case "choice":
      return column.type === "select" || column.type === "status";
    case "choices":
      return column.type === "multi_select";
    case "date":
      return column.type === "date";
    case "people":
      return column.type === "people";
    case "files":
      return column.type === "files";
    case "place":
      return column.type === "place";
    case "rows":
      return column.type === "relation";
  }
}

export function encodeCell(column: Column, cell: WriteCell, userIdOf: UserIdOf): EncodedCell {
  if (!fits(column, cell.kind)) return misfit(column, cell);
  switch (cell.kind) {
    case "blank":
      return blankOf(column);
    case "text":
      return encodeText(column, cell);
    case "number":
      return Number.isFinite(cell.number)
        ? { content: cell.number, notes: [] }
        : skip(column, "no finite number");
    case "boolean":
      return { content: cell.isTrue, notes: [] };
    case "choice":
      return encodeChoice(column, cell.name);
    case "choices":
      return encodeChoices(column, cell.names);
    case "date":
      return encodeWhen(column, cell);
    case "people":
      return encodePeople(column, cell.emails, userIdOf);
    case "files":
      return encodeFiles(column, cell);
    case "place":
      return encodePlace(cell);
    case "rows": {
      const some = upTo(column, cell.ids, limits.linksMax);
      return { content: some.items.map((id) => ({ id })), notes: some.notes };
    }
  }
}
