// How the pairs stand, as scripts get it.
import { expect, test } from "vitest";
import { tandemJson } from "../../../test/fixture/tandem.ts";
import { pairId, runId } from "../../core/ids.ts";
import type { PairStatus } from "../../app/status.ts";

const atMs = Date.UTC(2026, 10, 21, 14, 2);
const minuteMs = 60_000;
const zero = { left: 0, right: 0 };

const status: PairStatus = {
  pair: "product-specs",
  state: "halted",
  lastRun: {
    id: runId("r2"),
    pair: pairId("product-specs"),
    status: "halted",
    trigger: "cron",
    startedAtMs: atMs,
    finishedAtMs: atMs + minuteMs,
    error: null,
    requests: null,
    counts: {
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
    },
  },
  lastOkAtMs: atMs - minuteMs,
  halted: { guard: "maxRemove", message: "12 of 124", remedy: "Look.", atMs, amount: 12 },
  linkedRows: 124,
  openConflicts: 1,
  refusedRows: 2,
  unknownOutcomes: 3,
  callsThisMonth: { left: 812, right: 640 },
};

test("status is an object a pair, with instants and the calls of each side", async () => {
  const { exit, lines } = await tandemJson(["status"], { status: () => Promise.resolve([status]) });
  expect(exit).toBe(0);
  expect(lines).toEqual([
    {
      type: "status",
      pair: "product-specs",
      state: "halted",
      inStepAt: "2026-11-21T14:01:00.000Z",
      lastRun: {
        run: "r2",
        status: "halted",
        trigger: "cron",
        startedAt: "2026-11-21T14:02:00.000Z",
        finishedAt: "2026-11-21T14:03:00.000Z",
        error: null,
      },
      halted: {
        guard: "maxRemove",
        message: "12 of 124",
        remedy: "Look.",
        amount: 12,
        at: "2026-11-21T14:02:00.000Z",
      },
      linkedRows: 124,
      openConflicts: 1,
      refusedRows: 2,
      unknownOutcomes: 3,
      callsThisMonth: { notion: 812, airtable: 640 },
    },
  ]);
});

test("a pair that never ran has neither run nor halt", async () => {
  const fresh: PairStatus = {
    ...status,
    state: "never-run",
    lastRun: null,
    lastOkAtMs: null,
    halted: null,
  };
  const { lines } = await tandemJson(["status"], { status: () => Promise.resolve([fresh]) });
  expect(lines).toMatchObject([
    { state: "never-run", inStepAt: null, lastRun: null, halted: null },
  ]);
});
