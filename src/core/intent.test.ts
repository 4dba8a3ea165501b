// Which rows a create whose answer was lost may have made, where no marker says so.
import { expect, test } from "vitest";
import { makeIntent } from "../../test/fixture/store.ts";
import type { Row } from "./row.ts";
import { recordId } from "./ids.ts";
import { isOlderThan, mayHaveMade } from "./intent.ts";

const minuteMs = 60_000;
const settleMs = 2 * minuteMs;
const intent = makeIntent("op", "link", { title: "Spec", sentAtMs: 100 * minuteMs });

function row(part: Partial<Row>): Row {
  return {
    id: recordId("page"),
    title: "Renamed",
    url: null,
    createdAtMs: 100 * minuteMs,
    stampMs: null,
    editedBy: "person",
    marker: null,
    cells: new Map(),
    window: { startMs: 0, endMs: 0 },
    ...part,
  };
}

test("P14: a row of the same title may be it, whoever made it", () => {
  expect(mayHaveMade(intent, row({ title: "Spec", createdAtMs: null }), settleMs)).toBe(true);
  expect(mayHaveMade(intent, row({}), settleMs)).toBe(false);
  expect(mayHaveMade(intent, row({ isOurs: false }), settleMs)).toBe(false);
});

test("P14: a row of the same title that was there before the call is another one", () => {
  const named = (createdAtMs: number) =>
    mayHaveMade(intent, row({ title: "Spec", createdAtMs }), settleMs);
  expect(named(99 * minuteMs)).toBe(true);
  expect(named(500 * minuteMs)).toBe(true);
  expect(named(38 * minuteMs)).toBe(false);
});

test("P12 P14: a clock that was set by up to an hour before the call hides no row of its title", () => {
  const named = (createdAtMs: number) =>
    mayHaveMade(intent, row({ title: "Spec", createdAtMs }), settleMs);
  expect(named(98 * minuteMs)).toBe(true);
  expect(named(39 * minuteMs)).toBe(true);
});

test("P14: a renamed row may be it when our token made it at the time of the call", () => {
  const ours = (createdAtMs: number | null) =>
    mayHaveMade(intent, row({ isOurs: true, createdAtMs }), settleMs);
  expect(ours(100 * minuteMs)).toBe(true);
  expect(ours(99 * minuteMs)).toBe(true);
  expect(ours(98 * minuteMs)).toBe(false);
  expect(ours(102 * minuteMs)).toBe(true);
  expect(ours(102 * minuteMs + 1)).toBe(false);
  expect(ours(null)).toBe(false);
});

test("P14: where rows carry markers, one without may be it only if it is of that time, and not a person's", () => {
  const marked = makeIntent("op", "link", {
    title: "Spec",
    sentAtMs: 100 * minuteMs,
    marker: "rec-link",
  });
  const may = (part: Partial<Row>) => mayHaveMade(marked, row(part), settleMs);
  expect(may({ title: "Spec" })).toBe(true);
  expect(may({})).toBe(false);
  expect(may({ isOurs: true })).toBe(true);
  expect(may({ title: "Spec", isOurs: false })).toBe(false);
  for (const isOurs of [true, undefined]) {
    const maker = isOurs === undefined ? {} : { isOurs };
    expect(may({ title: "Spec", createdAtMs: 98 * minuteMs, ...maker })).toBe(false);
    expect(may({ title: "Spec", createdAtMs: 103 * minuteMs, ...maker })).toBe(false);
    expect(may({ title: "Spec", createdAtMs: null, ...maker })).toBe(false);
  }
});

test("P16: a row with the marker that was there before the call was not made by it", () => {
  const made = (createdAtMs: number | null) => isOlderThan(intent, row({ createdAtMs }));
  expect(made(100 * minuteMs)).toBe(false);
  expect(made(99 * minuteMs)).toBe(false);
  expect(made(98 * minuteMs)).toBe(true);
  expect(made(null)).toBe(false);
});

test("P14 P16: stamps are cut to the minute, and so a row may seem older than its call by as much", () => {
  const sentAtMs = 100 * minuteMs;
  const slackMs = 65_000;
  const older = (ageMs: number) => isOlderThan(intent, row({ createdAtMs: sentAtMs - ageMs }));
  expect([older(slackMs), older(slackMs + 1)]).toEqual([false, true]);
  const ours = (ageMs: number) =>
    mayHaveMade(intent, row({ isOurs: true, createdAtMs: sentAtMs - ageMs }), settleMs);
  expect([ours(slackMs), ours(slackMs + 1)]).toEqual([true, false]);
  const named = (ageMs: number) =>
    mayHaveMade(intent, row({ title: "Spec", createdAtMs: sentAtMs - ageMs }), settleMs);
  const hourMs = 60 * minuteMs;
  expect([named(hourMs + slackMs), named(hourMs + slackMs + 1)]).toEqual([true, false]);
});
