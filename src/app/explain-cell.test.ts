// One cell in `explain`: base, readings with when they were entered, what the next run would do, and the
// change behind the present value, each answer whole.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeBase,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import type { ExplainedCell } from "../cli/services.ts";
import type { ChangeEntry, ConflictEntry, Entry, EntryBody } from "../core/entry.ts";
import { opId, runId } from "../core/ids.ts";
import { reconcile, type ReconcileContext } from "../core/reconcile.ts";
import type { Row } from "../core/row.ts";
import { empty, text } from "../core/value.ts";
import { explainCell } from "./explain-cell.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, Notes: { kind: kinds.line, owner: "right" } },
});
const base = makeBase({ left: alpha, right: text("Alpha ") }, { lossySide: "right" });
const link = makePairLink(setup, { Name: alpha, Notes: base });
const agreed = { Name: alpha, Notes: alpha };

interface Shown {
  readonly left?: Cells | null;
  readonly right?: Cells | null;
  readonly rows?: Partial<Row>;
  readonly context?: Partial<ReconcileContext>;
  readonly entries?: readonly Entry[];
  readonly isBare?: true;
}

function explained(shown: Shown = {}): ExplainedCell {
  const { left = agreed, right = { ...agreed, Notes: text("Alpha ") }, rows, entries = [] } = shown;
  const of = shown.isBare === true ? { ...link, cells: new Map() } : link;
  const facts = makeFacts(of, {
    left: left === null ? null : live(makeRow(setup, "left", left, rows)),
    right: right === null ? null : live(makeRow(setup, "right", right, rows)),
  });
  const context = makeContext(setup, shown.context);
  const plan = reconcile(facts, context);
  return explainCell(mappingOf(setup, "Notes"), { facts, context, plan, entries });
}

const settled: ExplainedCell = {
  field: "Notes",
  fields: { left: "Notes", right: "Notes" },
  owner: "right",
  flow: "both",
  base: { left: alpha, right: text("Alpha ") },
  agreed: { rule: base.rule, run: base.run, atMs: base.atMs },
  lossySide: "right",
  now: {
    left: { value: alpha, editedAtMs: null, editedAfterMs: null },
    right: { value: text("Alpha "), editedAtMs: null, editedAfterMs: null },
  },
  next: { rule: "F3", side: null, label: null, refusal: null },
  lastChange: null,
};

test("a cell that is in step", () => {
  expect(explained()).toEqual(settled);
});

test("an edit on one side, with when it was entered at the latest and at the earliest", () => {
  const told = explained({ left: { ...agreed, Notes: beta } });
  expect(told).toEqual({
    ...settled,
    now: {
      ...settled.now,
      left: { value: beta, editedAtMs: expect.any(Number), editedAfterMs: expect.any(Number) },
    },
    next: { rule: "F4", side: "right", label: null, refusal: null },
  });
  const { editedAtMs, editedAfterMs } = told.now.left ?? {};
  expect(editedAtMs).toBeLessThanOrEqual(nowMs);
  expect(editedAfterMs ?? 0).toBeLessThan(editedAtMs ?? 0);
  expect(editedAfterMs ?? 0).toBeGreaterThan(nowMs - 3_600_000);
  // A clock was set back since the last look: how early it was entered nobody knows.
  const ahead = { startMs: nowMs + 3_600_000, endMs: nowMs + 3_600_000 };
  const unbound = explained({
    left: { ...agreed, Notes: beta },
    context: { lastScans: { left: ahead, right: ahead } },
  });
  expect(unbound.now.left).toEqual({ value: beta, editedAtMs, editedAfterMs: null });
});

test("edits on both sides, and how sure their order is", () => {
  const both = explained({
    left: { ...agreed, Notes: beta },
    right: { ...agreed, Notes: text("Gamma") },
  });
  expect(both.next).toEqual({
    rule: "F12",
    side: "left",
    label: expect.stringMatching(/^(?:tie|policy|estimated|proven)$/u),
    refusal: null,
  });
});

test("without a base nothing is agreed, and what is there was entered nobody knows when", () => {
  const bare = explained({ isBare: true, right: { ...agreed, Notes: empty } });
  expect(bare).toMatchObject({ base: null, agreed: null, lossySide: null });
  expect(bare.now).toEqual({
    left: { value: alpha, editedAtMs: null, editedAfterMs: null },
    right: { value: empty, editedAtMs: null, editedAfterMs: null },
  });
  expect(bare.next).toEqual({ rule: "F15", side: "right", label: null, refusal: null });
});

test("of a row that was not read nothing is told but what was agreed", () => {
  expect(explained({ left: null })).toEqual({
    ...settled,
    now: { ...settled.now, left: null },
    next: null,
  });
});

describe("the change behind the present value", () => {
  const entry = (run: string, atMs: number, body: EntryBody): Entry => ({
    run: runId(run),
    pair: setup.policy.id,
    atMs,
    body,
  });
  const change = (fields: ChangeEntry["fields"], op: string | null = "o1"): ChangeEntry => ({
    type: "change",
    op: "update",
    side: "right",
    link: link.id,
    opId: op === null ? null : opId(op),
    ids: link.ids,
    title: "Alpha",
    fields,
  });
  const conflict = (part: Partial<ConflictEntry>): ConflictEntry => ({
    type: "conflict",
    link: link.id,
    ids: link.ids,
    title: "Alpha",
    field: "Notes",
    base: null,
    values: { left: { value: beta, atMs: 1 }, right: { value: alpha, atMs: 0 } },
    winner: "left",
    rule: "F11",
    label: "proven",
    ...part,
  });
  const wrote = { Notes: { before: alpha, after: beta, rule: "F11" } };
  const told = {
    run: runId("r2"),
    atMs: 20,
    side: "right",
    before: alpha,
    after: beta,
    rule: "F11",
    opId: opId("o1"),
    label: null,
  };

  test.each<[what: string, entries: readonly Entry[], told: unknown]>([
    ["is the newest that wrote this field", [entry("r2", 20, change(wrote))], told],
    [
      "and not one that wrote another field, nor an older one",
      [
        entry("r3", 30, change({ Name: { before: alpha, after: beta, rule: "F4" } })),
        entry("r2", 20, change(wrote)),
        entry("r1", 10, change({ Notes: { before: empty, after: alpha, rule: "R1" } })),
      ],
      told,
    ],
    ["may have had no request", [entry("r2", 20, change(wrote, null))], { ...told, opId: null }],
    [
      "names how its winner was found",
      [entry("r2", 20, conflict({})), entry("r2", 20, change(wrote))],
      { ...told, label: "proven" },
    ],
    [
      "but not by a conflict of another run or field, or one that is open",
      [
        entry("r3", 30, conflict({})),
        entry("r2", 20, conflict({ field: "Name", label: "tie" })),
        entry("r2", 20, conflict({ winner: null, label: "held" })),
        entry("r2", 20, change(wrote)),
      ],
      told,
    ],
    ["is none where nothing was written", [entry("r2", 20, conflict({}))], null],
  ])("%s", (_what, entries, expected) => {
    expect(explained({ entries }).lastChange).toEqual(expected);
  });
});
