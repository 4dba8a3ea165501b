// One property condition against a reading: picks the test by the filter's type key.
//
// The key must fit the column, but text columns of any kind may be filtered as `rich_text` (recorded). A
// formula's or rollup's key names the type of its result in turn.
import { failedValidation, invalid } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { PropertyType } from "../property.ts";
import { isEmptyResult, type FormulaResult, type Reading, type Rollup } from "../value/reading.ts";
import {
  checkboxTest,
  choiceTest,
  choicesTest,
  emptinessTest,
  idsTest,
  numberTest,
  textTest,
  type Test,
} from "./condition.ts";
import { dateTest } from "./date-condition.ts";

export interface ConditionContext {
  readonly path: string;
  readonly nowMs: number;
}

const textTypes: readonly PropertyType[] = ["title", "rich_text", "url", "email", "phone_number"];

/** Filter keys each column type answers to, beside its own name. */
const aliases: Partial<Record<PropertyType, readonly string[]>> = {
  unique_id: ["number"],
  created_time: ["date"],
  last_edited_time: ["date"],
  created_by: ["people"],
  last_edited_by: ["people"],
};

/** Refuses a filter key that does not fit the column, in the recorded words. */
export function checkFilterKey(type: PropertyType, key: string): void {
  const fits =
    key === type ||
    (textTypes.includes(type) && textTypes.some((textType) => textType === key)) ||
    (aliases[type]?.includes(key) ?? false);
  if (!fits) {
    throw invalid(
      `The property type in the database does not match the property type of the filter provided: database property ${type} does not match filter ${key}`,
    );
  }
}

/** Compiles `{<key>: {<condition>: operand}}`. */
export function readingTest(key: string, body: Json, context: ConditionContext): Test<Reading> {
  const path = `${context.path}.${key}`;
  if (!isObject(body)) throw failedValidation(path, "an object", body);
  if (key === "formula") return formulaTest(body, { ...context, path });
  if (key === "rollup") return rollupTest(body, { ...context, path });
  const [pair, ...rest] = Object.entries(body);
  if (pair === undefined || rest.length > 0) {
    throw failedValidation(path, "an object with exactly one condition", body);
  }
  const at = { condition: pair[0], operand: pair[1], path, nowMs: context.nowMs };
  switch (key) {
    case "title":
    case "rich_text":
    case "url":
    case "email":
    case "phone_number": {
      const test = textTest(at);
      return (reading) => reading.kind === "text" && test(reading.text);
    }
    case "number":
    case "unique_id": {
      const test = numberTest(at);
      return (reading) => reading.kind === "number" && test(reading.number);
    }
    case "checkbox": {
      const test = checkboxTest(at);
      return (reading) => reading.kind === "checkbox" && test(reading.isChecked);
    }
    case "select":
    case "status":
    case "multi_select": {
      const test = key === "multi_select" ? choicesTest(at) : choiceTest(at);
      return (reading) => reading.kind === "options" && test(reading.options);
    }
    case "date":
    case "created_time":
    case "last_edited_time": {
      const test = dateTest(at);
      return (reading) => reading.kind === "date" && test(reading.date);
    }
    case "people":
    case "created_by":
    case "last_edited_by":
    case "relation": {
      const test = idsTest(at);
      return (reading) => reading.kind === "ids" && test(reading.ids);
    }
    case "files": {
      const test = emptinessTest(at);
      if (test === null) break;
      return (reading) => reading.kind === "files" && test(reading.count === 0);
    }
    case "verification":
      return verificationTest(at);
  }
  throw failedValidation(`${path}.${at.condition}`, "not present", at.operand);
}

function verificationTest(at: {
  readonly condition: string;
  readonly operand: Json;
}): Test<Reading> {
  const isWanted = at.condition !== "does_not_equal";
  return (reading) =>
    reading.kind === "verification" && (reading.state === at.operand) === isWanted;
}

/** `{string|checkbox|number|date: {condition}}`; an unsupported value fits no condition. */
function formulaTest(body: JsonObject, context: ConditionContext): Test<Reading> {
  const [key, condition] = Object.entries(body)[0] ?? [];
  if (key === undefined || condition === undefined) {
    throw failedValidation(context.path, "an object with exactly one condition", body);
  }
  const inner = readingTest(key === "string" ? "rich_text" : key, condition, context);
  return (reading) => reading.kind === "formula" && inner(resultReading(reading.result, key));
}

function resultReading(result: FormulaResult, key: string): Reading {
  if (isEmptyResult(result)) return emptyReading(key);
  switch (result.type) {
    case "string":
      return { kind: "text", text: result.value ?? "" };
    case "number":
      return { kind: "number", number: result.value };
    case "boolean":
      return { kind: "checkbox", isChecked: result.value ?? false };
    case "date":
      return { kind: "date", date: result.value };
    case "unsupported":
      return { kind: "nothing" };
  }
}

function emptyReading(key: string): Reading {
  switch (key) {
    case "string":
      return { kind: "text", text: "" };
    case "number":
      return { kind: "number", number: null };
    case "date":
      return { kind: "date", date: null };
  }
  return { kind: "checkbox", isChecked: false };
}

const quantifiers: readonly string[] = ["any", "every", "none"];

/** Array rollups take `any`, `every`, `none`; scalar ones `number` or `date`. */
function rollupTest(body: JsonObject, context: ConditionContext): Test<Reading> {
  const [key, condition] = Object.entries(body)[0] ?? [];
  if (key === undefined || condition === undefined) {
    throw failedValidation(context.path, "an object with exactly one condition", body);
  }
  if (quantifiers.includes(key)) {
    const [innerKey, innerBody] = isObject(condition) ? (Object.entries(condition)[0] ?? []) : [];
    if (innerKey === undefined || innerBody === undefined) {
      throw failedValidation(`${context.path}.${key}`, "an object", condition);
    }
    const inner = readingTest(innerKey, innerBody, context);
    return (reading) => reading.kind === "rollup" && quantify(key, reading.rollup, inner);
  }
  const inner = readingTest(key, condition, context);
  return (reading) => {
    if (reading.kind !== "rollup") return false;
    const { rollup } = reading;
    if (rollup.type === "number") return inner({ kind: "number", number: rollup.number });
    return rollup.type === "date" && inner({ kind: "date", date: rollup.date });
  };
}

function quantify(quantifier: string, rollup: Rollup, inner: Test<Reading>): boolean {
  if (rollup.type !== "array") return false;
  const holds = ({ reading }: { readonly reading: Reading }): boolean => inner(reading);
  if (quantifier === "any") return rollup.items.some(holds);
  if (quantifier === "every") return rollup.items.every(holds);
  return !rollup.items.some(holds);
}
