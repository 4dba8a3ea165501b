// JSON as data, with the few guards needed to walk a request body.
//
// Everything that comes off the wire enters as `Json` through `parseJson`; nothing here knows Airtable.

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

/** The string under a key, or `null`. */
export function stringAt(value: JsonObject, key: string): string | null {
  const found = value[key];
  return typeof found === "string" ? found : null;
}

/** The object under a key, or `null`. */
export function objectAt(value: JsonObject, key: string): JsonObject | null {
  const found = value[key];
  return isObject(found) ? found : null;
}
