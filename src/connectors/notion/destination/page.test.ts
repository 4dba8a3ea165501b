// What a row is sent as, what of it is given up after a refusal, and its looks, dates and body.
import { describe, expect, test } from "vitest";
import type { Moment } from "../../../core/oneway/cell.ts";
import { fitBody } from "./body.ts";
import type { Column, WireType } from "./column.ts";
import { encodeDate } from "./date.ts";
import { encodeCover, encodeIcon, isWebAddress } from "./look.ts";
import { blame, bodyOf, type PagePart } from "./page.ts";

function part(name: string, type: WireType | null, json: unknown = {}): PagePart {
  const column: Column | null =
    type === null ? null : { name, wireId: `w-${name}`, type, options: new Map() };
  return { column, name, json };
}

test("a page is sent with its properties under their ids, and its looks beside them", () => {
  const parts = [part("icon", null, 1), part("A", "title", 2), part("cover", null, 3)];
  expect(bodyOf([...parts, part("B", "number", 4)])).toEqual({
    icon: 1,
    cover: 3,
    properties: { "w-A": 2, "w-B": 4 },
  });
  expect(bodyOf(parts.slice(0, 1))).toEqual({ icon: 1 });
  expect(bodyOf([])).toEqual({});
});

describe("after a refusal", () => {
  const parts = [
    part("Cost", "number"),
    part("Cost is high", "checkbox"),
    part("Lead", "relation"),
    part("Who", "people"),
    part("State", "status"),
    part("Stage", "select"),
    part("icon", null),
  ];
  test.each([
    ["Cost is expected to be number.", ["Cost"]],
    ["Cost is high is expected to be checkbox.", ["Cost is high"]],
    ["body failed validation: body.properties.Cost.number should be a number.", ["Cost"]],
    ["body.properties.w-Stage.select.name should be shorter.", ["Stage"]],
    ["w-Cost is not a property that exists.", ["Cost"]],
    ["body.icon.emoji should be an emoji.", ["icon"]],
    ["Could not find page with ID …", ["Lead", "Who", "State"]],
    ["Something about Cost", ["Lead", "Who", "State"]],
  ])("%s", (message, names) => {
    expect(blame(parts, message).map(({ name }) => name)).toEqual(names);
  });

  test("nothing is given up that neither is named nor points to what may be gone", () => {
    expect(blame([part("Cost", "number"), part("icon", null)], "No.")).toEqual([]);
  });
});

describe("a date", () => {
  const on = (day: string): Moment => ({ kind: "day", day });
  const at = (time: string, zone: string | null = null): Moment => ({
    kind: "wall",
    day: "2026-07-01",
    time,
    zone,
  });
  const berlin = "Europe/Berlin";
  const date = (json: unknown, loss: string | null = null): unknown => ({
    kind: "date",
    json,
    loss,
  });
  test.each<[string, Moment, Moment | null, unknown]>([
    ["a day", on("2026-07-01"), null, date({ start: "2026-07-01", end: null })],
    ["days", on("2026-07-01"), on("2026-07-02"), date({ start: "2026-07-01", end: "2026-07-02" })],
    ["a time", at("10:30"), null, date({ start: "2026-07-01T10:30:00Z", end: null })],
    [
      "a time in a zone has no offset beside it",
      at("10:30", berlin),
      null,
      date({ start: "2026-07-01T10:30:00", end: null, time_zone: berlin }),
    ],
    [
      "times in one zone",
      at("10:30", berlin),
      at("11:30", berlin),
      date({ start: "2026-07-01T10:30:00", end: "2026-07-01T11:30:00", time_zone: berlin }),
    ],
    [
      "a day to a time begins at midnight of the time's zone",
      on("2026-06-30"),
      at("11:30", berlin),
      date({ start: "2026-06-30T00:00:00", end: "2026-07-01T11:30:00", time_zone: berlin }),
    ],
    [
      "a time to a day ends as that begins",
      at("10:30"),
      on("2026-07-02"),
      date({ start: "2026-07-01T10:30:00Z", end: "2026-07-02T00:00:00Z" }),
    ],
    [
      "a zone that nobody knows",
      at("10:30", "Moon/Base"),
      null,
      date(
        { start: "2026-07-01T10:30:00Z", end: null },
        "nobody knows the time zone Moon/Base; taken as UTC",
      ),
    ],
    [
      "a time in a zone and one in none",
      at("10:30", berlin),
      at("11:30"),
      { kind: "refused", why: "its two ends are in different time zones" },
    ],
  ])("%s", (_name, start, end, encoded) => {
    expect(encodeDate(start, end)).toEqual(encoded);
  });
});

describe("looks", () => {
  test("are sent as the service has them", () => {
    const url = "https://x.test/i.png";
    expect(encodeIcon({ kind: "emoji", emoji: "🐞" })).toEqual({ type: "emoji", emoji: "🐞" });
    expect(encodeIcon({ kind: "emoji", emoji: "" })).toBeNull();
    const named = { kind: "named", name: "bug" } as const;
    expect(encodeIcon({ ...named, color: null })).toEqual({ type: "icon", icon: { name: "bug" } });
    expect(encodeIcon({ ...named, color: "red" })).toEqual({
      type: "icon",
      icon: { name: "bug", color: "red" },
    });
    expect(encodeIcon({ kind: "image", url })).toEqual({ type: "external", external: { url } });
    expect(encodeIcon({ kind: "image", url: "i.png" })).toBeNull();
    expect(encodeCover(url)).toEqual({ type: "external", external: { url } });
    expect(encodeCover("i.png")).toBeNull();
  });

  test.each([
    ["https://x.test", true],
    ["http://x.test", true],
    ["ftp://x.test", false],
    ["mailto:a@a.example", false],
    ["x.test", false],
    [`https://x.test/${"a".repeat(1_985)}`, true],
    [`https://x.test/${"a".repeat(1_986)}`, false],
  ])("have an address of the web: %s", (url, isOne) => {
    expect(isWebAddress(url)).toBe(isOne);
  });
});

describe("a body", () => {
  test("that fits goes out as it is", () => {
    // Two quotation marks stand around it in the request.
    const markdown = "x".repeat(349_998);
    expect(fitBody(markdown).notes).toEqual([]);
    expect(fitBody(markdown).markdown === markdown).toBe(true);
    expect(fitBody(`${markdown}x`).notes).toHaveLength(1);
    expect(fitBody("")).toEqual({ markdown: "", notes: [] });
  });

  test("that does not is cut at the end of a line, counted as it is sent, and that is told", () => {
    const notes = ["The body was cut: it is longer than Notion takes at once."];
    // A quotation mark takes two bytes on the wire, and an ä as many.
    for (const line of ["plain words", '"""""""""""', "äääääääääää"]) {
      const whole = `${line}\n`.repeat(40_000);
      const fitted = fitBody(whole);
      expect(fitted.notes).toEqual(notes);
      expect(Buffer.byteLength(JSON.stringify(fitted.markdown))).toBeLessThanOrEqual(350_000);
      expect(Buffer.byteLength(JSON.stringify(fitted.markdown))).toBeGreaterThan(200_000);
      expect(whole.startsWith(`${fitted.markdown}\n`)).toBe(true);
      expect(fitted.markdown.endsWith(line)).toBe(true);
    }
    const endless = fitBody("👍".repeat(200_000));
    expect(endless.markdown.isWellFormed()).toBe(true);
    expect(endless.markdown.length).toBeGreaterThan(100_000);
  });
});
