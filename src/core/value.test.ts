import { describe, expect, test } from "vitest";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  isBlank,
  isSame,
  number,
  people,
  personKey,
  text,
  unknown,
  valueKey,
  type Value,
} from "./value.ts";

const ana = { id: "u1", email: "ana@a.example", name: "Ana" };
const bo = { id: "u2", email: null, name: "Bo" };
const file = (identity: string) => ({ name: "plan.pdf", identity });

describe("normal form", () => {
  test("P15: one letter made of two characters, and any line end, is one text", () => {
    expect(text("Cafe\u0301")).toEqual(text("Caf\u00e9"));
    expect(text("a\r\nb\rc\nd")).toEqual({ kind: "text", text: "a\nb\nc\nd", isStyled: false });
    expect(choice("Cafe\u0301")).toEqual(choice("Caf\u00e9"));
    expect(choices(["Cafe\u0301", "Caf\u00e9", ""])).toEqual(choices(["Caf\u00e9"]));
  });

  test("nothing at all is empty, whatever kind it would be", () => {
    expect([text(""), choice(""), choices([]), choices([""]), people([])]).toEqual(
      Array.from({ length: 5 }, () => empty),
    );
    expect(text(" ")).not.toEqual(empty);
  });

  test("P15: there is one zero, and what is not finite is unknown", () => {
    expect(number(-0)).toStrictEqual({ kind: "number", number: 0 });
    expect(number(Number.NaN)).toEqual(unknown("error"));
    expect(number(Number.POSITIVE_INFINITY)).toEqual(unknown("error"));
  });

  test("options keep the order they were given in, once each", () => {
    expect(choices(["b", "a", "b"])).toEqual({ kind: "choices", names: ["b", "a"] });
  });
});

describe("what is the same", () => {
  test("P15: order means nothing in options, people and links, and much in files", () => {
    expect(isSame(choices(["a", "b"]), choices(["b", "a"]))).toBe(true);
    expect(isSame(people([ana, bo]), people([bo, ana]))).toBe(true);
    const links = (...ids: string[]): Value => ({ kind: "links", ids });
    expect(isSame(links("1", "2"), links("2", "1"))).toBe(true);
    const files = (...names: string[]): Value => ({ kind: "files", files: names.map(file) });
    expect(isSame(files("1", "2"), files("2", "1"))).toBe(false);
  });

  test("formatting, the end of a range, and the reason why nothing is known count", () => {
    const pairs: readonly (readonly [Value, Value])[] = [
      [text("a"), text("a", true)],
      [text("a"), { kind: "rich", markdown: "a" }],
      [day("2026-01-01"), day("2026-01-01", "2026-01-02")],
      [instant(1), instant(1, 2)],
      [day("2026-01-01"), instant(Date.UTC(2026, 0, 1))],
      [choice("a"), choices(["a"])],
      [choice("a"), text("a")],
      [boolean(true), boolean(false)],
      [boolean(false), empty],
      [boolean(true), empty],
      [number(0), empty],
      [unknown("error"), unknown("suspect")],
      [unknown("error"), empty],
      [people([ana]), people([bo])],
      [people([ana]), people([ana, bo])],
      [day("2026-01-01", "2026-01-02"), day("2026-01-01", "2026-01-03")],
      [day("2026-01-01", "2026-01-02"), day("2025-12-31", "2026-01-02")],
      [instant(1, 2), instant(1, 3)],
      [instant(1, 3), instant(2, 3)],
      [instant(1, 0), instant(1)],
      [number(1), number(2)],
      [text("a"), text("A")],
      [choice("a"), choice("A")],
      [choices(["a"]), choices(["a", "b"])],
      [
        { kind: "rich", markdown: "a" },
        { kind: "rich", markdown: "b" },
      ],
      [
        { kind: "links", ids: ["1"] },
        { kind: "links", ids: ["2"] },
      ],
      [
        { kind: "files", files: [file("1")] },
        { kind: "files", files: [file("2")] },
      ],
    ];
    for (const [one, two] of pairs) {
      expect({ one, two, same: isSame(one, two) }).toEqual({ one, two, same: false });
      expect(valueKey(one)).not.toBe(valueKey(two));
    }
  });

  test("a person is who the address says, else who the service says", () => {
    expect(personKey(ana)).toBe("ana@a.example");
    expect(personKey(bo)).toBe("id:u2");
    expect(isSame(people([ana]), people([{ ...ana, id: "other", name: null }]))).toBe(true);
    expect(isSame(people([bo]), people([{ ...bo, id: "other" }]))).toBe(false);
  });

  test("a file is the same under another name, and an unticked box under none", () => {
    const renamed = { kind: "files", files: [{ name: "other.pdf", identity: "1" }] } as const;
    expect(isSame({ kind: "files", files: [file("1")] }, renamed)).toBe(true);
    expect([isSame(boolean(true), boolean(true)), isSame(boolean(false), empty)]).toEqual([
      true,
      false,
    ]);
  });

  test("two lists are not one because their parts join alike", () => {
    expect(isSame(choices(["a,b"]), choices(["a", "b"]))).toBe(false);
    expect(isSame(choices(['a","b']), choices(["a", "b"]))).toBe(false);
  });
});

test("F9 F15: only what is empty or unticked loses nothing by being overwritten", () => {
  expect([empty, boolean(false)].map(isBlank)).toEqual([true, true]);
  const filled = [boolean(true), number(0), text(" "), choice("a"), unknown("error")];
  expect(filled.map(isBlank)).toEqual(filled.map(() => false));
});
