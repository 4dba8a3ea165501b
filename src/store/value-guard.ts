// Checks that what comes out of a JSON column is a value of the core. Written by hand because a whole
// table is loaded at once: 10,000 links hold some 200,000 values, and a check that copies nothing
// costs a tenth of a general schema. `bench/store.ts` measures it.
import type { FileRef, Person, UnknownWhy, Value } from "../core/value.ts";

const reasons: Record<UnknownWhy, true> = {
  undecodable: true,
  incomplete: true,
  error: true,
  unsupported: true,
  suspect: true,
};

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(data: unknown): data is JsonObject {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isTextOrNull(data: unknown): data is string | null {
  return data === null || typeof data === "string";
}

/** A whole number that fits an instant in ms, a count or a revision. */
export function isWhole(data: unknown): data is number {
  return Number.isSafeInteger(data);
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((item) => typeof item === "string");
}

function isPerson(data: unknown): data is Person {
  return (
    isObject(data) &&
    typeof data["id"] === "string" &&
    isTextOrNull(data["email"]) &&
    isTextOrNull(data["name"])
  );
}

function isFileRef(data: unknown): data is FileRef {
  return isObject(data) && typeof data["name"] === "string" && typeof data["identity"] === "string";
}

const checks: Record<Value["kind"], (data: JsonObject) => boolean> = {
  empty: () => true,
  text: (data) => typeof data["text"] === "string" && typeof data["isStyled"] === "boolean",
  rich: (data) => typeof data["markdown"] === "string",
  number: (data) => Number.isFinite(data["number"]),
  boolean: (data) => typeof data["isTrue"] === "boolean",
  day: (data) => typeof data["start"] === "string" && isTextOrNull(data["end"]),
  instant: (data) => isWhole(data["startMs"]) && (data["endMs"] === null || isWhole(data["endMs"])),
  choice: (data) => typeof data["name"] === "string",
  choices: (data) => isTexts(data["names"]),
  people: (data) => Array.isArray(data["people"]) && data["people"].every(isPerson),
  links: (data) => isTexts(data["ids"]),
  files: (data) => Array.isArray(data["files"]) && data["files"].every(isFileRef),
  unknown: (data) => typeof data["why"] === "string" && Object.hasOwn(reasons, data["why"]),
};

function isKind(kind: unknown): kind is Value["kind"] {
  return typeof kind === "string" && Object.hasOwn(checks, kind);
}

export function isValue(data: unknown): data is Value {
  return isObject(data) && isKind(data["kind"]) && checks[data["kind"]](data);
}
