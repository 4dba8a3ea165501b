// Each variant of what is printed: kinds of values, conflicts, answers, states, reports and counts, one
// below the other and word for word.
import { expect, test } from "vitest";
import { outcomeOf } from "../../../test/fixture/services.ts";
import { samplePlan } from "../../../test/fixture/plan-view.ts";
import { everyValue } from "../../../test/fixture/store.ts";
import type { CellView, RowView } from "../../app/plan-view.ts";
import type { PairStatus } from "../../app/status.ts";
import type { ChangeOp, RunCounts } from "../../core/entry.ts";
import { recordId, runId } from "../../core/ids.ts";
import type { RunReport } from "../../core/report.ts";
import { empty, instant, text } from "../../core/value.ts";
import { SyncError } from "../../errors.ts";
import type { HistoryLine } from "../../history/line.ts";
import type { ConflictKind } from "../../store/store.ts";
import { makeColour } from "../colour.ts";
import type { ConflictView, ExplainedCell, Explanation } from "../services.ts";
import { conflictsText, conflictText } from "./conflicts.ts";
import { callsText, doneText, plannedText } from "./count-words.ts";
import { explanationText } from "./explanation.ts";
import { historyLineText } from "./history.ts";
import { planText } from "./plan.ts";
import { holdsText } from "./report.ts";
import { rowsText } from "./rows.ts";
import { outcomeText } from "./run.ts";
import { statusText } from "./status.ts";
import type { Style } from "./style.ts";
import { valueText } from "./value-text.ts";
import { openConflictsText } from "./waiting.ts";

const names = { left: "Notion", right: "Airtable" };
const now = Date.parse("2026-11-21T14:00:00Z");
const minuteMs = 60_000;
const style: Style = { colour: makeColour(false), width: 80, isVerbose: false, nowMs: now };
const verbose: Style = { ...style, isVerbose: true };
const ids = { left: recordId("page-1"), right: recordId("rec1") };

function expectTold(lines: readonly string[]): void {
  expect(`\n${lines.join("\n")}\n`).toMatchSnapshot();
}

test("values of every kind", () => {
  const more = [
    { kind: "boolean", isTrue: false },
    { kind: "day", start: "2026-12-01", end: null },
    instant(now, now + minuteMs),
  ] as const;
  expectTold(
    [...Object.values(everyValue), ...more].map((value) => `${value.kind}: ${valueText(value)}`),
  );
});

const zero = { left: 0, right: 0 };
const noCounts: RunCounts = {
  created: zero,
  updated: zero,
  archived: zero,
  deleted: zero,
  restored: zero,
  linked: 0,
  unlinked: 0,
  conflicts: 0,
  failed: 0,
  waiting: 0,
  unchanged: 0,
};

test("what a run did, and what a plan would do, on each side", () => {
  const all: RunCounts = {
    ...noCounts,
    created: { left: 1, right: 2 },
    updated: { left: 3, right: 4 },
    archived: { left: 5, right: 6 },
    deleted: { left: 0, right: 7 },
    restored: { left: 8, right: 9 },
    linked: 10,
    unlinked: 11,
  };
  const ops: readonly ChangeOp[] = [
    "update",
    "create",
    "archive",
    "delete",
    "restore",
    "link",
    "unlink",
  ];
  const rows = ops.flatMap((op) => [
    { op, side: "left" as const },
    { op, side: "right" as const },
    { op, side: "right" as const },
  ]);
  expectTold([
    doneText(noCounts, names),
    doneText(noCounts, names, "nothing was written"),
    doneText({ ...noCounts, updated: { left: 1, right: 0 } }, names),
    doneText(all, names),
    plannedText(rows, "left"),
    plannedText(rows, "right"),
    plannedText([], "right"),
    callsText({ left: { read: 1, write: 0 }, right: { read: 0, write: 2 } }, names),
    callsText({ left: { read: 0, write: 0 }, right: { read: 0, write: 0 } }, names),
  ]);
});

const conflict: ConflictView = {
  id: "k7f2",
  pair: "specs",
  names,
  kind: "cell",
  title: "Checkout",
  field: "Owner",
  base: text("Ana"),
  values: { left: text("Bo"), right: text("Cy") },
  ids,
  sinceMs: now - 3 * minuteMs,
  answer: null,
};

test("conflicts of every kind, and every answer to them", () => {
  const kinds: readonly ConflictKind[] = [
    "cell",
    "alignment",
    "lossy",
    "drift",
    "edit-vs-delete",
    "create-in-doubt",
    "undone",
  ];
  const half = { left: text("Bo"), right: null };
  const row = { field: null, base: null, values: half, ids: { left: ids.left, right: null } };
  const answers: readonly Partial<ConflictView>[] = [
    { answer: { keep: "left" } },
    { answer: { keep: "right" }, kept: text("Cy") },
    { answer: { keep: "both" } },
    { answer: { keep: "value", text: "Dee" } },
    { answer: { keep: "value", text: "4,5" }, kept: { kind: "number", number: 4.5 } },
  ];
  expectTold([
    ...kinds.map((kind) => conflictText({ ...conflict, kind }, style)),
    ...kinds.map((kind) => conflictText({ ...conflict, ...row, kind, title: "" }, style)),
    ...answers.map((part) => conflictText({ ...conflict, ...part }, style)),
    conflictsText([conflict], style),
    conflictText({ ...conflict, values: { left: text("word ".repeat(300)), right: empty } }, style),
  ]);
});

test("rows of every kind of change, alone and put back by an undo", () => {
  const cell: CellView = { field: "Owner", before: text("Ana"), after: text("Bo"), rule: "F4" };
  const row = (op: ChangeOp, part: Partial<RowView> = {}): RowView => ({
    ids: { left: `page-${op}`, right: null },
    title: `A row to ${op}`,
    op,
    side: "right",
    rule: "R5",
    cells: op === "update" || op === "create" ? [cell] : [],
    ...part,
  });
  const ops: readonly ChangeOp[] = [
    "update",
    "create",
    "archive",
    "delete",
    "restore",
    "link",
    "unlink",
  ];
  const rows = [
    ...ops.map((op) => row(op, { rule: op === "update" ? "R5" : "R6" })),
    row("update", { side: "left", ids: { left: "1", right: "2" }, title: "" }),
    row("archive", { side: "left", ids: { left: "1", right: "2" }, title: "", rule: "R8" }),
    row("update", { ids: { left: "3", right: "4" }, cells: [{ ...cell, rule: "undo" }] }),
    row("restore", { ids: { left: "5", right: "6" }, rule: "undo" }),
  ];
  const input = { rows, conflicts: [], names };
  const merged = samplePlan();
  const conflicts = merged.conflicts.map((one) => ({ ...one, winner: "merged" as const }));
  expectTold([
    rowsText(input, style),
    rowsText(input, { ...verbose, width: 120 }),
    rowsText({ rows: merged.rows, conflicts, names }, style),
    planText({ ...merged, isFirstRun: true }, verbose),
  ]);
});

const report: RunReport = {
  agreement: "in sync except 3 held",
  overwrites: { left: 2, right: 0 },
  windowMsTotal: 12_400,
  conflicts: { proven: 1, estimated: 2, tie: 3, policy: 4, held: 5 },
  holds: {
    ask: 1,
    alignment: 2,
    lossy: 3,
    drift: 4,
    undone: 5,
    notRepresentable: 6,
    editVersusDelete: 7,
    noArchive: 8,
    notCreated: 9,
    outOfScope: 10,
    ambiguous: 11,
    inDoubt: 12,
    rejected: 13,
    hot: 14,
    moved: 15,
    unreached: 16,
  },
  rowsUnknown: 1,
  guards: ["hotRow", "incompleteListing"],
  writes: { clean: 1, indeterminate: 2, settledLate: 3 },
  readLagMs: 15_000,
  settleMs: 120_000,
  unseen: "Notion does not expose previous values.",
};

test("what a run reports of itself: what was held and why, and whether a person is asked", () => {
  const told = (part: Partial<RunReport>, at: Style = style): string => {
    const outcome = outcomeOf("attention");
    if (outcome.kind !== "run") throw new Error("no run");
    const summary = { ...outcome.run.summary, report: { ...report, ...part } };
    return outcomeText({ ...outcome, run: { ...outcome.run, summary } }, names, at);
  };
  const quiet: Partial<RunReport> = {
    agreement: null,
    overwrites: zero,
    windowMsTotal: 0,
    conflicts: { proven: 0, estimated: 0, tie: 0, policy: 0, held: 0 },
    holds: {},
    rowsUnknown: 0,
    guards: [],
    writes: { clean: 0, indeterminate: 0, settledLate: 0 },
    unseen: null,
  };
  expectTold([
    told({}),
    told({}, verbose),
    told(quiet),
    told(quiet, verbose),
    told({ ...quiet, agreement: "in sync", holds: { hot: 1, inDoubt: 2 } }),
    holdsText({ holds: { later: 2, ask: 0 } }),
  ]);
  for (const reason of Object.keys(report.holds)) {
    const isAsked = ["ask", "alignment", "lossy", "drift", "undone", "editVersusDelete"];
    const shown = told({ ...quiet, holds: { [reason]: 1 } });
    expect(shown.includes("Decide with")).toBe(isAsked.includes(reason));
  }
});

test("pairs in every state, with what to do", () => {
  const pair: PairStatus = {
    pair: "specs",
    state: "ok",
    lastRun: null,
    lastOkAtMs: now - 3 * minuteMs,
    halted: null,
    linkedRows: 1,
    openConflicts: 0,
    refusedRows: 0,
    unknownOutcomes: 0,
    callsThisMonth: { left: 1, right: 2 },
  };
  const error = { code: "unavailable", message: "Down.", remedy: "Wait." } as const;
  const lastRun: PairStatus["lastRun"] = {
    id: runId("r1"),
    pair: "specs" as NonNullable<PairStatus["lastRun"]>["pair"],
    trigger: "cron",
    startedAtMs: now,
    finishedAtMs: now,
    status: "error",
    counts: null,
    requests: null,
    error,
  };
  const states: readonly PairStatus["state"][] = [
    "never-run",
    "paused",
    "halted",
    "released",
    "running",
    "ok",
    "attention",
    "error",
  ];
  const halted = {
    guard: "maxRemove",
    message: "Many.",
    remedy: "Look.",
    atMs: now,
    amount: 1,
  } as const;
  const many = { openConflicts: 2, refusedRows: 3, unknownOutcomes: 1 };
  expectTold([
    ...states.map((state) => statusText([{ ...pair, state, lastRun }], names, style)),
    statusText([{ ...pair, state: "halted", halted, ...many }], names, style),
    statusText([{ ...pair, state: "attention", ...many, refusedRows: 1 }, pair], names, style),
  ]);
  const coloured = { ...style, colour: makeColour(true) };
  expectTold(states.map((state) => statusText([{ ...pair, state }], names, coloured)));
});

test("an explanation in every wording", () => {
  const cell: ExplainedCell = {
    field: "Owner",
    fields: { left: "Owner", right: "Owner" },
    owner: "latest",
    flow: "both",
    base: { left: text("Ana"), right: text("Ana") },
    agreed: { rule: "F14", run: runId("r1"), atMs: now - 5 * minuteMs },
    now: {
      left: { value: text("Ana"), editedAtMs: null, editedAfterMs: null },
      right: { value: text("Bo"), editedAtMs: now - minuteMs, editedAfterMs: null },
    },
    lossySide: null,
    next: { rule: "F5", side: "left", label: null, refusal: null },
    lastChange: null,
  };
  const change: NonNullable<ExplainedCell["lastChange"]> = {
    run: runId("r1"),
    atMs: now - 5 * minuteMs,
    side: "left",
    before: empty,
    after: text("Ana"),
    rule: "F5",
    opId: null,
    label: "estimated",
  };
  const explained: Explanation = {
    pair: "specs",
    names,
    title: "Checkout",
    state: "live",
    ids,
    urls: { left: null, right: null },
    bornAtMs: now - 90 * minuteMs,
    rows: { left: { state: "there", stampMs: null, readAt: null }, right: null },
    rowRule: { rule: "R5", side: "right" },
    notes: [],
    cells: [cell],
    conflicts: [],
    waiting: [],
  };
  const cells: readonly Partial<ExplainedCell>[] = [
    { owner: "left" },
    {
      owner: "merge",
      lossySide: "left",
      lastChange: change,
      agreed: { rule: "F11", run: runId("r1"), atMs: now - 5 * minuteMs },
    },
    { owner: "ask", next: { rule: "F12", side: null, label: null, refusal: "it does not fit" } },
    { flow: "toLeft", now: { left: null, right: null }, next: null },
    { flow: "toRight", agreed: null },
    {
      base: null,
      agreed: null,
      next: { rule: "F19", side: null, label: null, refusal: "too long" },
    },
    { next: { rule: "F11", side: "right", label: "proven", refusal: null } },
    { next: { rule: "F12", side: "right", label: "policy", refusal: null } },
  ];
  const links = ["creating", "archived", "tombstone", "detached", "not linked"];
  expectTold([
    ...cells.map((part) => explanationText({ ...explained, cells: [{ ...cell, ...part }] }, style)),
    ...cells
      .slice(1, 3)
      .map((part) => explanationText({ ...explained, cells: [{ ...cell, ...part }] }, verbose)),
    ...links.map((state) => {
      const rowRule = state === "not linked" ? null : ({ rule: "R6", side: "left" } as const);
      return explanationText({ ...explained, state, rowRule, title: "", cells: [] }, style);
    }),
    explanationText({ ...explained, cells: [cell, { ...cell, field: "Size" }] }, style),
    openConflictsText(samplePlan().conflicts, names, style),
  ]);
});

test("lines of the history in every wording", () => {
  const head = { at: "2026-11-21T14:02:33.000Z", run: "r1", pair: "specs", seq: 1, prev: "0" };
  const run: Extract<HistoryLine, { type: "run" }> = {
    ...head,
    type: "run",
    status: "ok",
    trigger: "undo",
    startedAt: head.at,
    durationMs: 900,
    counts: { unchanged: 4, linked: 2, conflicts: 2, archived: { notion: 1, airtable: 0 } },
    requests: {},
    windowMsMax: 0,
  };
  const conflictLine: Extract<HistoryLine, { type: "conflict" }> = {
    ...head,
    type: "conflict",
    title: "",
    field: "Owner",
    base: null,
    notion: { value: null, at: null },
    airtable: { value: { start: "a", end: "b" }, at: null },
    winner: null,
    rule: "F12",
    label: "held",
  };
  const change: Extract<HistoryLine, { type: "change" }> = {
    ...head,
    type: "change",
    side: "notion",
    op: "create",
    title: "A",
    fields: {
      Done: { before: false, after: true, rule: "F5" },
      Size: { before: null, after: 4, rule: "F99" },
    },
  };
  const lines: readonly HistoryLine[] = [
    { ...run, counts: {} },
    run,
    {
      ...run,
      status: "error",
      error: { code: "unavailable", message: "Down.", remedy: "Wait." },
    },
    conflictLine,
    { ...conflictLine, winner: "merged", label: "tie" },
    { ...conflictLine, winner: "notion", label: "policy" },
    change,
    { ...change, side: "elsewhere", op: "unlink", fields: {} },
  ];
  expectTold([
    ...lines.map((line) => historyLineText(line, names, style)),
    historyLineText(change, names, verbose),
  ]);
});

test("a run that was stopped, and one whose conflicts were settled", () => {
  const stopped = new SyncError({ code: "aborted", message: "Stopped.", remedy: "Go on." });
  const outcome = outcomeOf("attention", { error: stopped });
  if (outcome.kind !== "run") throw new Error("no run");
  const idle = { ...outcome.run.summary, counts: { ...noCounts, failed: 2 } };
  expectTold([
    outcomeText({ ...outcome, run: { ...outcome.run, summary: idle } }, names, style),
    outcomeText({ ...outcome, run: { ...outcome.run, error: null, summary: idle } }, names, {
      ...style,
      width: 160,
    }),
  ]);
});
