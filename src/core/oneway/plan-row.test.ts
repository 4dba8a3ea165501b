// Every combination of what is known, said and dated for one part, rows in
// every standing, and random batches.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { recordId } from "../ids.ts";
import { bodyPart, type Part, type WrittenPart } from "./parts.ts";
import {
  partsAfter,
  planDeletion,
  planUpsert,
  reviving,
  type KnownRow,
  type RowPlan,
  type WantedParts,
} from "./plan-row.ts";

const row = recordId("row");

function known(change: Partial<KnownRow> = {}): KnownRow {
  return { rowId: row, parts: {}, isTrashed: false, createBegunAtMs: null, ...change };
}

function wanted(
  parts: Readonly<Record<string, string>>,
  updatedAtMs: number | null = null,
): WantedParts {
  return {
    parts: new Map(
      Object.entries(parts).map(([name, hash]): [string, Part] => [name, { hash, same: [] }]),
    ),
    updatedAtMs,
  };
}

const written = (hash: string, updatedAtMs: number | null = null): WrittenPart => ({
  hash,
  updatedAtMs,
});

describe("one part of a live row", () => {
  // What was written, what is said, when each was.
  test.each<[WrittenPart | null, string, number | null, RowPlan["kind"]]>([
    [null, "h", null, "update"],
    [null, "h", 5, "update"],
    [written("h"), "h", null, "unchanged"],
    [written("h"), "h", 5, "unchanged"],
    [written("h"), "other", null, "update"],
    [written("h"), "other", 5, "update"],
    [written("h", 5), "h", null, "unchanged"],
    [written("h", 5), "h", 4, "skipped"],
    [written("h", 5), "h", 5, "unchanged"],
    [written("h", 5), "h", 6, "unchanged"],
    [written("h", 5), "other", null, "update"],
    [written("h", 5), "other", 4, "skipped"],
    [written("h", 5), "other", 4.999, "skipped"],
    [written("h", 5), "other", 5, "update"],
    [written("h", 5), "other", 6, "update"],
  ])("%j, said %s at %s: %s", (before, hash, atMs, kind) => {
    const parts = before === null ? {} : { Name: before };
    expect(planUpsert(known({ parts }), wanted({ Name: hash }, atMs)).kind).toBe(kind);
  });

  test("another hash of the same content counts as unchanged", () => {
    const parts = new Map([["Rel", { hash: "now", same: ["then"] }]]);
    const before = known({ parts: { Rel: written("then") } });
    expect(planUpsert(before, { parts, updatedAtMs: null })).toEqual({
      kind: "unchanged",
      isNewer: false,
    });
  });

  test("a later time for the same content is news", () => {
    const at = (before: number | null, said: number | null) =>
      planUpsert(known({ parts: { Name: written("h", before) } }), wanted({ Name: "h" }, said));
    expect(at(5, 6)).toEqual({ kind: "unchanged", isNewer: true });
    expect(at(null, 6)).toEqual({ kind: "unchanged", isNewer: true });
    expect(at(5, 5)).toEqual({ kind: "unchanged", isNewer: false });
    expect(at(5, null)).toEqual({ kind: "unchanged", isNewer: false });
  });
});

describe("a row", () => {
  const parts = { Name: written("h", 5), Size: written("s", 9), [bodyPart]: written("b", 5) };

  test.each<[string, KnownRow | null, WantedParts, RowPlan]>([
    ["unknown", null, wanted({ Name: "h" }), { kind: "create", parts: ["Name"] }],
    ["unknown and bare", null, wanted({}), { kind: "create", parts: [] }],
    [
      "that never came to be",
      known({ rowId: null }),
      wanted({ Name: "h" }),
      { kind: "create", parts: ["Name"] },
    ],
    [
      "in doubt",
      known({ rowId: null, createBegunAtMs: 1 }),
      wanted({ Name: "h" }),
      { kind: "in-doubt" },
    ],
    [
      "live, with one part to write and one too old",
      known({ parts }),
      wanted({ Name: "x", Size: "y" }, 7),
      { kind: "update", row, parts: ["Name"], isRevival: false },
    ],
    ["live and bare", known({ parts }), wanted({}), { kind: "unchanged", isNewer: false }],
    [
      "in the trash, unchanged: all cells again, the body not",
      known({ parts, isTrashed: true }),
      wanted({ Name: "h", Size: "s", [bodyPart]: "b" }),
      { kind: "update", row, parts: ["Name", "Size"], isRevival: true },
    ],
    [
      "in the trash, with another body",
      known({ parts, isTrashed: true }),
      wanted({ Name: "h", Size: "s", [bodyPart]: "c" }, 7),
      { kind: "update", row, parts: ["Name", bodyPart], isRevival: true },
    ],
    [
      "in the trash, and older than what was written",
      known({ parts, isTrashed: true }),
      wanted({ Name: "x" }, 4),
      { kind: "skipped" },
    ],
    [
      "in the trash, and bare",
      known({ parts, isTrashed: true }),
      wanted({}),
      { kind: "update", row, parts: [], isRevival: true },
    ],
  ])("%s", (_, before, change, plan) => {
    expect(planUpsert(before, change)).toEqual(plan);
  });

  test.each<[string, KnownRow | null, RowPlan]>([
    ["unknown", null, { kind: "nothing" }],
    ["live", known(), { kind: "remove", row }],
    ["in the trash", known({ isTrashed: true }), { kind: "nothing" }],
    ["in doubt", known({ rowId: null, createBegunAtMs: 1 }), { kind: "in-doubt" }],
    ["that never came to be", known({ rowId: null }), { kind: "nothing" }],
  ])("deleted: %s", (_, before, plan) => {
    expect(planDeletion(before)).toEqual(plan);
  });

  test("found in the trash by an update comes back with all that is not too old", () => {
    const plan = reviving(
      { ...known({ parts }), rowId: row },
      wanted({ Name: "h", Size: "z", [bodyPart]: "b" }, 7),
    );
    expect(plan).toEqual({ kind: "update", row, parts: ["Name"], isRevival: true });
  });
});

describe("what is remembered after a write", () => {
  test("parts that were sent, and newer times; older and unsent ones stay", () => {
    const before = {
      Sent: written("a", 5),
      Same: written("b", 5),
      Old: written("c", 9),
      Failed: written("d", 5),
      Apart: written("e", 1),
    };
    const change = wanted({ Sent: "x", Same: "b", Old: "y", Failed: "z" }, 7);
    expect(partsAfter(before, change, ["Sent"])).toEqual({
      Sent: written("x", 7),
      Same: written("b", 7),
      Old: written("c", 9),
      Failed: written("d", 5),
      Apart: written("e", 1),
    });
  });

  test("a time once said is kept when a later change says none", () => {
    const after = partsAfter({ Name: written("a", 5) }, wanted({ Name: "b" }), ["Name"]);
    expect(after).toEqual({ Name: written("b", 5) });
    expect(partsAfter({}, wanted({ Name: "b" }), ["Name"])).toEqual({ Name: written("b") });
  });

  test("what counted as the same keeps its own hash until it is sent again", () => {
    const change = { parts: new Map([["Rel", { hash: "now", same: ["then"] }]]), updatedAtMs: 3 };
    expect(partsAfter({ Rel: written("then") }, change, [])).toEqual({ Rel: written("then", 3) });
    expect(partsAfter({ Rel: written("then") }, change, ["Rel"])).toEqual({
      Rel: written("now", 3),
    });
  });
});

/** The state of a table of rows after a batch was carried out without a hitch. */
type Rows = ReadonlyMap<string, KnownRow>;
type Step = { readonly key: string; readonly change: WantedParts | null };

function carryOut(rows: Rows, { key, change }: Step): Rows {
  const before = rows.get(key) ?? null;
  const plan = change === null ? planDeletion(before) : planUpsert(before, change);
  const next = new Map(rows);
  const parts = (sent: readonly string[]) =>
    change === null ? {} : partsAfter(before?.parts ?? {}, change, sent);
  switch (plan.kind) {
    case "create":
      return next.set(key, known({ rowId: recordId(`row ${key}`), parts: parts(plan.parts) }));
    case "update":
      return next.set(key, { ...known(before ?? {}), isTrashed: false, parts: parts(plan.parts) });
    case "remove":
      return next.set(key, { ...known(before ?? {}), isTrashed: true });
    case "unchanged":
      return next.set(key, { ...known(before ?? {}), parts: parts([]) });
    case "skipped":
    case "nothing":
    case "in-doubt":
      return rows;
  }
}

const carryOutAll = (rows: Rows, steps: readonly Step[]): Rows => steps.reduce(carryOut, rows);
const shown = (rows: Rows): unknown =>
  [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, one.isTrashed, one.parts]);

const change: fc.Arbitrary<WantedParts | null> = fc.option(
  fc
    .record({
      parts: fc.dictionary(
        fc.constantFrom("Name", "Size", bodyPart),
        fc.constantFrom("a", "b", "c"),
      ),
      atMs: fc.option(fc.integer({ min: 0, max: 3 })),
    })
    .map(({ parts, atMs }) => wanted(parts, atMs)),
  { nil: null, freq: 4 },
);
const step = (key: fc.Arbitrary<string>): fc.Arbitrary<Step> => fc.record({ key, change });
const anyKey = fc.constantFrom("k1", "k2", "k3");
const distinct = fc.uniqueArray(step(fc.string({ minLength: 1 })), { selector: ({ key }) => key });

describe("random batches", () => {
  test("W2: the same batch a second time plans no call", () => {
    fc.assert(
      fc.property(fc.array(step(anyKey)), distinct, (past, batch) => {
        const rows = carryOutAll(carryOutAll(new Map(), past), batch);
        for (const { key, change } of batch) {
          const before = rows.get(key) ?? null;
          const plan = change === null ? planDeletion(before) : planUpsert(before, change);
          expect(["unchanged", "skipped", "nothing"]).toContain(plan.kind);
        }
        expect(shown(carryOutAll(rows, batch))).toEqual(shown(rows));
      }),
    );
  });

  test("the order of changes of different keys is free", () => {
    fc.assert(
      fc.property(fc.array(step(anyKey)), distinct, (past, batch) => {
        const rows = carryOutAll(new Map(), past);
        expect(shown(carryOutAll(rows, batch.toReversed()))).toEqual(
          shown(carryOutAll(rows, batch)),
        );
      }),
    );
  });

  test("W8: undated changes aside, what is written of a part is never older than what was", () => {
    fc.assert(
      fc.property(fc.array(step(anyKey)), (steps) => {
        let rows: Rows = new Map();
        for (const one of steps) {
          const before = rows.get(one.key)?.parts ?? {};
          rows = carryOut(rows, one);
          const after = rows.get(one.key)?.parts ?? {};
          for (const [name, part] of Object.entries(before)) {
            expect(after[name]?.updatedAtMs ?? -1).toBeGreaterThanOrEqual(part.updatedAtMs ?? -1);
          }
        }
      }),
    );
  });
});
