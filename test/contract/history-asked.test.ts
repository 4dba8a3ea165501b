// The audit log as people ask for it: which lines each filter leaves, in which order, how new ones come
// in while somebody watches, and the check of the whole. On a log in a folder of its own.
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkHistory, history, logNames, toLine } from "../../src/app/history.ts";
import type { AppContext } from "../../src/app/context.ts";
import type { HistoryQuery } from "../../src/cli/services.ts";
import { must } from "../../src/core/assert.ts";
import { pairId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { openHistory } from "../../src/history/append.ts";
import type { HistoryLine } from "../../src/history/line.ts";
import { minuteMs } from "../engine/world.ts";
import { makeApp, type App } from "../fixture/app.ts";
import { changeBody, makeEntry } from "../fixture/store.ts";

vi.mock("node:timers/promises", { spy: true });

const t = text;
const any: HistoryQuery = {
  run: null,
  pair: null,
  row: null,
  field: null,
  sinceMs: null,
  kinds: [],
  countMax: null,
  isFollowed: false,
};

let folder: string;
let made: App;
let app: AppContext;

const drain = (): Promise<void> =>
  made.world.store.drainEntries(openHistory({ path: app.config.historyPath, names: logNames }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tandem-asked-"));
  made = await makeApp(2);
  const historyPath = join(folder, "sync_history.jsonl");
  app = { ...made.app, config: { ...made.app.config, historyPath } };
  const { world, left } = made;
  world.left.admin.edit(must(left[0], "a row"), { A: t("a1"), B: t("b1") });
  world.left.admin.edit(must(left[1], "a row"), { B: t("b1") });
  await world.run();
  world.nowMs += 60 * minuteMs;
  await world.run();
  await drain();
});
afterEach(() => {
  vi.mocked(sleep).mockReset();
  rmSync(folder, { recursive: true });
});

const told = (line: HistoryLine): string =>
  [line.run, line.type, ...("title" in line ? [line["title"]] : [])].join(" ");

async function asked(query: Partial<HistoryQuery>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of history(app, { ...any, ...query })) lines.push(told(line));
  return lines;
}

const whole = [
  "r1 change Row 0",
  "r1 change Row 1",
  "r1 run",
  "r2 change Row 0",
  "r2 change Row 1",
  "r2 run",
  "r3 run",
];

test.each<[what: string, query: Partial<HistoryQuery>, lines: readonly string[]]>([
  ["everything, oldest first", {}, whole],
  ["the newest so many, oldest of them first", { countMax: 3 }, whole.slice(-3)],
  ["one run", { run: "r2" }, whole.slice(3, 6)],
  ["runs that begin so", { run: "r" }, whole],
  ["no run that only contains it", { run: "2" }, []],
  ["one pair", { pair: "pair" }, whole],
  ["another pair", { pair: "other" }, []],
  ["one row", { row: "Row 1" }, ["r1 change Row 1", "r2 change Row 1"]],
  ["one field", { field: "A" }, ["r1 change Row 0", "r1 change Row 1", "r2 change Row 0"]],
  ["one kind", { kinds: ["run"] }, ["r1 run", "r2 run", "r3 run"]],
  ["two kinds of one run", { run: "r3", kinds: ["run", "halt"] }, ["r3 run"]],
  ["the newest of one run", { run: "r2", countMax: 1 }, ["r2 run"]],
])("%s", async (_what, query, lines) => {
  expect(await asked(query)).toEqual(lines);
  expect(vi.mocked(sleep)).not.toHaveBeenCalled();
});

test("lines of runs that were put into an archive are told as well", async () => {
  const log = openHistory({ path: app.config.historyPath, names: logNames, runsKept: 1 });
  for (let run = 0; run < 4; run += 1) {
    made.world.nowMs += minuteMs;
    await made.world.run();
    await made.world.store.drainEntries(log);
  }
  expect(readdirSync(folder).some((name) => name.endsWith(".jsonl.gz"))).toBe(true);
  const more = ["r4 run", "r5 run", "r6 run", "r7 run"];
  expect(await asked({})).toEqual([...whole, ...more]);
  expect((await checkHistory(app)).lines).toBe(11);
});

test("no line is older than asked for", async () => {
  const [last, before] = await made.world.store.loadRuns(pairId("pair"), 2);
  const sinceMs = must(last, "a run").startedAtMs;
  expect(await asked({ sinceMs })).toEqual(["r3 run"]);
  expect(await asked({ sinceMs: must(before, "a run").startedAtMs })).toEqual(whole.slice(3));
});

test("whoever watches gets each new line once, of the run asked for alone, until the signal", async () => {
  const stop = new AbortController();
  const waits: unknown[] = [];
  let turns = 0;
  vi.mocked(sleep).mockImplementation(async (delayMs) => {
    waits.push(delayMs);
    turns += 1;
    if (turns === 2) {
      made.world.left.admin.edit(must(made.left[0], "a row"), { A: t("a2") });
      await made.world.run();
      made.world.nowMs += minuteMs;
      await made.world.run();
      await drain();
    }
    if (turns === 4) stop.abort();
  });
  app = { ...app, signal: stop.signal };
  expect(await asked({ countMax: 2, isFollowed: true })).toEqual([
    ...whole.slice(-2),
    "r4 change Row 0",
    "r4 run",
    "r5 run",
  ]);
  expect(waits).toEqual([1_000, 1_000, 1_000, 1_000]);
  turns = 0;
  const again = new AbortController();
  app = { ...app, signal: again.signal };
  vi.mocked(sleep).mockImplementation(async () => {
    turns += 1;
    if (turns > 1) throw new Error("aborted");
    await made.world.run();
    await drain();
  });
  // A sleep that is broken off is the end, and no error.
  expect(await asked({ run: "r3", isFollowed: true })).toEqual(["r3 run"]);
});

test("a line is the entry itself, without its place in the log", () => {
  const entry = makeEntry(changeBody);
  const line = toLine(entry);
  expect(line).toMatchObject({ type: "change", run: entry.run, pair: entry.pair });
  expect(Object.keys(line)).not.toContain("seq");
  expect(Object.keys(line)).not.toContain("prev");
});

test("the check counts files and lines, and names what was changed and where", async () => {
  expect(await checkHistory(app)).toEqual({ files: 1, lines: 7, breaks: [] });
  const file = app.config.historyPath;
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [...lines.slice(0, 1), ...lines.slice(2)].join("\n"));
  const { breaks, ...counts } = await checkHistory(app);
  expect(counts).toEqual({ files: 1, lines: 6 });
  expect(breaks).toEqual([
    {
      kind: "missing",
      file: expect.stringContaining("sync_history.jsonl"),
      line: expect.any(Number),
      seq: expect.any(Number),
      message: expect.any(String),
    },
  ]);
});
