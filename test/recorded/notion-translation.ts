// Recorded ids and the sandbox's: a dictionary learned by walking two answers in step.
//
// What the sandbox may choose freely (ids, cursors) is learned the first time and must hold from then on; a
// request is translated with what was learned before it is sent.
import { isObject, type Json, type JsonObject } from "../../src/sandbox/notion/json.ts";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const plainUuid = /(?<![\w-])[0-9a-f]{32}(?![\w-])/g;

export interface Translation {
  /** Sets or checks a pair; false when it contradicts what was learned. */
  learn(recorded: string, ours: string): boolean;
  text(recorded: string): string;
  json(recorded: Json): Json;
  /** Uuids in a text that nothing was learned about. */
  unknownIds(recorded: string): string[];
}

export function makeTranslation(known: Readonly<Record<string, string>>): Translation {
  const words = new Map(Object.entries(known));
  const dashed = (plain: string): string =>
    plain.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const text = (recorded: string): string => {
    const whole = words.get(recorded);
    if (whole !== undefined) return whole;
    return recorded
      .replaceAll(uuid, (id) => words.get(id) ?? id)
      .replaceAll(plainUuid, (plain) => (words.get(dashed(plain)) ?? plain).replaceAll("-", ""));
  };
  const json = (recorded: Json): Json => {
    if (typeof recorded === "string") return text(recorded);
    if (Array.isArray(recorded)) return recorded.map(json);
    if (!isObject(recorded)) return recorded;
    const translated: JsonObject = {};
    for (const [key, value] of Object.entries(recorded)) {
      translated[words.get(key) ?? key] = json(value);
    }
    return translated;
  };
  return {
    learn: (recorded, ours) => {
      const before = words.get(recorded);
      if (before !== undefined) return before === ours;
      words.set(recorded, ours);
      return true;
    },
    text,
    json,
    unknownIds: (recorded) => [
      ...[...recorded.matchAll(uuid)].map(([id]) => id).filter((id) => !words.has(id)),
      ...[...recorded.matchAll(plainUuid)].map(([id]) => dashed(id)).filter((id) => !words.has(id)),
    ],
  };
}
