// Works out a formula for one row.
//
// Dates are kept in UTC, where recorded formulas were worked out too. An empty result keeps the type the
// formula would have had: `{"type":"number","number":null}`.
import type { FormulaResult, Reader, Reading } from "../value/reading.ts";
import { findProperty } from "../property.ts";
import { parseMoment, printMoment } from "../time.ts";
import { propertiesOf, type Page, type World } from "../world.ts";
import { callFunction } from "./call.ts";
import { parseFormula, type Formula } from "./parse.ts";
import { resultType } from "./result-type.ts";
import { asNumber, asText, compareValues, isTruthy, type FormulaValue } from "./formula-value.ts";

export interface FormulaContext {
  readonly world: World;
  readonly page: Page;
  readonly read: Reader;
}

export function evaluateFormula(context: FormulaContext, expression: string): FormulaResult {
  const formula = parseFormula(expression);
  if (formula === null) return { type: "unsupported" };
  const value = evaluate(context, formula);
  if (value === undefined) return { type: "unsupported" };
  if (value === null) {
    const properties = propertiesOf(context.world, context.page);
    const type = resultType(
      formula,
      (id) => properties.find((property) => property.id === id)?.config.type,
    );
    return { type, value: null };
  }
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "number")
    return { type: "number", value: Number.isNaN(value) ? null : value };
  if (typeof value === "boolean") return { type: "boolean", value };
  if (Array.isArray(value)) return { type: "string", value: value.map(asText).join(",") };
  return { type: "date", value: { start: printMoment(value), end: null } };
}

/** `undefined` where the language or this reading of it ends. */
function evaluate(context: FormulaContext, formula: Formula): FormulaValue | undefined {
  switch (formula.kind) {
    case "literal":
      return formula.value;
    case "property":
      return propertyValue(context, formula.id);
    case "unary": {
      const operand = evaluate(context, formula.operand);
      if (operand === undefined) return undefined;
      if (formula.operator === "!" || formula.operator === "not") return !isTruthy(operand);
      const number = asNumber(operand);
      if (number === null) return null;
      return formula.operator === "-" ? -number : number;
    }
    case "binary":
      return evaluateBinary(context, formula);
    case "call":
      return evaluateCall(context, formula);
  }
}

function evaluateCall(
  context: FormulaContext,
  formula: Extract<Formula, { kind: "call" }>,
): FormulaValue | undefined {
  const { name, args } = formula;
  if (name === "if" || name === "ifs") {
    for (let at = 0; at + 1 < args.length; at += 2) {
      const test = evaluateAt(context, args, at);
      if (test === undefined) return undefined;
      if (isTruthy(test)) return evaluateAt(context, args, at + 1);
    }
    return args.length % 2 === 1 ? evaluateAt(context, args, args.length - 1) : null;
  }
  if (name === "and" || name === "or") {
    const stopsAt = name === "or";
    for (let at = 0; at < args.length; at += 1) {
      const value = evaluateAt(context, args, at);
      if (value === undefined) return undefined;
      if (isTruthy(value) === stopsAt) return stopsAt;
    }
    return !stopsAt;
  }
  const values: FormulaValue[] = [];
  for (const arg of args) {
    const value = evaluate(context, arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return callFunction(name, values, context.world.clock.nowMs());
}

function evaluateAt(
  context: FormulaContext,
  args: readonly Formula[],
  at: number,
): FormulaValue | undefined {
  const arg = args[at];
  return arg === undefined ? null : evaluate(context, arg);
}

function evaluateBinary(
  context: FormulaContext,
  formula: Extract<Formula, { kind: "binary" }>,
): FormulaValue | undefined {
  const left = evaluate(context, formula.left);
  if (left === undefined) return undefined;
  const { operator } = formula;
  if (operator === "or" || operator === "||") {
    return isTruthy(left) ? true : truthOf(evaluate(context, formula.right));
  }
  if (operator === "and" || operator === "&&") {
    return isTruthy(left) ? truthOf(evaluate(context, formula.right)) : false;
  }
  const right = evaluate(context, formula.right);
  return right === undefined ? undefined : applyOperator(operator, left, right);
}

function truthOf(value: FormulaValue | undefined): boolean | undefined {
  return value === undefined ? undefined : isTruthy(value);
}

function applyOperator(
  operator: string,
  left: FormulaValue,
  right: FormulaValue,
): FormulaValue | undefined {
  switch (operator) {
    case "==":
      return compareValues(left, right) === 0;
    case "!=":
      return compareValues(left, right) !== 0;
    case ">":
    case ">=":
    case "<":
    case "<=": {
      if (left === null || right === null) return false;
      const order = compareValues(left, right);
      if (operator === ">") return order > 0;
      if (operator === ">=") return order >= 0;
      return operator === "<" ? order < 0 : order <= 0;
    }
    case "+":
      if (typeof left === "string" || typeof right === "string")
        return asText(left) + asText(right);
      break;
  }
  // An empty number counts as 0 (recorded, test_all_createable_props_schema: `prop("Number") * 2`).
  const first = left === null ? 0 : asNumber(left);
  const second = right === null ? 0 : asNumber(right);
  if (first === null || second === null) return null;
  switch (operator) {
    case "+":
      return first + second;
    case "-":
      return first - second;
    case "*":
      return first * second;
    case "/":
      return second === 0 ? null : first / second;
    case "%":
      return second === 0 ? null : first % second;
    case "^":
      return first ** second;
  }
  return undefined;
}

function propertyValue(context: FormulaContext, id: string): FormulaValue | undefined {
  const property = findProperty(propertiesOf(context.world, context.page), id);
  if (property === null) return undefined;
  const reading = context.read(context.page, property);
  // A multi-select is a list even when it holds one option (recorded, test_query_formula).
  return property.config.type === "multi_select" && reading.kind === "options"
    ? reading.options.map(({ name }) => name)
    : valueOf(context, reading);
}

function valueOf(context: FormulaContext, reading: Reading): FormulaValue | undefined {
  switch (reading.kind) {
    case "text":
      return reading.text === "" ? null : reading.text;
    case "number":
      return reading.number;
    case "checkbox":
      return reading.isChecked;
    case "options":
      return reading.options[0]?.name ?? null;
    case "date":
      return reading.date === null ? null : parseMoment(reading.date.start);
    case "ids":
      return reading.ids.map((other) => context.world.users.get(other)?.name ?? other);
    case "files":
      return reading.count === 0 ? null : reading.count;
    case "formula":
      if (reading.result.type === "unsupported") return undefined;
      if (reading.result.type !== "date") return reading.result.value;
      return reading.result.value === null ? null : parseMoment(reading.result.value.start);
    case "rollup":
      if (reading.rollup.type === "number") return reading.rollup.number;
      if (reading.rollup.type === "date") {
        return reading.rollup.date === null ? null : parseMoment(reading.rollup.date.start);
      }
      return undefined;
    case "verification":
      return reading.state;
    case "nothing":
      return null;
  }
}
