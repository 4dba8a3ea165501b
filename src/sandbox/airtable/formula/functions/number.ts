// Numeric functions. Those over several values look through arrays and skip what is no number.
import { define, type FormulaFunction } from "../function.ts";
import { flatten, formulaError, isBlank, toNumber, type FormulaValue } from "../value.ts";

function numbersOf(args: readonly FormulaValue[]): number[] {
  return flatten(args).filter((value) => typeof value === "number");
}

/** Rounds at a number of decimals, with the noise of binary fractions taken out first. */
function roundAt(
  value: FormulaValue,
  decimals: FormulaValue,
  round: (scaled: number) => number,
): number {
  const factor = 10 ** toNumber(decimals);
  return round(Number((toNumber(value) * factor).toPrecision(15))) / factor;
}

function one(run: (number: number) => number): FormulaFunction {
  return define(1, 1, ([value = null]) => run(toNumber(value)));
}

function awayFromZero(scaled: number): number {
  return Math.sign(scaled) * Math.ceil(Math.abs(scaled));
}

function halfAwayFromZero(scaled: number): number {
  return Math.sign(scaled) * Math.round(Math.abs(scaled));
}

/** Rounds to a multiple of a step, 1 by default. */
function toStep(args: readonly FormulaValue[], round: (scaled: number) => number): number {
  const [value = null, step = 1] = args;
  return round(toNumber(value) / toNumber(step)) * toNumber(step);
}

export const numberFunctions: Readonly<Record<string, FormulaFunction>> = {
  ABS: one(Math.abs),
  INT: one(Math.floor),
  SQRT: one(Math.sqrt),
  EXP: one(Math.exp),
  EVEN: one((number) => awayFromZero(number / 2) * 2),
  ODD: one(
    (number) => awayFromZero((number - Math.sign(number || 1)) / 2) * 2 + Math.sign(number || 1),
  ),
  LOG: define(
    1,
    2,
    ([value = null, base = 10]) => Math.log(toNumber(value)) / Math.log(toNumber(base)),
  ),
  POWER: define(2, 2, ([base = null, exponent = null]) => toNumber(base) ** toNumber(exponent)),
  MOD: define(2, 2, ([value = null, by = null]) => {
    const divisor = toNumber(by);
    if (divisor === 0) return formulaError;
    const rest = toNumber(value) % divisor;
    // The sign is the divisor's.
    return rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
  }),
  ROUND: define(1, 2, ([value = null, decimals = 0]) => roundAt(value, decimals, halfAwayFromZero)),
  ROUNDUP: define(1, 2, ([value = null, decimals = 0]) => roundAt(value, decimals, awayFromZero)),
  ROUNDDOWN: define(1, 2, ([value = null, decimals = 0]) => roundAt(value, decimals, Math.trunc)),
  FLOOR: define(1, 2, (args) => toStep(args, Math.floor)),
  CEILING: define(1, 2, (args) => toStep(args, Math.ceil)),
  MIN: define(1, Infinity, (args) => {
    const numbers = numbersOf(args);
    return numbers.length === 0 ? 0 : numbers.reduce((left, right) => Math.min(left, right));
  }),
  MAX: define(1, Infinity, (args) => {
    const numbers = numbersOf(args);
    return numbers.length === 0 ? 0 : numbers.reduce((left, right) => Math.max(left, right));
  }),
  SUM: define(1, Infinity, (args) => numbersOf(args).reduce((sum, number) => sum + number, 0)),
  // The mean of nothing is NaN (recorded: a rollup without links shows it).
  AVERAGE: define(1, Infinity, (args) => {
    const numbers = numbersOf(args);
    return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  }),
  COUNT: define(1, Infinity, (args) => numbersOf(args).length),
  COUNTA: define(1, Infinity, (args) => flatten(args).filter((value) => !isBlank(value)).length),
  COUNTALL: define(1, Infinity, (args) => flatten(args).length),
};
