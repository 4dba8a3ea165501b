// The audit log and the disk: what is asked of the system and in which order, which no content of a file
// shows afterwards, and what a call comes to that fails or does half of its work. The calls are the real
// ones; they are only written down on their way, and cut short or refused where a test says so.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { runId } from "../../src/core/ids.ts";
import { openHistory } from "../../src/history/append.ts";
import { encodeLine, noLine, type SideNames } from "../../src/history/encode.ts";
import { readHistory } from "../../src/history/read.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { EntrySink, NumberedEntry, Store } from "../../src/store/store.ts";
import { changeBody, makeEntry, runBody } from "../fixture/store.ts";

/** What was asked of the system since it was last emptied, and what is to go wrong. */
const disk = vi.hoisted(() => ({
  asked: [] as string[],
  open: new Map<number, string>(),
  /** Most bytes that one call moves. */
  bytesMax: Number.POSITIVE_INFINITY,
  /** Which calls fail, as they are written down, and with what. */
  broken: null as { readonly isHit: (call: string) => boolean; readonly error: Error } | null,
  say(call: string): void {
    disk.asked.push(call);
    if (disk.broken?.isHit(call) === true) throw disk.broken.error;
  },
  of: (file: number): string => disk.open.get(file) ?? "?",
}));

vi.mock(import("node:fs"), async (original) => {
  const real = await original();
  const name = (path: unknown): string => {
    const last = basename(String(path));
    return last.startsWith("tandem-disk-") ? "folder" : last.replace("sync_history.", "log.");
  };
  const mocked = {
    ...real,
    openSync: (path: string, flags: string) => {
      disk.say(`open ${name(path)} ${flags}`);
      const file = real.openSync(path, flags);
      disk.open.set(file, name(path));
      return file;
    },
    closeSync: (file: number) => {
      disk.open.delete(file);
      real.closeSync(file);
    },
    writeSync: (file: number, bytes: Uint8Array | string, offset = 0) => {
      if (typeof bytes === "string") {
        disk.say(`write ${disk.of(file)}`);
        return real.writeSync(file, bytes, offset);
      }
      const count = Math.min(bytes.length - offset, disk.bytesMax);
      disk.say(`write ${disk.of(file)}`);
      return real.writeSync(file, bytes, offset, count);
    },
    readSync: (file: number, into: Buffer, offset: number, count: number, place: number) =>
      real.readSync(file, into, offset, Math.min(count, disk.bytesMax), place),
    fdatasyncSync: (file: number) => {
      disk.say(`datasync ${disk.of(file)}`);
      real.fdatasyncSync(file);
    },
    fsyncSync: (file: number) => {
      disk.say(`sync ${disk.of(file)}`);
      real.fsyncSync(file);
    },
    ftruncateSync: (file: number, size: number) => {
      disk.say(`cut ${disk.of(file)} to ${size}`);
      real.ftruncateSync(file, size);
    },
    renameSync: (from: string, to: string) => {
      disk.say(`rename ${name(from)} ${name(to)}`);
      real.renameSync(from, to);
    },
  };
  return mocked as unknown as typeof real;
});

const names: SideNames = { left: "notion", right: "airtable" };
let directory = "";
let store: Store;
const path = (name = "sync_history.jsonl"): string => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tandem-disk-"));
  store = await openSqliteStore({ path: ":memory:" });
  disk.asked = [];
});

afterEach(async () => {
  disk.bytesMax = Number.POSITIVE_INFINITY;
  disk.broken = null;
  // A file left open is one fewer for the next run of a program that stays.
  expect([...disk.open.values()]).toEqual([]);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs of one change each, so two lines a run. */
async function addRuns(count: number, from = 0): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    const where = { run: runId(`run${index}`), atMs: 1_795_000_000_000 + index * 60_000 };
    await store.commit(null, [
      { kind: "entry", entry: makeEntry({ ...changeBody, title: `Spec ${index}` }, where) },
      { kind: "entry", entry: makeEntry(runBody, where) },
    ]);
  }
}

const log = (runsKept = 1_000): EntrySink => openHistory({ path: path(), names, runsKept });

/** Adds a run, drains, and tells what that asked of the disk. */
async function askedBy(sink: EntrySink, from: number, count = 1): Promise<readonly string[]> {
  await addRuns(count, from);
  disk.asked = [];
  await store.drainEntries(sink);
  return disk.asked;
}

/** Lets calls that begin so fail, from the given one on. Without a code it is no error of the system. */
function breakDisk(start: string, code: string | null, from = 1): void {
  let count = 0;
  const isHit = (call: string): boolean => call.startsWith(start) && ++count >= from;
  const error = code === null ? new TypeError("a slip") : Object.assign(new Error(code), { code });
  disk.broken = { isHit, error };
}

async function expectWhole(lineCount: number): Promise<void> {
  const load = store.loadNumbered.bind(store);
  const newest = await store.loadDrained();
  const { findings, ...result } = await verifyHistory({ path: path(), names, newest, load });
  expect({ findings, lineCount: result.lineCount }).toEqual({ findings: [], lineCount });
}

describe("lines are safe before they are called written", () => {
  test("a new log: the bytes, then the name of the file", async () => {
    expect(await askedBy(log(), 0, 3)).toEqual([
      "open log.jsonl a",
      "write log.jsonl",
      "datasync log.jsonl",
      "open folder r",
      "sync folder",
      // How many runs the file holds is counted once.
      "open log.jsonl r",
    ]);
  });

  test("a log that is there: one write and one sync, however many lines", async () => {
    const sink = log();
    await askedBy(sink, 0);
    const added = [
      "open log.jsonl r+",
      "open log.jsonl a",
      "write log.jsonl",
      "datasync log.jsonl",
    ];
    expect(await askedBy(sink, 1, 5)).toEqual(added);
    expect(await askedBy(sink, 6)).toEqual(added);
    await expectWhole(14);
  });

  test("lines that end no run are not counted, and cost no look at the log", async () => {
    await store.commit(null, [{ kind: "entry", entry: makeEntry(changeBody) }]);
    await store.drainEntries(log());
    expect(disk.asked).not.toContain("open log.jsonl r");
  });

  test("what is cut off or added at a broken end is safe before the next line", async () => {
    const mended = async (content: string): Promise<readonly string[]> => {
      writeFileSync(path(), content);
      return (await askedBy(log(), 9)).slice(0, 5);
    };
    await askedBy(log(), 0);
    const whole = readFileSync(path(), "utf8");
    const added = ["open log.jsonl a", "write log.jsonl"];
    expect(await mended(`${whole}{"type":`)).toEqual([
      "open log.jsonl r+",
      `cut log.jsonl to ${Buffer.byteLength(whole)}`,
      "datasync log.jsonl",
      ...added,
    ]);
    const grown = readFileSync(path(), "utf8");
    expect(await mended(grown.slice(0, -1))).toEqual([
      "open log.jsonl r+",
      "write log.jsonl",
      "datasync log.jsonl",
      ...added,
    ]);
    await expectWhole(6);
  });

  test("on a system that opens no directories none is opened", async () => {
    const platform = Object.getOwnPropertyDescriptor(process, "platform");
    Object.defineProperty(process, "platform", { ...platform, value: "win32" });
    try {
      expect(await askedBy(log(), 0)).not.toContain("open folder r");
    } finally {
      Object.defineProperty(process, "platform", platform ?? {});
    }
  });
});

describe("a write that fails", () => {
  test.each<[string, Parameters<typeof breakDisk>, RegExp]>([
    [
      "a full disk",
      ["write log", "ENOSPC", 3],
      /^Free some space on the disk; what was not written/u,
    ],
    ["a sync that fails", ["datasync log", "EIO"], /^Check that its directory exists/u],
  ])("%s: the bytes are taken back, and told", async (_, failing, remedy) => {
    await askedBy(log(), 0);
    const before = readFileSync(path(), "utf8");
    // The second part is the one that does not fit.
    disk.bytesMax = 100;
    await addRuns(1, 1);
    breakDisk(...failing);
    await expect(store.drainEntries(log())).rejects.toMatchObject({
      code: "store_unusable",
      message: `The audit log ${path()} cannot be read or written (${failing[1]}).`,
      remedy: expect.stringMatching(remedy),
      context: { path: path(), reason: failing[1] },
    });
    expect(readFileSync(path(), "utf8")).toBe(before);
    disk.broken = null;
    await store.drainEntries(log());
    await expectWhole(4);
  });

  test("an error that is none of the system's passes as it is", async () => {
    await addRuns(1);
    breakDisk("write", null);
    await expect(store.drainEntries(log())).rejects.toThrow(TypeError);
    expect(readFileSync(path(), "utf8")).toBe("");
  });

  test("a system that takes and gives a few bytes at a time makes the same log", async () => {
    disk.bytesMax = 333;
    const sink = log(10);
    for (let at = 0; at < 14; at += 1) await askedBy(sink, at);
    await expectWhole(28);
    const seqs: number[] = [];
    const options = { path: path(), names, isNewestFirst: true, hasArchives: true };
    for await (const { seq } of readHistory(options)) seqs.push(seq);
    expect(seqs).toEqual(Array.from({ length: 28 }, (_, at) => 28 - at));
  });
});

describe("rotation", () => {
  const archives = (): readonly string[] =>
    readdirSync(directory).filter((name) => name.endsWith(".gz"));

  test("the archive is whole and safe before the log gives its lines up", async () => {
    const sink = log(10);
    await askedBy(sink, 0, 11);
    expect(archives()).toEqual([]);
    expect((await askedBy(sink, 11)).slice(4)).toEqual([
      // Looks for runs, copies into a file of its own name, and renames that.
      "open log.jsonl r",
      "open log.1-4.jsonl.gz.part wx",
      "write log.1-4.jsonl.gz.part",
      "sync log.1-4.jsonl.gz.part",
      "rename log.1-4.jsonl.gz.part log.1-4.jsonl.gz",
      "open folder r",
      "sync folder",
      "open log.jsonl.part wx",
      "write log.jsonl.part",
      "sync log.jsonl.part",
      "rename log.jsonl.part log.jsonl",
      "open folder r",
      "sync folder",
    ]);
    await expectWhole(24);
  });

  test("comes with the run that is one too many, counted as they are added", async () => {
    const sink = log(20);
    const seen: number[] = [];
    for (let at = 0; at < 28; at += 1) {
      await askedBy(sink, at);
      seen.push(archives().length);
    }
    // Two more than twenty may gather; then the log is back at twenty.
    expect(seen.indexOf(1)).toBe(22);
    expect(seen.indexOf(2)).toBe(25);
    expect(archives().toSorted()).toEqual([
      "sync_history.1-6.jsonl.gz",
      "sync_history.7-12.jsonl.gz",
    ]);
  });

  test("runs that another process added are counted too", async () => {
    const [one, other] = [log(10), log(10)];
    for (let at = 0; at < 12; at += 1) await askedBy(at % 2 === 0 ? one : other, at);
    expect(archives()).toEqual(["sync_history.1-4.jsonl.gz"]);
    await expectWhole(24);
  });

  test("that fails keeps nothing from being written, and is done by the next run", async () => {
    await askedBy(log(10), 0, 11);
    breakDisk("rename", "EACCES");
    await askedBy(log(10), 11);
    await expectWhole(24);
    expect(archives()).toEqual([]);
    disk.broken = null;
    await askedBy(log(10), 12);
    expect(archives()).toEqual(["sync_history.1-6.jsonl.gz"]);
    await expectWhole(26);
  });

  test("is not kept from by what an earlier one left half", async () => {
    for (const name of ["sync_history.1-4.jsonl.gz.part", "sync_history.jsonl.part"])
      writeFileSync(path(name), "half");
    await askedBy(log(10), 0, 12);
    expect(readdirSync(directory).toSorted()).toEqual([
      "sync_history.1-4.jsonl.gz",
      "sync_history.jsonl",
    ]);
    await expectWhole(24);
  });

  test("takes nothing out of the log that an archive of the same numbers tells otherwise", async () => {
    await askedBy(log(10), 0, 11);
    // From another machine, say: the numbers fit, the lines do not.
    const foreign = [1, 2]
      .map((seq) => `${encodeLine({ seq, entry: makeEntry() }, noLine, names)}\n`)
      .join("");
    writeFileSync(path("sync_history.1-2.jsonl.gz"), gzipSync(foreign));
    await askedBy(log(10), 11);
    expect(archives().toSorted()).toEqual([
      "sync_history.1-2.jsonl.gz",
      "sync_history.1-4.jsonl.gz",
    ]);
    rmSync(path("sync_history.1-2.jsonl.gz"));
    await expectWhole(24);
  });

  test("after one that was cut short moves nothing more where few enough are left", async () => {
    await askedBy(log(10), 0, 15);
    expect(archives()).toEqual(["sync_history.1-10.jsonl.gz"]);
    // As a crash between its two steps leaves it: the archive is there, and the log as it was.
    const packed = gunzipSync(readFileSync(path("sync_history.1-10.jsonl.gz"))).toString("utf8");
    writeFileSync(path(), packed + readFileSync(path(), "utf8"));
    await askedBy(log(12), 15);
    expect(archives()).toEqual(["sync_history.1-10.jsonl.gz"]);
    expect(readFileSync(path(), "utf8").split("\n")).toHaveLength(23);
    await expectWhole(32);
  });

  test("goes by the newest archive, and finds lines of any length in a log of any size", async () => {
    await askedBy(log(10), 0, 12);
    await askedBy(log(10), 12, 2);
    expect(archives()).toHaveLength(2);
    const packed = gunzipSync(readFileSync(path("sync_history.5-8.jsonl.gz"))).toString("utf8");
    writeFileSync(path(), packed + readFileSync(path(), "utf8"));
    // Longer than the piece that is read at a time, so its run is met in the middle of one.
    const title = "x".repeat(5_000_000);
    await store.commit(null, [{ kind: "entry", entry: makeEntry({ ...changeBody, title }) }]);
    await askedBy(log(10), 14, 2);
    expect(archives().toSorted()).toEqual([
      "sync_history.1-4.jsonl.gz",
      "sync_history.5-8.jsonl.gz",
      "sync_history.9-12.jsonl.gz",
    ]);
    await expectWhole(33);
  });

  test("leaves a thousand runs where nobody says otherwise, once a tenth more are there", () => {
    const sink = openHistory({ path: path(), names });
    const item = (seq: number): NumberedEntry => ({ seq, entry: makeEntry(runBody) });
    sink.write(Array.from({ length: 1_100 }, (_, at) => item(at + 1)));
    expect(archives()).toEqual([]);
    sink.write([item(1_101)]);
    expect(archives()).toEqual(["sync_history.1-101.jsonl.gz"]);
    return expect(verifyHistory({ path: path(), names })).resolves.toMatchObject({
      lineCount: 1_101,
      findings: [],
    });
  });

  test("that fails for a slip of our own is not passed over", async () => {
    await askedBy(log(10), 0, 11);
    await addRuns(1, 11);
    breakDisk("rename", null);
    await expect(store.drainEntries(log(10))).rejects.toThrow(TypeError);
  });
});

describe("the probe before a run's first write", () => {
  test("writes as much as a run needs at the least, and takes it back", async () => {
    await askedBy(log(), 0);
    const before = readFileSync(path(), "utf8");
    disk.asked = [];
    let probed = "";
    const size = Buffer.byteLength(before);
    const look = (call: string): boolean => {
      if (call.startsWith("cut")) probed = readFileSync(path(), "utf8");
      return false;
    };
    disk.broken = { isHit: look, error: new Error("never") };
    await store.drainEntries(log());
    expect(disk.asked).toEqual(["open log.jsonl a", "write log.jsonl", `cut log.jsonl to ${size}`]);
    // No line end: what a crash leaves of it is cut off like any half line.
    expect(probed).toBe(before + " ".repeat(16_384));
    expect(readFileSync(path(), "utf8")).toBe(before);
  });

  test("of a log that is not there leaves none", async () => {
    await store.drainEntries(log());
    expect(disk.asked).toEqual(["open log.jsonl a", "write log.jsonl", "cut log.jsonl to 0"]);
    expect(existsSync(path())).toBe(false);
  });

  test("on a disk that takes a part of it: the part is taken back, and the run told", async () => {
    await askedBy(log(), 0);
    const before = readFileSync(path(), "utf8");
    disk.bytesMax = 8_000;
    breakDisk("write", "ENOSPC", 2);
    await expect(store.drainEntries(log())).rejects.toMatchObject({ code: "store_unusable" });
    expect(readFileSync(path(), "utf8")).toBe(before);
  });
});

test("a log that became shorter while it is read ends there, and nothing is made up", async () => {
  await askedBy(log(), 0, 3);
  disk.bytesMax = 0;
  const strangers: string[] = [];
  const onUnreadable = (text: string): void => void strangers.push(text);
  for await (const line of readHistory({ path: path(), names, isNewestFirst: true, onUnreadable }))
    strangers.push(`${line.seq}`);
  expect(strangers).toEqual([]);
});

test("a reader that stops early leaves no file open", async () => {
  await askedBy(log(), 0, 3);
  for await (const line of readHistory({ path: path(), names, isNewestFirst: true })) {
    expect(line.seq).toBe(6);
    break;
  }
  expect([...disk.open.values()]).toEqual([]);
});
