// Views as JSON lines: instants in the ISO form that the other commands print, errors without a stack.
import { SyncError } from "../errors.ts";
import type { JsonObject } from "./services.ts";

/** Keys that end in `AtMs` become ISO instants under the name without `Ms`. */
export function jsonOf(type: string, view: object): JsonObject {
  return { type, ...convertGroup(view) };
}

function convertGroup(group: object): JsonObject {
  return Object.fromEntries(
    Object.entries(group).map(([key, content]: [string, unknown]) => {
      const isInstant = key.endsWith("AtMs") || key === "atMs";
      if (!isInstant) return [key, convert(content)];
      const name = key === "atMs" ? "at" : key.slice(0, -"Ms".length);
      return [name, typeof content === "number" ? new Date(content).toISOString() : null];
    }),
  );
}

function convert(content: unknown): unknown {
  if (content instanceof SyncError) {
    return { code: content.code, message: content.message, remedy: content.remedy };
  }
  if (Array.isArray(content)) return content.map(convert);
  return typeof content === "object" && content !== null ? convertGroup(content) : content;
}
