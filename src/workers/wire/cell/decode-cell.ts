// One value of a change, read as its column's declared type. A value that does not fit its type never
// throws: it is read another way, or left alone, and told.
import type { Cell } from "../../../core/oneway/cell.ts";
import type { PropertyShape, PropertyType } from "../../../core/oneway/declaration.ts";
import { readTokens } from "../token.ts";
import { decodeDate } from "./date.ts";
import type { Decoded, DecodeContext, Decoder } from "./decoded.ts";
import { decodeCheckbox, decodeChoice, decodeChoices, decodeNumber } from "./plain.ts";
import { decodeFiles, decodePeople, decodePlace, decodeRelation } from "./reference.ts";
import { decodePlain, decodeText, decodeUrl } from "./text.ts";

const decoders: Record<PropertyType, Decoder> = {
  title: decodeText,
  text: decodeText,
  url: decodeUrl,
  email: decodePlain,
  phone: decodePlain,
  checkbox: decodeCheckbox,
  files: decodeFiles,
  number: decodeNumber,
  date: decodeDate,
  select: decodeChoice,
  "multi-select": decodeChoices,
  status: decodeChoice,
  people: decodePeople,
  place: decodePlace,
  relation: decodeRelation,
};

export function decodeCell(raw: unknown, shape: PropertyShape, context: DecodeContext): Decoded {
  return decoders[shape.type](readTokens(raw), context);
}

/** The text by which a row is found again, for a cell of a primary key; null: it cannot be one. */
export function keyTextOf(cell: Cell): string | null {
  switch (cell.kind) {
    case "text":
      return cell.runs.map((run) => run.text).join("");
    case "number":
      return String(cell.number);
    case "choice":
      return cell.name;
    case "date":
      return cell.start.kind === "day" && cell.end === null ? cell.start.day : null;
    case "blank":
      return "";
    case "boolean":
    case "choices":
    case "people":
    case "files":
    case "place":
    case "relation":
      return null;
  }
}
