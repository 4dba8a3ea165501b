import { describe, expect, test } from "vitest";
import {
  alpha,
  kinds,
  makeContext,
  makeFacts,
  makePairLink,
  mappingOf,
  setupOf,
} from "../../test/fixture/pair.ts";
import type { WriteFailure, WriteOutcome } from "../connectors/connector.ts";
import type { ConflictEntry } from "../core/entry.ts";
import type { FieldId } from "../core/ids.ts";
import { reconcile, type PlannedCell, type RowAction } from "../core/reconcile.ts";
import { empty, text } from "../core/value.ts";
import { narrowed } from "./narrow.ts";
import type { Work } from "./work.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, A: { kind: kinds.line }, B: { kind: kinds.line } },
});
const link = makePairLink(setup, {});
const plan = reconcile(makeFacts(link, { left: null, right: null }), makeContext(setup));

function cell(name: string): PlannedCell {
  const mapping = mappingOf(setup, name);
  return {
    mapping,
    field: { ...mapping.fields.right, isTitle: name === "Name" },
    before: empty,
    after: alpha,
    source: alpha,
    rule: "F4",
    isLossy: false,
    isBase: true,
  };
}

const fieldOf = (name: string): FieldId => mappingOf(setup, name).fields.right.id;
const refused = (field: FieldId | null, why: WriteFailure = "invalid"): WriteOutcome => ({
  kind: "failed",
  why,
  message: "no",
  field,
});

function work(
  kind: "update" | "create",
  names: readonly string[],
  change: Partial<Work> = {},
): Work {
  const cells = names.map(cell);
  const action: RowAction =
    kind === "create"
      ? { kind, side: "right", cells, marker: "page-1" }
      : { kind, side: "right", cells, marker: "page-1", archival: null };
  return { plan, action, conflicts: [], ...change };
}

const told = (works: readonly Work[]): readonly string[] =>
  works.map(({ action }) => {
    if (action.kind !== "update" && action.kind !== "create") return action.kind;
    const names = action.cells.map(({ mapping }) => mapping?.name ?? "").join("+");
    return action.marker === null ? names : `${names} marked`;
  });

describe("G5: a refused update", () => {
  test("goes again without the blamed cell, and with that one alone", () => {
    const all = work("update", ["Name", "A", "B"]);
    expect(told(narrowed(all, refused(fieldOf("A"))))).toEqual(["Name+B marked", "A"]);
  });

  test("with nobody to blame, or a cell that was not sent, goes cell by cell", () => {
    const all = work("update", ["Name", "A"]);
    expect(told(narrowed(all, refused(null)))).toEqual(["Name marked", "A"]);
    expect(told(narrowed(all, refused(fieldOf("B"))))).toEqual(["Name marked", "A"]);
  });

  test("P19: ends with one cell, and is not narrowed when it puts a row away", () => {
    expect(narrowed(work("update", ["A"]), refused(fieldOf("A")))).toEqual([]);
    const { action } = work("update", ["Name", "A"]);
    const archival = { side: "right", how: { kind: "removed" } } as const;
    const away = { ...work("update", []), action: { ...action, archival } as RowAction };
    expect(narrowed(away, refused(fieldOf("A")))).toEqual([]);
  });

  test("keeps with each part the conflicts of its cells, and the whole it came from", () => {
    const conflict = (field: string): ConflictEntry => ({
      type: "conflict",
      link: link.id,
      ids: link.ids,
      title: "Row",
      field,
      base: null,
      values: { left: { value: text("l"), atMs: null }, right: { value: text("r"), atMs: null } },
      winner: "left",
      rule: "F12",
      label: "policy",
    });
    const all = work("update", ["Name", "A"], { conflicts: [conflict("A"), conflict("Name")] });
    const parts = narrowed(all, refused(fieldOf("A")));
    expect(parts.map(({ conflicts }) => conflicts.map(({ field }) => field))).toEqual([
      ["Name"],
      ["A"],
    ]);
    expect(parts.every(({ whole }) => whole === all)).toBe(true);
    expect(parts.every((part) => part.plan === all.plan)).toBe(true);
    const wide = work("update", ["Name", "A", "B"], { conflicts: all.conflicts });
    const halves = narrowed(wide, refused(fieldOf("B")));
    expect(halves.map(({ conflicts }) => conflicts.length)).toEqual([2, 0]);
    const [first] = parts;
    const again =
      first === undefined
        ? []
        : narrowed(work("update", ["A", "B"], { whole: all }), refused(null));
    expect(again.every(({ whole }) => whole === all)).toBe(true);
  });
});

describe("G5: a refused create", () => {
  test("goes again without the blamed cell, and with nobody to blame by its title alone", () => {
    const all = work("create", ["Name", "A", "B"]);
    expect(told(narrowed(all, refused(fieldOf("A"))))).toEqual(["Name+B marked"]);
    expect(told(narrowed(all, refused(null)))).toEqual(["Name marked"]);
    expect(told(narrowed(work("create", ["Name"]), refused(null)))).toEqual([]);
    expect(told(narrowed(work("create", ["A"]), refused(fieldOf("A"))))).toEqual([" marked"]);
    const [less] = narrowed(all, refused(null));
    expect(less).toMatchObject({ plan, conflicts: [] });
    expect(less?.whole).toBe(all);
    const again = narrowed(work("create", ["Name", "A"], { whole: all }), refused(null));
    expect(again[0]?.whole).toBe(all);
  });
});

test("only content that is refused is worth another try with less", () => {
  const all = work("update", ["Name", "A"]);
  for (const why of ["missing", "trashed", "forbidden"] as const) {
    expect(narrowed(all, refused(null, why))).toEqual([]);
  }
  expect(narrowed(all, { kind: "not-applied", message: "busy" })).toEqual([]);
  expect(narrowed(all, { kind: "unknown", message: "lost", hint: null })).toEqual([]);
  const remove: RowAction = {
    kind: "remove",
    side: "right",
    archival: { side: "right", how: { kind: "removed" } },
  };
  expect(narrowed({ plan, action: remove, conflicts: [] }, refused(null))).toEqual([]);
});
