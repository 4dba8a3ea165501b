// JSON as data, with the few guards the sandbox needs to walk a request body.
//
// Everything that comes off the wire enters as `Json` through `parseJson`; nothing here knows Notion.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object; key order is the order on the wire. */
export interface JsonObject {
  [key: string]: Json;
}

/** Parses JSON text; `undefined` when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a key, or an empty one. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** The string under a key, or `null`. */
export function stringAt(value: JsonObject, key: string): string | null {
  const found = value[key];
  return typeof found === "string" ? found : null;
}

/** The boolean under a key, or `null`. */
export function booleanAt(value: JsonObject, key: string): boolean | null {
  const found = value[key];
  return typeof found === "boolean" ? found : null;
}

/** The array under a key, or an empty one. */
export function arrayAt(value: JsonObject, key: string): Json[] {
  const found = value[key];
  return Array.isArray(found) ? found : [];
}
