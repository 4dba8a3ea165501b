// Values inside a formula, and their conversions.
import { printMoment, type Moment } from "../time.ts";

/** `null` is an empty value; lists come from multi-selects, people and relations. */
export type FormulaValue = null | string | number | boolean | Moment | FormulaValue[];

export function isMoment(value: FormulaValue): value is Moment {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isTruthy(value: FormulaValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== "" && value !== 0 && value !== false;
}

export function asNumber(value: FormulaValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (isMoment(value)) return value.atMs;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

export function asText(value: FormulaValue): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(asText).join(",");
  if (isMoment(value)) return printMoment(value);
  return String(value);
}

/** Orders two values; equal is 0. Dates compare to the minute, the rest as text when types differ. */
export function compareValues(left: FormulaValue, right: FormulaValue): number {
  if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
  if (isMoment(left) && isMoment(right)) return left.atMs - right.atMs;
  if (typeof left === "number" && typeof right === "number") return left - right;
  const first = asText(left);
  const second = asText(right);
  return first === second ? 0 : first < second ? -1 : 1;
}
