// Laws of the three-way merge, on generated values, and the few answers a person would check by hand.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeValues } from "./merge.ts";
import {
  choices,
  day,
  empty,
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
  });

  test("a member removed by one and kept by the other is removed; all removed is empty", () => {
    expect(mergeValues(choices(["a", "b"]), choices(["a"]), choices(["b"]))).toEqual(empty);
    expect(mergeValues(choices(["a"]), empty, choices(["a", "b"]))).toEqual(choices(["b"]));
  });

  test.each<[string, Value, Value, Value]>([
    ["numbers", number(1), number(2), number(3)],
    ["days", day("2026-01-01"), day("2026-01-02"), day("2026-01-03")],
    ["kinds apart", text("a"), choices(["b"]), text("c")],
    ["unknown", text("a"), unknown("error"), text("c")],
    ["nothing at all", empty, empty, empty],
  ])("%s have no merge", (_name, base, left, right) => {
    expect(mergeValues(base, left, right)).toBeNull();
  });

  test("formatted text has no merge: the formatting of either side would be lost", () => {
    const base = text("first\nsecond\nthird");
    const styled = text("First\nsecond\nthird", true);
    expect(mergeValues(base, styled, text("first\nsecond\n3rd"))).toBeNull();
  });

  test("text beyond the length that can be compared has no merge", () => {
    const long = Array.from({ length: 3_000 }, (_, at) => `line ${at}`);
    const base = text(long.join("\n"));
    const left = text(["start", ...long].join("\n"));
    expect(mergeValues(base, left, text([...long, "end"].join("\n")))).toBeNull();
  });
});
