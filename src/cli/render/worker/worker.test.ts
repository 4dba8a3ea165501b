import { describe, expect, test } from "vitest";
import {
  cycleOf,
  databaseOf,
  heldSweep,
  noCounts,
  nowMs,
  previewOf,
  runOf,
  syncOf,
  workerOf,
} from "../../../../test/fixture/worker-views.ts";
import type { Cell } from "../../../core/oneway/cell.ts";
import { syncId } from "../../../core/oneway/ids.ts";
import { SyncError } from "../../../errors.ts";
import { makeColour } from "../../colour.ts";
import { widthOf } from "../../plain.ts";
import type { Style } from "../style.ts";
import { cellText } from "./cell-text.ts";
import { cycleText } from "./cycle.ts";
import { workersText } from "./list.ts";
import { previewText } from "./preview.ts";
import { databasesText, deliveredText, runLogText, runsText, webhooksText } from "./runs.ts";
import { syncsText, syncText } from "./status.ts";
import {
  countsText,
  healthPaint,
  requestsText,
  runLengthMs,
  runPaint,
  scheduleText,
  until,
} from "./words.ts";

const minuteMs = 60_000;

/** At both widths, never wider than the terminal (a command to copy stays whole). */
function expectGolden(show: (style: Style) => string): void {
  for (const width of [80, 120]) {
    const shown = show({ colour: makeColour(false), width, isVerbose: false, nowMs });
    const wide = shown
      .split("\n")
      .filter((line) => widthOf(line) > width && !line.startsWith("  tandem worker"));
    expect(wide).toEqual([]);
    if (width === 80) expect(`\n${shown}\n`).toMatchSnapshot();
  }
}

describe("the list of workers", () => {
  test("tells what each declares, and what runs only on Notion's servers", () => {
    expectGolden((style) => workersText([workerOf()], style));
  });

  test("tells why one cannot be loaded, and what to do", () => {
    const error = new SyncError({
      code: "config_invalid",
      message: "The worker has no node_modules, so its SDK is not there.",
      remedy: "Run `npm install` in /srv/workers/tasks.",
    });
    const broken = workerOf({ syncs: [], others: [], databases: [], error });
    const empty = workerOf({ name: "empty", syncs: [], others: [], pacers: [], isEnabled: false });
    expectGolden((style) => workersText([broken, empty], style));
  });
});

describe("the status of syncs", () => {
  test("takes a line each, with what to do below", () => {
    const failing = syncOf({
      sync: "crm/contacts-of-the-whole-company-and-more",
      health: "ERROR",
      mode: "incremental",
      schedule: { kind: "continuous" },
      failures: 4,
      lastFailure: { name: "FetchError", message: "502 from\nupstream", atMs: nowMs - minuteMs },
      nextStartAtMs: nowMs + 8 * minuteMs,
    });
    const held = syncOf({ held: heldSweep, health: "WARNING" });
    const paused = syncOf({ sync: "crm/repair", health: "PAUSED", nextStartAtMs: null });
    const manual = syncOf({
      sync: "crm/all",
      health: "DISABLED",
      schedule: { kind: "manual" },
      nextStartAtMs: null,
      lastStartAtMs: null,
      lastRun: null,
    });
    expectGolden((style) => syncsText([syncOf(), failing, held, paused, manual], style));
  });

  test("of one sync is told in full", () => {
    const cycle = {
      number: 5,
      startedAtMs: nowMs - minuteMs,
      executions: 2,
      seen: 200,
      startCursor: null,
      unnamed: 0,
    };
    expectGolden((style) =>
      syncText(syncOf({ cycle, isRunning: true, waiting: 2, health: "INITIALIZING" }), style),
    );
  });

  test.each(["HEALTHY", "INITIALIZING", "WARNING", "ERROR", "PAUSED", "DISABLED"] as const)(
    "shows the label %s",
    (health) => {
      const style = { colour: makeColour(false), width: 80, isVerbose: false, nowMs };
      expect(syncText(syncOf({ health }), style)).toContain(`tasks/tasksSync  ${health}`);
    },
  );
});

describe("a cycle", () => {
  test("that went well takes two lines", () => {
    expectGolden((style) => cycleText(cycleOf(), style));
  });

  test("that was stopped says that the next run goes on", () => {
    expectGolden((style) => cycleText(cycleOf({ status: "stopped" }), style));
  });

  test("that is held says what to confirm", () => {
    expectGolden((style) => cycleText(cycleOf({ status: "held", held: heldSweep }), style));
  });

  test("that failed says that nothing is lost, when it goes on, and where its output is", () => {
    const failed = cycleOf({
      status: "failed",
      counts: noCounts,
      requests: { read: 0, write: 0 },
      failure: { name: "TypeError", message: "rows is not iterable" },
      retryAtMs: nowMs + minuteMs,
    });
    expectGolden((style) => cycleText(failed, style));
  });

  test("tells at most twenty notes, and how many more there are", () => {
    const notes = Array.from({ length: 23 }, (_, index) => `tasks "T-${index}": Due was cut.`);
    expectGolden((style) => cycleText(cycleOf({ status: "attention", notes }), style));
  });
});

describe("a preview", () => {
  test("shows schema steps first, then rows, then how to walk on", () => {
    expectGolden((style) => previewText(previewOf(), style));
  });

  test("says where the cycle ends, and where nobody could go on", () => {
    const whole = { removals: 12, held: "The cycle would remove 12 of 30 rows of tasks/tasks." };
    expectGolden((style) => previewText(previewOf({ hasMore: false, sweep: whole }), style));
    expectGolden((style) => previewText(previewOf({ nextContext: undefined, rows: [] }), style));
  });
});

describe("lists", () => {
  test("of runs", () => {
    const failed = runOf({
      status: "failed",
      trigger: "manual",
      sync: syncId("crm/all"),
      error: { name: "Error", message: "no route to the upstream, and quite some words on why" },
    });
    expectGolden((style) => runsText([runOf(), failed], style));
    expectGolden((style) => runsText([], style));
  });

  test("of a run's output, without what could move the cursor", () => {
    const lines = [
      { atMs: nowMs, stream: "out" as const, text: "page 1\u001B[2J" },
      { atMs: nowMs + 20, stream: "host" as const, text: "ended after 300 s" },
    ];
    expectGolden((style) => runLogText({ run: runOf({ status: "failed" }), lines }, style));
    expectGolden((style) => runLogText({ run: runOf(), lines: [] }, style));
  });

  test("of databases and webhooks", () => {
    const unbound = databaseOf({
      database: "crm/x",
      binding: null,
      note: "It needs a parent page.",
    });
    expectGolden((style) => databasesText([databaseOf(), unbound], style));
    const hook = { hook: "gh/issues", path: "/webhooks/gh/issues", title: null, queued: 2 };
    expectGolden((style) => webhooksText([hook], style));
  });
});

test.each<[Cell, string]>([
  [{ kind: "blank" }, "(empty)"],
  [{ kind: "boolean", isTrue: false }, "no"],
  [{ kind: "choices", names: ["a", "b"] }, "a, b"],
  [
    {
      kind: "date",
      start: { kind: "wall", day: "2026-01-02", time: "10:30", zone: null },
      end: { kind: "wall", day: "2026-01-02", time: "11:30", zone: "Europe/Berlin" },
    },
    "2026-01-02 10:30 UTC to 2026-01-02 11:30 Europe/Berlin",
  ],
  [{ kind: "files", files: [{ name: "a.pdf", url: "https://x" }] }, "a.pdf"],
  [
    { kind: "place", place: { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null } },
    "1, 2",
  ],
  [{ kind: "people", emails: ["a@b.c"] }, "a@b.c"],
  [{ kind: "people", emails: ["a@b.c", "d@e.f"] }, "a@b.c, d@e.f"],
  [{ kind: "choice", name: "Done" }, "Done"],
  [{ kind: "boolean", isTrue: true }, "yes"],
  [{ kind: "number", number: 1.5 }, "1.5"],
  [{ kind: "relation", keys: ["a", "b"] }, "→ a, → b"],
  [
    {
      kind: "text",
      runs: [
        { text: "a", url: "https://x" },
        { text: "b", url: null },
      ],
    },
    "ab",
  ],
  [{ kind: "date", start: { kind: "day", day: "2026-01-02" }, end: null }, "2026-01-02"],
  [
    { kind: "place", place: { lat: 1, lon: 2, name: "Here", address: "x", googlePlaceId: "y" } },
    "Here",
  ],
])("the cell %j reads %j", (cell, shown) => {
  expect(cellText(cell)).toBe(shown);
});

test.each([
  [15, "every 15m"],
  [90, "every 90m"],
  [59, "every 59m"],
  [60, "every 1h"],
  [360, "every 6h"],
  [1_440, "every 1d"],
  [10_080, "every 7d"],
])("an interval of %s minutes reads %j", (minutes, shown) => {
  expect(scheduleText({ kind: "interval", everyMs: minutes * minuteMs })).toBe(shown);
});

test.each([
  [-5, "now"],
  [0, "now"],
  [1, "in 1 s"],
  [40, "in 40 s"],
  [89, "in 89 s"],
  [90, "in 2 min"],
  [5_399, "in 90 min"],
  [5_400, "in 2 h"],
  [172_799, "in 48 h"],
  [172_800, "in 2 days"],
  [720, "in 12 min"],
  [3 * 3600, "in 3 h"],
  [3 * 86_400, "in 3 days"],
])("a start %s seconds from now is %j", (seconds, shown) => {
  expect(until(nowMs + seconds * 1000, nowMs)).toBe(shown);
});

test("schedules without an interval have words of their own", () => {
  expect(scheduleText({ kind: "continuous" })).toBe("continuous");
  expect(scheduleText({ kind: "manual" })).toBe("by hand");
});

const style: Style = { colour: makeColour(true), width: 80, isVerbose: false, nowMs };

test("health and outcome have the colours of good, quiet, watched and bad", () => {
  const { ok, faint, warn, fail } = style.colour;
  const health = ["HEALTHY", "INITIALIZING", "DISABLED", "PAUSED", "WARNING", "ERROR"] as const;
  expect(health.map((each) => healthPaint(each, style))).toEqual([
    ok,
    faint,
    faint,
    warn,
    warn,
    fail,
  ]);
  const ends = ["ok", "running", "stopped", "attention", "rate-limited", "held", "failed"] as const;
  expect(ends.map((each) => runPaint(each, style))).toEqual([
    ok,
    faint,
    faint,
    warn,
    warn,
    fail,
    fail,
  ]);
});

test("counts tell what happened, worst wishes first and the quiet ones last; calls are counted by kind", () => {
  const counts = {
    created: 1,
    updated: 2,
    revived: 3,
    removed: 4,
    failed: 5,
    skipped: 6,
    unchanged: 7,
  };
  expect(countsText(counts)).toBe(
    "1 created, 2 updated, 3 brought back, 4 removed, 5 refused, 6 older, 7 unchanged",
  );
  expect(countsText({ ...noCounts, failed: 1 })).toBe("1 refused");
  expect(countsText(noCounts)).toBe("no changes");
  expect(requestsText({ read: 1, write: 1 })).toBe("1 read, 1 write");
  expect(requestsText({ read: 2, write: 0 })).toBe("2 reads");
  expect(requestsText({ read: 0, write: 3 })).toBe("3 writes");
  expect(requestsText({ read: 0, write: 0 })).toBe("");
});

test("a run that is under way has lasted until now, and none less than nothing", () => {
  const run = runOf({ startedAtMs: nowMs - 500, finishedAtMs: null });
  expect(runLengthMs(run, nowMs)).toBe(500);
  expect(runLengthMs({ ...run, finishedAtMs: nowMs - 400 }, nowMs)).toBe(100);
  expect(runLengthMs(run, nowMs - 9_000)).toBe(0);
});

test("a handled call of a webhook says what came of it, and whether it is tried again", () => {
  const plain = { ...style, colour: makeColour(false) };
  const call = {
    hook: "gh/push",
    run: runOf().id,
    status: "ok" as const,
    attempts: 1,
    retryAtMs: null,
    error: null,
  };
  expect(deliveredText(call, plain)).toBe("gh/push  ok  run 20261121-135500-k7f2");
  const error = { name: "TypeError", message: "no\nluck" };
  const failed = { ...call, status: "failed" as const, attempts: 2, error };
  expect(deliveredText(failed, plain)).toBe(
    "gh/push  failed  run 20261121-135500-k7f2\n  TypeError: no⏎luck (try 2, not tried again)",
  );
  expect(deliveredText({ ...failed, retryAtMs: nowMs + 60_000 }, plain)).toContain(
    "(try 2, tried again in 60 s)",
  );
});
