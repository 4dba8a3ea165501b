// What a command has of the place it runs in: questions on a terminal, widths and colours, progress and
// log lines beside the answer, and the service opened and closed around it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test, vi } from "vitest";
import { emptyPlan } from "../../test/fixture/plan-view.ts";
import { each, outcomeOf, planOutcome } from "../../test/fixture/services.ts";
import { configText, makeFolder, tandem, type Place } from "../../test/fixture/tandem.ts";
import type { PairAction, Services } from "./services.ts";
import { makeSession, type CommonFlags, type Terminal } from "./session.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was asked, in one text. The question goes to the process's own stderr, where a terminal is. */
function askedOf(): () => string {
  const spy = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () => spy.mock.calls.map(([text]) => String(text)).join("");
}

const done = outcomeOf("ok");
const { view } = planOutcome().outcome;
const undo: Partial<Services> = {
  undo: (_run, isApplied) =>
    Promise.resolve({
      view: { ...view, kept: [] },
      run: isApplied && done.kind === "run" ? done.run : null,
      entries: [],
    }),
};

describe("a question", () => {
  const undone = async (place: Place, ...flags: readonly string[]): Promise<boolean> => {
    const { calls, exit } = await tandem(["undo", "r1", ...flags, "-c", "t.yaml"], undo, place);
    expect(exit).toBe(0);
    return calls.includes('undo "r1" true');
  };

  test.each([
    ["y", true],
    ["Y", true],
    ["  yes ", true],
    ["YES", true],
    ["", false],
    ["n", false],
    ["yy", false],
    ["yesterday", false],
    ["no, yes", false],
  ])("on a terminal %j is taken as %s", async (typed, isYes) => {
    const asked = askedOf();
    expect(await undone({ isTty: true, typed: `${typed}\n` })).toBe(isYes);
    expect(asked()).toBe("Put back 6 rows? [y/N] ");
  });

  test("is not asked with --yes, and is a no where nobody can answer", async () => {
    const asked = askedOf();
    expect(await undone({ isTty: true, typed: "n\n" }, "--yes")).toBe(true);
    expect(await undone({ isTty: true, typed: "n\n" }, "-y")).toBe(true);
    expect(await undone({ typed: "y\n" })).toBe(false);
    expect(await undone({ isTty: true, typed: "y\n" }, "--json")).toBe(false);
    expect(asked()).toBe("");
  });

  test.each<[args: string, question: string | null]>([
    ["pause p", null],
    ["resume p", null],
    ["release p", "Let the next run of p pass the guard that stopped the last one?"],
    [
      "resync p",
      "Forget what p agreed on, and take it anew from both sides? Cells that differ will wait for you.",
    ],
    [
      "resync p --prefer notion",
      "Forget what p agreed on, and let Notion win wherever the sides differ?",
    ],
    [
      "resync p --prefer airtable",
      "Forget what p agreed on, and let Airtable win wherever the sides differ?",
    ],
    [
      "resync p --prefer newer",
      "Forget what p agreed on, and let the newer edit win wherever the sides differ?",
    ],
  ])("`pair %s` asks a person: %s", async (words, question) => {
    const act = (action: PairAction) => Promise.resolve({ message: action.kind, outcome: null });
    const args = ["pair", ...words.split(" "), "-c", "t.yaml"];
    const asked = askedOf();
    const no = await tandem(args, { act }, { isTty: true, typed: "n\n" });
    expect(asked()).toBe(question === null ? "" : `${question} [y/N] `);
    if (question !== null) {
      expect(no).toMatchObject({ exit: 0, out: "", calls: ["close"] });
      expect(no.err).toBe("Nothing was changed. Say --yes to go on.\n");
    }
    const yes = await tandem(args, { act }, { isTty: true, typed: "y\n" });
    expect(yes.calls.filter((call) => call.startsWith("act"))).toHaveLength(1);
    expect((await tandem([...args, "--json"], { act }, { isTty: true })).calls).toHaveLength(2);
    expect((await tandem([...args, "--yes"], { act }, { isTty: true })).calls).toHaveLength(2);
  });
});

describe("the terminal", () => {
  const flags: CommonFlags = { config: "t.yaml", color: true };
  const ioOf = (stdout: { isTTY?: boolean; columns?: number }, part: Partial<Terminal> = {}) =>
    makeSession(
      flags,
      {
        stdin: Readable.from([]),
        stdout: { write: () => true, ...stdout },
        stderr: { write: () => true },
        environment: {},
        directory: "/d",
        signal: new AbortController().signal,
        nowMs: () => 0,
        ...part,
      },
      () => Promise.reject(new Error("not opened")),
    ).io;

  test.each([
    [true, 100, 100],
    [true, 10, 40],
    [true, 400, 160],
    [true, undefined, 80],
    [false, 100, 80],
  ])("a terminal %s of %s columns is written to %d wide", (isTTY, columns, width) => {
    expect(ioOf({ isTTY, ...(columns === undefined ? {} : { columns }) }).width).toBe(width);
  });

  test("a person sits before stdout only where it is a terminal", () => {
    expect(ioOf({ isTTY: true }).isInteractive).toBe(true);
    expect(ioOf({}).isInteractive).toBe(false);
  });

  const colourful = "\u001b[";
  test.each<[args: readonly string[], place: Place, isColoured: boolean]>([
    [[], { isTty: true }, true],
    [[], {}, false],
    [["--no-color"], { isTty: true }, false],
    [["--json"], { isTty: true, environment: { FORCE_COLOR: "1" } }, false],
    [[], { isTty: true, environment: { NO_COLOR: "1" } }, false],
    [[], { environment: { FORCE_COLOR: "1" } }, true],
  ])("%j in %j: colours %s", async (args, place, isColoured) => {
    const plan = () => each(planOutcome());
    const { out } = await tandem(["plan", ...args, "-c", "t.yaml"], { plan }, place);
    expect(out.includes(colourful)).toBe(isColoured);
    // So it is with what went wrong.
    const { err } = await tandem(["plan", ...args], {}, place);
    expect(err.includes(colourful)).toBe(isColoured);
  });
});

describe("beside the answer, on stderr", () => {
  const secret = "ntn_0123456789abcdefghij";

  /** A sync that logs at every level on its way. */
  const logged = async (args: readonly string[], place: Place = {}): Promise<readonly string[]> => {
    const { err, out } = await tandem(
      ["sync", "-c", "t.yaml", ...args],
      ({ onLog }) => ({
        sync: () => {
          for (const level of ["debug", "info", "warn", "error"] as const) {
            onLog(level, `said ${level} of ${secret}`, { token: "t", waitMs: 3 });
          }
          return each(outcomeOf("ok"));
        },
      }),
      place,
    );
    expect(out).not.toContain("said");
    expect(err).not.toContain(secret);
    return err.split("\n").filter((line) => line !== "");
  };

  test.each([
    [[], ["warn", "error"]],
    [["--quiet"], ["error"]],
    [["-q"], ["error"]],
    [["--verbose"], ["debug", "info", "warn", "error"]],
    [["-v"], ["debug", "info", "warn", "error"]],
  ])("with %j the log has the levels %j", async (args, levels) => {
    const lines = (await logged(args)).map((line): unknown => JSON.parse(line));
    expect(lines).toEqual(
      levels.map((level) => ({
        level,
        at: expect.any(String),
        message: `said ${level} of [token]`,
        token: "[secret]",
        waitMs: 3,
      })),
    );
  });

  test("log lines are plain for a person, and objects with --json", async () => {
    const plain = await logged([], { isTty: true });
    expect(plain[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}said warn of \[token\] {2}token=\[secret\]/u);
    const [line = ""] = await logged(["--json"], { isTty: true });
    expect(JSON.parse(line)).toMatchObject({ level: "warn" });
  });

  /** A sync that tells how far it is before it is done. */
  const progressed = (args: readonly string[], place: Place) =>
    tandem(
      ["sync", "-c", "t.yaml", ...args],
      ({ onProgress }) => ({
        sync: () => {
          onProgress({ stage: "apply", done: 1, total: 2 }, "specs");
          return each(outcomeOf("ok"));
        },
      }),
      place,
    );

  test("progress is one line of a terminal, taken away before anything else is written", async () => {
    const wide = { isTty: true, columns: 60 };
    const bar = "specs  writing  ██████████░░░░░░░░░░  1 of 2".padEnd(59);
    const shown = `\r${bar}\r${" ".repeat(59)}\r`;
    const { err, out, screen } = await progressed([], wide);
    expect(err).toBe(shown);
    expect(screen).toBe(shown + out);
    expect((await progressed(["--json"], wide)).err).toBe(shown);
    expect((await progressed(["--quiet"], wide)).err).toBe("");
    const dumb = { ...wide, environment: { TERM: "dumb" } };
    expect((await progressed([], dumb)).err).toBe("");
  });

  test("work that takes long says so now and then where there is no terminal", async () => {
    let atMs = 0;
    const { err } = await progressed([], { nowMs: () => (atMs += 20_000) });
    expect(err).toBe("specs  writing  ██████████░░░░░░░░░░  1 of 2\n");
  });

  test("what the config warns of is told before any work, and keeps nothing from running", async () => {
    const file = join(makeFolder(), "odd.yaml");
    const odd = "airtable: Name, direction: toAirtable, owner: airtable";
    writeFileSync(file, configText.replace("airtable: Name", odd));
    const sync: Partial<Services> = { sync: () => each(outcomeOf("ok")) };
    const { exit, err, screen } = await tandem(["sync", "-c", file], sync);
    expect(exit).toBe(0);
    expect(err).toMatch(/^ {2}warning {2}line \d+ {2}pairs\.product-specs\.fields\[0\]\.owner\n/u);
    expect(screen.startsWith(err)).toBe(true);
    expect((await tandem(["sync", "-q", "-c", file], sync)).err).toBe("");
    const checked = await tandem(["config", "check", "-c", file]);
    expect(checked).toMatchObject({ exit: 0, err });
    expect(checked.out).toBe(`The config is valid: ${file}, 1 pair.\n`);
    const { out } = await tandem(["config", "check", "--json", "-c", file]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toMatchObject([
      { type: "config-problem", level: "warning", path: "pairs.product-specs.fields[0].owner" },
      { type: "config", isValid: true, file, pairs: ["product-specs"] },
    ]);
  });

  test("notes are left out when it is to be quiet, and never are part of the answer", async () => {
    const history: Partial<Services> = { history: () => each() };
    const said = await tandem(["history", "-c", "t.yaml"], history);
    expect(said).toMatchObject({ out: "", err: "The history has no such line.\n" });
    expect(await tandem(["history", "-q", "-c", "t.yaml"], history)).toMatchObject({
      out: "",
      err: "",
    });
  });
});

describe("the service", () => {
  test("is opened with the config that was named and the program's own signal", async () => {
    const opened: unknown[] = [];
    const { directory } = await tandem(["plan", "-c", "t.yaml"], (options) => {
      opened.push(
        options.config.file,
        options.config.pairs.map(({ id }) => id),
      );
      opened.push(options.signal.aborted);
      return { plan: () => each(planOutcome(emptyPlan())) };
    });
    expect(opened).toEqual([join(directory, "t.yaml"), ["product-specs"], false]);
  });

  test("hears when the program is told to stop", async () => {
    const stop = new AbortController();
    let heard: AbortSignal | null = null;
    const session = makeSession(
      { config: "t.yaml", color: false },
      {
        stdin: Readable.from([]),
        stdout: { write: () => true },
        stderr: { write: () => true },
        environment: {},
        directory: makeFolder(),
        signal: stop.signal,
        nowMs: () => 0,
      },
      () =>
        Promise.resolve(({ signal }) => {
          heard = signal;
          return Promise.reject(new Error("opened"));
        }),
    );
    await expect(session.withServices(() => Promise.resolve(0))).rejects.toThrow("opened");
    expect(heard).toBe(stop.signal);
  });

  test("is closed, and waited for, also when the work failed", async () => {
    const order: string[] = [];
    const failing = await tandem(["status", "-c", "t.yaml"], {
      status: () => {
        order.push("work");
        return Promise.reject(new Error("broken"));
      },
    });
    order.push(...failing.calls);
    expect(order).toEqual(["work", "status []", "close"]);
    expect((await tandem(["sync", "-c", "t.yaml"], { sync: () => each() })).calls.at(-1)).toBe(
      "close",
    );
  });
});
