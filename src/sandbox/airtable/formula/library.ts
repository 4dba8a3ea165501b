// All functions of the formula language, by upper-case name.
import { dateFunctions } from "./functions/date.ts";
import { listFunctions } from "./functions/list.ts";
import { logicFunctions } from "./functions/logic.ts";
import { numberFunctions } from "./functions/number.ts";
import { recordFunctions } from "./functions/record.ts";
import { textFunctions } from "./functions/text.ts";
import type { FormulaFunction } from "./function.ts";

const library: Readonly<Record<string, FormulaFunction>> = {
  ...logicFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...dateFunctions,
  ...listFunctions,
  ...recordFunctions,
};

/** The function of that upper-case name, or `null`. */
export function findFunction(name: string): FormulaFunction | null {
  return Object.hasOwn(library, name) ? (library[name] ?? null) : null;
}
