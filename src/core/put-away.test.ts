// A row put away and brought back, whole: the call, and the link's memory of how it was.
import { describe, expect, test } from "vitest";
import {
  alpha,
  live,
  makeFacts,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
} from "../../test/fixture/pair.ts";
import { fieldId } from "./ids.ts";
import type { Archival, Link } from "./link.ts";
import { archiveAction, broughtBack, livesAgain, restoreActions } from "./put-away.ts";
import type { RowReading } from "./row.ts";
import type { PairSetup } from "./setup.ts";
import { other, sides, type Side } from "./side.ts";
import { choice, empty, type Value } from "./value.ts";

const mark = { kind: "mark", field: "Status", value: "Archived" } as const;
const marking = makeSmallSetup({ policy: { archive: { left: mark, right: mark } } });
const link = makePairLink(marking, { Name: alpha });

describe.each(sides)("on the %s", (side) => {
  const { fields } = mappingOf(marking, "Status");
  const field = fields[side];
  const shown = (status: Value): RowReading =>
    live(makeRow(marking, side, { Name: alpha, Status: status }));
  const rows = (reading: RowReading | null) => ({ left: null, right: null, [side]: reading });
  const put = (setup: PairSetup, reading: RowReading | null): unknown =>
    archiveAction(makeFacts(link, rows(reading)), setup, { side, rule: "R6" });

  const markedFrom = (before: Value): Archival => ({
    side,
    how: { kind: "marked", field: field.id, before, value: choice("Archived") },
  });
  const changed = (before: Value, after: Value, rule: string): unknown => ({
    mapping: null,
    field,
    before,
    after,
    source: after,
    rule,
    isLossy: false,
    isBase: false,
  });

  test("P10: a mark is one cell, and what it replaces is kept for the way back", () => {
    const marked = (before: Value): unknown => ({
      kind: "update",
      side,
      cells: [changed(before, choice("Archived"), "R6")],
      marker: null,
      archival: markedFrom(before),
    });
    expect(put(marking, shown(choice("Low")))).toEqual(marked(choice("Low")));
    expect(put(marking, shown(empty))).toEqual(marked(empty));
    expect(put(marking, null)).toEqual(marked(empty));
  });

  test("a row is removed where the config says so, or deletes", () => {
    const removal = { kind: "remove", side, archival: { side, how: { kind: "removed" } } };
    expect(put(makeSmallSetup(), shown(empty))).toEqual(removal);
    const policy = { deletes: "delete", archive: { left: mark, right: mark } } as const;
    expect(put(makeSmallSetup({ policy }), shown(empty))).toEqual(removal);
    const silent = { ...policy, deletes: "delete", archive: { left: null, right: null } } as const;
    expect(put(makeSmallSetup({ policy: silent }), shown(empty))).toEqual(removal);
  });

  test("nothing is done where nobody said how, on that side", () => {
    const archive = { left: mark, right: mark, [side]: null };
    expect(put(makeSmallSetup({ policy: { archive } }), shown(empty))).toBeNull();
    expect(put({ ...marking, marks: { left: null, right: null } }, shown(empty))).toBeNull();
  });

  const archived = (archival: Archival): Link => ({ ...link, state: "archived", archival });
  const back = (archival: Archival, reading: RowReading | null, setup = marking): unknown =>
    restoreActions(makeFacts(archived(archival), rows(reading)), setup, side);
  const restore = [{ kind: "restore", side }];

  test("R15: a mark is taken off with what it replaced, by the field that was marked", () => {
    const lift = [
      {
        kind: "update",
        side,
        cells: [changed(choice("Archived"), choice("Low"), "R15")],
        marker: null,
        archival: "lift",
      },
    ];
    const archival = markedFrom(choice("Low"));
    expect(back(archival, shown(choice("Archived")))).toEqual(lift);
    // The config may put rows away in another way by now.
    expect(back(archival, shown(choice("Archived")), makeSmallSetup())).toEqual(lift);
  });

  test("what was removed, or marked on the other side, or thrown away besides, is brought back whole", () => {
    const there = shown(choice("Archived"));
    expect(back({ side, how: { kind: "removed" } }, there)).toEqual(restore);
    expect(back({ ...markedFrom(empty), side: other(side) }, there)).toEqual(restore);
    expect(back(markedFrom(empty), { state: "trashed", row: null })).toEqual(restore);
    expect(back(markedFrom(empty), null)).toEqual(restore);
  });

  test("a mark in a field that is gone, or cannot be written, is taken off by nobody", () => {
    const { how } = markedFrom(empty);
    const lost = { side, how: { ...how, field: fieldId("gone") } } as Archival;
    expect(back(lost, shown(empty))).toEqual([]);
    const schema = marking.schemas[side];
    const locked = schema.fields.map((one) =>
      one.id === field.id ? { ...one, isWritable: false } : one,
    );
    const schemas = { ...marking.schemas, [side]: { ...schema, fields: locked } };
    expect(back(markedFrom(empty), shown(empty), { ...marking, schemas })).toEqual([]);
  });

  test("a link lives again when its row is back, unless the row still carries our mark", () => {
    const lives = { ...link, isFlagged: true };
    const removed = archived({ side, how: { kind: "removed" } });
    expect(broughtBack(removed, side)).toEqual(lives);
    const marked = archived(markedFrom(choice("Low")));
    expect(broughtBack(marked, side)).toEqual({ ...marked, isFlagged: true });
    expect(broughtBack(marked, other(side))).toEqual(lives);
    expect(broughtBack({ ...link, state: "tombstone" }, side)).toEqual(lives);
    expect(livesAgain(marked)).toEqual(lives);
  });
});

test("the two sides are put away each in its own way", () => {
  const archive = { left: { kind: "remove" }, right: mark } as const;
  const mixed = makeSmallSetup({ policy: { archive } });
  const kindOf = (side: Side): unknown => {
    const reading = live(makeRow(mixed, side, { Name: alpha }));
    const facts = makeFacts(link, { left: reading, right: reading });
    return archiveAction(facts, mixed, { side, rule: "R6" })?.kind;
  };
  expect(sides.map(kindOf)).toEqual(["remove", "update"]);
});
