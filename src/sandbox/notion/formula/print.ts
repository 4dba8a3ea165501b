// A formula tree as the service prints it back: one space around operators, needless brackets gone, every
// operation inside an operation bracketed (recorded, ultimate-notion test_simple_taskdb).
import type { Formula } from "./parse.ts";

/** `token` prints a reference to a property, given its raw id. */
export function printFormula(formula: Formula, token: (id: string) => string): string {
  const print = (part: Formula): string => printFormula(part, token);
  const operand = (part: Formula): string =>
    part.kind === "binary" ? `(${print(part)})` : print(part);
  switch (formula.kind) {
    case "literal":
      return typeof formula.value === "string"
        ? `"${formula.value.replaceAll(/["\\]/g, "\\$&")}"`
        : String(formula.value);
    case "property":
      return token(formula.id);
    case "call": {
      const [subject, ...rest] = formula.args;
      if (formula.isMethod === true && subject !== undefined) {
        return `${operand(subject)}.${formula.name}(${rest.map(print).join(", ")})`;
      }
      return `${formula.name}(${formula.args.map(print).join(", ")})`;
    }
    case "unary": {
      const gap = formula.operator === "not" ? " " : "";
      return `${formula.operator}${gap}${operand(formula.operand)}`;
    }
    case "binary":
      return `${operand(formula.left)} ${formula.operator} ${operand(formula.right)}`;
  }
}
