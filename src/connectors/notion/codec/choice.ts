// Options: select, status, multi_select. Written by name, because a colour or a changed name that goes
// with an id is refused or passed over (community reports). Commas are refused by the service.
import { choice, choices, empty, unknown } from "../../../core/value.ts";
import { limits } from "../limits.ts";
import {
  asList,
  content,
  isRecord,
  refused,
  refusedKind,
  type Codec,
  type Encoded,
} from "./codec.ts";

function nameOf(option: unknown): string | null {
  return isRecord(option) && typeof option["name"] === "string" ? option["name"] : null;
}

function refuseComma(names: readonly string[]): Encoded | null {
  const name = names.find((candidate) => candidate.includes(","));
  return name === undefined ? null : refused(`option names cannot contain a comma ("${name}")`);
}

/** `select` and `status`: null clears the first, and sets the second to its default option. */
export const choiceCodec: Codec = {
  decode: (json) => {
    if (json === null) return empty;
    const name = nameOf(json);
    return name === null ? unknown("undecodable") : choice(name);
  },
  encode: (value) => {
    if (value.kind === "empty") return content(null);
    if (value.kind !== "choice") return refusedKind(value, "single options");
    return refuseComma([value.name]) ?? content({ name: value.name });
  },
};

export const choicesCodec: Codec = {
  decode: (json) => {
    const list = asList(json);
    if (list === null) return unknown("undecodable");
    const names: string[] = [];
    for (const option of list) {
      const name = nameOf(option);
      if (name === null) return unknown("undecodable");
      names.push(name);
    }
    return choices(names);
  },
  encode: (value) => {
    if (value.kind === "empty") return content([]);
    if (value.kind !== "choices") return refusedKind(value, "options");
    if (value.names.length > limits.optionsMax) {
      return refused(`${value.names.length} options, the property takes ${limits.optionsMax}`);
    }
    return refuseComma(value.names) ?? content(value.names.map((name) => ({ name })));
  },
};
