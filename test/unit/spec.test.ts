// Holds docs/spec.md and the titles of the tests against each other, both ways: no promise without a
// test unless the page admits it, and no number in a title that the page does not explain.
import { describe, expect, test } from "vitest";
import { carriersIn, idsIn, linesOf, openIdsOf, withCarriers } from "../architecture/promises.ts";
import { parseSource } from "../architecture/source.ts";
import { readSources, readText } from "../architecture/tree.ts";

describe("docs/spec.md", () => {
  const spec = readText("docs/spec.md");
  const carriers = carriersIn(readSources());
  const lines = linesOf(spec);
  const known = lines.map(({ id }) => id);

  test("numbers every promise once, without a gap", () => {
    const counts = { G: 6, P: 28, F: 22, R: 27, W: 16 };
    const expected = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
    );
    expect(known.toSorted()).toEqual(expected.toSorted());
  });

  test("every promise it calls carried stands in the title of a test it names", () => {
    const broken = lines.flatMap(({ id, files }) =>
      files.filter((file) => !(carriers.get(id) ?? []).includes(file)).map((at) => `${id} ${at}`),
    );
    expect(broken).toEqual([]);
  });

  test("every number in a title is explained", () => {
    expect([...carriers.keys()].filter((id) => !known.includes(id))).toEqual([]);
  });

  test("a promise listed as not yet carried stands in no title", () => {
    const open = openIdsOf(spec);
    expect(open.filter((id) => carriers.has(id))).toEqual([]);
    expect(lines.filter(({ files }) => files.length === 0).map(({ id }) => id)).toEqual(open);
  });

  test("is up to date with the titles (otherwise: npm run spec)", () => {
    expect(withCarriers(spec, carriers)).toBe(spec);
  });
});

describe("promises", () => {
  const page = [
    "| P1 | converge | `test/unit/gone.test.ts` |",
    "| P2 | stop | not yet |",
    "<!-- not yet carried: written by `npm run spec` -->",
    "P2.",
    "<!-- end of list -->",
  ].join("\n");
  const sources = [
    parseSource("src/core/a.test.ts", `test.each(table)("P2 P20..P22: %s", () => {});`),
    parseSource("test/engine/b.test.ts", "describe(`P2 for ${side}`, () => {});"),
    parseSource("src/core/c.ts", `test("P9", () => {});`),
  ];

  test("are found in titles, alone and in ranges, in tests only", () => {
    expect(idsIn("G3 P12: F1..F3, R6–R7, but not XP5, P0, p4 or P123")).toEqual(
      "G3 P12 F1 F2 F3 R6 R7".split(" "),
    );
    expect(Object.fromEntries(carriersIn(sources))).toEqual({
      P2: ["src/core/a.test.ts", "test/engine/b.test.ts"],
      P20: ["src/core/a.test.ts"],
      P21: ["src/core/a.test.ts"],
      P22: ["src/core/a.test.ts"],
    });
  });

  test("are written into the page with the tests that carry them", () => {
    const written = withCarriers(page, carriersIn(sources));
    expect(linesOf(written)).toEqual([
      { id: "P1", files: [] },
      { id: "P2", files: ["src/core/a.test.ts", "test/engine/b.test.ts"] },
    ]);
    expect(openIdsOf(written)).toEqual(["P1"]);
    expect(withCarriers(written, carriersIn(sources))).toBe(written);
  });
});
