// The audit log, tampered with in every way somebody might try, across rotated files: each is found, with
// its kind and its place. On real files, with a store beside them.
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { must } from "../../src/core/assert.ts";
import { runId } from "../../src/core/ids.ts";
import { openHistory } from "../../src/history/append.ts";
import { hashLine, type SideNames } from "../../src/history/encode.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { changeBody, makeEntry, runBody } from "../fixture/store.ts";

const names: SideNames = { left: "notion", right: "airtable" };

let directory = "";
let store: Store;
/** Rotated files, oldest first, and the log. */
let files: readonly string[] = [];
const path = (name = "sync_history.jsonl"): string => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tandem-tampering-"));
  store = await openSqliteStore({ path: ":memory:" });
  for (let at = 0; at < 18; at += 1) await addRun(at);
  files = [...archives(), "sync_history.jsonl"];
  expect(files.length).toBeGreaterThan(3);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A run of three lines, written at once; four runs stay in the log. */
async function addRun(at: number): Promise<void> {
  const where = { run: runId(`run${at}`), atMs: 1_795_000_000_000 + at * 60_000 };
  const bodies = [
    { ...changeBody, title: `Spec ${at}` },
    { ...changeBody, title: "Other" },
    runBody,
  ];
  const entries = bodies.map((body) => ({ kind: "entry", entry: makeEntry(body, where) }) as const);
  await store.commit(null, entries);
  await store.drainEntries(openHistory({ path: path(), names, runsKept: 4 }));
}

function archives(): readonly string[] {
  const from = (name: string): number => Number(/\.(\d+)-/.exec(name)?.[1] ?? 0);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".gz"))
    .toSorted((one, two) => from(one) - from(two));
}

function linesOf(name: string): string[] {
  const bytes = readFileSync(path(name));
  const content = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return content.split("\n").slice(0, -1);
}

function write(name: string, lines: readonly string[]): void {
  const content = lines.map((line) => `${line}\n`).join("");
  writeFileSync(path(name), name.endsWith(".gz") ? gzipSync(content) : content);
}

/** Kind, file and number of the line, for each finding. */
async function found(): Promise<readonly string[]> {
  const newest = await store.loadDrained();
  const load = store.loadNumbered.bind(store);
  const { findings } = await verifyHistory({ path: path(), names, newest, load });
  return findings.map(({ kind, file, seq }) => `${kind} ${file} ${seq ?? "-"}`);
}

const fileAt = (at: number): string => must(files.at(at), "a file");
const seqOf = (line: string | undefined): number => Number(/"seq":(\d+)/.exec(line ?? "")?.[1]);

/** Lines with a chain of their own that fits, from `prev` on: what somebody would write who knows how. */
function rechained(lines: readonly string[], prev: string): string[] {
  const made: string[] = [];
  let last = prev;
  for (const line of lines) {
    const next = line.replace(/"prev":"[0-9a-f]{64}"/u, `"prev":"${last}"`);
    made.push(next);
    last = hashLine(next);
  }
  return made;
}

test("a log as it was written has no finding, before and after it is rotated", async () => {
  expect(await found()).toEqual([]);
  await addRun(18);
  expect(await found()).toEqual([]);
});

test("lines that a crash left written and not marked as such are the store's own", async () => {
  const where = { run: runId("late"), atMs: 1_796_000_000_000 };
  await store.commit(null, [{ kind: "entry", entry: makeEntry(runBody, where) }]);
  const sink = openHistory({ path: path(), names });
  const crashing = {
    ...sink,
    write: (entries: Parameters<typeof sink.write>[0]) => {
      sink.write(entries);
      throw new Error("killed");
    },
  };
  await expect(store.drainEntries(crashing)).rejects.toThrow("killed");
  expect(await found()).toEqual([]);
});

describe.each([0, 1, -1])("in file %i", (at) => {
  test.each([
    ["the first", 0],
    ["one in the middle", 4],
  ])("a removed line: %s", async (_, index) => {
    const lines = linesOf(fileAt(at));
    const seq = seqOf(lines[index]);
    write(fileAt(at), lines.toSpliced(index, 1));
    expect(await found()).toEqual([`missing ${fileAt(at)} ${seq}`]);
  });

  test("the last line removed", async () => {
    const lines = linesOf(fileAt(at));
    const seq = seqOf(lines.at(-1));
    write(fileAt(at), lines.slice(0, -1));
    // It shows where the next line stands: in the file after it, or at the end of the log.
    const where = at === -1 ? fileAt(at) : fileAt(at + 1);
    expect(await found()).toEqual([`missing ${where} ${seq}`]);
  });

  test("an edited line", async () => {
    const lines = linesOf(fileAt(at));
    const edited = must(lines[4], "a line").replace('"before":"Alpha"', '"before":"Omega"');
    expect(edited).not.toBe(lines[4]);
    write(fileAt(at), lines.with(4, edited));
    expect(await found()).toEqual([`edited ${fileAt(at)} ${seqOf(edited)}`]);
  });

  test("two lines in another order", async () => {
    const lines = linesOf(fileAt(at));
    const [one, two] = [must(lines[3], "a line"), must(lines[4], "a line")];
    write(fileAt(at), lines.toSpliced(3, 2, two, one));
    expect(await found()).toEqual([`moved ${fileAt(at)} ${seqOf(one)}`]);
  });

  test("a line put in between, numbers and hashes after it left as they are", async () => {
    const lines = linesOf(fileAt(at));
    const forged = must(lines[3], "a line").replace(/"title":"[^"]*"/u, '"title":"Forged"');
    write(fileAt(at), lines.toSpliced(4, 0, forged));
    expect(await found()).toEqual([`repeated ${fileAt(at)} ${seqOf(forged)}`]);
  });

  test("an edit with every hash after it in the file made to fit", async () => {
    const lines = linesOf(fileAt(at));
    const edited = must(lines[4], "a line").replace('"before":"Alpha"', '"before":"Omega"');
    const rest = rechained([edited, ...lines.slice(5)], hashLine(must(lines[3], "a line")));
    write(fileAt(at), [...lines.slice(0, 4), ...rest]);
    // The chain holds up to the file's end, and the log's to its own: the store tells.
    expect(await found()).toContain(`edited ${fileAt(at)} ${seqOf(edited)}`);
  });
});

describe("whole files", () => {
  test.each([0, 1])("a rotated file that is not there: %i", async (at) => {
    const [first, next] = [linesOf(fileAt(at)), fileAt(at + 1)];
    rmSync(path(fileAt(at)));
    expect(await found()).toEqual([`missing ${next} ${seqOf(first[0])}`]);
  });

  test("all rotated files gone, or the log itself, or everything", async () => {
    const log = fileAt(-1);
    const [oldest, newest] = [linesOf(fileAt(0))[0], linesOf(log)[0]];
    for (const name of archives()) rmSync(path(name));
    expect(await found()).toEqual([`missing ${log} ${seqOf(oldest)}`]);
    rmSync(path());
    expect(await found()).toEqual([`missing ${log} ${seqOf(oldest)}`]);
    expect(seqOf(newest)).toBeGreaterThan(1);
  });

  test("the log alone gone", async () => {
    const first = linesOf(fileAt(-1))[0];
    rmSync(path());
    expect(await found()).toEqual([`missing ${fileAt(-1)} ${seqOf(first)}`]);
  });

  test("a rotated file that another one was put in place of", async () => {
    const lines = linesOf(fileAt(1));
    copyFileSync(path(fileAt(0)), path(fileAt(1)));
    const findings = await found();
    expect(findings.some((finding) => finding.startsWith(`repeated ${fileAt(1)}`))).toBe(true);
    expect(findings).toContain(`missing ${fileAt(2)} ${seqOf(lines[0])}`);
  });

  test("two rotated files with each other's names", async () => {
    const [one, two] = [path(fileAt(0)), path(fileAt(1))];
    renameSync(one, path("aside"));
    renameSync(two, one);
    renameSync(path("aside"), two);
    const kinds = new Set((await found()).map((finding) => finding.split(" ")[0]));
    expect(kinds).toContain("moved");
  });

  test("a rotated file that was cut, or is no such file", async () => {
    const bytes = readFileSync(path(fileAt(1)));
    writeFileSync(path(fileAt(1)), bytes.subarray(0, bytes.length - 10));
    expect((await found())[0]).toBe(`damaged ${fileAt(1)} -`);
    writeFileSync(path(fileAt(1)), "not compressed");
    expect((await found())[0]).toBe(`damaged ${fileAt(1)} -`);
  });

  test("the log's end cut off, in the middle of a line and between two", async () => {
    const lines = linesOf(fileAt(-1));
    write(fileAt(-1), lines.slice(0, -2));
    expect(await found()).toEqual([`missing ${fileAt(-1)} ${seqOf(lines.at(-2))}`]);
    const content = lines.map((line) => `${line}\n`).join("");
    writeFileSync(path(), content.slice(0, -20));
    expect(await found()).toContain(`missing ${fileAt(-1)} ${seqOf(lines.at(-1))}`);
  });

  test("lines added at the end, with numbers and hashes that fit", async () => {
    const lines = linesOf(fileAt(-1));
    const last = must(lines.at(-1), "a line");
    const seq = seqOf(last) + 1;
    const forged = last.replace(/"seq":\d+/u, `"seq":${seq}`);
    write(fileAt(-1), [...lines, ...rechained([forged], hashLine(last))]);
    expect(await found()).toEqual([`added ${fileAt(-1)} ${seq}`]);
  });
});
