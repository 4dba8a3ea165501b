// Icons and covers from the wire: `type` is optional on the way in and always there on the way out.
import { failedValidation } from "./errors.ts";
import { isObject, type Json } from "./json.ts";

const kinds: readonly string[] = [
  "emoji",
  "external",
  "file_upload",
  "file",
  "custom_emoji",
  "icon",
];

/** Reads an icon or cover; `null` clears it. */
export function parseLook(value: Json | undefined, path: string): Json {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw failedValidation(path, "an object or `null`", value);
  const kind = kinds.find((key) => key in value);
  const body = kind === undefined ? undefined : value[kind];
  if (kind === undefined || body === undefined) {
    throw failedValidation(`${path}.external`, "defined", undefined);
  }
  return { type: kind, [kind]: body };
}
