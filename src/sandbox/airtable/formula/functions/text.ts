// Text functions. Positions count from 1.
import { define, type FormulaFunction } from "../function.ts";
import { formulaError, toNumber, toText, type FormulaValue } from "../value.ts";

function replaceAll(args: readonly FormulaValue[]): FormulaValue {
  const [text, from, to] = args.slice(0, 3).map(toText);
  if (text === undefined || from === undefined || to === undefined || from === "") {
    return text ?? null;
  }
  if (args[3] === undefined) return text.split(from).join(to);
  const parts = text.split(from);
  const nth = toNumber(args[3]);
  if (parts.length <= nth || nth < 1) return text;
  return parts.slice(0, nth).join(from) + to + parts.slice(nth).join(from);
}

function mid(args: readonly FormulaValue[]): FormulaValue {
  const [text = null, from = null, count = null] = args;
  const start = toNumber(from) - 1;
  return toText(text).slice(Math.max(0, start), Math.max(0, start) + toNumber(count));
}

function position(args: readonly FormulaValue[], isFolded: boolean): number {
  const fold = (text: string): string => (isFolded ? text.toLowerCase() : text);
  const [needle = null, hay = null, start = null] = args;
  const from = start === null ? 0 : Math.max(0, toNumber(start) - 1);
  return fold(toText(hay)).indexOf(fold(toText(needle)), from) + 1;
}

/** Runs a regular expression; a pattern the engine refuses is an error, as in the service. */
function withPattern(source: FormulaValue, run: (pattern: RegExp) => FormulaValue): FormulaValue {
  try {
    // The service speaks RE2, whose inline `(?i)` JavaScript lacks.
    const written = toText(source);
    const isFolded = written.startsWith("(?i)");
    return run(new RegExp(isFolded ? written.slice(4) : written, isFolded ? "giu" : "gu"));
  } catch {
    return formulaError;
  }
}

function parseNumber(text: string): FormulaValue {
  const number = Number(text.replace(/[^0-9.eE+-]/g, ""));
  return Number.isNaN(number) ? formulaError : number;
}

export const textFunctions: Readonly<Record<string, FormulaFunction>> = {
  CONCATENATE: define(1, Infinity, (args) => args.map(toText).join("")),
  LOWER: define(1, 1, ([text = null]) => toText(text).toLowerCase()),
  UPPER: define(1, 1, ([text = null]) => toText(text).toUpperCase()),
  TRIM: define(1, 1, ([text = null]) => toText(text).trim()),
  LEN: define(1, 1, ([text = null]) => toText(text).length),
  LEFT: define(1, 2, ([text = null, count = 1]) => toText(text).slice(0, toNumber(count))),
  RIGHT: define(1, 2, ([text = null, count = 1]) => {
    const whole = toText(text);
    return whole.slice(Math.max(0, whole.length - toNumber(count)));
  }),
  MID: define(3, 3, mid),
  FIND: define(2, 3, (args) => position(args, false)),
  // Unlike FIND, a miss is blank and not 0.
  SEARCH: define(2, 3, (args) => position(args, true) || null),
  SUBSTITUTE: define(3, 4, replaceAll),
  REPLACE: define(4, 4, ([text = null, from = null, count = null, to = null]) => {
    const whole = toText(text);
    const start = toNumber(from) - 1;
    return whole.slice(0, start) + toText(to) + whole.slice(start + toNumber(count));
  }),
  REPT: define(2, 2, ([text = null, times = null]) =>
    toText(text).repeat(Math.min(10_000, Math.max(0, Math.floor(toNumber(times))))),
  ),
  T: define(1, 1, ([value = null]) => (typeof value === "string" ? value : null)),
  VALUE: define(1, 1, ([text = null]) => parseNumber(toText(text))),
  EXACT: define(2, 2, ([left = null, right = null]) => (toText(left) === toText(right) ? 1 : 0)),
  ENCODE_URL_COMPONENT: define(1, 1, ([text = null]) => encodeURIComponent(toText(text))),
  REGEX_MATCH: define(2, 2, ([text = null, pattern = null]) =>
    withPattern(pattern, (regex) => (regex.test(toText(text)) ? 1 : 0)),
  ),
  REGEX_EXTRACT: define(2, 2, ([text = null, pattern = null]) =>
    withPattern(pattern, (regex) => toText(text).match(regex)?.[0] ?? formulaError),
  ),
  REGEX_REPLACE: define(3, 3, ([text = null, pattern = null, to = null]) =>
    withPattern(pattern, (regex) => toText(text).replace(regex, toText(to))),
  ),
};
