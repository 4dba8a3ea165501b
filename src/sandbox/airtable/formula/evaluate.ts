// Works a parsed formula out for one row. Pure: the row's values and the instant come in.
import { findFunction } from "./library.ts";
import type { FormulaRow } from "./function.ts";
import type { BinaryMark, Node } from "./tree.ts";
import {
  compare,
  formulaError,
  isDate,
  isEqual,
  isError,
  toNumber,
  toText,
  type FormulaValue,
} from "./value.ts";

export function evaluate(node: Node, row: FormulaRow): FormulaValue {
  switch (node.kind) {
    case "number":
      return node.number;
    case "text":
      return node.text;
    case "field":
      return row.field(node.name);
    case "negate": {
      const inner = evaluate(node.inner, row);
      return isError(inner) ? inner : -toNumber(inner);
    }
    case "binary": {
      const left = evaluate(node.left, row);
      const right = evaluate(node.right, row);
      if (isError(left) || isError(right)) return formulaError;
      return applyMark(node.mark, left, right);
    }
    case "call":
      return callFunction(node, row);
  }
}

function callFunction(node: Node & { readonly kind: "call" }, row: FormulaRow): FormulaValue {
  const found = findFunction(node.name);
  if (found === null) return formulaError;
  const args = node.args.map((arg) => evaluate(arg, row));
  if (!found.isErrorProof && args.some(isError)) return formulaError;
  const fieldArgs = node.args.map((arg) => (arg.kind === "field" ? arg.name : null));
  return found.run({ args, row, fieldArgs });
}

function applyMark(mark: BinaryMark, left: FormulaValue, right: FormulaValue): FormulaValue {
  switch (mark) {
    case "+":
      return toNumber(left) + toNumber(right);
    case "-":
      // Two dates differ by a number of milliseconds.
      return isDate(left) && isDate(right) ? left.ms - right.ms : toNumber(left) - toNumber(right);
    case "*":
      return toNumber(left) * toNumber(right);
    case "/":
      // Dividing by zero is an error, not an infinity, in the service.
      return toNumber(right) === 0 ? formulaError : toNumber(left) / toNumber(right);
    case "&":
      return toText(left) + toText(right);
    case "=":
      return isEqual(left, right) ? 1 : 0;
    case "!=":
      return isEqual(left, right) ? 0 : 1;
    case "<":
      return compare(left, right) < 0 ? 1 : 0;
    case "<=":
      return compare(left, right) <= 0 ? 1 : 0;
    case ">":
      return compare(left, right) > 0 ? 1 : 0;
    case ">=":
      return compare(left, right) >= 0 ? 1 : 0;
  }
}
