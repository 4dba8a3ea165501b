// Text, number, choice and list conditions: one operand against one reading.
//
// Recorded matching rules (ultimate-notion test_query): text compares without regard to case, and negative
// conditions hold for empty values too. Unknown conditions are refused when the filter is compiled.
import { failedValidation } from "../errors.ts";
import type { Json } from "../json.ts";

/** Tests one value; made once per filter. */
export type Test<Value> = (value: Value) => boolean;

interface Operand {
  readonly condition: string;
  readonly operand: Json;
  readonly path: string;
}

/** `is_empty` and `is_not_empty`, which every kind of value knows and which take only `true`. */
export function emptinessTest(at: Operand): ((isEmpty: boolean) => boolean) | null {
  if (at.condition !== "is_empty" && at.condition !== "is_not_empty") return null;
  if (at.operand !== true)
    throw failedValidation(`${at.path}.${at.condition}`, "`true`", at.operand);
  return at.condition === "is_empty" ? (isEmpty) => isEmpty : (isEmpty) => !isEmpty;
}

export function textTest(at: Operand): Test<string> {
  const emptiness = emptinessTest(at);
  if (emptiness !== null) return (text) => emptiness(text === "");
  if (typeof at.operand !== "string") {
    throw failedValidation(`${at.path}.${at.condition}`, "a string", at.operand);
  }
  const wanted = at.operand.toLowerCase();
  const on =
    (test: (text: string) => boolean): Test<string> =>
    (text) =>
      test(text.toLowerCase());
  switch (at.condition) {
    case "equals":
      return on((text) => text === wanted);
    case "does_not_equal":
      return on((text) => text !== wanted);
    case "contains":
      return on((text) => text.includes(wanted));
    case "does_not_contain":
      return on((text) => !text.includes(wanted));
    case "starts_with":
      return on((text) => text.startsWith(wanted));
    case "ends_with":
      return on((text) => text.endsWith(wanted));
  }
  throw unknownCondition(at);
}

export function numberTest(at: Operand): Test<number | null> {
  const emptiness = emptinessTest(at);
  if (emptiness !== null) return (value) => emptiness(value === null);
  const { operand } = at;
  if (typeof operand !== "number") {
    throw failedValidation(`${at.path}.${at.condition}`, "a number", operand);
  }
  switch (at.condition) {
    case "equals":
      return (value) => value === operand;
    case "does_not_equal":
      return (value) => value !== operand;
    case "greater_than":
      return (value) => value !== null && value > operand;
    case "less_than":
      return (value) => value !== null && value < operand;
    case "greater_than_or_equal_to":
      return (value) => value !== null && value >= operand;
    case "less_than_or_equal_to":
      return (value) => value !== null && value <= operand;
  }
  throw unknownCondition(at);
}

export function checkboxTest(at: Operand): Test<boolean> {
  const { operand } = at;
  if (typeof operand !== "boolean") {
    throw failedValidation(`${at.path}.${at.condition}`, "a boolean", operand);
  }
  if (at.condition === "equals") return (value) => value === operand;
  if (at.condition === "does_not_equal") return (value) => value !== operand;
  throw unknownCondition(at);
}

/** select and status: `equals` takes an option name, or a list of them, any of which fits. */
export function choiceTest(at: Operand): Test<readonly { readonly name: string }[]> {
  return membershipTest(at, { positive: "equals", negative: "does_not_equal" });
}

/** multi_select: `contains`, otherwise as `choiceTest`. */
export function choicesTest(at: Operand): Test<readonly { readonly name: string }[]> {
  return membershipTest(at, { positive: "contains", negative: "does_not_contain" });
}

function membershipTest(
  at: Operand,
  names: { readonly positive: string; readonly negative: string },
): Test<readonly { readonly name: string }[]> {
  const emptiness = emptinessTest(at);
  if (emptiness !== null) return (options) => emptiness(options.length === 0);
  const wanted = (Array.isArray(at.operand) ? at.operand : [at.operand]).map((item) => {
    if (typeof item !== "string") {
      throw failedValidation(`${at.path}.${at.condition}`, "a string", item);
    }
    return item.toLowerCase();
  });
  const holds = (options: readonly { readonly name: string }[]): boolean =>
    options.some(({ name }) => wanted.includes(name.toLowerCase()));
  if (at.condition === names.positive) return holds;
  if (at.condition === names.negative) return (options) => !holds(options);
  throw unknownCondition(at);
}

/** people and relations: ids, dashed or not. `"me"` fits nobody for an internal connection. */
export function idsTest(at: Operand): Test<readonly string[]> {
  const emptiness = emptinessTest(at);
  if (emptiness !== null) return (ids) => emptiness(ids.length === 0);
  if (typeof at.operand !== "string") {
    throw failedValidation(`${at.path}.${at.condition}`, "a string", at.operand);
  }
  const wanted = at.operand.replaceAll("-", "").toLowerCase();
  const holds = (ids: readonly string[]): boolean =>
    ids.some((id) => id.replaceAll("-", "") === wanted);
  if (at.condition === "contains") return holds;
  if (at.condition === "does_not_contain") return (ids) => !holds(ids);
  throw unknownCondition(at);
}

export function unknownCondition(at: { readonly condition: string; readonly path: string }): Error {
  return failedValidation(`${at.path}.${at.condition}`, "not present", at.condition);
}
