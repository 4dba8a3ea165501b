// Date values from the wire: minute precision, the zone folded into an offset.
//
// Mixed day and time in one range, and an end before the start, are refused; the real service's texts for
// these two are not recorded.
import { failedValidation, invalid } from "../errors.ts";
import { isObject, stringAt, type Json } from "../json.ts";
import { isTimeZone, parseMoment, printMoment } from "../time.ts";
import type { DateValue } from "./cell.ts";

export function parseDateValue(value: Json | undefined, path: string): DateValue | null {
  if (value === null) return null;
  if (!isObject(value)) throw failedValidation(path, "an object", value);
  const zone = stringAt(value, "time_zone");
  if (zone !== null && !isTimeZone(zone)) {
    throw failedValidation(`${path}.time_zone`, "a valid time zone", zone);
  }
  const startText = stringAt(value, "start");
  if (startText === null) throw failedValidation(`${path}.start`, "defined", value["start"]);
  const start = parseMoment(startText, zone);
  if (start === null) {
    throw failedValidation(`${path}.start`, "a valid ISO 8601 date string", startText);
  }
  const endText = stringAt(value, "end");
  if (endText === null) return { start: printMoment(start), end: null };
  const end = parseMoment(endText, zone);
  if (end === null) throw failedValidation(`${path}.end`, "a valid ISO 8601 date string", endText);
  if (end.kind !== start.kind) {
    throw invalid(`${path}: start and end must both be dates or both be date-times.`);
  }
  if (end.atMs < start.atMs) throw invalid(`${path}: end date must not be before start date.`);
  return { start: printMoment(start), end: printMoment(end) };
}
