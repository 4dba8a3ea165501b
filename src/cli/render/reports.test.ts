import { describe, expect, test } from "vitest";
import { outcomeOf } from "../../../test/fixture/services.ts";
import { samplePlan } from "../../../test/fixture/plan-view.ts";
import type { PairStatus } from "../../app/status.ts";
import type { Entry, EntryBody } from "../../core/entry.ts";
import { linkId, opId, pairId, recordId, runId } from "../../core/ids.ts";
import { choice, empty, text } from "../../core/value.ts";
import { SyncError } from "../../errors.ts";
import { makeColour } from "../colour.ts";
import { widthOf } from "../plain.ts";
import type { ConflictView, DoctorFinding, ExplainedCell, Explanation } from "../services.ts";
import { conflictsText, conflictText } from "./conflicts.ts";
import { explanationText } from "./explanation.ts";
import { findingsSummary, findingText } from "./findings.ts";
import { historyLineText } from "./history.ts";
import { outcomeText } from "./run.ts";
import { statusText } from "./status.ts";
import type { Style } from "./style.ts";

const names = { left: "Notion", right: "Airtable" };
const now = Date.parse("2026-11-21T14:00:00Z");
const minute = 60_000;
const ids = { left: recordId("page-1"), right: recordId("rec1") };
const style: Style = { colour: makeColour(false), width: 80, isVerbose: false, nowMs: now };

/** Compared with the stored text, and never wider than the terminal (addresses aside). */
function expectGolden(shown: string): void {
  const wide = shown.split("\n").filter((line) => widthOf(line) > 80 && !line.includes("https://"));
  expect(wide).toEqual([]);
  expect(`\n${shown}\n`).toMatchSnapshot();
}

function entry(body: EntryBody): Entry {
  return { run: runId("20261121-140233-k7f2"), pair: pairId("product-specs"), atMs: now, body };
}

const change = entry({
  type: "change",
  op: "update",
  side: "right",
  link: linkId("l1"),
  opId: null,
  ids,
  title: "Checkout redesign",
  fields: { Status: { before: choice("Draft"), after: choice("Shipped"), rule: "F4" } },
});

describe("a run", () => {
  test("that went well takes two lines", () => {
    expectGolden(outcomeText(outcomeOf("ok", { entries: [change] }), names, style));
  });

  test("tells its changes when asked", () => {
    const shown = outcomeText(outcomeOf("ok", { entries: [change] }), names, {
      ...style,
      isVerbose: true,
    });
    expectGolden(shown);
  });

  test("tells what waits, advice once", () => {
    const { conflicts, problems } = samplePlan();
    const entries = [...conflicts, ...problems].map(entry);
    expectGolden(outcomeText(outcomeOf("attention", { entries }), names, style));
  });

  test("that a guard stopped", () => {
    const halt = entry({
      type: "halt",
      guard: "emptySide",
      message: "The table in Notion came back empty, although 124 rows were linked.",
      remedy: "Check that the table, its sharing and the filter are as they should be.",
      counts: { linked: 124, seen: 0 },
    });
    expectGolden(outcomeText(outcomeOf("halted", { entries: [halt] }), names, style));
  });

  test("that could not begin, failed, was stopped, or was passed over", () => {
    const error = new SyncError({
      code: "lease_held",
      message: "Another run is at work on product-specs (process 12 on ops).",
      remedy: "Wait for it to end; nothing was read or written.",
    });
    const aborted = new SyncError({ code: "aborted", message: "Stopped.", remedy: "Go on." });
    const all = [
      outcomeText({ kind: "error", pair: "product-specs", error }, names, style),
      outcomeText(outcomeOf("error", { error }), names, style),
      outcomeText(outcomeOf("ok", { error: aborted }), names, style),
      outcomeText(outcomeOf("paused"), names, style),
    ];
    expectGolden(all.join("\n\n"));
  });

  test("with many problems of one kind shows some and counts the rest", () => {
    const problem = samplePlan().problems[0];
    const entries = problem === undefined ? [] : Array.from({ length: 50 }, () => entry(problem));
    const shown = outcomeText(outcomeOf("attention", { entries }), names, style);
    expect(shown).toContain("… and 30 more like these");
    expect(shown.match(/Change the value, or the mapping/gu)).toHaveLength(1);
  });
});

describe("status", () => {
  const pair: PairStatus = {
    pair: "product-specs",
    state: "ok",
    lastRun: null,
    lastOkAtMs: now - 3 * minute,
    halted: null,
    linkedRows: 124,
    openConflicts: 0,
    refusedRows: 0,
    unknownOutcomes: 0,
    callsThisMonth: { left: 812, right: 640 },
  };

  test("is one line a pair, and what to do about those that do not run", () => {
    const halted = {
      guard: "maxRemove",
      message: "12 of 124 linked rows were removed.",
      remedy: "Look at `tandem plan`.",
      atMs: now - 90 * minute,
      amount: 12,
    } as const;
    const shown = statusText(
      [
        pair,
        { ...pair, pair: "roadmap", state: "attention", openConflicts: 2, refusedRows: 1 },
        { ...pair, pair: "crm", state: "halted", halted, unknownOutcomes: 1 },
        { ...pair, pair: "hiring", state: "paused", lastOkAtMs: now - 40 * 60 * minute },
        { ...pair, pair: "new", state: "never-run", lastOkAtMs: null, linkedRows: 0 },
      ],
      names,
      style,
    );
    expectGolden(shown);
  });

  test("a pair that fails says why, and what to do", () => {
    const error = { code: "not_shared", message: "Notion hides the table.", remedy: "Share it." };
    const lastRun = { error } as unknown as NonNullable<PairStatus["lastRun"]>;
    const shown = statusText([{ ...pair, state: "error", lastRun }], names, style);
    expect(shown).toContain("failing");
    expect(shown).toContain("Notion hides the table.\n  Share it.");
  });

  test("a pair that was released is told as that, and not as halted", () => {
    const shown = statusText([{ ...pair, state: "released" }], names, style);
    expect(shown).toContain("released");
    expect(shown).not.toContain("halted");
    expect(shown).toContain("tandem sync product-specs");
  });
});

describe("doctor", () => {
  const findings: readonly DoctorFinding[] = [
    {
      level: "ok",
      area: "store",
      message: "data/tandem.db can be written",
      remedy: null,
      code: null,
    },
    {
      level: "warn",
      area: "product-specs",
      message:
        "Airtable: the table has no Last modified field, so the order of two edits can only be estimated",
      remedy: "Add a field of the type Last modified time.",
      code: null,
    },
    {
      level: "fail",
      area: "product-specs",
      message: "Notion: the token is not accepted",
      remedy: "Make a new one at notion.so/my-integrations.",
      code: "unauthorized",
    },
  ];

  test("ticks, warns and fails, with what to do", () => {
    const lines = findings.map((finding) => findingText(finding, style));
    expectGolden([...lines, findingsSummary(findings, style)].join("\n"));
  });

  test("sums up", () => {
    expect(findingsSummary([], style)).toBe("Everything is ready.");
    expect(findingsSummary(findings.slice(0, 2), style)).toBe("Ready, with 1 warning.");
    expect(findingsSummary(findings, style)).toBe("1 problem and 1 warning.");
  });
});

const conflict: ConflictView = {
  id: "k7f2",
  pair: "product-specs",
  names,
  kind: "cell",
  title: "Checkout redesign",
  field: "Blockers",
  base: text("Waiting for legal"),
  values: {
    left: text("Waiting for legal and for the vendor"),
    right: text(
      "Waiting for legal in all regions, and in the end for everybody else who has a say",
    ),
  },
  ids,
  sinceMs: now - 26 * 60 * minute,
  answer: null,
};

test("conflicts come with the commands that answer them", () => {
  const removed: ConflictView = {
    ...conflict,
    id: "m3xw",
    kind: "edit-vs-delete",
    field: null,
    base: null,
    values: { left: null, right: text("Fax export") },
    title: "Fax export",
  };
  const answered: ConflictView = { ...conflict, id: "q9zz", answer: { keep: "left" } };
  expectGolden(conflictsText([conflict, removed, answered], style));
  expect(conflictsText([], style)).toBe("Nothing waits for you.");
});

test("a create in doubt says which answer links the row and which makes it", () => {
  const doubt: ConflictView = {
    ...conflict,
    kind: "create-in-doubt",
    field: null,
    base: null,
    values: { left: text("Fax export"), right: null },
    ids: { left: ids.left, right: null },
  };
  const shown = conflictText(doubt, style);
  expect(shown).toMatch(/--keep notion +it is not there: create it/u);
  expect(shown).toMatch(/--keep airtable +it is there: link it/u);
  expect(shown).toContain("(no unlinked row of this name)");
});

describe("an explanation", () => {
  const readAt = { startMs: now - 2_000, endMs: now - 1_000 };
  const cell: ExplainedCell = {
    field: "Status",
    fields: { left: "Status", right: "State" },
    owner: "right",
    flow: "both",
    base: { left: choice("Shipped"), right: choice("Done") },
    agreed: { rule: "F4", run: runId("20261121-140233-k7f2"), atMs: now - 5 * minute },
    now: {
      left: { value: choice("Shipped"), editedAtMs: null, editedAfterMs: null },
      right: {
        value: choice("Parked"),
        editedAtMs: now - minute,
        editedAfterMs: now - 3 * minute,
      },
    },
    lossySide: null,
    next: { rule: "F5", side: "left", label: null, refusal: null },
    lastChange: {
      run: runId("20261121-140233-k7f2"),
      atMs: now - 5 * minute,
      side: "right",
      before: choice("Draft"),
      after: choice("Done"),
      rule: "F4",
      opId: opId("o7f2k"),
      label: "proven",
    },
  };
  const settled: ExplainedCell = {
    ...cell,
    field: "Priority",
    base: { left: choice("P1"), right: choice("P1") },
    now: {
      left: { value: choice("P1"), editedAtMs: null, editedAfterMs: null },
      right: { value: choice("P1"), editedAtMs: null, editedAfterMs: null },
    },
    next: { rule: "F3", side: null, label: null, refusal: null },
    lastChange: null,
  };
  const explained: Explanation = {
    pair: "product-specs",
    names,
    title: "Checkout redesign",
    state: "live",
    ids,
    urls: { left: "https://app.notion.com/p/checkout", right: null },
    bornAtMs: now - 90 * 60 * minute,
    rows: {
      left: { state: "there", stampMs: now - 4 * minute, readAt },
      right: { state: "there", stampMs: null, readAt },
    },
    rowRule: { rule: "R5", side: "right" },
    notes: [],
    cells: [
      cell,
      settled,
      {
        ...settled,
        field: "Notes",
        base: { left: empty, right: empty },
        now: { left: null, right: null },
        next: null,
      },
    ],
    conflicts: [conflict],
    waiting: [{ message: "The last write is in doubt.", remedy: "Wait for the next run." }],
  };

  test("a conflict that is put to a person is won by neither side", () => {
    const asked: ExplainedCell = {
      ...cell,
      owner: "ask",
      next: { rule: "F12", side: null, label: null, refusal: null },
    };
    const text = explanationText({ ...explained, cells: [asked] }, style);
    expect(text).toContain("both edited; a person decides");
    expect(text).not.toContain("wins");
  });

  test("of a row tells whole what moves, and in a line what is in step", () => {
    expectGolden(explanationText(explained, style));
  });

  test("in full tells rules, labels, requests, and when each reading was taken", () => {
    const verbose = { ...style, isVerbose: true };
    const next = { rule: "F12", side: "left", label: "tie", refusal: null } as const;
    const one = { ...explained, cells: [{ ...cell, next }], conflicts: [], waiting: [] };
    expectGolden(explanationText(one, verbose));
  });

  test("of a row that is put away, refused and in doubt says so first", () => {
    const away: Explanation = {
      ...explained,
      state: "archived",
      rows: {
        left: { state: "in the trash", stampMs: null, readAt: null },
        right: explained.rows.right,
      },
      rowRule: { rule: "R27", side: "right" },
      notes: [
        "It was removed in Notion, and so marked as archived in Airtable; it comes back when somebody restores it there.",
        "Airtable has refused it 4 times: no such option.",
      ],
      cells: [],
      conflicts: [],
      waiting: [],
    };
    expectGolden(explanationText(away, style));
  });

  test("of one field tells all of it", () => {
    expectGolden(
      explanationText({ ...explained, cells: [settled], conflicts: [], waiting: [] }, style),
    );
  });
});

test("lines of the history", () => {
  const head = {
    at: "2026-11-21T14:02:33.000Z",
    run: "20261121-140233-k7f2",
    pair: "product-specs",
  };
  const place = { seq: 1, prev: "0".repeat(64) };
  const both = { notion: 0, airtable: 2 };
  const shown = [
    historyLineText(
      {
        ...head,
        ...place,
        type: "run",
        status: "attention",
        trigger: "cron",
        startedAt: head.at,
        durationMs: 4200,
        counts: {
          created: both,
          updated: { notion: 1, airtable: 4 },
          conflicts: 1,
          unchanged: 118,
        },
        requests: {},
        windowMsMax: 10,
        report: {
          agreement: "in sync except 2 held",
          overwrites: { notion: 1, airtable: 4 },
          windowMsTotal: 1_900,
          conflicts: { proven: 1, estimated: 0, tie: 0, policy: 0, held: 1 },
          holds: { ask: 1, inDoubt: 1 },
          rowsUnknown: 0,
          guards: ["hotRow"],
          writes: { clean: 7, indeterminate: 1, settledLate: 0 },
          readLagMs: 15_000,
          settleMs: 120_000,
          unseen:
            "Notion does not expose previous values; edits made within the listed windows on Notion would not be visible to this tool.",
        },
      },
      names,
      { ...style, isVerbose: true },
    ),
    historyLineText(
      {
        ...head,
        ...place,
        type: "change",
        side: "airtable",
        op: "update",
        title: "Checkout",
        fields: {
          Status: { before: "Draft", after: "Shipped", rule: "F4" },
          Tags: { before: null, after: ["a", "b"], rule: "F15" },
        },
      },
      names,
      style,
    ),
    historyLineText(
      {
        ...head,
        ...place,
        type: "conflict",
        title: "Checkout",
        field: "Owner",
        base: null,
        notion: { value: "Ana", at: null },
        airtable: { value: ["Bo"], at: null },
        winner: "airtable",
        rule: "F11",
        label: "proven",
      },
      names,
      style,
    ),
    historyLineText(
      {
        ...head,
        ...place,
        type: "problem",
        side: null,
        code: "drift",
        message: "It was edited.",
        remedy: "Take it back.",
      },
      names,
      style,
    ),
    historyLineText(
      {
        ...head,
        ...place,
        type: "halt",
        guard: "maxRemove",
        message: "Too many.",
        remedy: "Look.",
        counts: {},
      },
      names,
      style,
    ),
  ];
  expectGolden(shown.join("\n"));
});
