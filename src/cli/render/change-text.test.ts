import { assert, integer, property, string } from "fast-check";
import { expect, test } from "vitest";
import { widthOf } from "../plain.ts";
import { arrowWidth, shortened } from "./change-text.ts";

const long = "Waiting for legal to sign off the new terms of service";

test("what fits stays whole", () => {
  expect(shortened("Q1", "Q2", 30)).toEqual({ before: "Q1", after: "Q2" });
});

test("a difference at the end of two long texts stays in sight", () => {
  const cut = shortened(`${long} in all regions`, `${long} in the EU`, 50);
  expect(cut.before).toContain("all");
  expect(cut.after).toContain("the EU");
  expect(cut.before.startsWith("…")).toBe(true);
});

test("a difference in the middle is shown from both sides", () => {
  const cut = shortened(`${long} ALPHA ${long}`, `${long} BETA ${long}`, 60);
  expect(cut.before).toMatch(/^….*ALPHA.*…$/u);
  expect(cut.after).toMatch(/^….*BETA.*…$/u);
});

test("a short value leaves its room to the long one", () => {
  const cut = shortened("(empty)", `${long} and more of the same`, 60);
  expect(cut.before).toBe("(empty)");
  expect(widthOf(cut.after)).toBeGreaterThan(40);
  expect(cut.after.startsWith("Waiting")).toBe(true);
});

test("never wider than asked, and different values never look the same at their difference", () => {
  const content = string({ unit: "grapheme", maxLength: 80 });
  assert(
    property(content, content, content, content, integer({ min: 24, max: 120 }), (...args) => {
      const [start, one, two, end, width] = args;
      const cut = shortened(start + one + end, start + two + end, width);
      expect(widthOf(cut.before) + widthOf(cut.after) + arrowWidth).toBeLessThanOrEqual(width);
      if (one !== two) expect(cut.before).not.toBe(cut.after);
    }),
  );
});
