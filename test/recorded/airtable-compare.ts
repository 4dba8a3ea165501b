// Compares a recorded answer with the sandbox's. Ids and instants are compared as they are, because the
// sandbox is given the recorded ids and a clock set to the recorded time.
//
// Masked are only addresses of files and the ids of open listings. Key order counts, except inside the
// `fields` of rows that people made in the app, where it tells the order of their edits.
import { isObject, type Json, type JsonObject } from "../../src/sandbox/airtable/json.ts";

export interface CompareRules {
  /** Rows the recording itself created; key order inside `fields` counts for these. */
  readonly isOwnRow: (rowId: string) => boolean;
  /** Key order does not count anywhere. */
  readonly isUnordered?: boolean;
  /** Attachments and creation times as of 2017: no dimensions, milliseconds. */
  readonly isAncient?: boolean;
}

/** The differences, each as `path: what`. Empty when the answers match. */
export function compareAnswers(rules: CompareRules, recorded: Json, ours: Json): string[] {
  const differences: string[] = [];
  compare({ rules, differences, path: "", key: "", owner: {} }, recorded, ours);
  return differences;
}

interface Place {
  readonly rules: CompareRules;
  readonly differences: string[];
  readonly path: string;
  readonly key: string;
  /** The recorded object that holds the value. */
  readonly owner: JsonObject;
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
    return compareObjects(place, recorded, ours);
  }
  if (typeof recorded === "string" && typeof ours === "string" && isMasked(place, recorded, ours)) {
    return;
  }
  if (recorded !== ours) differ(`${show(recorded)} became ${show(ours)}`);
}

function compareObjects(place: Place, recorded: JsonObject, ours: JsonObject): void {
  const isFile = typeof recorded["filename"] === "string" || place.key === "thumbnails";
  const isLoose = isFile && place.rules.isAncient === true;
  const expected = Object.keys(recorded);
  const got = Object.keys(ours);
  const missing = expected.filter((key) => !got.includes(key));
  const extra = got.filter((key) => !expected.includes(key));
  // Dimensions came after 2017, and a file without any has no thumbnails here.
  const isMissing = isLoose ? missing.some((key) => key !== "thumbnails") : missing.length > 0;
  if (isMissing) place.differences.push(`${place.path}: lacks ${missing.join(", ")}`);
  if (extra.length > 0) place.differences.push(`${place.path}: adds ${extra.join(", ")}`);
  const isOrdered = place.rules.isUnordered !== true && !isEditOrder(place);
  if (missing.length + extra.length === 0 && isOrdered && expected.join() !== got.join()) {
    place.differences.push(`${place.path}: order ${expected.join()} became ${got.join()}`);
  }
  for (const key of expected) {
    const value = recorded[key];
    const mine = ours[key];
    if (value === undefined || mine === undefined) continue;
    compare({ ...place, path: `${place.path}.${key}`, key, owner: recorded }, value, mine);
  }
}

/** Cells of a row that was there before the recording. */
function isEditOrder(place: Place): boolean {
  const { id } = place.owner;
  return place.key === "fields" && typeof id === "string" && !place.rules.isOwnRow(id);
}

const offsetPattern = /^itr\w{14}\/(rec\w{14})$/;

function isMasked(place: Place, recorded: string, ours: string): boolean {
  if (place.key === "offset") {
    const rowId = offsetPattern.exec(recorded)?.[1];
    return rowId !== undefined && rowId === offsetPattern.exec(ours)?.[1];
  }
  if (place.key === "url") {
    const isFile = "filename" in place.owner || "height" in place.owner;
    return isFile && URL.canParse(ours);
  }
  if (place.key === "createdTime" && place.rules.isAncient === true) {
    return Math.abs(Date.parse(recorded) - Date.parse(ours)) < 1000;
  }
  return false;
}

function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
