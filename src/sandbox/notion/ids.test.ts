import { describe, expect, test } from "vitest";
import { decodePropertyId, encodePropertyId, makeIdSource, parseUuid } from "./ids.ts";

describe("ids", () => {
  test("uuids are read with and without dashes and come out dashed and small", () => {
    const dashed = "38c9ce7b-60a4-8138-8c4d-f4552da24967";
    expect(parseUuid(dashed.replaceAll("-", "").toUpperCase())).toBe(dashed);
    expect(parseUuid(dashed)).toBe(dashed);
  });

  test("variant bits are checked, the nil id passes", () => {
    expect(parseUuid("12345678-1234-1234-1234-123456789abc")).toBeNull();
    expect(parseUuid("00000000000000000000000000000000")).toBe(
      "00000000-0000-0000-0000-000000000000",
    );
    expect(parseUuid("AAA")).toBeNull();
  });

  test("one seed gives one sequence, another seed another", () => {
    const first = makeIdSource(7);
    const second = makeIdSource(7);
    const other = makeIdSource(8);
    const ids = Array.from({ length: 5 }, () => first.sequential());
    expect(ids).toEqual(Array.from({ length: 5 }, () => second.sequential()));
    expect(ids).not.toContain(other.sequential());
    expect(ids.every((id) => parseUuid(id) === id)).toBe(true);
    expect(new Set(ids.map((id) => id.slice(0, 13))).size).toBe(1);
  });

  test("property ids are four characters from : to ~ and survive encoding", () => {
    const source = makeIdSource(3);
    const taken = new Set<string>();
    for (let count = 0; count < 500; count += 1) {
      const id = source.property(taken);
      expect(id).toMatch(/^[:-~]{4}$/);
      expect(decodePropertyId(encodePropertyId(id))).toBe(id);
      taken.add(id);
    }
    expect(taken.size).toBe(500);
  });
});
