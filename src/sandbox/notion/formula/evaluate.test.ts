import { describe, expect, test } from "vitest";
import { makeSandboxClock } from "../../clock.ts";
import type { Json } from "../json.ts";
import { makeNotionSandbox } from "../sandbox.ts";

/** Works out one expression for a row with Name "Ship it", Cost 4, Due 2026-06-22, no Tags. */
function value(expression: string): Json {
  const clock = makeSandboxClock(0);
  clock.freeze(Date.UTC(2026, 5, 27, 16, 58, 30));
  const { admin } = makeNotionSandbox({ clock });
  const { dataSourceId } = admin.createDatabase({
    title: "F",
    properties: {
      Name: { title: {} },
      Cost: { number: {} },
      Empty: { number: {} },
      Due: { date: {} },
      Tags: { multi_select: {} },
      Result: { formula: { expression } },
    },
  });
  const id = admin.createPage({
    parent: { dataSourceId },
    title: "Ship it",
    properties: { Cost: { number: 4 }, Due: { date: { start: "2026-06-22T18:58:00+02:00" } } },
  });
  return admin.readPage(id)?.values["Result"] ?? null;
}

describe("formulas", () => {
  test.each<[string, Json]>([
    ['prop("Cost") * 2 + 1', 9],
    ['prop("Empty") * 2', 0],
    ['prop("Name") + "!"', "Ship it!"],
    ['if(prop("Cost") > 3, "big", "small")', "big"],
    ['prop("Cost") == 4 and not empty(prop("Due"))', true],
    ['or(empty(prop("Name")), prop("Cost") < 0)', false],
    ['prop("Cost") > 3 ? "yes" : "no"', "yes"],
    ['dateBetween(prop("Due"), now(), "days")', -5],
    ['formatDate(prop("Due"), "YYYY-MM-DD HH:mm")', "2026-06-22 16:58"],
    ['prop("Tags").length()', 0],
    ['prop("Tags").includes("a")', false],
    ["floor(abs(-16 / 7))", 2],
    ["7 % 3 + 2 ^ 3", 9],
    ['toNumber("")', null],
  ])("%s", (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test("dates shift by calendar months and print with their offset", () => {
    expect(value('dateAdd(prop("Due"), 1, "months")')).toMatchObject({
      type: "date",
      date: { start: "2026-07-22T18:58:00.000+02:00" },
    });
  });

  test("what cannot be worked out says so, and is not empty", () => {
    expect(value('prop("Name").replaceAll("a", "b")')).toEqual({
      type: "unsupported",
      unsupported: {},
    });
  });
});
