// One value of a change, read as its column's declared type. A value that does not fit its type never
// throws: it is read another way, or left alone, and told.
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
