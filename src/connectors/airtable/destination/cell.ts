// One cell as the JSON of a record. What a field cannot take is cut down or left out with a note: one bad
// cell never keeps the rest of its row from being written.
import type { Place } from "../../../core/oneway/cell.ts";
import type { WriteCell } from "../../destination.ts";
import { limits } from "../limits.ts";
import { foldName, isTextType, type Column } from "./column.ts";
import { encodeDate } from "./date.ts";
import { encodeText } from "./text.ts";

export interface EncodedCell {
  /** Undefined when the cell is left out. */
  readonly json?: unknown;
  /** Options it names that the field does not have yet. */
  readonly newOptions: readonly string[];
  /** Sentences for a person. */
  readonly notes: readonly string[];
}

type CellOf<K extends WriteCell["kind"]> = WriteCell & { readonly kind: K };

function note(column: Column, what: string): string {
  return `${column.name}: ${what}.`;
}

function skip(column: Column, why: string): EncodedCell {
  return { newOptions: [], notes: [note(column, `${why}; left as it was`)] };
}

function misfit(column: Column, cell: WriteCell): EncodedCell {
  return skip(column, `a ${cell.kind} does not fit a field of type ${column.type}`);
}

function take(json: unknown, notes: readonly string[] = []): EncodedCell {
  return { json, newOptions: [], notes };
}

function takeText(column: Column, runs: CellOf<"text">["runs"]): EncodedCell {
  if (!isTextType(column.type))
    return skip(column, `a text does not fit a field of type ${column.type}`);
  const { text, isCut } = encodeText(column.type, runs);
  return take(text, isCut ? [note(column, `cut after ${limits.textCharsMax} characters`)] : []);
}

function takeWords(column: Column, text: string): EncodedCell {
  return takeText(column, [{ text, url: null }]);
}

/** The name as the field has it, or as it will be made; null when it may not be made. */
function optionFor(column: Column, name: string): string | null {
  const [exact, folded] = [name.trim(), foldName(name)];
  const known =
    column.options.get(exact) ?? column.options.get(folded) ?? column.declared?.get(folded);
  return known ?? (column.declared === null ? exact : null);
}

function isNew(column: Column, name: string): boolean {
  return !column.options.has(foldName(name));
}

function encodeChoice(column: Column, name: string): EncodedCell {
  if (name.trim() === "") return skip(column, "an option without a name");
  const option = optionFor(column, name);
  if (option === null) return skip(column, `there is no status "${name.trim()}"`);
  if (column.type !== "singleSelect") return takeWords(column, option);
  return { json: option, newOptions: isNew(column, option) ? [option] : [], notes: [] };
}

function encodeChoices(column: Column, names: readonly string[]): EncodedCell {
  const given = names.filter((name) => name.trim() !== "");
  const options = new Map(
    given.map((name) => [foldName(name), optionFor(column, name) ?? name.trim()]),
  );
  const all = [...options.values()];
  if (column.type !== "multipleSelects") return takeWords(column, all.join(", "));
  return { json: all, newOptions: all.filter((name) => isNew(column, name)), notes: [] };
}

function encodePeople(column: Column, emails: readonly string[]): EncodedCell {
  if (column.type === "multipleCollaborators") {
    return take(emails.slice(0, limits.peopleMax).map((email) => ({ email })));
  }
  if (column.type !== "singleCollaborator") return takeWords(column, emails.join(", "));
  const [email, ...others] = emails;
  if (email === undefined) return take(null);
  return take({ email }, others.length > 0 ? [note(column, "only the first of its people")] : []);
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

function encodeFiles(column: Column, files: CellOf<"files">["files"]): EncodedCell {
  if (column.type !== "multipleAttachments") {
    const urls = files.map(({ url }) => url);
    return takeWords(column, column.type === "url" ? (urls[0] ?? "") : urls.join("\n"));
  }
  const usable = files.filter(({ url }) => isWebAddress(url));
  const isLess = usable.length < files.length;
  return take(
    usable.map(({ name, url }) => ({ url, ...(name === "" ? {} : { filename: name }) })),
    isLess ? [note(column, "a file without a usable address was left out")] : [],
  );
}

const numbers: ReadonlySet<Column["type"]> = new Set(["number", "percent", "currency", "duration"]);

function encodeNumber(column: Column, number: number): EncodedCell {
  if (!Number.isFinite(number)) return skip(column, "no finite number");
  if (numbers.has(column.type)) return take(number);
  if (column.type !== "rating") {
    return skip(column, `a number does not fit a field of type ${column.type}`);
  }
  const isRating = Number.isInteger(number) && number >= 1 && number <= column.max;
  return isRating ? take(number) : skip(column, `${number} is no rating`);
}

function placeText({ lat, lon, name, address }: Place): string {
  const words = [name, address].filter((word) => word !== null && word !== "").join(", ");
  return `${lat}, ${lon}${words === "" ? "" : ` ${words}`}`;
}

function encodeWhen(column: Column, cell: CellOf<"date">): EncodedCell {
  if (column.type !== "date" && column.type !== "dateTime") return misfit(column, cell);
  const date = encodeDate(column, cell.start, cell.end);
  if (date.kind === "refused") return skip(column, date.why);
  return take(
    date.json,
    date.losses.map((loss) => note(column, loss)),
  );
}

function encodeRows(column: Column, cell: CellOf<"rows">): EncodedCell {
  if (column.type === "multipleRecordLinks") return take(cell.ids.slice(0, limits.linksMax));
  return takeWords(column, (cell.keys ?? []).join(", "));
}

const lists: ReadonlySet<Column["type"]> = new Set([
  "multipleSelects",
  "multipleCollaborators",
  "multipleAttachments",
  "multipleRecordLinks",
]);

export function encodeCell(column: Column, cell: WriteCell): EncodedCell {
  switch (cell.kind) {
    case "blank":
      return take(lists.has(column.type) ? [] : null);
    case "text":
      return takeText(column, cell.runs);
    case "number":
      return encodeNumber(column, cell.number);
    case "boolean":
      return column.type === "checkbox" ? take(cell.isTrue) : misfit(column, cell);
    case "choice":
      return encodeChoice(column, cell.name);
    case "choices":
      return encodeChoices(column, cell.names);
    case "date":
      return encodeWhen(column, cell);
    case "people":
      return encodePeople(column, cell.emails);
    case "files":
      return encodeFiles(column, cell.files);
    case "place":
      return takeWords(column, placeText(cell.place));
    case "rows":
      return encodeRows(column, cell);
  }
}
