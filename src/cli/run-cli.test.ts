import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyPlan } from "../../test/fixture/plan-view.ts";
import { each, outcomeOf, planOutcome } from "../../test/fixture/services.ts";
import { configText, makeFolder, tandem } from "../../test/fixture/tandem.ts";
import { InvariantError } from "../core/assert.ts";
import { SyncError } from "../errors.ts";
import { recordId } from "../core/ids.ts";
import type { Services } from "./services.ts";

const failed = new SyncError({
  code: "unavailable",
  message: "Notion does not answer.",
  remedy: "Try again later; nothing is lost.",
});

describe("usage", () => {
  test("without arguments, help on stdout and success", async () => {
    const { exit, out, err } = await tandem([]);
    expect(exit).toBe(0);
    expect(out).toContain("Usage: tandem");
    expect(err).toBe("");
  });

  test.each([
    [["sycn"], "Unknown command 'sycn' (Did you mean sync?)"],
    [["sync", "--dryrun"], "Unknown option '--dryrun' (Did you mean --dry-run?)"],
    [["conflicts", "resolve", "k7f2"], "Required option '--keep <what>' not specified"],
    [["apply"], "Missing required argument 'file'"],
    [["history", "--kind", "chnage"], "argument 'chnage' is invalid"],
    [["history", "-n", "-3"], '"-3" is no number of lines.'],
    [["history", "--since", "once", "-c", "t.yaml"], '"once" is no time.'],
  ])("%j is told in a few short lines, with exit code 64", async (args, message) => {
    const { exit, out, err } = await tandem(args);
    expect(exit).toBe(64);
    expect(out).toBe("");
    expect(err.replaceAll(/\s+/gu, " ")).toContain(message);
    const lines = err.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(6);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("the version is the package's", async () => {
    expect(await tandem(["--version"])).toMatchObject({ exit: 0, out: "1.2.3\n" });
  });

  test.each([
    "sync",
    "plan",
    "apply",
    "serve",
    "status",
    "history",
    "history verify",
    "explain",
    "conflicts",
    "conflicts resolve",
    "undo",
    "doctor",
    "pair pause",
    "pair resume",
    "pair resync",
    "pair release",
    "config",
    "config check",
    "pair",
    "config schema",
    "sandbox",
  ])("the help of %s has an example and the common flags", async (command) => {
    const { exit, out } = await tandem([...command.split(" "), "--help"]);
    expect(exit).toBe(0);
    expect(out).toMatch(/Example:\n {2}\$ .*tandem/u);
    for (const flag of ["--config", "--json", "--quiet", "--verbose", "--no-color", "--yes"]) {
      expect(out).toContain(flag);
    }
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});

describe("sync", () => {
  const sync = { sync: () => each(outcomeOf("ok")) };

  test("prints what was done on stdout, and closes the service", async () => {
    const { exit, out, err, calls } = await tandem(["sync", "-c", "t.yaml"], sync);
    expect(exit).toBe(0);
    expect(out).toContain("product-specs  ok  4 updated and 1 created in Airtable, 2 updated in");
    expect(err).toBe("");
    expect(calls).toEqual(['sync [] "cli"', "close"]);
  });

  test.each([
    [["--json", "--config", "t.yaml", "sync", "product-specs"]],
    [["sync", "product-specs", "--json", "--config", "t.yaml"]],
  ])("takes the common flags before and after the command: %j", async (args) => {
    const { exit, calls, out } = await tandem(args, {
      sync: () => each(outcomeOf("error", { error: failed })),
    });
    expect(exit).toBe(75);
    expect(calls[0]).toBe('sync ["product-specs"] "cli"');
    expect(out).toBe("");
  });

  test("says nothing when all is well and it is to be quiet, but does say what is not", async () => {
    const quiet = ["sync", "-q", "-c", "t.yaml"];
    expect(await tandem(quiet, sync)).toMatchObject({ exit: 0, out: "", err: "" });
    const attention = await tandem(quiet, { sync: () => each(outcomeOf("attention")) });
    expect(attention.exit).toBe(1);
    expect(attention.out).toContain("attention");
  });

  test("one pair's failure keeps no other from running, and the worst counts", async () => {
    const { exit, out } = await tandem(["sync", "-c", "t.yaml"], {
      sync: () => each({ kind: "error", pair: "one", error: failed } as const, outcomeOf("halted")),
    });
    expect(exit).toBe(3);
    expect(out).toContain("Notion does not answer.");
    expect(out).toContain("halted");
  });

  test("with --json every line of stdout is an object", async () => {
    const entry = outcomeOf("ok");
    const body = entry.kind === "run" ? entry.run.summary : null;
    const entries =
      body === null || entry.kind !== "run"
        ? []
        : [{ run: entry.run.run, pair: entry.run.pair, atMs: 0, body }];
    const { out } = await tandem(["sync", "--json", "-c", "t.yaml"], {
      sync: () =>
        each(outcomeOf("ok", { entries }), { kind: "error", pair: "b", error: failed } as const),
    });
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      "run",
      "error",
    ]);
  });

  test("with --json a paused pair is a line of its own", async () => {
    const { exit, out } = await tandem(["sync", "--json", "-c", "t.yaml"], {
      sync: () => each(outcomeOf("paused")),
    });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({ type: "paused", pair: "product-specs" });
  });

  test("--dry-run plans and does not sync", async () => {
    const { exit, calls } = await tandem(["sync", "--dry-run", "-c", "t.yaml"], {
      plan: () => each(planOutcome()),
    });
    expect(exit).toBe(0);
    expect(calls.some((call) => call.startsWith("sync"))).toBe(false);
  });
});

describe("plan", () => {
  test.each([
    [[], emptyPlan(), 0],
    [["--exit-code"], emptyPlan(), 0],
    [["--exit-code"], undefined, 2],
    [[], undefined, 0],
    [
      [],
      {
        ...emptyPlan(),
        halt: { type: "halt", guard: "maxRemove", message: "m", remedy: "r", counts: {} } as const,
      },
      3,
    ],
  ])("with %j exits with the contract's code", async (flags, view, code) => {
    const { exit } = await tandem(["plan", ...flags, "-c", "t.yaml"], {
      plan: () => each(planOutcome(view)),
    });
    expect(exit).toBe(code);
  });

  test("saves what apply needs", async () => {
    const directory = makeFolder();
    const file = join(directory, "plan.json");
    const { err } = await tandem(["plan", "--out", file, "-c", "t.yaml"], {
      plan: () => each(planOutcome()),
    });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([
      { version: 1, pair: "product-specs", storeId: "s", madeAtMs: 0, works: [] },
    ]);
    expect(err).toContain("tandem apply");
  });

  test("as JSON has a line a change, conflict and problem, and one for the whole", async () => {
    const { out } = await tandem(["plan", "--json", "-c", "t.yaml"], {
      plan: () => each(planOutcome()),
    });
    const types = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === "change")).toHaveLength(6);
    expect(types.filter((type) => type === "conflict")).toHaveLength(3);
    expect(types.filter((type) => type === "problem")).toHaveLength(3);
    expect(types.at(-1)).toBe("plan");
  });
});

describe("failures", () => {
  test("a config that is not there", async () => {
    const { exit, err, calls } = await tandem(["status"]);
    expect(exit).toBe(78);
    expect(err).toContain("There is no config at config/tandem.yaml");
    expect(calls).toEqual([]);
  });

  test("a broken config, whole, before anything is opened", async () => {
    const directory = makeFolder();
    const file = join(directory, "bad.yaml");
    writeFileSync(file, configText.replace("fields:", "feilds:"));
    const { exit, err, calls } = await tandem(["sync", "-c", file]);
    expect(exit).toBe(78);
    expect(err).toContain('Did you mean "fields"?');
    expect(calls).toEqual([]);
    const checked = await tandem(["config", "check", "-c", file, "--json"]);
    expect(checked.exit).toBe(78);
    expect(checked.out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("a valid config is a JSON line too", async () => {
    const { exit, out } = await tandem(["config", "check", "-c", "t.yaml", "--json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      type: "config",
      isValid: true,
      file: "t.yaml",
      pairs: ["product-specs"],
    });
  });

  test("rows that fit alike are listed with their whole titles and ids", async () => {
    const title = "Checkout redesign for the markets outside of the first launch, second part";
    const rows = [1, 2].map((at) => ({
      pair: "product-specs",
      title: `${title} ${at}`,
      ids: {
        left: recordId(`2f1c6a1e-8b0d-80f4-9c3e-0d6a5b7c000${at}`),
        right: recordId(`rec4Xk9QmZ2bVw7H${at}`),
      },
    }));
    const explain: Partial<Services> = {
      explain: () => Promise.resolve({ kind: "several", rows }),
    };
    const { exit, out } = await tandem(["explain", "Checkout", "-c", "t.yaml"], explain);
    expect(exit).toBe(64);
    expect(out).toContain(`${title} 2  product-specs\n`);
    expect(out).toContain("2f1c6a1e-8b0d-80f4-9c3e-0d6a5b7c0002  rec4Xk9QmZ2bVw7H2\n");
  });

  test("an error of a service is told with its remedy, and the service is closed", async () => {
    const { exit, err, calls } = await tandem(["status", "-c", "t.yaml"], {
      status: () => Promise.reject(failed),
    });
    expect(exit).toBe(75);
    expect(err).toBe("error  Notion does not answer.\n       Try again later; nothing is lost.\n");
    expect(calls.at(-1)).toBe("close");
  });

  test("a bug asks for a report, without secrets and without this machine's paths", async () => {
    const bug = new InvariantError("a base went back, seen with ntn_0123456789abcdefghij");
    const { exit, err } = await tandem(["status", "-c", "t.yaml"], {
      status: () => Promise.reject(bug),
    });
    expect(exit).toBe(70);
    expect(err).toContain("Please report it");
    expect(err).toContain("Tandem 1.2.3");
    expect(err).not.toContain("ntn_0123456789");
    expect(err).not.toContain(process.cwd());
  });

  test("as JSON on stderr, with the exit code", async () => {
    const { err, out } = await tandem(["status", "--json", "-c", "t.yaml"], {
      status: () => Promise.reject(failed),
    });
    expect(out).toBe("");
    expect(JSON.parse(err)).toMatchObject({ type: "error", code: "unavailable", exit: 75 });
  });
});

describe("deciding", () => {
  test.each([
    ["notion", { keep: "left" }],
    ["Airtable", { keep: "right" }],
    ["both", { keep: "value", text: "both" }],
    ["In review", { keep: "value", text: "In review" }],
    ["=notion", { keep: "value", text: "notion" }],
  ])("resolve --keep %s", async (keep, answer) => {
    const { calls } = await tandem(
      ["conflicts", "resolve", "k7f2", "--keep", keep, "-c", "t.yaml"],
      {
        resolve: () => Promise.reject(failed),
      },
    );
    expect(calls[0]).toBe(`resolve "k7f2" ${JSON.stringify(answer)}`);
  });

  test("undo is shown, and only with --yes carried out", async () => {
    const view = {
      pair: "product-specs",
      names: { left: "Notion", right: "Airtable" },
      rows: planOutcome().outcome.view.rows,
      kept: [
        {
          title: "Fax export",
          side: "right",
          field: "Status",
          why: "was changed since",
          now: { kind: "choice", name: "Done" },
        } as const,
      ],
    };
    const undo: Partial<Services> = {
      undo: (_run, isApplied) => {
        const done = outcomeOf("ok");
        const run = isApplied && done.kind === "run" ? done.run : null;
        return Promise.resolve({ view, run, entries: [] });
      },
    };
    const shown = await tandem(["undo", "r1", "-c", "t.yaml"], undo);
    expect(shown.calls).toEqual(['undo "r1" false', "close"]);
    expect(shown.out).toContain(
      "  stays  Fax export · Status in Airtable was changed since (now Done)",
    );
    expect(shown.err).toContain("--yes");
    const done = await tandem(["undo", "r1", "--yes", "-c", "t.yaml"], undo);
    expect(done.calls).toEqual(['undo "r1" false', 'undo "r1" true', "close"]);
    expect(done.exit).toBe(0);
    // Some of it could not be put back: somebody should look.
    const partly = outcomeOf("attention");
    const run = partly.kind === "run" ? partly.run : null;
    const left = await tandem(["undo", "r1", "--yes", "-c", "t.yaml"], {
      undo: (_run, isApplied) =>
        Promise.resolve({ view, run: isApplied ? run : null, entries: [] }),
    });
    expect(left.exit).toBe(1);
  });

  test("in a script a release and a resync are carried out without a question", async () => {
    const act: Partial<Services> = {
      act: () => Promise.resolve({ message: "Done.", outcome: null }),
    };
    const released = await tandem(["pair", "release", "product-specs", "-c", "t.yaml"], act);
    expect(released.calls[0]).toBe('act {"kind":"release","pair":"product-specs"}');
    expect(released.out).toBe("Done.\n");
    const resync = ["pair", "resync", "product-specs", "--prefer", "notion", "-c", "t.yaml"];
    expect((await tandem(resync, act)).calls[0]).toBe(
      'act {"kind":"resync","pair":"product-specs","prefer":"left"}',
    );
    const paused = await tandem(["pair", "pause", "product-specs", "-c", "t.yaml"], act);
    expect(paused.out).toBe("Done.\n");
  });
});

describe("history", () => {
  test("shows the last runs when nothing narrower is asked for", async () => {
    const { calls, err } = await tandem(["history", "-c", "t.yaml"], { history: () => each() });
    expect(calls[0]).toContain('"kinds":["run","halt"],"countMax":20');
    expect(err).toContain("no such line");
  });

  test("a run that never was is a slip; a run without such lines is not", async () => {
    const none: Partial<Services> = { history: () => each() };
    const unknown = await tandem(["history", "20200101-0000", "-c", "t.yaml"], none);
    expect(unknown.exit).toBe(64);
    expect(unknown.err).toContain("There is no run 20200101-0000.");
    const narrowed = ["history", "20200101-0000", "--kind", "conflict", "-c", "t.yaml"];
    expect((await tandem(narrowed, none)).exit).toBe(0);
  });

  test("a damaged log is told with its place, and is no success", async () => {
    const { exit, out } = await tandem(["history", "verify", "-c", "t.yaml"], {
      verifyHistory: () =>
        Promise.resolve({
          files: 2,
          lines: 90,
          breaks: [
            {
              kind: "missing",
              file: "sync_history.jsonl",
              line: 12,
              seq: 41,
              message: "Line 41 is not there.",
            },
          ],
        }),
    });
    expect(exit).toBe(1);
    expect(out).toContain("  missing     sync_history.jsonl:12\n");
    expect(out).toContain("Line 41 is not there.");
  });
});
