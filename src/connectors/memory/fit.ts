// What a field of the in-memory table takes: the limits its kind declares and nothing else. A refusal
// here stands for what a service would answer to a bad value.
import type { Field, Kind } from "../../core/schema.ts";
import type { Value } from "../../core/value.ts";

function unknownOption(kind: Kind, names: readonly string[]): string | null {
  if (kind.kind !== "choice" && kind.kind !== "choices") return null;
  const refusedSign = kind.refuses.find((sign) => names.some((name) => name.includes(sign)));
  if (refusedSign !== undefined) return `option names cannot contain "${refusedSign}"`;
  if (kind.canAddOptions) return null;
  const known = new Set(kind.options.map((option) => option.name));
  const stranger = names.find((name) => !known.has(name));
  return stranger === undefined ? null : `there is no option "${stranger}"`;
}

function tooMany(count: number, countMax: number): string | null {
  return count > countMax ? `${count} entries, the field takes ${countMax}` : null;
}

function tooLong(content: string, lengthMax: number): string | null {
  return content.length > lengthMax ? `longer than ${lengthMax} characters` : null;
}

function misfit(kind: Kind, value: Value): string {
  return `a ${value.kind} does not fit a field of ${kind.kind}`;
}

function refuseDate(kind: Kind & { kind: "date" }, value: Value): string | null {
  if (value.kind === "day" && kind.time === "required") return "a time of day is missing";
  if (value.kind === "instant" && kind.time === "none") return "a time of day does not fit";
  const end = value.kind === "day" ? value.end : value.kind === "instant" ? value.endMs : null;
  return end !== null && !kind.hasRange ? "the field takes no range" : null;
}

/** Why the field does not take the value; null when it does. */
export function refuse(field: Field, value: Value): string | null {
  const { kind } = field;
  if (!field.isWritable) return `${field.name} cannot be written`;
  if (value.kind === "empty") return null;
  if (kind.kind === "text" && value.kind === "text") return tooLong(value.text, kind.lengthMax);
  if (kind.kind === "rich" && value.kind === "rich") return tooLong(value.markdown, kind.lengthMax);
  if (kind.kind === "number" && value.kind === "number") return null;
  if (kind.kind === "boolean" && value.kind === "boolean") return null;
  if (kind.kind === "date" && (value.kind === "day" || value.kind === "instant")) {
    return refuseDate(kind, value);
  }
  if (kind.kind === "choice" && value.kind === "choice") return unknownOption(kind, [value.name]);
  if (kind.kind === "choices" && value.kind === "choices") {
    return tooMany(value.names.length, kind.countMax) ?? unknownOption(kind, value.names);
  }
  if (kind.kind === "people" && value.kind === "people") {
    return tooMany(value.people.length, kind.countMax);
  }
  if (kind.kind === "links" && value.kind === "links") {
    return tooMany(value.ids.length, kind.countMax);
  }
  if (kind.kind === "files" && value.kind === "files") return null;
  return misfit(kind, value);
}
