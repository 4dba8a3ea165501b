import * as fc from "fast-check";
import { expect, test } from "vitest";

import { changeBody, makeEntry } from "../../test/fixture/store.ts";
import { addLine, endChain, makeChain, type Finding } from "./chain.ts";
import { encodeLine, hashLine, noLine, type SideNames } from "./encode.ts";

const names: SideNames = { left: "notion", right: "airtable" };
const lineCount = 8;

const items = Array.from({ length: lineCount }, (_, index) => ({
  seq: index + 1,
  entry: makeEntry({ ...changeBody, title: `Spec ${index}` }),
}));

const lines: readonly string[] = items.reduce<string[]>((made, item) => {
  const last = made.at(-1);
  return [...made, encodeLine(item, last === undefined ? noLine : hashLine(last), names)];
}, []);

function check(texts: readonly string[]): readonly Finding[] {
  const chain = makeChain(items.at(-1) ?? null, names);
  for (const [index, text] of texts.entries()) addLine(chain, { text, file: "f", line: index + 1 });
  return endChain(chain, "f").findings;
}

test("the lines as written have no finding", () => {
  expect(check(lines)).toEqual([]);
});

test("any other arrangement of the lines has one", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { maxLength: lineCount + 2 }), (texts) => {
      fc.pre(texts.join() !== lines.join());
      expect(check(texts)).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("any change of a single character has one", () => {
  fc.assert(
    fc.property(
      fc.nat(lineCount - 1),
      fc.nat(),
      fc.constantFrom("x", "0", '"', "}", " "),
      (index, at, character) => {
        const line = lines[index] ?? "";
        const place = at % line.length;
        fc.pre(line[place] !== character);
        const edited = line.slice(0, place) + character + line.slice(place + 1);
        expect(check(lines.with(index, edited))).not.toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a line at the wrong place is named, and only that", () => {
  const [first = "", second = "", ...others] = lines;
  expect(check([first, ...others, second])).toMatchObject([{ kind: "moved", seq: 2, line: 8 }]);
});

test("a log may begin at any number if it begins a chain", () => {
  const [item] = items.slice(-1);
  expect(item && check([encodeLine(item, noLine, names)])).toEqual([]);
  expect(item && check([encodeLine(item, hashLine("x"), names)])).toMatchObject([
    { kind: "missing", seq: 1 },
  ]);
});
