// The fingerprint of a row equals that of its base exactly when no mapped cell differs.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  makeField,
  makePairLink,
  makeRow,
  makeSmallSetup,
  type Cells,
} from "../../test/fixture/pair.ts";
import { baseFingerprint, idText, rowFingerprint } from "./fingerprint.ts";
import { sides } from "./side.ts";
import { choice, empty, isSame, text, unknown, type Value } from "./value.ts";

const setup = makeSmallSetup();
const cells: Cells = { Name: alpha, Status: choice("Low") };

test("P3: a row as the base says has the base's fingerprint, on either side", () => {
  const link = makePairLink(setup, cells);
  for (const side of sides) {
    const row = makeRow(setup, side, cells);
    expect(rowFingerprint(setup, side, row)).toBe(baseFingerprint(setup, side, link));
  }
});

test("P3: equal exactly when every cell is the same", () => {
  const value = fc.constantFrom<Value>(
    alpha,
    beta,
    empty,
    text("Alpha", true),
    text("t:Alpha"),
    choice("Low"),
    choice("High"),
  );
  fc.assert(
    fc.property(value, value, value, value, (a, b, c, d) => {
      const link = makePairLink(setup, { Name: a, Status: b });
      const row = makeRow(setup, "left", { Name: c, Status: d });
      const isEqual = rowFingerprint(setup, "left", row) === baseFingerprint(setup, "left", link);
      expect(isEqual).toBe(isSame(a, c) && isSame(b, d));
    }),
  );
});

test("P3: what stands in one cell is not taken for what stands in two", () => {
  const two = makeRow(setup, "left", { Name: text("a"), Status: choice("Low") });
  const one = makeRow(setup, "left", { Name: text("ac:Low") });
  expect(rowFingerprint(setup, "left", one)).not.toBe(rowFingerprint(setup, "left", two));
});

test("P25: an unknown or unread cell equals nothing, and a cell without a base neither", () => {
  const link = makePairLink(setup, cells);
  const blind = makeRow(setup, "left", { ...cells, Name: unknown("error") });
  expect(rowFingerprint(setup, "left", blind)).not.toBe(baseFingerprint(setup, "left", link));
  const unread = { ...blind, cells: new Map() };
  const fresh = makePairLink(setup, {});
  expect(rowFingerprint(setup, "left", unread)).not.toBe(baseFingerprint(setup, "left", fresh));
  // Why a cell cannot be read is no news about the row.
  const other = makeRow(setup, "left", { ...cells, Name: unknown("undecodable") });
  expect(rowFingerprint(setup, "left", other)).toBe(rowFingerprint(setup, "left", blind));
  // A cell that is known to be empty is neither one that was not shown, nor one never agreed on.
  const bare = makeRow(setup, "left", {});
  expect(rowFingerprint(setup, "left", bare)).not.toBe(baseFingerprint(setup, "left", fresh));
  const agreed = makePairLink(setup, { Name: empty, Status: empty });
  expect(rowFingerprint(setup, "left", bare)).toBe(baseFingerprint(setup, "left", agreed));
  expect(rowFingerprint(setup, "left", unread)).not.toBe(baseFingerprint(setup, "left", agreed));
});

test("P12: the right marker counts, with dashes or without; the left one does not", () => {
  const marker = makeField("right", "Marker", kinds.line);
  const marked = makeSmallSetup({
    policy: { markers: { left: null, right: "Marker" } },
    extra: { right: [marker] },
  });
  const link = makePairLink(marked, cells);
  const print = (text: string | null): string =>
    rowFingerprint(marked, "right", makeRow(marked, "right", cells, { marker: text }));
  expect(print("page-1")).toBe(baseFingerprint(marked, "right", link));
  expect(print(" page1 ")).toBe(baseFingerprint(marked, "right", link));
  expect(print("page-2")).not.toBe(baseFingerprint(marked, "right", link));
  expect(print(null)).not.toBe(baseFingerprint(marked, "right", link));
  const alone = { ...link, ids: { ...link.ids, left: null } };
  expect(print(null)).toBe(baseFingerprint(marked, "right", alone));
  expect(print("")).toBe(baseFingerprint(marked, "right", alone));
  const copied = makeRow(marked, "left", cells, { marker: "rec9" });
  expect(rowFingerprint(marked, "left", copied)).toBe(baseFingerprint(marked, "left", link));
});

test("ids are compared without dashes and blanks", () => {
  expect(idText(" 1f2e3d4c-5b6a-7988-0123-456789abcdef\n")).toBe(
    "1f2e3d4c5b6a79880123456789abcdef",
  );
});
