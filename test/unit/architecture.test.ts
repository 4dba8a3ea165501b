// The rules of the house, held against every source in the tree. A breach names its line and how to
// mend it; the rules themselves are tried in architecture-rules.test.ts.
import { describe, expect, test } from "vitest";
import { showBreaches } from "../architecture/breach.ts";
import { checkLayers, checkOrphans } from "../architecture/imports.ts";
import { checkShape } from "../architecture/shape.ts";
import { readSources } from "../architecture/tree.ts";
import { checkProviders, checkWords } from "../architecture/words.ts";

const sources = readSources();

describe("architecture", () => {
  test("the sources are there to be looked at", () => {
    expect(sources.map(({ file }) => file)).toContain("src/core/decide-cell.ts");
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(sources.length);
  });

  test("layers import only what lies below them", () => {
    expect(showBreaches(checkLayers(sources))).toBe("");
  });

  test("every file is used", () => {
    expect(showBreaches(checkOrphans(sources))).toBe("");
  });

  test("files have the house's shape and size", () => {
    expect(showBreaches(sources.flatMap(checkShape))).toBe("");
  });

  test("no banned word is left", () => {
    expect(showBreaches(sources.flatMap(checkWords))).toBe("");
  });

  test("the services are named only where they may be", () => {
    expect(showBreaches(sources.flatMap(checkProviders))).toBe("");
  });
});
