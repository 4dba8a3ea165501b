// What a formula function is, and what it can see of the row it works on.
import type { FormulaValue } from "./value.ts";

/** The row a formula is worked out for. */
export interface FormulaRow {
  readonly recordId: string;
  readonly createdMs: number;
  /** The instant of this request; NOW() does not move within one. */
  readonly nowMs: number;
  /** Last edit of the named fields, or of any field; `null` when none of them was ever written. */
  modifiedMs(fields: readonly string[]): number | null;
  /** Value of a field by name or id. */
  field(name: string): FormulaValue;
}

export interface Call {
  readonly args: readonly FormulaValue[];
  readonly row: FormulaRow;
  /** For each argument that is a bare field, its name; else `null`. */
  readonly fieldArgs: readonly (string | null)[];
}

export interface FormulaFunction {
  readonly argsMin: number;
  readonly argsMax: number;
  /** Takes errors as arguments; other functions become an error when an argument is one. */
  readonly isErrorProof: boolean;
  run(call: Call): FormulaValue;
}

/** A function of `argsMin` to `argsMax` arguments that turns into an error with any of them. */
export function define(
  argsMin: number,
  argsMax: number,
  run: (args: readonly FormulaValue[], call: Call) => FormulaValue,
): FormulaFunction {
  return { argsMin, argsMax, isErrorProof: false, run: (call) => run(call.args, call) };
}

/** The same, but errors are arguments like others. */
export function defineErrorProof(
  argsMin: number,
  argsMax: number,
  run: (args: readonly FormulaValue[]) => FormulaValue,
): FormulaFunction {
  return { argsMin, argsMax, isErrorProof: true, run: (call) => run(call.args) };
}
