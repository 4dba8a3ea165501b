// Type options of fields: what the API demands when a field is created, and what the owner gets by default
// (Airtable reference, section 4.5).
import { isObject, objectAt, type Json, type JsonObject } from "../json.ts";
import { colors } from "../cell/choice.ts";
import { isZone } from "../formula/zone.ts";

const dateFormats: Readonly<Record<string, string>> = {
  local: "l",
  friendly: "LL",
  us: "M/D/YYYY",
  european: "D/M/YYYY",
  iso: "YYYY-MM-DD",
};
const timeFormats: Readonly<Record<string, string>> = { "12hour": "h:mma", "24hour": "HH:mm" };
const durationFormats = ["h:mm", "h:mm:ss", "h:mm:ss.S", "h:mm:ss.SS", "h:mm:ss.SSS"];
const iconNames = ["star", "heart", "thumbsUp", "flag", "dot"];
const brightColors = colors.filter((color) => color.endsWith("Bright"));

/** What the owner gets without saying anything. */
export const defaultOptions: Readonly<Record<string, JsonObject>> = {
  number: { precision: 0 },
  percent: { precision: 0 },
  currency: { precision: 2, symbol: "$" },
  duration: { durationFormat: "h:mm" },
  rating: { icon: "star", max: 5, color: "yellowBright" },
  checkbox: { icon: "check", color: "greenBright" },
  date: { dateFormat: { name: "iso", format: "YYYY-MM-DD" } },
  dateTime: {
    dateFormat: { name: "iso", format: "YYYY-MM-DD" },
    timeFormat: { name: "24hour", format: "HH:mm" },
    timeZone: "utc",
  },
  multipleAttachments: { isReversed: false },
  lastModifiedTime: {
    isValid: true,
    referencedFieldIds: [],
    result: { type: "dateTime", options: {} },
  },
  createdTime: { result: { type: "dateTime", options: {} } },
};

type Check = (options: JsonObject) => JsonObject | null;

/** Completed options of a type the API creates with options, or `null` when they will not do. */
const checks: Readonly<Record<string, Check>> = {
  number: (options) => checkPrecision(options, 8),
  percent: (options) => checkPrecision(options, 8),
  currency: (options) =>
    typeof options["symbol"] === "string" ? checkPrecision(options, 7) : null,
  duration: (options) => (isOneOf(options["durationFormat"], durationFormats) ? options : null),
  rating: (options) =>
    isInteger(options["max"], 1, 10) &&
    isOneOf(options["icon"], iconNames) &&
    isOneOf(options["color"], brightColors)
      ? options
      : null,
  checkbox: (options) =>
    isOneOf(options["icon"], ["check", "xCheckbox", ...iconNames]) &&
    isOneOf(options["color"], brightColors)
      ? options
      : null,
  date: completeDate,
  dateTime: completeDateTime,
};

/** Options as the API takes them; `null` means they are wrong or missing. Types without any take none. */
export function checkOptions(type: string, options: Json | undefined): JsonObject | null {
  const given = isObject(options) ? options : {};
  const check = checks[type];
  if (check !== undefined) return isObject(options) ? check(given) : null;
  return Object.keys(given).length === 0 ? given : null;
}

function checkPrecision(options: JsonObject, max: number): JsonObject | null {
  return isInteger(options["precision"], 0, max) ? options : null;
}

function isInteger(value: Json | undefined, min: number, max: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function isOneOf(value: Json | undefined, allowed: readonly string[]): boolean {
  return typeof value === "string" && allowed.includes(value);
}

/** A named format with its pattern filled in. */
function completeFormat(
  given: JsonObject | null,
  known: Readonly<Record<string, string>>,
): JsonObject | null {
  const name = given?.["name"];
  const format = typeof name === "string" ? known[name] : undefined;
  return name === undefined || format === undefined ? null : { name, format };
}

function completeDate(options: JsonObject): JsonObject | null {
  const dateFormat = completeFormat(objectAt(options, "dateFormat"), dateFormats);
  return dateFormat === null ? null : { dateFormat };
}

function completeDateTime(options: JsonObject): JsonObject | null {
  const day = completeDate(options);
  const timeFormat = completeFormat(objectAt(options, "timeFormat"), timeFormats);
  const timeZone = options["timeZone"];
  // `UTC` is refused: this one zone is lower case only (public reports).
  if (typeof timeZone !== "string" || timeZone === "UTC" || !isZone(timeZone)) return null;
  return day === null || timeFormat === null ? null : { ...day, timeFormat, timeZone };
}
