import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { emptyPlan, samplePlan } from "../../../test/fixture/plan-view.ts";
import type { PlanView } from "../../app/plan-view.ts";
import { makeColour } from "../colour.ts";
import { widthOf } from "../plain.ts";
import { planText } from "./plan.ts";
import type { Style } from "./style.ts";

function style(width: number, more: Partial<Style> = {}): Style {
  return { colour: makeColour(false), width, isVerbose: false, nowMs: 0, ...more };
}

const halted: PlanView = {
  ...emptyPlan(),
  halt: {
    type: "halt",
    guard: "maxRemove",
    message:
      "12 of 124 linked rows were removed, and 12 rows in Airtable would be put away; the limit is 6.",
    remedy: "Look at `tandem plan`. If the removals are meant, let the run through.",
    counts: { removals: 12 },
  },
};

describe("a plan", () => {
  test.each([80, 120])("on a terminal of %d columns", (width) => {
    expect(`\n${planText(samplePlan(), style(width))}\n`).toMatchSnapshot();
  });

  test("with nothing to change", () => {
    expect(`\n${planText(emptyPlan(), style(80))}\n`).toMatchSnapshot();
  });

  test("that a guard would stop", () => {
    expect(`\n${planText(halted, style(80))}\n`).toMatchSnapshot();
  });

  test("names the rules beside their words when asked", () => {
    const text = planText(samplePlan(), style(120, { isVerbose: true }));
    expect(text).toContain("edited in Notion (F4)");
    expect(text).toContain("removed in Notion (R6)");
  });

  test("says that a first sync removes and overwrites nothing", () => {
    const text = planText({ ...samplePlan(), isFirstRun: true }, style(80));
    expect(text).toContain("First sync: nothing is removed");
  });

  test.each([60, 80, 100, 120, 160])("has no line longer than %d columns", (width) => {
    const lines = planText(samplePlan(), style(width)).split("\n");
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
  });

  test("is the same text with and without colour", () => {
    const plain = planText(samplePlan(), style(80));
    const coloured = planText(samplePlan(), style(80, { colour: makeColour(true) }));
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(coloured).not.toBe(plain);
  });

  test("lets no control character of a cell reach the terminal", () => {
    expect(planText(samplePlan(), style(80))).not.toContain("\u001b");
  });
});
