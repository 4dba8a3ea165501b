// Values inside a formula, and how one kind is read as another. There are no booleans: TRUE() is 1.
//
// A blank equals "", 0 and FALSE() (public reports); an error swallows whatever it touches.

export interface FormulaDate {
  readonly kind: "date";
  readonly ms: number;
  /** Zone set by SET_TIMEZONE, for formatting only. */
  readonly zone: string | null;
}

export interface FormulaError {
  readonly kind: "error";
}

export type Scalar = string | number | null | FormulaDate | FormulaError;

/** `null` is BLANK. Arrays come from lookups, rollups and multi-value cells, and may be nested. */
export type FormulaValue = Scalar | readonly FormulaValue[];

export const formulaError: FormulaError = { kind: "error" };

export function date(ms: number, zone: string | null = null): FormulaDate {
  return { kind: "date", ms, zone };
}

export function isDate(value: FormulaValue): value is FormulaDate {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "date";
}

export function isError(value: FormulaValue): value is FormulaError {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "error";
}

export function isList(value: FormulaValue): value is readonly FormulaValue[] {
  return Array.isArray(value);
}

/** Whether a row stays in a filtered list: not 0, "", blank, NaN, [] or an error. */
export function isTruthy(value: FormulaValue): boolean {
  if (value === null || value === "" || isError(value)) return false;
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  if (isList(value)) return value.length > 0;
  return true;
}

/** The text form: arrays joined with `, `, dates as ISO. */
export function toText(value: FormulaValue): string {
  if (value === null || isError(value)) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (isList(value)) return value.map(toText).join(", ");
  return Number.isNaN(value.ms) ? "" : new Date(value.ms).toISOString();
}

/** The number form: NaN for text that is no number, 0 for blank, the sum-free first item of an array. */
export function toNumber(value: FormulaValue): number {
  if (value === null || value === "") return 0;
  if (typeof value === "number") return value;
  if (typeof value === "string") return Number(value);
  if (isList(value)) return value.length === 1 ? toNumber(value[0] ?? null) : Number.NaN;
  return Number.NaN;
}

/** The instant a value stands for, or `null`: a date, or text that reads as ISO 8601. */
export function toInstantMs(value: FormulaValue): number | null {
  if (isDate(value)) return Number.isNaN(value.ms) ? null : value.ms;
  if (isList(value)) return value.length === 1 ? toInstantMs(value[0] ?? null) : null;
  return typeof value === "string" ? parseIso(value) : null;
}

const isoPattern =
  /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i;

/** Reads ISO 8601, UTC when it names no zone; `null` when it is none. */
export function parseIso(text: string): number | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const part = (index: number, otherwise: number): number => {
    const found = match[index];
    return found === undefined ? otherwise : Number(found);
  };
  const month = part(2, 1);
  const day = part(3, 1);
  const fraction = Number(`0.${match[7] ?? "0"}`) * 1000;
  const ms = Date.UTC(
    part(1, 0),
    month - 1,
    day,
    part(4, 0),
    part(5, 0),
    part(6, 0),
    Math.floor(fraction),
  );
  // Date.UTC rolls 31 February over into March; such a day is no date.
  const rolled = new Date(ms);
  if (rolled.getUTCMonth() !== month - 1 || part(4, 0) > 24) return null;
  return ms - zoneOffsetMs(match[8]);
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  const digits = zone.replace(/\D/g, "");
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

/** All scalars of some arguments, arrays opened. */
export function flatten(values: readonly FormulaValue[]): Scalar[] {
  return values.flatMap((value) => (isList(value) ? flatten(value) : [value]));
}

/** Equality as `=` sees it. */
export function isEqual(left: FormulaValue, right: FormulaValue): boolean {
  if (isBlank(left) || isBlank(right)) {
    return isBlank(left) ? isBlank(right) || right === 0 : left === 0;
  }
  if (isDate(left) || isDate(right)) {
    const leftMs = toInstantMs(left);
    const rightMs = toInstantMs(right);
    if (leftMs !== null && rightMs !== null) return leftMs === rightMs;
  }
  if (typeof left === "number" && typeof right === "number") return left === right;
  return toText(left) === toText(right);
}

export function isBlank(value: FormulaValue): boolean {
  return value === null || value === "" || (isList(value) && value.length === 0);
}

/** Order of two values for `<`, `>` and sorting: negative, zero, positive, or NaN if incomparable. */
export function compare(left: FormulaValue, right: FormulaValue): number {
  const leftMs = isDate(left) ? left.ms : null;
  const rightMs = isDate(right) ? right.ms : null;
  if (leftMs !== null || rightMs !== null) {
    const from = leftMs ?? toInstantMs(left);
    const to = rightMs ?? toInstantMs(right);
    return from === null || to === null ? Number.NaN : from - to;
  }
  if (typeof left === "string" && typeof right === "string") {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return toNumber(left) - toNumber(right);
}
