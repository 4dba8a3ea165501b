import { describe, expect, test } from "vitest";
import { alpha, makePairLink, makeRow, makeSmallSetup, nowMs } from "../../test/fixture/pair.ts";
import { makeObservation, type Shown } from "../../test/fixture/observation.ts";
import { makeIntent } from "../../test/fixture/store.ts";
import { linkId, recordId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Row } from "../core/row.ts";
import type { Side } from "../core/side.ts";
import { markedRows, unmarkedRows, type LostCreates } from "./lost-create.ts";

const setup = makeSmallSetup();
const sentAtMs = nowMs - 500_000;
const settleMs = 120_000;

const intentOf = (change: Partial<Intent> = {}): Intent =>
  makeIntent("op-1", "link-1", {
    kind: "create",
    side: "right",
    target: null,
    marker: "page-1",
    title: "One",
    sentAtMs,
    ...change,
  });

function row(id: string, change: Partial<Row> = {}, side: Side = "right"): Row {
  return makeRow(
    setup,
    side,
    { Name: alpha },
    { id: recordId(id), title: "One", createdAtMs: sentAtMs + 1_000, ...change },
  );
}

interface Given {
  readonly rows: readonly Row[];
  readonly intents?: readonly Intent[];
  readonly adopted?: LostCreates["adopted"];
  readonly shown?: Shown;
}

const at = ({ rows, intents = [], adopted = new Set(), shown = {} }: Given): LostCreates => ({
  intents,
  observation: makeObservation({ ...shown, rows: { ...shown.rows, right: rows } }),
  adopted,
  settleMs,
});
const ids = (rows: readonly Row[]): readonly string[] => rows.map(({ id }) => id);
const linked = makePairLink(
  setup,
  {},
  { id: linkId("other"), ids: { left: null, right: recordId("r1") } },
);

describe("P12: rows that carry the marker of a lost create", () => {
  const marked = (given: Given, intent = intentOf()): readonly string[] =>
    ids(markedRows(intent, at(given)));
  const one = row("r1", { marker: "page-1" });

  test("are found by it however its dashes lie, earliest first, and by their ids where they are as old", () => {
    const rows = [
      row("r4", { marker: "page1", createdAtMs: sentAtMs + 3_000 }),
      row("r3", { marker: " page-1 ", createdAtMs: sentAtMs + 2_000 }),
      row("r2", { marker: "page-1", createdAtMs: sentAtMs + 2_000 }),
      row("r1", { marker: "page-1", createdAtMs: null }),
    ];
    expect(marked({ rows })).toEqual(["r1", "r2", "r3", "r4"]);
    expect(marked({ rows: rows.toReversed() })).toEqual(["r1", "r2", "r3", "r4"]);
  });

  test.each<readonly [string, Given]>([
    ["belong to a link", { rows: [one], shown: { links: [linked] } }],
    ["were found to be another call's in this run", { rows: [one], adopted: new Set([one.id]) }],
    ["were made by somebody else", { rows: [{ ...one, isOurs: false }] }],
    ["carry another marker", { rows: [row("r1", { marker: "page-2" })] }],
    ["carry none", { rows: [row("r1")] }],
    ["were there before the call", { rows: [{ ...one, createdAtMs: sentAtMs - 65_001 }] }],
    [
      "lie on the other side",
      { rows: [], shown: { rows: { left: [row("p1", { marker: "page-1" }, "left")] } } },
    ],
  ])("and not those that %s", (_what, given) => {
    expect(marked({ rows: [one] })).toEqual(["r1"]);
    expect(marked({ rows: [{ ...one, isOurs: true }] })).toEqual(["r1"]);
    expect(marked({ rows: [{ ...one, createdAtMs: sentAtMs - 65_000 }] })).toEqual(["r1"]);
    expect(marked(given)).toEqual([]);
  });
});

describe("P14: rows that a lost create may have made although no marker says so", () => {
  const unmarked = (given: Given, intent = intentOf()): boolean =>
    unmarkedRows(intent, at(given)).length > 0;
  const others = [
    intentOf(),
    intentOf({ marker: "page-2" }),
    intentOf({ kind: "update", marker: "page-3" }),
  ];

  test.each<readonly [string, Partial<Row>, boolean]>([
    ["of its name and its time", {}, true],
    ["renamed, made by us", { title: "Renamed", isOurs: true }, true],
    ["renamed, made by nobody knows whom", { title: "Renamed" }, false],
    ["of its name, made by somebody else", { isOurs: false }, false],
    ["of its name, from just before the call", { createdAtMs: sentAtMs - 65_000 }, true],
    ["of its name, from long before the call", { createdAtMs: sentAtMs - 65_001 }, false],
    [
      "of its name, from as long after the call as it may last",
      { createdAtMs: sentAtMs + settleMs },
      true,
    ],
    ["of its name, from later than that", { createdAtMs: sentAtMs + settleMs + 1 }, false],
    ["with the marker of another lost create", { marker: "page2" }, false],
    ["with its own marker: that one is found by it", { marker: "page-1" }, false],
    ["with the marker of a lost edit", { marker: "page-3" }, true],
    ["renamed, with a marker that names nobody", { title: "Renamed", marker: "junk" }, true],
    [
      "renamed, with such a marker, made by us",
      { title: "Renamed", marker: "junk", isOurs: true },
      true,
    ],
    [
      "renamed, with such a marker, made by somebody else",
      { title: "Renamed", marker: "junk", isOurs: false },
      false,
    ],
    [
      "renamed, with such a marker, from later",
      { title: "Renamed", marker: "junk", createdAtMs: sentAtMs + settleMs + 1 },
      false,
    ],
  ])("%s", (_what, change, isOne) => {
    expect(unmarked({ rows: [row("r1", change)], intents: others })).toBe(isOne);
  });

  test("a marker names somebody where such a row is linked or listed", () => {
    const rows = [row("r1", { title: "Renamed", marker: "page-7" })];
    expect(unmarked({ rows })).toBe(true);
    expect(unmarked({ rows, shown: { rows: { left: [row("page7", {}, "left")] } } })).toBe(false);
    const link = makePairLink(setup, {}, { ids: { left: recordId("page-7"), right: null } });
    expect(unmarked({ rows, shown: { links: [link] } })).toBe(false);
  });

  test("where the side has no marker: by the name alone, unless it was there long before", () => {
    const intent = intentOf({ marker: null });
    const late = { createdAtMs: sentAtMs + 9_000_000 };
    expect(unmarked({ rows: [row("r1", late)] }, intent)).toBe(true);
    expect(
      unmarked({ rows: [row("r1", { ...late, title: "Renamed", marker: "junk" })] }, intent),
    ).toBe(false);
    expect(unmarked({ rows: [row("r1", { title: "Renamed", isOurs: true })] }, intent)).toBe(true);
    expect(
      unmarked({ rows: [row("r1", { createdAtMs: sentAtMs - 65_000 - 3_600_001 })] }, intent),
    ).toBe(false);
  });

  test("none that belongs to a link, or to one since this run began", () => {
    expect(unmarked({ rows: [row("r1")], shown: { links: [linked] } })).toBe(false);
    expect(unmarked({ rows: [row("r1")], adopted: new Set([recordId("r1")]) })).toBe(false);
  });
});
