// Laws of the three-way merge, on generated values, and the few answers a person would check by hand.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeValues } from "./merge.ts";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  number,
  people,
  text,
  unknown,
  valueKey,
  type Value,
} from "./value.ts";

const names = fc.constantFrom("web", "ios", "android", "payments", "search", "Überblick");
const choicesValue = fc.array(names, { maxLength: 5 }).map((list) => choices(list));
const personValue = fc
  .array(fc.constantFrom("ana", "bo", "cy", "di"), { maxLength: 4 })
  .map((list) =>
    people(
      [...new Set(list)].map((id) => ({
        id,
        email: id === "di" ? null : `${id}@a.example`,
        name: id,
      })),
    ),
  );
const line = fc.constantFrom("alpha", "beta", "gamma", "delta", "", "- [ ] todo", "émoji 🎈");
const textValue = fc.array(line, { maxLength: 8 }).map((lines) => text(lines.join("\n")));
const family = fc.constantFrom(choicesValue, personValue, textValue);
const triple = family.chain((values) => fc.tuple(values, values, values));

const rich = (markdown: string): Value => ({ kind: "rich", markdown });
const links = (id: string): Value => ({ kind: "links", ids: [id] });
const files = (identity: string): Value => ({ kind: "files", files: [{ name: "", identity }] });

const keyOf = (value: Value | null): string | null => (value === null ? null : valueKey(value));

/** Members as a set, or lines: what order means nothing in, and what it does. */
function members(value: Value): readonly string[] {
  if (value.kind === "choices") return value.names;
  if (value.kind === "people") return value.people.map((person) => person.id);
  return value.kind === "text" ? value.text.split("\n") : [];
}

describe("mergeValues", () => {
  test("F10: where one side did nothing, the other side's value is the merge", () => {
    fc.assert(
      fc.property(triple, ([base, changed]) => {
        if (base.kind === "empty" && changed.kind === "empty") return;
        expect(keyOf(mergeValues(base, base, changed))).toBe(valueKey(changed));
        expect(keyOf(mergeValues(base, changed, base))).toBe(valueKey(changed));
      }),
    );
  });

  test("F10: the same edit made twice is made once", () => {
    fc.assert(
      fc.property(triple, ([base, changed]) => {
        if (base.kind === "empty" && changed.kind === "empty") return;
        expect(keyOf(mergeValues(base, changed, changed))).toBe(valueKey(changed));
      }),
    );
  });

  test("F10 P22: swapping the sides gives the same merge", () => {
    fc.assert(
      fc.property(triple, ([base, left, right]) => {
        expect(keyOf(mergeValues(base, left, right))).toBe(keyOf(mergeValues(base, right, left)));
      }),
    );
  });

  test("F10 P2: a merge that reached one side only is the same merge the next time", () => {
    fc.assert(
      fc.property(triple, ([base, left, right]) => {
        const merged = mergeValues(base, left, right);
        if (merged === null) return;
        const again = mergeValues(base, merged, right);
        // Changes that touched nothing before may touch each other now; then the later edit wins.
        if (again !== null) expect(valueKey(again)).toBe(valueKey(merged));
      }),
      { numRuns: 500 },
    );
  });

  test("F10: a set loses what either side removed and gains what either side added", () => {
    const sets = fc.constantFrom(choicesValue, personValue);
    fc.assert(
      fc.property(
        sets.chain((values) => fc.tuple(values, values, values)),
        ([base, left, right]) => {
          const merged = mergeValues(base, left, right);
          if (merged === null) return;
          const [b, l, r] = [base, left, right].map((value) => new Set(members(value)));
          const expected = [...new Set([...members(base), ...members(left), ...members(right)])];
          const kept = expected.filter((name) => {
            const inBoth = l?.has(name) === true && r?.has(name) === true;
            return b?.has(name) === true ? inBoth : true;
          });
          expect(members(merged).toSorted()).toEqual(kept.toSorted());
        },
      ),
    );
  });

  test("F10: no line that both sides kept is lost, none is made up, and none is doubled", () => {
    fc.assert(
      fc.property(textValue, textValue, textValue, (base, left, right) => {
        const merged = mergeValues(base, left, right);
        if (merged === null) return;
        const count = (value: Value, wanted: string): number =>
          members(value).filter((entry) => entry === wanted).length;
        for (const entry of new Set([base, left, right].flatMap((value) => [...members(value)]))) {
          // An empty value and one empty line are the same text.
          if (entry === "") continue;
          const kept = Math.min(...[base, left, right].map((value) => count(value, entry)));
          const most = count(left, entry) + count(right, entry);
          expect(count(merged, entry)).toBeGreaterThanOrEqual(kept);
          expect(count(merged, entry)).toBeLessThanOrEqual(most);
        }
        const seen = new Set([left, right].flatMap((value) => [...members(value)]));
        expect(members(merged).filter((entry) => entry !== "" && !seen.has(entry))).toEqual([]);
      }),
    );
  });

  test("edits of lines apart are both kept", () => {
    const base = text("title\n\nfirst\nsecond\nthird");
    const left = text("Title\n\nfirst\nsecond\nthird");
    const right = text("title\n\nfirst\nsecond\nthird, at last\nfourth");
    expect(mergeValues(base, left, right)).toEqual(
      text("Title\n\nfirst\nsecond\nthird, at last\nfourth"),
    );
  });

  test("F10: edits with a line between them are both made, wherever they are and whatever they do", () => {
    const run = fc.record({
      at: fc.nat(),
      removed: fc.nat(2),
      added: fc.array(fc.constantFrom("new", "newer", ""), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 14 }), run, run, (length, one, two) => {
        const base = Array.from({ length }, (_, at) => `line ${at}`);
        const start = one.at % (length - 1);
        const end = Math.min(start + one.removed, length - 2);
        const laterStart = end + 1 + (two.at % (length - end - 1));
        const laterEnd = Math.min(laterStart + two.removed, length);
        const early = [...base.slice(0, start), ...one.added, ...base.slice(end)];
        const late = [...base.slice(0, laterStart), ...two.added, ...base.slice(laterEnd)];
        const both = [
          ...base.slice(0, start),
          ...one.added,
          ...base.slice(end, laterStart),
          ...two.added,
          ...base.slice(laterEnd),
        ];
        const [was, left, right] = [base, early, late].map((lines) => text(lines.join("\n")));
        if (was === undefined || left === undefined || right === undefined) return;
        expect(mergeValues(was, left, right)).toEqual(text(both.join("\n")));
        expect(mergeValues(was, right, left)).toEqual(text(both.join("\n")));
      }),
      { numRuns: 400 },
    );
  });

  test("F10: a change both made counts once, one that only begins or ends alike has no merge", () => {
    const base = text("1\n2\n3\n4\n5\n6");
    const same = text("1\nX\n3\n4\n5\n6");
    expect(mergeValues(base, same, text("1\nX\n3\n4\n5\nY"))).toEqual(text("1\nX\n3\n4\n5\nY"));
    expect(mergeValues(base, same, text("1\nX\n4\n5\n6"))).toBeNull();
    expect(mergeValues(base, text("1\nX\n4\n5\n6"), text("X\n4\n5\n6"))).toBeNull();
    expect(mergeValues(base, text("1\n3\n4\n5\n6"), text("1\n4\n5\n6"))).toBeNull();
    expect(mergeValues(base, same, text("1\nZ\n3\n4\n5\n6"))).toBeNull();
  });

  test("F10: lines that moved up or down are known again, however much went and came around them", () => {
    const base = text("1\n2\n3\n4\n5");
    const shifted = text("3\n4\n5\n6\n7\n8");
    const edited = text("1\n2\n3\n4, mended\n5");
    expect(mergeValues(base, shifted, edited)).toEqual(text("3\n4, mended\n5\n6\n7\n8"));
    const pushed = text("a\nb\nc\n1\n2\n3");
    const other = text("1\n2, mended\n3\n4\n5");
    expect(mergeValues(base, pushed, other)).toEqual(text("a\nb\nc\n1\n2, mended\n3"));
    // Of two ways to read an edit, the one that keeps more lines.
    const knot = text("x\n1\n2\n3\n4");
    expect(mergeValues(knot, text("1\n2\nx\n3\n4"), text("x\n1\n2\n3\n4!"))).toEqual(
      text("1\n2\nx\n3\n4!"),
    );
  });

  test("F10: lines that went to the end are known again there, and of two readings alike the upper ones moved", () => {
    const base = text("x\ny\n1\n2\n3");
    const moved = text("1\n2\n3\nx");
    expect(mergeValues(base, moved, text("x\ny\n1\n2, mended\n3"))).toEqual(
      text("1\n2, mended\n3\nx"),
    );
    const halves = text("a\nb\nc\nd\ne\nf");
    const swapped = text("d\ne\nf\na\nb\nc");
    expect(mergeValues(halves, swapped, text("a\nb\nc\nd\ne!\nf"))).toEqual(
      text("d\ne!\nf\na\nb\nc"),
    );
    expect(mergeValues(halves, swapped, text("a\nb!\nc\nd\ne\nf"))).toBeNull();
  });

  test("edits of the same or of touching lines have no merge", () => {
    const base = text("first\nsecond\nthird");
    expect(mergeValues(base, text("1st\nsecond\nthird"), text("First\nsecond\nthird"))).toBeNull();
    expect(mergeValues(base, text("1st\nsecond\nthird"), text("first\n2nd\nthird"))).toBeNull();
    const [above, below] = [text("new\nfirst\nsecond\nthird"), text("other\nfirst\nsecond\nthird")];
    expect(mergeValues(base, above, below)).toBeNull();
  });

  test("options count without case, and keep the left side's spelling", () => {
    const merged = mergeValues(choices(["Web"]), choices(["WEB", "iOS"]), choices(["web", "ios"]));
    expect(merged).toEqual(choices(["WEB", "iOS"]));
    // These two differ by more than their case.
    const [small, large] = [choices(["straße"]), choices(["STRASSE"])];
    expect(mergeValues(empty, small, large)).toEqual(choices(["straße", "STRASSE"]));
  });

  test("P1: people count by their address: each service numbers them in its own way", () => {
    const person = (name: string, id: string) => ({ id, email: `${name}@a.example`, name });
    const [ana, bo, cy] = [person("ana", "u1"), person("bo", "u2"), person("cy", "u3")];
    const there = [person("ana", "usr8"), person("cy", "usr9")];
    const base = people([ana, bo]);
    expect(mergeValues(base, people([ana, bo, cy]), people(there))).toEqual(people([ana, cy]));
    expect(mergeValues(base, people([ana]), people([...there, person("bo", "usr7")]))).toEqual(
      people([ana, person("cy", "usr9")]),
    );
  });

  test("a member removed by one and kept by the other is removed; all removed is empty", () => {
    expect(mergeValues(choices(["a", "b"]), choices(["a"]), choices(["b"]))).toEqual(empty);
    expect(mergeValues(choices(["a"]), empty, choices(["a", "b"]))).toEqual(choices(["b"]));
  });

  test.each<[string, Value, Value, Value]>([
    ["numbers", number(1), number(2), number(3)],
    ["days", day("2026-01-01"), day("2026-01-02"), day("2026-01-03")],
    ["kinds apart", text("a"), choices(["b"]), text("c")],
    ["one of another kind", text("a"), choices(["b"]), text("a")],
    ["unknown", text("a"), unknown("error"), text("c")],
    ["unknown values", unknown("error"), unknown("error"), unknown("error")],
    ["ticks", boolean(true), boolean(false), boolean(true)],
    ["options", choice("a"), choice("b"), choice("c")],
    ["instants", instant(1), instant(2), instant(3)],
    ["Markdown", rich("a"), rich("b"), rich("c")],
    ["links", links("a"), links("b"), links("c")],
    ["files", files("a"), files("b"), files("c")],
    ["nothing at all", empty, empty, empty],
  ])("%s have no merge", (_name, base, left, right) => {
    expect(mergeValues(base, left, right)).toBeNull();
  });

  test("formatted text has no merge: the formatting of either side would be lost", () => {
    const base = text("first\nsecond\nthird");
    const styled = text("First\nsecond\nthird", true);
    expect(mergeValues(base, styled, text("first\nsecond\n3rd"))).toBeNull();
    expect(mergeValues(base, text("first\nsecond\n3rd"), styled)).toBeNull();
  });

  test("text beyond the length that can be compared has no merge", () => {
    const long = Array.from({ length: 3_000 }, (_, at) => `line ${at}`);
    const base = text(long.join("\n"));
    const left = text(["start", ...long].join("\n"));
    expect(mergeValues(base, left, text([...long, "end"].join("\n")))).toBeNull();
    // Two thousand lines are compared, one more on any side is not.
    const short = (count: number): Value => text(long.slice(0, count).join("\n"));
    expect(mergeValues(short(2_000), short(1_999), short(2_000))).toEqual(short(1_999));
    expect(mergeValues(short(2_000), short(2_001), short(2_000))).toBeNull();
    expect(mergeValues(short(2_000), short(2_000), short(2_001))).toBeNull();
    expect(mergeValues(short(2_001), short(2_000), short(2_001))).toBeNull();
  });
});
