// A plan and a run as scripts get them, line by line, and what of them is printed for people.
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyPlan, samplePlan } from "../../../test/fixture/plan-view.ts";
import { each, outcomeOf, planOutcome } from "../../../test/fixture/services.ts";
import { makeFolder, tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import type { Entry, HaltEntry } from "../../core/entry.ts";
import { pairId, recordId, runId } from "../../core/ids.ts";
import { SyncError } from "../../errors.ts";
import type { PlanResult } from "../services.ts";

const failed = new SyncError({ code: "unavailable", message: "Down.", remedy: "Wait." });
const errorLine = {
  type: "error",
  pair: "other",
  code: "unavailable",
  message: "Down.",
  remedy: "Wait.",
};
const failure = { kind: "error", pair: "other", error: failed } as const;

describe("a plan as JSON", () => {
  const halt: HaltEntry = {
    type: "halt",
    guard: "maxRemove",
    message: "Too many.",
    remedy: "Look.",
    counts: { removals: 12 },
  };

  test("has the lines a run would add to the history, and one for the whole", async () => {
    const { rows, conflicts, problems } = samplePlan();
    const view = {
      ...samplePlan(),
      rows: rows.filter(({ op }) => op === "create" || op === "link"),
      conflicts: conflicts.slice(0, 1),
      problems: problems.slice(2),
      halt,
    };
    const { lines, exit } = await tandemJson(["plan"], {
      plan: () => each<PlanResult>(planOutcome(view), failure),
    });
    expect(exit).toBe(3);
    const pair = "product-specs";
    const title = "Search that finds things, even in the archive and in attachments of every kind";
    expect(lines).toEqual([
      {
        type: "change",
        pair,
        side: "airtable",
        op: "link",
        notionId: "page-linked",
        airtableId: "reclinked",
        title: rows[0]?.title,
        fields: {},
      },
      {
        type: "change",
        pair,
        side: "airtable",
        op: "create",
        notionId: "page-search",
        airtableId: null,
        title,
        fields: {
          Name: { before: null, after: title, rule: "R1" },
          "Ship Date": {
            before: null,
            after: { start: "2026-12-01", end: "2026-12-24" },
            rule: "R1",
          },
        },
      },
      {
        type: "conflict",
        pair,
        notionId: "page-checkout",
        airtableId: "reccheckout",
        title: "Checkout redesign",
        field: "Target Quarter",
        base: "Q4",
        notion: { value: "Q2", at: "1970-01-01T00:00:00.001Z" },
        airtable: { value: "Q1", at: "1970-01-01T00:00:00.000Z" },
        winner: "notion",
        rule: "F11",
        label: "proven",
      },
      {
        type: "problem",
        pair,
        side: "airtable",
        notionId: "page-p",
        airtableId: "recp",
        code: "renamed",
        message: problems[2]?.message,
        remedy: "Update the name in the config when convenient.",
      },
      {
        type: "halt",
        pair,
        guard: "maxRemove",
        message: "Too many.",
        remedy: "Look.",
        counts: { removals: 12 },
      },
      {
        type: "plan",
        pair,
        rows: 2,
        unchanged: 118,
        isFirstRun: false,
        isHalted: true,
        cost: { notion: { read: 1, write: 3 }, airtable: { read: 1, write: 1 } },
        spent: { notion: { read: 4, write: 0 }, airtable: { read: 6, write: 0 } },
      },
      errorLine,
    ]);
  });

  test("with nothing to do is one line", async () => {
    const view = { ...emptyPlan(), conflicts: [], problems: [], isFirstRun: true };
    const { lines } = await tandemJson(["sync", "--dry-run"], {
      plan: () => each(planOutcome(view)),
    });
    const none = { read: 0, write: 0 };
    expect(lines).toEqual([
      {
        type: "plan",
        pair: "product-specs",
        rows: 0,
        unchanged: 124,
        isFirstRun: true,
        isHalted: false,
        cost: { notion: none, airtable: none },
        spent: { notion: { read: 4, write: 0 }, airtable: { read: 6, write: 0 } },
      },
    ]);
  });
});

describe("a plan for people", () => {
  test("of several pairs is told one after the other, also that there is none of one", async () => {
    const { out } = await tandem(["plan", "one", "two", "-c", "t.yaml"], {
      plan: (pairs) => {
        expect(pairs).toEqual(["one", "two"]);
        return each<PlanResult>(planOutcome(emptyPlan()), failure);
      },
    });
    expect(out).toMatch(/^product-specs {2}Notion ⇄ Airtable · nothing to change\n/u);
    expect(out.endsWith("\n\nother  no plan\n  Down.\n  Wait.\n")).toBe(true);
  });

  test("is saved for its owner alone, whole, of the pairs that have one", async () => {
    const file = join(makeFolder(), "plan.json");
    const plan = () => each<PlanResult>(planOutcome(), failure, planOutcome(emptyPlan()));
    const { exit, err } = await tandem(["plan", "-o", file, "-c", "t.yaml"], { plan });
    expect(exit).toBe(75);
    const { saved } = planOutcome().outcome;
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([saved, saved]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(err).toBe(`Saved. Carry it out with: tandem apply ${file}\n`);
  });

  test("is not saved where none could be made, nor where it cannot be written", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "taken"));
    const none = await tandem(["plan", "-o", join(folder, "p.json"), "-c", "t.yaml"], {
      plan: () => each(failure),
    });
    expect(none).toMatchObject({ exit: 75, err: "" });
    expect(() => statSync(join(folder, "p.json"))).toThrow("ENOENT");
    const taken = await tandem(["plan", "-o", join(folder, "taken"), "-c", "t.yaml"], {
      plan: () => each(planOutcome()),
    });
    expect(taken.exit).toBe(64);
    expect(taken.err.replaceAll(/\s+/gu, " ")).toContain(
      "Name a file in a directory that exists and that you may write to.",
    );
  });
});

describe("a sync as JSON", () => {
  const run = runId("20261121-140233-k7f2");
  const done = outcomeOf("attention", { error: failed });
  const summary = done.kind === "run" ? done.run.summary : null;
  if (summary === null) throw new Error("no run");
  const entry = (body: Entry["body"]): Entry => ({
    run,
    pair: pairId("product-specs"),
    atMs: 0,
    body,
  });
  const runLine = {
    type: "run",
    at: "1970-01-01T00:00:00.000Z",
    run,
    pair: "product-specs",
    status: "attention",
    trigger: "cli",
    startedAt: "1970-01-01T00:00:00.000Z",
    durationMs: 4200,
    counts: {
      created: { notion: 0, airtable: 1 },
      updated: { notion: 2, airtable: 4 },
      archived: { notion: 0, airtable: 0 },
      deleted: { notion: 0, airtable: 0 },
      restored: { notion: 0, airtable: 0 },
      linked: 0,
      unlinked: 0,
      conflicts: 1,
      failed: 0,
      waiting: 1,
      unchanged: 118,
    },
    requests: { notion: { read: 4, write: 2 }, airtable: { read: 3, write: 1 } },
    windowMsMax: 800,
    error: { code: "unavailable", message: "Down.", remedy: "Wait." },
  };

  test("is the lines of the history, the pair that did not start, and the one that rests", async () => {
    const [problem] = samplePlan().problems;
    if (problem === undefined) throw new Error("no problem");
    const ids = { left: recordId("page-p"), right: null };
    const entries = [entry({ ...problem, ids, field: "Size" }), entry(summary)];
    const { lines } = await tandemJson(["sync"], {
      sync: () =>
        each(outcomeOf("attention", { error: failed, entries }), failure, outcomeOf("paused")),
    });
    expect(lines).toEqual([
      {
        type: "problem",
        at: "1970-01-01T00:00:00.000Z",
        run,
        pair: "product-specs",
        side: "airtable",
        notionId: "page-p",
        field: "Size",
        code: "not_representable",
        message: problem.message,
        remedy: problem.remedy,
      },
      runLine,
      errorLine,
      { type: "paused", pair: "product-specs" },
    ]);
  });

  test("what went wrong after the run's own line is a line besides", async () => {
    if (done.kind !== "run") throw new Error("no run");
    const told = { ...summary, error: null };
    const outcome = {
      ...done,
      entries: [entry(told)],
      run: { ...done.run, summary: told },
    };
    const { error: _error, ...without } = runLine;
    const { lines } = await tandemJson(["sync"], { sync: () => each(outcome) });
    expect(lines).toEqual([without, { ...errorLine, pair: "product-specs" }]);
    // So it is for every command that runs.
    const applied = await tandemJson(["apply", "f"], {
      applySaved: () => each({ outcome, skipped: [] }),
    });
    expect(applied.lines).toEqual(lines);
    const act = () => Promise.resolve({ message: "Done.", outcome });
    const resynced = await tandemJson(["pair", "resync", "p"], { act });
    expect(resynced.lines).toEqual([
      { type: "pair", pair: "p", action: "resync", message: "Done." },
      ...lines,
    ]);
  });
});
