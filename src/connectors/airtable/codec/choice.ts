// Single and multiple selects, read and written by the option's name. The API cannot rename options,
// and makes new ones only under `typecast` (see typecast.ts); a written list replaces the whole cell.
import { choice, choices, empty } from "../../../core/value.ts";
import { cell, oddCell, refused, refusedKind, type Codec } from "./codec.ts";
import { limits } from "../limits.ts";

export const choiceCodec: Codec = {
  absent: empty,
  decode: (content) => (typeof content === "string" ? choice(content) : oddCell(content)),
  encode: (value) => {
    if (value.kind === "empty") return cell(null);
    if (value.kind !== "choice") return refusedKind(value, "single options");
    return cell(value.name);
  },
};

export const choicesCodec: Codec = {
  absent: empty,
  decode: (content) => {
    if (!Array.isArray(content)) return oddCell(content);
    const names: string[] = [];
    for (const name of content as readonly unknown[]) {
      if (typeof name !== "string") return oddCell(name);
      names.push(name);
    }
    return choices(names);
  },
  encode: (value) => {
    if (value.kind === "empty") return cell([]);
    if (value.kind !== "choices") return refusedKind(value, "options");
    if (value.names.length > limits.optionsMax) return refused("too many options for one cell");
    return cell(value.names);
  },
};
