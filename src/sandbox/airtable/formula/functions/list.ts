// Functions over arrays, such as the values of a lookup.
import { define, type FormulaFunction } from "../function.ts";
import { flatten, isBlank, toText, type FormulaValue } from "../value.ts";

function items(value: FormulaValue): readonly FormulaValue[] {
  return flatten([value]);
}

function unique(args: readonly FormulaValue[]): FormulaValue {
  const seen = new Map<string, FormulaValue>();
  for (const item of flatten(args)) {
    const key = JSON.stringify(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

export const listFunctions: Readonly<Record<string, FormulaFunction>> = {
  ARRAYJOIN: define(1, 2, ([value = null, separator = ", "]) =>
    items(value).map(toText).join(toText(separator)),
  ),
  ARRAYUNIQUE: define(1, Infinity, unique),
  ARRAYCOMPACT: define(1, Infinity, (args) => flatten(args).filter((item) => !isBlank(item))),
  ARRAYFLATTEN: define(1, Infinity, (args) => flatten(args)),
};
