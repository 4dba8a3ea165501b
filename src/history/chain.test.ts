import * as fc from "fast-check";
import { expect, test } from "vitest";

import { changeBody, makeEntry } from "../../test/fixture/store.ts";
import { must } from "../core/assert.ts";
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

const last = must(items.at(-1), "a line");

/** Kind, number, line in the file and message of a finding. */
type Told = readonly [kind: Finding["kind"], seq: number, line: number, message: string];

function check(texts: readonly string[]): readonly Finding[] {
  const chain = makeChain(last, names);
  for (const [index, text] of texts.entries()) addLine(chain, { text, file: "f", line: index + 1 });
  return endChain(chain, "f").findings;
}

test("the lines as written have no finding", () => {
  expect(check(lines)).toEqual([]);
});

test.each<[string, (all: readonly string[]) => readonly string[], readonly Told[]]>([
  ["one missing", (all) => all.toSpliced(2, 1), [["missing", 3, 3, "Line 3 is not there."]]],
  [
    "two missing in a row, and the last",
    (all) => all.toSpliced(2, 2).slice(0, -1),
    [
      ["missing", 3, 3, "Lines 3 to 4 are not there."],
      ["missing", 8, 0, "Line 8 is not there."],
    ],
  ],
  ["none at all", () => [], [["missing", 1, 0, "Lines 1 to 8 are not there."]]],
  [
    "two of a gap, put at the end",
    ([one = "", _two, three = "", four = "", ...others]) => [one, ...others, three, four],
    [
      ["missing", 2, 2, "Line 2 is not there."],
      ["moved", 3, 6, "Line 3 stands after lines that were written later."],
      ["moved", 4, 7, "Line 4 stands after lines that were written later."],
    ],
  ],
  [
    "the lines around it still missing",
    ([one = "", _two, three = "", _four, ...others]) => [one, ...others, three],
    [
      ["missing", 2, 2, "Line 2 is not there."],
      ["missing", 4, 2, "Line 4 is not there."],
      ["moved", 3, 6, "Line 3 stands after lines that were written later."],
    ],
  ],
  [
    "two gaps, the later one filled at the end",
    (all) => [...all.toSpliced(4, 1).toSpliced(1, 1), all[4] ?? ""],
    [
      ["missing", 2, 2, "Line 2 is not there."],
      ["moved", 5, 7, "Line 5 stands after lines that were written later."],
    ],
  ],
  [
    "one twice",
    (all) => all.toSpliced(5, 0, all[1] ?? ""),
    [["repeated", 2, 6, "Line 2 is there a second time."]],
  ],
  [
    "a missing one put at the end twice",
    (all) => [...all.toSpliced(1, 1), all[1] ?? "", all[1] ?? ""],
    [
      ["moved", 2, 8, "Line 2 stands after lines that were written later."],
      ["repeated", 2, 9, "Line 2 is there a second time."],
    ],
  ],
  [
    "a stranger before all",
    (all) => ["hello", ...all],
    [["unreadable", 1, 1, "This is no line of the log; line 1 belongs here."]],
  ],
  [
    "strangers in the place of two",
    (all) => all.toSpliced(2, 2, "hello", "again"),
    [
      ["unreadable", 3, 3, "This is no line of the log; line 3 belongs here."],
      ["unreadable", 4, 4, "This is no line of the log; line 4 belongs here."],
    ],
  ],
  [
    "one stranger in the place of three",
    (all) => all.toSpliced(2, 3, "hello"),
    [
      ["unreadable", 3, 3, "This is no line of the log; line 3 belongs here."],
      ["missing", 4, 4, "Lines 4 to 5 are not there."],
    ],
  ],
  [
    "a stranger at the end, in the place of the last",
    (all) => all.with(lineCount - 1, "hello"),
    [["unreadable", 8, 8, "This is no line of the log; line 8 belongs here."]],
  ],
  [
    "an edited one, told once where it stands",
    (all) => all.with(3, (all[3] ?? "").replace("Alpha", "Omega")),
    [["edited", 4, 5, "Line 4 is not what it was when line 5 was written."]],
  ],
  [
    "two edited ones",
    (all) => all.map((line, at) => (at === 1 || at === 7 ? line.replace("Alpha", "Omega") : line)),
    [
      ["edited", 2, 3, "Line 2 is not what it was when line 3 was written."],
      ["edited", 8, 8, "Line 8 is not what the store wrote."],
    ],
  ],
  [
    "one added that fits",
    (all) => [...all, encodeLine({ ...last, seq: 9 }, hashLine(all.at(-1) ?? ""), names)],
    [
      [
        "added",
        9,
        9,
        "Line 9 was not written by this store: it was added, or the store was put back from a backup.",
      ],
    ],
  ],
])("%s: the findings, whole", (_, arrange, told) => {
  expect(check(arrange(lines))).toEqual(
    told.map(([kind, seq, line, message]) => ({ kind, file: "f", line, seq, message })),
  );
});

test("without a store only the chain speaks", () => {
  const chain = makeChain(null, names);
  for (const [index, text] of lines.slice(1, 4).entries())
    addLine(chain, { text, file: "f", line: index + 1 });
  const { findings, ...result } = endChain(chain, "f");
  expect(result).toEqual({ lineCount: 3, firstSeq: 2, lastSeq: 4 });
  expect(findings.map(({ kind, seq }) => [kind, seq])).toEqual([["missing", 1]]);
});

test("each line is held against the store's own, also one that stands too late", () => {
  const told = (texts: readonly string[], own: (seq: number) => string): readonly string[] => {
    const chain = makeChain(last, names);
    for (const [index, text] of texts.entries()) {
      const seq = lines.indexOf(text) + 1;
      const entry = makeEntry({ ...changeBody, title: own(seq) });
      addLine(chain, { text, file: "f", line: index + 1 }, { seq, entry });
    }
    return endChain(chain, "f").findings.map(({ kind, seq }) => `${kind} ${seq}`);
  };
  const right = (seq: number): string => `Spec ${seq - 1}`;
  expect(told(lines, right)).toEqual([]);
  expect(told(lines, (seq) => (seq === 3 ? "Other" : right(seq)))).toEqual(["edited 3"]);
  const late = [...lines.toSpliced(2, 1), lines[2] ?? ""];
  expect(told(late, (seq) => (seq === 3 ? "Other" : right(seq)))).toEqual(["moved 3", "edited 3"]);
  // One that is there twice is compared once.
  const twice = [...lines, lines[2] ?? ""];
  expect(told(twice, right)).toEqual(["repeated 3"]);
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
