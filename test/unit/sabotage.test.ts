// The table of sabotages does not rot: each is still about a line that is there once, and about a test
// that exists. A source that changed takes its sabotages along: mend `find` to fit the new words, or
// take the entry out when its rule is gone.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { root } from "../architecture/tree.ts";
import { sabotaged, type Sabotage } from "../sabotage/sabotage.ts";
import { sabotages } from "../sabotage/table.ts";

const sourceOf = ({ file }: Sabotage): string => readFileSync(`${root}${file}`, "utf8");

describe("the table of sabotages", () => {
  test.each(sabotages.map((entry) => [entry.name, entry] as const))(
    "%s still applies",
    (_, entry) => {
      const source = sourceOf(entry);
      expect(sabotaged(source, entry)).not.toBe(source);
      expect(existsSync(`${root}${entry.caughtBy}`), entry.caughtBy).toBe(true);
    },
  );

  test("names are given once", () => {
    const names = sabotages.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test("a text that is there twice, or not at all, is a fault of the table", () => {
    const entry = { name: "x", file: "a.ts", find: "+ 1", replace: "", why: "", caughtBy: "" };
    expect(sabotaged("n + 1", entry)).toBe("n ");
    expect(() => sabotaged("n + 1 + 1", entry)).toThrow(
      "x: its text is 2 times in a.ts, not once.",
    );
    expect(() => sabotaged("n", entry)).toThrow("x: its text is 0 times in a.ts");
  });
});
