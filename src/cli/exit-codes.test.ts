// How the program ends, row by row of the table that cron jobs and scripts go by: each command is run
// whole, with services that answer from memory.
import { describe, expect, test } from "vitest";
import { emptyPlan, samplePlan } from "../../test/fixture/plan-view.ts";
import { each, outcomeOf, planOutcome } from "../../test/fixture/services.ts";
import { tandem } from "../../test/fixture/tandem.ts";
import type { HaltEntry } from "../core/entry.ts";
import { InvariantError } from "../core/assert.ts";
import { SyncError, type ErrorCode } from "../errors.ts";
import type { DoctorFinding, Services } from "./services.ts";

const errorOf = (code: ErrorCode): SyncError =>
  new SyncError({ code, message: `It was ${code}.`, remedy: "Do this." });

const exitOf = async (args: string, answers: Partial<Services>): Promise<number> =>
  (await tandem([...args.split(" "), "-c", "t.yaml"], answers)).exit;

const codes: Record<ErrorCode, number> = {
  usage: 64,
  config_invalid: 78,
  schema_changed: 78,
  unauthorized: 77,
  not_shared: 77,
  forbidden: 77,
  rate_limited: 75,
  unavailable: 75,
  timeout: 75,
  contract_broken: 75,
  rejected: 70,
  lease_held: 75,
  lease_lost: 75,
  store_newer: 70,
  store_corrupt: 70,
  store_unusable: 75,
  halted: 3,
  aborted: 0,
};

describe.each(Object.entries(codes))("an error of the code %s ends with %d", (name, exit) => {
  const error = errorOf(name as ErrorCode);

  test("where it ends a command, a run, or keeps a pair from starting", async () => {
    const ends = [
      await exitOf("status", { status: () => Promise.reject(error) }),
      await exitOf("sync", { sync: () => each(outcomeOf("error", { error })) }),
      await exitOf("sync", { sync: () => each({ kind: "error", pair: "p", error } as const) }),
      await exitOf("plan", { plan: () => each({ kind: "error", pair: "p", error } as const) }),
      await exitOf("apply f", {
        applySaved: () => each({ outcome: outcomeOf("error", { error }), skipped: [] }),
      }),
    ];
    expect(ends).toEqual([exit, exit, exit, exit, exit]);
  });
});

test.each([new InvariantError("x"), new TypeError("x")])(
  "what nobody expected, %s, ends with 70 and asks for a report",
  async (bug) => {
    const { exit, err } = await tandem(["status", "-c", "t.yaml"], {
      status: () => Promise.reject(bug),
    });
    expect(exit).toBe(70);
    expect(err).toContain("Please report it");
  },
);

test.each([
  ["ok", 0],
  ["paused", 0],
  ["attention", 1],
  ["error", 1],
  ["halted", 3],
] as const)("a run that is %s ends every command that ran it with %d", async (status, exit) => {
  const outcome = outcomeOf(status);
  const run = outcome.kind === "run" ? outcome.run : null;
  const view = { ...samplePlan(), kept: [] };
  const ends = [
    await exitOf("sync", { sync: () => each(outcome) }),
    await exitOf("apply f", { applySaved: () => each({ outcome, skipped: [] }) }),
    await exitOf("pair resync p", { act: () => Promise.resolve({ message: "m", outcome }) }),
    await exitOf("undo r1 --yes", {
      undo: (_run, isApplied) =>
        Promise.resolve({ view, run: isApplied ? run : null, entries: [] }),
    }),
  ];
  expect(ends).toEqual([exit, exit, exit, exit]);
});

test("of several pairs the worst counts: ours, the caller's, the config's, access, guards, time", async () => {
  const error = (code: ErrorCode) => ({ kind: "error", pair: code, error: errorOf(code) }) as const;
  const worstFirst = [
    error("store_corrupt"),
    error("usage"),
    error("config_invalid"),
    error("unauthorized"),
    outcomeOf("halted"),
    error("unavailable"),
    outcomeOf("attention"),
    outcomeOf("ok"),
  ];
  const ends: number[] = [];
  for (let at = 0; at < worstFirst.length; at += 1) {
    const some = worstFirst.slice(at).toReversed();
    ends.push(await exitOf("sync", { sync: () => each(...some) }));
  }
  expect(ends).toEqual([70, 64, 78, 77, 3, 75, 1, 0]);
});

describe("plan", () => {
  const halt: HaltEntry = {
    type: "halt",
    guard: "maxRemove",
    message: "m",
    remedy: "r",
    counts: {},
  };
  const quiet = { ...emptyPlan(), conflicts: [], problems: [] };
  const { conflicts, problems } = samplePlan();
  const open = conflicts.filter(({ winner }) => winner === null);
  const renamed = problems.filter(({ code }) => code === "renamed");
  const waiting = problems.filter(({ code }) => code !== "renamed");

  test.each([
    ["nothing at all", quiet, 0, 0],
    ["changes", samplePlan(), 0, 2],
    ["a conflict that was settled", { ...quiet, conflicts: conflicts.slice(0, 1) }, 0, 0],
    ["a conflict for a person", { ...quiet, conflicts: open }, 0, 1],
    ["something that waits", { ...quiet, problems: waiting }, 0, 1],
    ["a field with a new name", { ...quiet, problems: renamed }, 0, 0],
    ["changes that a guard would stop", { ...samplePlan(), halt }, 3, 3],
  ])("with %s", async (_what, view, plain, asked) => {
    const plan = () => each(planOutcome(view));
    expect([
      await exitOf("plan", { plan }),
      await exitOf("sync --dry-run", { plan }),
      await exitOf("plan --exit-code", { plan }),
    ]).toEqual([plain, plain, asked]);
  });

  test("changes of one pair and matters for a person in another are told as the latter", async () => {
    const plan = () => each(planOutcome(), planOutcome({ ...quiet, conflicts: open }));
    expect(await exitOf("plan --exit-code", { plan })).toBe(1);
  });
});

test("apply ends with attention where a cell moved, and with what its run came to if that is worse", async () => {
  const skipped = (why: "moved" | "not-planned" | "applied") => [{ title: "t", field: null, why }];
  const ends = async (status: "ok" | "halted", why: "moved" | "not-planned" | "applied") =>
    exitOf("apply f", {
      applySaved: () => each({ outcome: outcomeOf(status), skipped: skipped(why) }),
    });
  expect([
    await ends("ok", "moved"),
    await ends("ok", "not-planned"),
    await ends("ok", "applied"),
    await ends("halted", "moved"),
  ]).toEqual([1, 0, 0, 3]);
});

test.each<[level: DoctorFinding["level"], code: ErrorCode | null, exit: number]>([
  ["ok", null, 0],
  ["warn", null, 0],
  ["fail", null, 1],
  ["fail", "config_invalid", 78],
  ["fail", "not_shared", 77],
  ["fail", "unavailable", 75],
])("doctor: %s with the code %s ends with %d", async (level, code, exit) => {
  const finding = { level, area: "p", message: "m", remedy: null, code };
  expect(await exitOf("doctor", { doctor: () => each(finding) })).toBe(exit);
});

test("a log with a break ends verification with 1, and a whole one with 0", async () => {
  const flaw = { kind: "edited", file: "f", line: 1, seq: 1, message: "m" };
  const verify = (breaks: readonly (typeof flaw)[]) =>
    exitOf("history verify", {
      verifyHistory: () => Promise.resolve({ files: 1, lines: 1, breaks }),
    });
  expect([await verify([]), await verify([flaw])]).toEqual([0, 1]);
});
