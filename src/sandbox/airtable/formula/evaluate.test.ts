import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import type { FormulaRow } from "./function.ts";
import { FormulaSyntaxError } from "./lexer.ts";
import { parseFormula } from "./parser.ts";
import { fieldNames } from "./tree.ts";
import { date, formulaError, isTruthy, type FormulaValue } from "./value.ts";

const createdMs = Date.parse("2026-01-01T00:00:00.000Z");
const modifiedMs = Date.parse("2026-02-01T10:00:00.500Z");

const fields: Readonly<Record<string, FormulaValue>> = {
  Name: "Widget",
  "Two words": "x",
  Count: 3,
  Empty: null,
  Done: 1,
  Tags: ["a", "b"],
  Due: date(Date.parse("2026-02-01T00:00:00.000Z")),
  Bad: formulaError,
};

const row: FormulaRow = {
  recordId: "recAAAAAAAAAAAAAA",
  createdMs,
  nowMs: Date.parse("2026-03-05T06:07:08.900Z"),
  modifiedMs: (names) => (names.includes("Empty") ? null : modifiedMs),
  field: (name) => fields[name] ?? null,
};

function run(source: string): FormulaValue {
  return evaluate(parseFormula(source), row);
}

describe("values and operators", () => {
  const cases: readonly (readonly [string, FormulaValue])[] = [
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["-2 - -3", 1],
    ["6/4", 1.5],
    ["1/0", formulaError],
    ["\"a\" & 1 + 1 & 'b'", "a2b"],
    [String.raw`"q\"\\\n"`, 'q"\\\n'],
    ["1 = 1", 1],
    ["1 != 1", 0],
    ["2 >= 2", 1],
    ["'b' > 'a'", 1],
    ["'A' = 'a'", 0],
    ["{Empty} = ''", 1],
    ["{Empty} = 0", 1],
    ["{Empty} = BLANK()", 1],
    ["{Name} = 'Widget'", 1],
    ["Name", "Widget"],
    ["{Two words}", "x"],
    ["{Tags} & ''", "a, b"],
    ["{Due} = '2026-02-01'", 1],
    ["{Bad} & 'x'", formulaError],
  ];
  test.each(cases)("%s", (source, expected) => {
    expect(run(source)).toEqual(expected);
  });
});

describe("functions", () => {
  const cases: readonly (readonly [string, FormulaValue])[] = [
    ["AND(1, {Name})", 1],
    ["and(1, 0)", 0],
    ["OR(0, '', {Empty})", 0],
    ["XOR(1, 1, 1)", 1],
    ["NOT({Done})", 0],
    ["IF({Count} > 2, 'many', 1/0)", "many"],
    ["IF(0, 1)", null],
    ["SWITCH({Count}, 1, 'one', 3, 'three', 'else')", "three"],
    ["SWITCH({Count}, 1, 'one', 'else')", "else"],
    ["ISERROR({Bad})", 1],
    ["IFERROR(1/0, 'safe')", "safe"],
    ["FIND('d', {Name})", 3],
    ["FIND('D', {Name})", 0],
    ["SEARCH('D', {Name})", 3],
    ["SEARCH('q', {Name})", null],
    ["FIND('2026-02-01', {Due})", 1],
    ["LEFT('abc', 2) & RIGHT('abc', 1) & MID('abcd', 2, 2)", "abcbc"],
    ["LEN(TRIM('  ab '))", 2],
    ["SUBSTITUTE('a-b-c', '-', '+', 2)", "a-b+c"],
    ["REPLACE('abcd', 2, 2, 'X')", "aXd"],
    ["UPPER('a') & LOWER('B') & REPT('x', 3)", "Abxxx"],
    ["VALUE('$1,200.50')", 1200.5],
    ["REGEX_MATCH({Name}, '^W.*t$')", 1],
    ["REGEX_EXTRACT('a12b', '[0-9]+')", "12"],
    ["REGEX_REPLACE('a1b2', '[0-9]', '#')", "a#b#"],
    ["ARRAYJOIN({Tags}, '/')", "a/b"],
    ["SUM(1, 2, {Count})", 6],
    ["AVERAGE({Tags})", Number.NaN],
    ["MIN(3, 1, 2) & MAX(3, 1, 2)", "13"],
    ["ROUND(2.345, 2)", 2.35],
    ["ROUND(-2.5, 0)", -3],
    ["MOD(-7, 3)", 2],
    ["CEILING(1.2) & FLOOR(-1.2) & INT(1.9)", "2-21"],
    ["COUNTA({Tags}, '', 1)", 3],
    ["RECORD_ID()", "recAAAAAAAAAAAAAA"],
    ["CREATED_TIME()", date(createdMs)],
    ["LAST_MODIFIED_TIME()", date(modifiedMs)],
    ["LAST_MODIFIED_TIME({Name}, {Count})", date(modifiedMs)],
    ["LAST_MODIFIED_TIME({Empty})", null],
    ["IS_AFTER(LAST_MODIFIED_TIME(), '2026-02-01T10:00:00.000Z')", 1],
    ["IS_AFTER(LAST_MODIFIED_TIME(), DATETIME_PARSE('2026-02-01T10:00:00.500Z'))", 0],
    ["IS_BEFORE(CREATED_TIME(), TODAY())", 1],
    ["IS_AFTER({Empty}, '2026-01-01')", 0],
    ["IS_SAME({Due}, '2026-02-27', 'month')", 1],
    ["IS_SAME({Due}, '2026-02-27')", 0],
    ["DATESTR(DATEADD('2026-01-31', 1, 'month'))", "2026-02-28"],
    ["DATETIME_DIFF('2026-03-01', '2026-02-01', 'days')", 28],
    ["DATETIME_DIFF('2026-02-01', '2026-03-01', 'months')", -1],
    ["DATETIME_FORMAT({Due}, 'D MMM YYYY, dddd')", "1 Feb 2026, Sunday"],
    [
      "DATETIME_FORMAT(SET_TIMEZONE('2026-07-01T12:00:00Z', 'Europe/Berlin'), 'HH:mm Z')",
      "14:00 +02:00",
    ],
    [
      "DATETIME_PARSE('4 Mar 2026 3:05 pm', 'D MMM YYYY h:mm a')",
      date(Date.parse("2026-03-04T15:05:00Z")),
    ],
    ["DATETIME_PARSE('nonsense')", formulaError],
    ["YEAR(NOW()) & '-' & MONTH(NOW()) & '-' & WEEKDAY(NOW())", "2026-3-4"],
  ];
  test.each(cases)("%s", (source, expected) => {
    expect(run(source)).toEqual(expected);
  });
});

describe("truth of a filter", () => {
  test.each<[FormulaValue, boolean]>([
    [0, false],
    [Number.NaN, false],
    ["", false],
    [null, false],
    [[], false],
    [formulaError, false],
    [1, true],
    ["0", true],
    [date(0), true],
    [[null], true],
  ])("%j", (value, expected) => {
    expect(isTruthy(value)).toBe(expected);
  });
});

describe("formulas without a meaning", () => {
  test.each([
    "",
    "IF(",
    "1 +",
    "{Name",
    "'open",
    "NOPE(1)",
    "NOT()",
    "NOT(1, 2)",
    "1 == 1",
    "a b",
    "#",
  ])("%s", (source) => {
    expect(() => parseFormula(source)).toThrow(FormulaSyntaxError);
  });
});

test("names of fields, each once and in order", () => {
  const node = parseFormula(String.raw`IF({B\}c}, Name & {B\}c}, -LEN({fldAAAAAAAAAAAAAA}))`);
  expect(fieldNames(node)).toEqual(["B}c", "Name", "fldAAAAAAAAAAAAAA"]);
});
