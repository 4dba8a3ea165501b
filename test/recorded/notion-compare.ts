// Compares a recorded answer with the sandbox's: status is the caller's; here shape, types, nulls, values.
//
// Masked are only things the sandbox is free to choose: ids (but consistently), milliseconds, the times of
// objects older than the recording, hosts of links, signatures, colours Notion picks at random, and words about the recording's
// workspace. Key order counts everywhere but under `properties`, where it follows the chosen ids.
import { isObject, type Json } from "../../src/sandbox/notion/json.ts";
import type { Translation } from "./notion-translation.ts";

export interface Comparison {
  readonly translation: Translation;
  /** Recorded ids that stand for several things and cannot be followed. */
  readonly ambiguousIds: ReadonlySet<string>;
  /** When the recording began. */
  readonly startMs: number;
  /** Option names whose colour no request ever set. */
  readonly hasChosenColor: (optionName: string) => boolean;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const idWithin = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;
const instants = new Set(["created_time", "last_edited_time", "expiry_time"]);
const propertyIds = new Set([
  "id",
  "synced_property_id",
  "rollup_property_id",
  "relation_property_id",
]);
const freeWords = new Set([
  "request_id",
  "avatar_url",
  "workspace_name",
  "resolved_name",
  "workspace_id",
  "integration_id",
]);

/** The differences, each as `path: what`. Empty when the answers match. */
export function compareAnswers(comparison: Comparison, recorded: Json, ours: Json): string[] {
  const differences: string[] = [];
  compare({ comparison, differences, path: "", key: "", owner: null }, recorded, ours);
  return differences;
}

interface Place {
  readonly comparison: Comparison;
  readonly differences: string[];
  readonly path: string;
  readonly key: string;
  /** The recorded object that holds the value. */
  readonly owner: Json;
}

function compare(place: Place, recorded: Json, ours: Json): void {
  const differ = (what: string): void => {
    place.differences.push(`${place.path}: ${what}`);
  };
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return differ(`list became ${show(ours)}`);
    if (recorded.length !== ours.length) {
      return differ(`${recorded.length} items became ${ours.length}`);
    }
    for (const [index, item] of recorded.entries()) {
      compare({ ...place, path: `${place.path}[${index}]` }, item, ours[index] ?? null);
    }
    return;
  }
  if (isObject(recorded)) {
    if (!isObject(ours)) return differ(`object became ${show(ours)}`);
    const expected = Object.keys(recorded);
    const got = Object.keys(ours);
    const isSet = place.key === "properties";
    const missing = expected.filter((key) => !got.includes(key));
    const extra = got.filter((key) => !expected.includes(key));
    if (missing.length > 0) differ(`lacks ${missing.join(", ")}`);
    if (extra.length > 0) differ(`adds ${extra.join(", ")}`);
    if (missing.length + extra.length === 0 && !isSet && expected.join() !== got.join()) {
      differ(`order ${expected.join()} became ${got.join()}`);
    }
    for (const key of expected) {
      const value = recorded[key];
      const mine = ours[key];
      if (value === undefined || mine === undefined) continue;
      compare({ ...place, path: `${place.path}.${key}`, key, owner: recorded }, value, mine);
    }
    return;
  }
  if (place.key === "avatar_url") return;
  if (typeof recorded !== typeof ours || (recorded === null) !== (ours === null)) {
    return differ(`${show(recorded)} became ${show(ours)}`);
  }
  if (typeof recorded === "string" && typeof ours === "string") {
    const what = compareText(place, recorded, ours);
    if (what !== null) differ(what);
    return;
  }
  if (recorded !== ours) differ(`${show(recorded)} became ${show(ours)}`);
}

function compareText(place: Place, recorded: string, ours: string): string | null {
  const { translation, ambiguousIds, hasChosenColor } = place.comparison;
  const different = `${show(recorded)} became ${show(ours)}`;
  if (freeWords.has(place.key)) return null;
  if (instants.has(place.key)) {
    // Minutes are determined by the traffic, as the clock follows it; milliseconds are not.
    if (isMinute(recorded) && isMinute(ours) && !isOlder(place)) {
      return recorded === ours ? null : different;
    }
    return format(recorded) === format(ours) ? null : different;
  }
  if (place.key === "next_cursor") {
    translation.learn(recorded, ours);
    return null;
  }
  if (uuid.test(recorded)) {
    if (!uuid.test(ours)) return different;
    if (ambiguousIds.has(recorded)) return null;
    return translation.learn(recorded, ours)
      ? null
      : `id ${recorded} was ${translation.text(recorded)}, now ${ours}`;
  }
  if (/^task_[0-9a-f]{32}$/.test(recorded)) {
    return /^task_/.test(ours) && translation.learn(recorded, ours) ? null : different;
  }
  if (propertyIds.has(place.key)) {
    if (recorded === "title" || recorded.startsWith("verification")) {
      return recorded === ours ? null : different;
    }
    // Rollups print ids raw, everything else encoded; requests may use either.
    const isKnown = translation.learn(raw(recorded), raw(ours));
    translation.learn(encodeURIComponent(raw(recorded)), encodeURIComponent(raw(ours)));
    return isKnown ? null : `property ${different}`;
  }
  if (place.key === "color" && recorded !== ours && isObject(place.owner)) {
    const { name } = place.owner;
    if (typeof name === "string" && hasChosenColor(name)) return null;
  }
  return mask(recorded) === mask(ours) ? null : different;
}

function isMinute(text: string): boolean {
  return /:00\.000Z$/.test(text);
}

function format(text: string): string {
  return isMinute(text) ? "minute" : text.replaceAll(/\d/g, "0");
}

/** Whether the object at hand was there before the recording began. */
function isOlder(place: Place): boolean {
  const created = isObject(place.owner) ? place.owner["created_time"] : null;
  return typeof created === "string" && Date.parse(created) < place.comparison.startMs;
}

function raw(propertyId: string): string {
  try {
    return decodeURIComponent(propertyId);
  } catch {
    return propertyId;
  }
}

/** Texts that carry ids or the host of a link to the sandbox's own objects. */
function mask(text: string): string {
  return text
    .replaceAll(/\{\{notion:block_property:(title|[^:}]+):/g, (_whole, id: string) =>
      id === "title" ? "{{title:" : "{{property:",
    )
    .replaceAll(idWithin, "ID")
    .replace(/^https?:\/\/(www\.notion\.so|app\.notion\.com\/p|api\.notion\.com)\//, "HOST/")
    .replaceAll(/integration "[^"]*"/g, 'integration "NAME"');
}

function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
