// Conditions. Truth is 1, falsehood 0.
import { define, defineErrorProof, type FormulaFunction } from "../function.ts";
import { formulaError, isEqual, isError, isTruthy, type FormulaValue } from "../value.ts";

function choose(args: readonly FormulaValue[]): FormulaValue {
  const [condition = null, then = null, otherwise = null] = args;
  if (isError(condition)) return condition;
  return isTruthy(condition) ? then : otherwise;
}

function switchOver(args: readonly FormulaValue[]): FormulaValue {
  const [subject = null, ...rest] = args;
  if (isError(subject)) return subject;
  for (let index = 0; index + 1 < rest.length; index += 2) {
    if (isEqual(subject, rest[index] ?? null)) return rest[index + 1] ?? null;
  }
  // An odd number of arguments after the subject leaves a default at the end.
  return rest.length % 2 === 1 ? (rest.at(-1) ?? null) : null;
}

export const logicFunctions: Readonly<Record<string, FormulaFunction>> = {
  AND: define(1, Infinity, (args) => (args.every(isTruthy) ? 1 : 0)),
  OR: define(1, Infinity, (args) => (args.some(isTruthy) ? 1 : 0)),
  XOR: define(1, Infinity, (args) => args.filter(isTruthy).length % 2),
  NOT: define(1, 1, ([value = null]) => (isTruthy(value) ? 0 : 1)),
  // The branch not taken may be an error.
  IF: defineErrorProof(2, 3, choose),
  SWITCH: defineErrorProof(2, Infinity, switchOver),
  TRUE: define(0, 0, () => 1),
  FALSE: define(0, 0, () => 0),
  BLANK: define(0, 0, () => null),
  ERROR: define(0, 1, () => formulaError),
  ISERROR: defineErrorProof(1, 1, ([value = null]) => (isError(value) ? 1 : 0)),
  IFERROR: defineErrorProof(2, 2, ([value = null, otherwise = null]) =>
    isError(value) ? otherwise : value,
  ),
};
