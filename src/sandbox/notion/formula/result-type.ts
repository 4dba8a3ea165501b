// The type a formula has before it has a value; needed only when the value is empty.
import type { PropertyType } from "../property.ts";
import type { Formula } from "./parse.ts";

export type ResultType = "string" | "number" | "boolean" | "date";

const booleanOperators = ["==", "!=", ">", ">=", "<", "<=", "and", "or", "&&", "||"];
const booleanCalls = ["empty", "not", "and", "or", "contains", "includes", "equal", "test"];
const dateCalls = [
  "now",
  "today",
  "dateAdd",
  "dateSubtract",
  "fromTimestamp",
  "dateStart",
  "dateEnd",
];
const stringCalls = ["format", "lower", "upper", "trim", "concat", "join", "formatDate"];

/** `typeOf` tells the type of a property by its raw id. */
export function resultType(
  formula: Formula,
  typeOf: (id: string) => PropertyType | undefined,
): ResultType {
  switch (formula.kind) {
    case "literal":
      if (typeof formula.value === "number") return "number";
      return typeof formula.value === "boolean" ? "boolean" : "string";
    case "property":
      return resultTypes[typeOf(formula.id) ?? "title"] ?? "string";
    case "unary":
      return formula.operator === "!" || formula.operator === "not" ? "boolean" : "number";
    case "binary": {
      if (booleanOperators.includes(formula.operator)) return "boolean";
      if (formula.operator !== "+") return "number";
      const left = resultType(formula.left, typeOf);
      return left === "string" ? left : resultType(formula.right, typeOf);
    }
    case "call": {
      const { name, args } = formula;
      const branch = args[1];
      if ((name === "if" || name === "ifs") && branch !== undefined) {
        return resultType(branch, typeOf);
      }
      if (booleanCalls.includes(name)) return "boolean";
      if (dateCalls.includes(name)) return "date";
      return stringCalls.includes(name) ? "string" : "number";
    }
  }
}

const resultTypes: Partial<Record<PropertyType, ResultType>> = {
  number: "number",
  unique_id: "number",
  checkbox: "boolean",
  date: "date",
  created_time: "date",
  last_edited_time: "date",
};
