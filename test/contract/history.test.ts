// The audit log in real files: what a crash leaves, what comes twice, what rotation keeps, and every
// way in which somebody may have changed it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { pairId, recordId, runId } from "../../src/core/ids.ts";
import { openHistory } from "../../src/history/append.ts";
import type { SideNames } from "../../src/history/encode.ts";
import { parseLine, type HistoryLine } from "../../src/history/line.ts";
import { readHistory, type HistoryFilter, type ReadOptions } from "../../src/history/read.ts";
import { verifyHistory, type Verification } from "../../src/history/verify.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { EntrySink, Store } from "../../src/store/store.ts";
import { changeBody, makeEntry, runBody } from "../fixture/store.ts";

const names: SideNames = { left: "notion", right: "airtable" };

let directory = "";
let store: Store;
const path = (name = "sync_history.jsonl"): string => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tandem-history-"));
  store = await openSqliteStore({ path: ":memory:" });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs of one change each, so two lines a run. */
async function addRuns(count: number, from = 0): Promise<void> {
  for (let index = from; index < from + count; index++) {
    const where = { run: runId(`run${index}`), atMs: 1_795_000_000_000 + index * 60_000 };
    await store.commit(null, [
      { kind: "entry", entry: makeEntry({ ...changeBody, title: `Spec ${index}` }, where) },
      { kind: "entry", entry: makeEntry(runBody, where) },
    ]);
  }
}

function log(runsKept?: number): EntrySink {
  return openHistory({ path: path(), names, ...(runsKept === undefined ? {} : { runsKept }) });
}

function linesOf(name?: string): string[] {
  const lines = readFileSync(path(name), "utf8").split("\n");
  expect(lines.pop()).toBe("");
  return lines;
}

async function collect(options: Partial<ReadOptions> = {}): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = [];
  for await (const line of readHistory({ path: path(), names, ...options })) lines.push(line);
  return lines;
}

async function verify(): Promise<Verification> {
  return verifyHistory({ path: path(), names, newest: await store.loadDrained() });
}

async function expectWhole(lineCount: number): Promise<void> {
  const result = await verify();
  expect(result.findings).toEqual([]);
  expect(result.lineCount).toBe(lineCount);
}

describe("appending", () => {
  test("every entry becomes one line, in a chain from the first", async () => {
    await addRuns(2);
    await store.drainEntries(log());
    await addRuns(1, 2);
    await store.drainEntries(log());
    const lines = linesOf().map(parseLine);
    expect(lines.map((line) => line?.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(lines[0]?.prev).toBe("0".repeat(64));
    await expectWhole(6);
  });

  test("nothing to write makes no file", async () => {
    await store.drainEntries(log());
    expect(existsSync(path())).toBe(false);
    await expectWhole(0);
  });

  test("the directory is made", async () => {
    const deep = join(directory, "a", "b", "audit.log");
    await addRuns(1);
    await store.drainEntries(openHistory({ path: deep, names }));
    expect(readFileSync(deep, "utf8").split("\n")).toHaveLength(3);
  });

  test("what a crash left of a line is cut off", async () => {
    await addRuns(1);
    await store.drainEntries(log());
    appendFileSync(path(), '{"type":"change","at":"2026-');
    expect((await verify()).findings.map((finding) => finding.kind)).toEqual(["torn"]);
    await addRuns(1, 1);
    await store.drainEntries(log());
    await expectWhole(4);
  });

  test("a line that lost only its end is kept", async () => {
    await addRuns(1);
    await store.drainEntries(log());
    writeFileSync(path(), readFileSync(path(), "utf8").slice(0, -1));
    expect((await verify()).findings.map((finding) => finding.kind)).toEqual(["torn"]);
    await addRuns(1, 1);
    await store.drainEntries(log());
    await expectWhole(4);
  });

  test.each([0, 1, 2, 3, 4])(
    "a batch of which %i lines were written is completed",
    async (count) => {
      await addRuns(2);
      const sink = log();
      await expect(
        store.drainEntries({
          ...sink,
          write: (entries) => {
            sink.write(entries.slice(0, count));
            if (count < 4) appendFileSync(path(), '{"type":"ch');
            throw new Error("crash");
          },
        }),
      ).rejects.toThrow("crash");
      await addRuns(1, 2);
      await store.drainEntries(log());
      await expectWhole(6);
    },
  );

  test("a new store continues the log of a lost one, crash or not", async () => {
    await addRuns(2);
    await store.drainEntries(log());
    await store.close();
    store = await openSqliteStore({ path: ":memory:" });
    await addRuns(5, 10);
    const sink = log();
    const crashing: EntrySink = {
      ...sink,
      write: (entries) => {
        sink.write(entries.slice(0, 3));
        throw new Error("crash");
      },
    };
    await expect(store.drainEntries(crashing)).rejects.toThrow("crash");
    await store.drainEntries(log());
    await expectWhole(14);
    expect((await collect()).map((line) => line.run)).toEqual(
      [0, 0, 1, 1, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14].map((index) => `run${index}`),
    );
  });

  test("a log that cannot be written is told, and written by the next run", async () => {
    mkdirSync(path());
    await addRuns(1);
    await expect(store.drainEntries(log())).rejects.toMatchObject({
      code: "store_unusable",
      message: expect.stringContaining(path()),
    });
    rmSync(path(), { recursive: true });
    await store.drainEntries(log());
    await expectWhole(2);
  });

  test("a log that could not be added to is told before there is anything to write", async () => {
    mkdirSync(path());
    await expect(store.drainEntries(log())).rejects.toMatchObject({ code: "store_unusable" });
    rmSync(path(), { recursive: true });
    await addRuns(1);
    await store.drainEntries(log());
    const before = readFileSync(path(), "utf8");
    await store.drainEntries(log());
    expect(readFileSync(path(), "utf8")).toBe(before);
    await expectWhole(2);
  });

  test("two processes that write at once make one chain", async () => {
    const script = `
      import { openHistory } from ${JSON.stringify(new URL("../../src/history/append.ts", import.meta.url).href)};
      import { openSqliteStore } from ${JSON.stringify(new URL("../../src/store/sqlite/open.ts", import.meta.url).href)};
      import { makeEntry, runBody } from ${JSON.stringify(new URL("../fixture/store.ts", import.meta.url).href)};
      const [, , store, path] = process.argv;
      const opened = await openSqliteStore({ path: store });
      const history = openHistory({ path, names: ${JSON.stringify(names)}, runsKept: 20 });
      for (let index = 0; index < 40; index++) {
        await opened.commit(null, [{ kind: "entry", entry: makeEntry(runBody) }]);
        await opened.drainEntries(history);
      }
      await opened.close();
    `;
    writeFileSync(path("writer.mjs"), script);
    const database = path("tandem.db");
    const run = async (): Promise<void> => {
      const args = [path("writer.mjs"), database, path()];
      const child = spawn(process.execPath, args, { stdio: "inherit" });
      const [code] = await once(child, "exit");
      expect(code).toBe(0);
    };
    await Promise.all([run(), run()]);
    await store.close();
    store = await openSqliteStore({ path: database });
    await expectWhole(80);
    expect(linesOf().length).toBeLessThanOrEqual(22);
  });
});

describe("rotation", () => {
  const archives = (): string[] => readdirSync(directory).filter((name) => name.endsWith(".gz"));

  test("keeps the last runs in the file and the rest beside it, in one chain", async () => {
    for (let index = 0; index < 26; index++) {
      await addRuns(1, index);
      await store.drainEntries(log(10));
    }
    // A tenth more than ten may gather, so the twelfth run moves the first two lines out.
    expect(archives().length).toBeGreaterThan(1);
    expect(archives()).toContain("sync_history.1-4.jsonl.gz");
    const kept = linesOf().map((line) => parseLine(line)?.type);
    expect(kept.filter((type) => type === "run").length).toBeGreaterThanOrEqual(10);
    expect(kept.filter((type) => type === "run").length).toBeLessThanOrEqual(11);
    await expectWhole(52);
    expect(await collect()).toHaveLength(kept.length);
    expect((await collect({ hasArchives: true })).map((line) => line.seq)).toEqual(
      Array.from({ length: 52 }, (_, index) => index + 1),
    );
    expect(
      (await collect({ hasArchives: true, isNewestFirst: true })).map((line) => line.seq),
    ).toEqual(Array.from({ length: 52 }, (_, index) => 52 - index));
  });

  test("a crash between its two steps is seen through, and mended by the next rotation", async () => {
    await addRuns(12);
    await store.drainEntries(log());
    const before = readFileSync(path());
    await addRuns(1, 12);
    await store.drainEntries(log(10));
    // The archive is there, and the log as it was before, plus the lines written since.
    const tail = linesOf().slice(-2).join("\n");
    writeFileSync(path(), `${before.toString("utf8")}${tail}\n`);
    expect(archives()).toEqual(["sync_history.1-6.jsonl.gz"]);
    await expectWhole(26);
    expect(await collect({ hasArchives: true })).toHaveLength(26);
    expect(await collect({ hasArchives: true, isNewestFirst: true })).toHaveLength(26);
    await addRuns(1, 13);
    await store.drainEntries(log(10));
    await expectWhole(28);
    // The same at a rotation that is not the first: the newest archive's lines are in the log as well.
    const [newest] = archives().toSorted().toReversed();
    const packed = gunzipSync(readFileSync(path(newest ?? ""))).toString("utf8");
    const whole = readFileSync(path(), "utf8");
    writeFileSync(path(), packed + whole);
    expect(archives().length).toBeGreaterThan(1);
    await expectWhole(28);
    writeFileSync(path(), whole);
    const held = archives().reduce(
      (sum, name) =>
        sum +
        gunzipSync(readFileSync(path(name)))
          .toString("utf8")
          .split("\n").length -
        1,
      linesOf().length,
    );
    expect(held).toBe(28);
  });

  test("a log that was moved away goes on after its archives", async () => {
    await addRuns(14);
    await store.drainEntries(log(10));
    renameSync(path(), path("elsewhere"));
    await addRuns(1, 14);
    await store.drainEntries(log(10));
    const { findings } = await verify();
    expect(findings).toMatchObject([{ kind: "missing", seq: 9 }]);
    expect(findings[0]?.message).toBe("Lines 9 to 28 are not there.");
  });
});

describe("verification finds", () => {
  beforeEach(async () => {
    await addRuns(5);
    await store.drainEntries(log());
  });

  const change = (edit: (lines: string[]) => string[]): void => {
    writeFileSync(path(), `${edit(linesOf()).join("\n")}\n`);
  };
  const kindsOf = async (): Promise<(string | number | null)[][]> =>
    (await verify()).findings.map((finding) => [finding.kind, finding.seq, finding.line]);

  test("nothing in a log that is whole", () => expectWhole(10));

  test.each([
    ["the first", 0],
    ["one in the middle", 4],
  ])("a removed line: %s", async (_, index) => {
    change((lines) => lines.toSpliced(index, 1));
    expect(await kindsOf()).toEqual([["missing", index + 1, index + 1]]);
  });

  test("removed lines at the end", async () => {
    change((lines) => lines.slice(0, 8));
    expect(await kindsOf()).toEqual([["missing", 9, 0]]);
  });

  test("a log that was emptied or deleted", async () => {
    writeFileSync(path(), "");
    expect(await kindsOf()).toEqual([["missing", 1, 0]]);
    rmSync(path());
    expect(await kindsOf()).toEqual([["missing", 1, 0]]);
  });

  test.each([0, 4, 9])("an edited line: index %i", async (index) => {
    change((lines) =>
      lines.map((line, at) => (at === index ? line.replace('"pair":"p', '"pair":"q') : line)),
    );
    expect((await kindsOf()).map(([kind, seq]) => [kind, seq])).toEqual([["edited", index + 1]]);
  });

  test("an edited hash in the first line", async () => {
    change((lines) =>
      lines.map((line, at) => (at === 0 ? line.replace(/"prev":"0/, '"prev":"1') : line)),
    );
    expect((await kindsOf()).every(([kind]) => kind === "edited")).toBe(true);
    expect((await kindsOf()).length).toBeGreaterThan(0);
  });

  test("lines in another order", async () => {
    change((lines) => lines.toSpliced(3, 2, lines[4] ?? "", lines[3] ?? ""));
    expect(await kindsOf()).toEqual([["moved", 4, 5]]);
  });

  test("a repeated line", async () => {
    change((lines) => lines.toSpliced(3, 0, lines[2] ?? ""));
    expect(await kindsOf()).toEqual([["repeated", 3, 4]]);
  });

  test("text that is no line, put in or put in place of one", async () => {
    change((lines) => lines.toSpliced(3, 0, "hello"));
    expect(await kindsOf()).toEqual([["unreadable", 4, 4]]);
    change((lines) => lines.toSpliced(3, 1).toSpliced(3, 1, "hello"));
    expect(await kindsOf()).toEqual([["unreadable", 4, 4]]);
  });

  test("a damaged or removed archive", async () => {
    await addRuns(10, 5);
    await store.drainEntries(log(5));
    await expectWhole(30);
    const [archive = ""] = readdirSync(directory).filter((name) => name.endsWith(".gz"));
    const bytes = readFileSync(path(archive));
    writeFileSync(path(archive), bytes.subarray(0, bytes.length - 20));
    expect((await kindsOf()).map(([kind]) => kind)).toEqual(["damaged", "missing"]);
    rmSync(path(archive));
    expect(await kindsOf()).toEqual([["missing", 1, 1]]);
  });

  test("and the file it is in", async () => {
    change((lines) => lines.toSpliced(4, 1));
    const result = await verify();
    expect(result).toMatchObject({
      files: ["sync_history.jsonl"],
      lineCount: 9,
      firstSeq: 1,
      lastSeq: 10,
    });
    expect(result.findings[0]).toMatchObject({
      file: "sync_history.jsonl",
      message: "Line 5 is not there.",
    });
  });
});

describe("reading", () => {
  beforeEach(async () => {
    const where = { run: runId("run1"), pair: pairId("first"), atMs: 1_795_000_000_000 };
    const other = { run: runId("run2"), pair: pairId("second"), atMs: 1_795_000_060_000 };
    await store.commit(
      null,
      [
        makeEntry({ ...changeBody, title: "Über uns" }, where),
        makeEntry(
          {
            type: "problem",
            side: "left",
            ids: { left: recordId("page-b"), right: null },
            field: "Status",
            code: "rejected",
            message: "m",
            remedy: "r",
          },
          where,
        ),
        makeEntry(runBody, where),
        makeEntry({ ...changeBody, ids: { left: null, right: recordId("rec-c") } }, other),
        makeEntry(runBody, other),
      ].map((entry) => ({ kind: "entry", entry })),
    );
    await store.drainEntries(log());
  });

  test.each<[string, HistoryFilter, number[]]>([
    ["all", {}, [1, 2, 3, 4, 5]],
    ["a run", { run: "run1" }, [1, 2, 3]],
    ["a pair", { pair: "second" }, [4, 5]],
    ["a row by its id on the left", { row: "page-b" }, [2]],
    ["a row by its id on the right", { row: "rec-c" }, [4]],
    ["a row by the start of its title", { row: "über" }, [1]],
    ["a field", { field: "name" }, [1, 4]],
    ["a field with a problem", { field: "Status" }, [2]],
    ["since an instant", { sinceMs: 1_795_000_000_001 }, [4, 5]],
    ["since the very instant of a line", { sinceMs: 1_795_000_060_000 }, [4, 5]],
    ["kinds", { kinds: ["run", "problem"] }, [2, 3, 5]],
    ["after a number", { afterSeq: 3 }, [4, 5]],
    ["several at once", { pair: "first", field: "Name" }, [1]],
    ["nothing", { row: "" }, []],
  ])("%s", async (_, filter, seqs) => {
    expect((await collect({ filter })).map((line) => line.seq)).toEqual(seqs);
    const newest = await collect({ filter, isNewestFirst: true });
    expect(newest.map((line) => line.seq)).toEqual(seqs.toReversed());
  });

  test("text that is no line is told and passed over", async () => {
    appendFileSync(path(), "hello\n");
    const strangers: string[] = [];
    const onUnreadable = (text: string): void => void strangers.push(text);
    expect(await collect({ onUnreadable })).toHaveLength(5);
    expect(strangers).toEqual(["hello"]);
  });

  test("a log that is not there has no lines", async () => {
    rmSync(path());
    expect(await collect({ isNewestFirst: true })).toEqual([]);
    expect(await collect({ hasArchives: true })).toEqual([]);
  });
});
