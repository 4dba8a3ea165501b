// Computed properties: unique_id, formula, rollup. Read only. A formula carries its result's type in
// every value, and not in the schema, so its kind is learned from a row; a value of another kind than
// was learned waits for the next look at the schema.
//
// `unsupported` (since August 2026) means "cannot be computed", and `incomplete` that the list behind
// it was cut off: neither is an empty cell (Notion docs: Formula values, Roll-up values).
import type { KindName } from "../../../core/schema.ts";
import { empty, text, unknown, type Value } from "../../../core/value.ts";
import { asList, computedEncode, isRecord, type Codec } from "./codec.ts";
import { dateCodec } from "./date.ts";
import { checkboxCodec, numberCodec, stringCodec } from "./plain.ts";
import { shownText } from "./shown.ts";

const resultText = stringCodec(Number.POSITIVE_INFINITY);

/** `TASK-12`, or `12` without a prefix. */
export const uniqueIdCodec: Codec = {
  decode: (json) => {
    if (json === null) return empty;
    if (!isRecord(json)) return unknown("undecodable");
    const { prefix, number } = json;
    if (number === null) return empty;
    if (typeof number !== "number") return unknown("undecodable");
    return text(typeof prefix === "string" && prefix !== "" ? `${prefix}-${number}` : `${number}`);
  },
  encode: computedEncode,
};

/** `{type, <type>: …}` taken apart. */
function tagged(json: unknown): { readonly type: string; readonly inner: unknown } | null {
  if (!isRecord(json) || typeof json["type"] !== "string") return null;
  return { type: json["type"], inner: json[json["type"]] };
}

function decodeResult(type: string, inner: unknown): Value {
  switch (type) {
    case "string":
      return resultText.decode(inner ?? null);
    case "number":
      return numberCodec.decode(inner ?? null);
    case "boolean":
      return inner === null ? empty : checkboxCodec.decode(inner);
    case "date":
      return dateCodec.decode(inner ?? null);
    case "incomplete":
      return unknown("incomplete");
    case "unsupported":
      return unknown("unsupported");
    case "error":
      return unknown("error");
    default:
      return unknown("undecodable");
  }
}

function isOfKind(value: Value, kind: KindName): boolean {
  if (value.kind === "empty" || value.kind === "unknown" || value.kind === kind) return true;
  return kind === "date" && (value.kind === "day" || value.kind === "instant");
}

/** Fits a result to the kind the schema promised; text takes any result in its written form. */
function fit(value: Value, kind: KindName): Value {
  if (isOfKind(value, kind)) return value;
  const shown = kind === "text" ? shownText(value) : null;
  return shown === null ? unknown("undecodable") : text(shown);
}

/** A formula of the learned kind: `text`, `number`, `boolean` or `date`. */
export function formulaCodec(kind: KindName): Codec {
  return {
    decode: (json) => {
      const result = tagged(json);
      if (result === null) return json === null ? empty : unknown("undecodable");
      return fit(decodeResult(result.type, result.inner), kind);
    },
    encode: computedEncode,
  };
}

/** The kind a formula's value shows; null when it shows none. */
export function formulaKind(json: unknown): "text" | "number" | "boolean" | "date" | null {
  switch (tagged(json)?.type ?? "") {
    case "string":
      return "text";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "date":
      return "date";
    default:
      return null;
  }
}

function joinItems(items: readonly unknown[], decodeTyped: (json: unknown) => Value): Value {
  const parts: string[] = [];
  for (const item of items) {
    const value = decodeTyped(item);
    if (value.kind === "unknown") return value;
    const shown = shownText(value);
    if (shown === null) return unknown("unsupported");
    if (shown !== "") parts.push(shown);
  }
  return text(parts.join(", "));
}

/**
 * A roll-up of the kind its function promises. Shown values are joined with commas. `decodeTyped`
 * decodes one element, `{type, <type>: …}`.
 */
export function rollupCodec(kind: KindName, decodeTyped: (json: unknown) => Value): Codec {
  return {
    decode: (json) => {
      const result = tagged(json);
      if (result === null) return json === null ? empty : unknown("undecodable");
      if (result.type !== "array") return fit(decodeResult(result.type, result.inner), kind);
      const items = asList(result.inner);
      return items === null ? unknown("undecodable") : fit(joinItems(items, decodeTyped), kind);
    },
    encode: computedEncode,
  };
}

const dateFunctions = ["earliest_date", "latest_date"];
const listFunctions = ["show_original", "show_unique"];

/** The kind a roll-up's function gives. A range of dates is a number of days there (recorded). */
export function rollupKind(rollupFunction: unknown): "text" | "number" | "date" {
  if (typeof rollupFunction !== "string" || listFunctions.includes(rollupFunction)) return "text";
  return dateFunctions.includes(rollupFunction) ? "date" : "number";
}
