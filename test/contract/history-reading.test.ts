// Looking things up in the audit log, and holding it against the store: what passes each filter, which
// files are read for it, and what the store is asked for.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";

import { must } from "../../src/core/assert.ts";
import type { ConflictEntry } from "../../src/core/entry.ts";
import { recordId, runId } from "../../src/core/ids.ts";
import * as values from "../../src/core/value.ts";
import { openHistory } from "../../src/history/append.ts";
import { listArchives } from "../../src/history/archive.ts";
import { hashLine, type SideNames } from "../../src/history/encode.ts";
import { readHistory, type HistoryFilter, type ReadOptions } from "../../src/history/read.ts";
import { verifyHistory, type LoadNumbered } from "../../src/history/verify.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { changeBody, makeEntry, runBody } from "../fixture/store.ts";

const names: SideNames = { left: "notion", right: "airtable" };
let directory = "";
let store: Store;
const path = (name = "sync_history.jsonl"): string => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tandem-reading-"));
  store = await openSqliteStore({ path: ":memory:" });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function write(bodies: readonly Parameters<typeof makeEntry>[0][]): Promise<void> {
  const entries = bodies.map((body, at) => ({
    kind: "entry" as const,
    entry: makeEntry(body, { run: runId(`run${at}`), atMs: 1_795_000_000_000 + at }),
  }));
  await store.commit(null, entries);
}

async function seqs(filter: HistoryFilter, more: Partial<ReadOptions> = {}): Promise<number[]> {
  const found: number[] = [];
  for await (const line of readHistory({ path: path(), names, filter, ...more }))
    found.push(line.seq);
  return found;
}

const change = (name: string, ...more: readonly string[]): typeof changeBody => ({
  ...changeBody,
  fields: Object.fromEntries(
    [name, ...more].map((field) => [
      field,
      { before: values.empty, after: values.text("x"), rule: "F4" },
    ]),
  ),
});

const conflict: ConflictEntry = {
  type: "conflict",
  link: changeBody.link,
  ids: { left: recordId("page-z"), right: recordId("rec-z") },
  title: "Zebra",
  field: "Übersicht",
  base: null,
  values: {
    left: { value: values.text("a"), atMs: null },
    right: { value: values.text("b"), atMs: null },
  },
  winner: null,
  rule: "F12",
  label: "held",
};

test("a field is found among several, in each kind of line that has one, in any spelling", async () => {
  await write([
    change("Name", "Status"),
    change("Name"),
    conflict,
    runBody,
    { type: "halt", guard: "maxRemove", message: "m", remedy: "r", counts: {} },
    {
      type: "problem",
      side: null,
      ids: { left: null, right: null },
      field: null,
      code: "renamed",
      message: "m",
      remedy: "r",
    },
  ]);
  await store.drainEntries(openHistory({ path: path(), names }));
  expect(await seqs({ field: "status" })).toEqual([1]);
  expect(await seqs({ field: "NAME" })).toEqual([1, 2]);
  // The same letter as one sign and as two.
  expect(await seqs({ field: "u\u0308bersicht" })).toEqual([3]);
  expect(await seqs({ field: "Size" })).toEqual([]);
  expect(await seqs({ row: "page-z" })).toEqual([3]);
  expect(await seqs({ row: "rec-z" })).toEqual([3]);
  // A title is meant by its start, an id by the whole of it.
  expect(await seqs({ row: "zeb" })).toEqual([3]);
  expect(await seqs({ row: "ebra" })).toEqual([]);
  expect(await seqs({ row: "rec-" })).toEqual([]);
  expect(await seqs({ kinds: ["halt"] })).toEqual([5]);
  expect(await seqs({ kinds: [] })).toEqual([]);
  expect(await seqs({ run: "run" })).toEqual([]);
});

test("following a log reads no further back than it must", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 10 }));
  const [archive] = listArchives(path());
  writeFileSync(must(archive, "an archive").path, "damaged");
  const newest = { isNewestFirst: true, hasArchives: true };
  expect(await seqs({ afterSeq: 28 }, newest)).toEqual([30, 29]);
  expect(await seqs({ afterSeq: 28, run: "run29" }, newest)).toEqual([30]);
  // The line right before is looked at, and none beyond.
  expect(await seqs({ afterSeq: 21 }, newest)).toHaveLength(9);
  await expect(seqs({ afterSeq: 20 }, newest)).rejects.toThrow("header");
  await expect(seqs({ run: "run29" }, newest)).rejects.toThrow("header");
  expect(await seqs({ run: "run29" }, { isNewestFirst: true })).toEqual([30]);
});

test("what is no line is passed over where nobody asks to be told", async () => {
  await write([runBody]);
  await store.drainEntries(openHistory({ path: path(), names }));
  writeFileSync(path(), `hello\n${readFileSync(path(), "utf8")}again`);
  expect(await seqs({})).toEqual([1]);
  expect(await seqs({}, { isNewestFirst: true })).toEqual([1]);
});

test("the archives of a log are those of its name, in the order of their numbers", () => {
  const others = [
    "sync_history.jsonl",
    "sync_history.1-4.jsonl.gz.part",
    "sync_history.x-4.jsonl.gz",
    "sync_history.1-4.txt.gz",
    "sync_history2.1-4.jsonl.gz",
    "other.1-4.jsonl.gz",
  ];
  const own = ["1-9", "1-20", "9-30", "10-12", "100-101"];
  for (const name of [...others, ...own.map((range) => `sync_history.${range}.jsonl.gz`)])
    writeFileSync(path(name), "");
  expect(listArchives(path())).toEqual(
    own.map((range) => {
      const [from, to] = range.split("-").map(Number);
      return { path: path(`sync_history.${range}.jsonl.gz`), from, to };
    }),
  );
  expect(listArchives(path("no/such.jsonl"))).toEqual([]);
});

test("a log without an ending to its name has archives too", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  await store.drainEntries(openHistory({ path: path("audit"), names, runsKept: 10 }));
  expect(listArchives(path("audit"))).toEqual([
    { path: path("audit.1-20.jsonl.gz"), from: 1, to: 20 },
  ]);
  expect(readdirSync(directory).toSorted()).toEqual(["audit", "audit.1-20.jsonl.gz"]);
});

test("a log that was moved away begins after its newest archive, in its chain", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  const sink = openHistory({ path: path(), names, runsKept: 10 });
  await store.drainEntries(sink);
  const archive = must(listArchives(path())[0], "an archive");
  const lines = gunzipSync(readFileSync(archive.path)).toString("utf8").split("\n").slice(0, -1);
  rmSync(path());
  expect(sink.lastSeq()).toBe(20);
  sink.write([{ seq: 21, entry: makeEntry(runBody) }]);
  // No line end at the end of an archive changes nothing.
  writeFileSync(archive.path, gzipSync(lines.join("\n")));
  const { findings } = await verifyHistory({ path: path(), names });
  expect(findings).toEqual([]);
  expect(sink.lastSeq()).toBe(21);
});

test("a new store beside the archives of an old log goes on after them", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 10 }));
  rmSync(path());
  await store.close();
  store = await openSqliteStore({ path: ":memory:" });
  await write([runBody, runBody]);
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 10 }));
  expect(await seqs({ afterSeq: 19 }, { hasArchives: true })).toEqual([20, 21, 22]);
  expect((await verifyHistory({ path: path(), names })).findings).toEqual([]);
});

test("the store is asked a part at a time, and each line held against its own", async () => {
  const own = Array.from({ length: 2_500 }, (_, at) => ({ seq: at + 1, entry: makeEntry() }));
  const sink = openHistory({ path: path(), names });
  sink.write(own);
  const newest = own.at(-1) ?? null;
  const asked: [number, number][] = [];
  const from =
    (first: number): LoadNumbered =>
    (afterSeq, countMax) => {
      asked.push([afterSeq, countMax]);
      const start = Math.max(afterSeq, first - 1);
      return Promise.resolve(own.slice(start, start + countMax));
    };
  const check = async (load: LoadNumbered): Promise<readonly string[]> => {
    asked.length = 0;
    const { findings } = await verifyHistory({ path: path(), names, newest, load });
    return findings.map(({ kind, line }) => `${kind} ${line}`);
  };
  expect(await check(from(1))).toEqual([]);
  expect(asked).toEqual([
    [0, 1_000],
    [1_000, 1_000],
    [2_000, 1_000],
  ]);
  // Of a store that let go of its oldest entries as many are asked for, and no more often.
  expect(await check(from(1_201))).toEqual([]);
  expect(asked).toEqual([
    [0, 1_000],
    [2_200, 1_000],
  ]);
  expect(await check(from(9_999))).toEqual([]);
  expect(asked).toEqual([[0, 1_000]]);

  const lines = readFileSync(path(), "utf8").split("\n");
  const edited = lines.map((text, at) =>
    [0, 999, 1_000, 1_500, 2_498].includes(at) ? text.replace("Alpha", "Omega") : text,
  );
  writeFileSync(path(), edited.join("\n"));
  expect(await check(from(1))).toEqual([
    "edited 1",
    "edited 1000",
    "edited 1001",
    "edited 1501",
    "edited 2499",
  ]);
});

test("a finding in an archive tells its file and line there, and all files are named", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 10 }));
  const archive = must(listArchives(path())[0], "an archive");
  const lines = gunzipSync(readFileSync(archive.path)).toString("utf8").split("\n");
  const edited = lines.with(
    4,
    must(lines[4], "a line").replace('"trigger":"cron"', '"trigger":"cli"'),
  );
  writeFileSync(archive.path, gzipSync(edited.join("\n")));
  const [newest, load] = [await store.loadDrained(), store.loadNumbered.bind(store)];
  const file = "sync_history.1-20.jsonl.gz";
  const message = "Line 5 is not what the store wrote.";
  expect(await verifyHistory({ path: path(), names, newest, load })).toEqual({
    files: [file, "sync_history.jsonl"],
    lineCount: 30,
    firstSeq: 1,
    lastSeq: 30,
    findings: [{ kind: "edited", file, line: 5, seq: 5, message }],
  });
  // Cut short, it cannot be unpacked: told as the file, and nothing of it is taken for read.
  writeFileSync(archive.path, readFileSync(archive.path).subarray(0, -9));
  const broken = await verifyHistory({ path: path(), names, newest, load });
  expect({ ...broken, findings: broken.findings.slice(1) }).toEqual({
    files: [file, "sync_history.jsonl"],
    lineCount: 10,
    firstSeq: 21,
    lastSeq: 30,
    findings: [
      {
        kind: "missing",
        file: "sync_history.jsonl",
        line: 1,
        seq: 1,
        message: "Lines 1 to 20 are not there.",
      },
    ],
  });
  expect(broken.findings[0]).toEqual({
    kind: "damaged",
    file,
    line: 0,
    seq: null,
    message: expect.stringMatching(/\w/u),
  });
});

test("an end that a crash cut off is told where it is, whole line or not", async () => {
  await write([runBody, runBody]);
  await store.drainEntries(openHistory({ path: path(), names }));
  const newest = await store.loadDrained();
  const content = readFileSync(path(), "utf8");
  const message = "The last line has no end: a crash cut it off. The next run mends it.";
  const torn = { kind: "torn", file: "sync_history.jsonl", message };
  writeFileSync(path(), content.slice(0, -1));
  expect(await verifyHistory({ path: path(), names, newest })).toMatchObject({
    lineCount: 2,
    findings: [{ ...torn, line: 2, seq: 2 }],
  });
  writeFileSync(path(), `${content}{"type":`);
  expect(await verifyHistory({ path: path(), names, newest })).toMatchObject({
    lineCount: 2,
    findings: [{ ...torn, line: 3, seq: null }],
  });
});

test("an archived line that stands in the log a second time is told", async () => {
  await write(Array.from({ length: 30 }, () => runBody));
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 10 }));
  const archive = must(listArchives(path())[0], "an archive");
  const [first = ""] = gunzipSync(readFileSync(archive.path)).toString("utf8").split("\n");
  const lines = readFileSync(path(), "utf8").split("\n");
  writeFileSync(path(), lines.toSpliced(3, 0, first).join("\n"));
  const { findings } = await verifyHistory({ path: path(), names });
  const message = "Line 1 is there a second time.";
  const [file, line] = ["sync_history.jsonl", 4];
  expect(findings).toEqual([{ kind: "repeated", file, line, seq: 1, message }]);
});

test("lines that somebody put at the end are kept, and the chain goes on over them", async () => {
  const sink = openHistory({ path: path(), names });
  await write([runBody]);
  await store.drainEntries(sink);
  writeFileSync(path(), `${readFileSync(path(), "utf8")}a note\nanother\n`);
  await write([runBody]);
  await store.drainEntries(sink);
  const texts = readFileSync(path(), "utf8").split("\n");
  expect(texts.slice(1, 3)).toEqual(["a note", "another"]);
  // Each line names the one before it, whoever wrote that: taken out later, theirs would be missed.
  expect(texts[3]).toContain(`"seq":2,"prev":"${hashLine("another")}"`);
  const [newest, load] = [await store.loadDrained(), store.loadNumbered.bind(store)];
  const { findings } = await verifyHistory({ path: path(), names, newest, load });
  expect(findings.map(({ kind, line }) => [kind, line])).toEqual([
    ["unreadable", 2],
    ["unreadable", 3],
  ]);
});
