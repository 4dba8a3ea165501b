// Addresses and numbers that stand as one bare string, number or boolean: url, email, phone_number,
// number, checkbox. An empty string was never recorded for the first three; null is what clears them.
import { boolean, empty, number, text, unknown } from "../../../core/value.ts";
import { content, refused, refusedKind, type Codec } from "./codec.ts";

/** A property of one plain string of at most `lengthMax` UTF-16 units. */
export function stringCodec(lengthMax: number): Codec {
  return {
    decode: (json) => {
      if (json === null) return empty;
      return typeof json === "string" ? text(json) : unknown("undecodable");
    },
    encode: (value) => {
      if (value.kind === "empty") return content(null);
      if (value.kind !== "text") return refusedKind(value, "text");
      if (value.text.length > lengthMax) {
        return refused(`${value.text.length} characters, the property takes ${lengthMax}`);
      }
      return content(value.text);
    },
  };
}

export const numberCodec: Codec = {
  decode: (json) => {
    if (json === null) return empty;
    return typeof json === "number" ? number(json) : unknown("undecodable");
  },
  encode: (value) => {
    if (value.kind === "empty") return content(null);
    return value.kind === "number" ? content(value.number) : refusedKind(value, "numbers");
  },
};

/** A checkbox is never null; what has no tick is unticked. */
export const checkboxCodec: Codec = {
  decode: (json) => (typeof json === "boolean" ? boolean(json) : unknown("undecodable")),
  encode: (value) => {
    if (value.kind === "empty") return content(false);
    return value.kind === "boolean" ? content(value.isTrue) : refusedKind(value, "checkboxes");
  },
};
