// Which rows a create without a marker may have made.
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

test("P16: a row with the marker that was there before the call was not made by it", () => {
  const made = (createdAtMs: number | null) => isOlderThan(intent, row({ createdAtMs }));
  expect(made(100 * minuteMs)).toBe(false);
  expect(made(99 * minuteMs)).toBe(false);
  expect(made(98 * minuteMs)).toBe(true);
  expect(made(null)).toBe(false);
});
