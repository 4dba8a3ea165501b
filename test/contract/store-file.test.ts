// What the SQLite store does that its port does not show: how the file is opened and brought up to date,
// what stands in its rows, and who holds its locks. Looked at through a second connection.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import BetterSqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { must } from "../../src/core/assert.ts";
import { recordId, runId } from "../../src/core/ids.ts";
import { migrations } from "../../src/store/migrate.ts";
import { first } from "../../src/store/migrations/0001-first.ts";
import type { Migration } from "../../src/store/migrations/migration.ts";
import type { OnewayStore } from "../../src/store/oneway-store.ts";
import { tryFileLock } from "../../src/store/sqlite/lock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { EntrySink, Lease, Store } from "../../src/store/store.ts";
import { contacts, makeSyncState, sync } from "../fixture/oneway-store.ts";
import { makeLink, makePair, pair } from "../fixture/store.ts";

let directory = "";
let open: Store[] = [];
const file = (name = "tandem.db"): string => join(directory, name);
const clock = { nowMs: 1_795_000_000_000 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-store-file-"));
  clock.nowMs = 1_795_000_000_000;
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const store of open) await store.close();
  open = [];
  rmSync(directory, { recursive: true, force: true });
});

async function start(
  steps: readonly Migration[] = migrations,
  nowMs: () => number = () => clock.nowMs,
): Promise<Store & OnewayStore> {
  const store = await openSqliteStore({ path: file(), nowMs, migrations: steps });
  open.push(store);
  return store;
}

async function stop(): Promise<void> {
  for (const store of open.splice(0)) await store.close();
}

/** Asks the file itself. */
function ask<T>(sql: string, name = "tandem.db"): T[] {
  const db = new BetterSqlite(file(name));
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}

const copies = (): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.includes(".bak"))
    .toSorted();

/** The tables and indexes of a file, one a line. */
function schemaOf(name = "tandem.db"): string {
  const sql = "select sql from sqlite_schema where sql is not null order by name";
  const rows = ask<{ sql: string }>(sql, name);
  return `\n${rows.map((row) => row.sql.replaceAll(/\s+/gu, " ")).join("\n")}\n`;
}

describe("an open store", () => {
  test("waits for others, and has each commit on the disk before it answers", async () => {
    const asked = vi.spyOn(BetterSqlite.prototype, "pragma");
    await start();
    const db = asked.mock.contexts[0] as BetterSqlite.Database;
    const settings = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"];
    expect(settings.map((name) => [name, db.pragma(name, { simple: true })])).toEqual([
      ["journal_mode", "wal"],
      ["synchronous", 2],
      ["foreign_keys", 1],
      ["busy_timeout", 10_000],
    ]);
  });

  test("begins every transaction as a writer, and keeps its statements", async () => {
    const prepared = vi.spyOn(BetterSqlite.prototype, "prepare");
    const store = await start();
    const opened = prepared.mock.calls.length;
    expect(prepared.mock.calls.flat()).toContain("begin immediate");
    await store.commit(null, [{ kind: "pair", pair: makePair() }]);
    await store.commit(null, [{ kind: "pair", pair: makePair() }]);
    await store.loadPair(pair);
    await store.loadPair(pair);
    const statements = prepared.mock.calls.slice(opened).map(([sql]) => sql);
    expect(statements.filter((sql) => sql.startsWith("begin"))).toEqual([]);
    expect(new Set(statements).size).toBe(statements.length);
  });

  test("keeps no more statements than a hundred, those used last", async () => {
    const store = await start();
    const prepared = vi.spyOn(BetterSqlite.prototype, "prepare");
    const ids = Array.from({ length: 150 }, (_, at) => makeLink(`n${at}`).id);
    const countOf = async (count: number): Promise<number> => {
      const before = prepared.mock.calls.length;
      await store.loadLinks(ids.slice(0, count));
      return prepared.mock.calls.length - before;
    };
    for (let count = 1; count <= 100; count += 1) expect(await countOf(count)).toBe(1);
    expect(await countOf(1)).toBe(0);
    expect(await countOf(101)).toBe(1);
    // The one used a moment ago is there, the oldest of the others is not.
    expect(await countOf(1)).toBe(0);
    expect(await countOf(2)).toBe(1);
  });

  test("that is closed lets go of its file, its locks and what lay beside it", async () => {
    const store = await start();
    await store.takeLease("a", "me");
    await store.commit(null, [{ kind: "pair", pair: makePair() }]);
    expect(readdirSync(directory)).toContain("tandem.db-wal");
    const closed = vi.spyOn(BetterSqlite.prototype, "close");
    await stop();
    expect(closed).toHaveBeenCalledTimes(2);
    expect(readdirSync(directory).toSorted()).toEqual(["tandem.db", "tandem.db.a.lock"]);
    await expect(store.loadPair(pair)).rejects.toThrow(/destroyed|closed|not open/u);
  });

  test("on a full disk says so, takes nothing back twice, and goes on when there is room", async () => {
    const asked = vi.spyOn(BetterSqlite.prototype, "pragma");
    const store = await start();
    const db = asked.mock.contexts[0] as BetterSqlite.Database;
    const links = Array.from({ length: 400 }, (_, at) => makeLink(`n${at}`));
    const changes = links.map((link) => ({ kind: "link", link }) as const);
    db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true })) + 4}`);
    await expect(store.commit(null, changes)).rejects.toMatchObject({
      code: "store_unusable",
      message: `The store ${file()} cannot be read or written (SQLITE_FULL).`,
      remedy: "Free some space on the disk; nothing was lost.",
      context: { path: file(), reason: "SQLITE_FULL" },
    });
    expect(await store.loadLinkIndex(pair)).toEqual([]);
    db.pragma("max_page_count = 100000");
    await store.commit(null, changes);
    expect(await store.loadLinkIndex(pair)).toHaveLength(400);
  });
});

describe("whatever is asked of a file that lost its tables", () => {
  const none = () => 0;
  const sink: EntrySink = { lastSeq: none, holds: () => false, write: none, probe: none };
  const query = { sync, cycle: 1, touchedBeforeMs: 1, isOwnOnly: true, keptBy: [] };
  const lease: Lease = { name: "a", token: 1 };
  test.each<[string, (store: Store & OnewayStore) => Promise<unknown>]>([
    ["loadPair", (store) => store.loadPair(pair)],
    ["loadLinkIndex", (store) => store.loadLinkIndex(pair)],
    ["loadLinks", (store) => store.loadLinks([makeLink("a").id])],
    ["findLink", (store) => store.findLink(pair, recordId("r"))],
    ["searchLinks", (store) => store.searchLinks(pair, "a")],
    ["loadIntents", (store) => store.loadIntents(pair)],
    ["loadConflicts", (store) => store.loadConflicts(pair, ["open"])],
    ["loadQuarantine", (store) => store.loadQuarantine(pair)],
    ["loadRun", (store) => store.loadRun(runId("r"))],
    ["loadRuns", (store) => store.loadRuns(null, 1)],
    ["loadEntries", (store) => store.loadEntries({})],
    ["commit", (store) => store.commit(null, [{ kind: "pair", pair: makePair() }])],
    ["takeLease", (store) => store.takeLease("a", "me")],
    ["renewLease", (store) => store.renewLease(lease)],
    ["dropLease", (store) => store.dropLease(lease)],
    ["drainEntries", (store) => store.drainEntries(sink)],
    ["loadDrained", (store) => store.loadDrained()],
    ["loadNumbered", (store) => store.loadNumbered(0, 1)],
    ["tidy", (store) => store.tidy()],
    ["loadBindings", (store) => store.loadBindings("crm")],
    ["loadSync", (store) => store.loadSync(sync)],
    ["loadSyncs", (store) => store.loadSyncs(null)],
    ["loadRows", (store) => store.loadRows(contacts, ["k"])],
    ["loadRowPage", (store) => store.loadRowPage(contacts, null, 1)],
    ["countRows", (store) => store.countRows(contacts)],
    ["countUnseen", (store) => store.countUnseen({ ...query, database: contacts })],
    ["countSeen", (store) => store.countSeen({ sync, database: contacts, cycle: 1 })],
    ["loadUnseen", (store) => store.loadUnseen({ ...query, database: contacts }, 1)],
    ["loadOpenCreates", (store) => store.loadOpenCreates(contacts)],
    ["loadWaiting", (store) => store.loadWaiting(contacts, ["k"])],
    ["loadWaitingPage", (store) => store.loadWaitingPage(contacts, null, 1)],
    ["countWaiting", (store) => store.countWaiting(contacts)],
    ["loadTargets", (store) => store.loadTargets(contacts, ["k"])],
    ["loadNamers", (store) => store.loadNamers(contacts)],
    ["countLeases", (store) => store.countLeases("a")],
    ["loadOnewayRuns", (store) => store.loadOnewayRuns(null, 1)],
    ["loadOnewayRun", (store) => store.loadOnewayRun(runId("r"))],
    ["loadLog", (store) => store.loadLog(runId("r"))],
    ["loadPacers", (store) => store.loadPacers("crm")],
    ["loadEvents", (store) => store.loadEvents(0, 1)],
    ["commitOneway", (store) => store.commitOneway([], [{ kind: "sync", state: makeSyncState() }])],
  ])("%s tells the file and why, as an error of the store", async (_, call) => {
    const asked = vi.spyOn(BetterSqlite.prototype, "pragma");
    const store = await start();
    const db = asked.mock.contexts[0] as BetterSqlite.Database;
    db.pragma("foreign_keys = OFF");
    const tables = db
      .prepare<[], { name: string }>("select name from sqlite_schema where type = 'table'")
      .all();
    for (const { name } of tables) db.exec(`drop table ${name}`);
    await expect(call(store)).rejects.toMatchObject({
      code: "store_unusable",
      context: { path: file(), reason: "SQLITE_ERROR" },
    });
  });
});

describe("the tables", () => {
  test("of a new store", async () => {
    const store = await start();
    expect(schemaOf()).toMatchSnapshot();
    expect(ask("select * from meta order by key")).toEqual([
      { key: "created_at_ms", value: "1795000000000" },
      { key: "schema_version", value: "3" },
      { key: "store_id", value: store.storeId },
    ]);
    expect(store.storeId).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u);
    expect(ask("select * from audit")).toEqual([{ id: 1, last_seq: 0, drained_seq: 0 }]);
    expect(copies()).toEqual([]);
  });

  test("of an old store are the same once it was brought up to date, each step taken once", async () => {
    const { storeId } = await start([first]);
    const old = schemaOf();
    await stop();
    clock.nowMs += 1;
    const taken: number[] = [];
    const steps = migrations.map((step) => ({
      version: step.version,
      statements: (words: Parameters<Migration["statements"]>[0]) => {
        taken.push(step.version);
        return step.statements(words);
      },
    }));
    expect((await start(steps)).storeId).toBe(storeId);
    await start(steps);
    expect(taken).toEqual([2, 3]);
    expect(ask("select * from meta order by key")).toEqual([
      { key: "created_at_ms", value: "1795000000000" },
      { key: "schema_version", value: "3" },
      { key: "store_id", value: storeId },
    ]);
    // The copy is of the store as it was, and of that version alone.
    expect(copies()).toEqual(["tandem.db.v1.bak"]);
    expect(schemaOf("tandem.db.v1.bak")).toBe(old);
    const upgraded = schemaOf();
    await stop();
    rmSync(file());
    await start();
    expect(upgraded).toBe(schemaOf());
  });

  test("are not touched where the copy before cannot be made", async () => {
    await start([first]);
    await stop();
    const before = schemaOf();
    mkdirSync(file("tandem.db.v1.bak"));
    await expect(start()).rejects.toMatchObject({
      code: "store_unusable",
      context: { path: file(), reason: "EISDIR" },
    });
    expect(schemaOf()).toBe(before);
    rmSync(file("tandem.db.v1.bak"), { recursive: true });
    // Half a copy that a crash left is in nobody's way.
    writeFileSync(file("tandem.db.v1.bak.part"), "half");
    await start();
    expect(copies()).toEqual(["tandem.db.v1.bak"]);
    expect(schemaOf("tandem.db.v1.bak")).toBe(before);
  });

  test("are copied under another name first, so that half a copy is never taken for a whole one", async () => {
    await start([first]);
    await stop();
    const copied = vi.spyOn(BetterSqlite.prototype, "backup");
    clock.nowMs = Date.UTC(2026, 10, 21, 23, 59, 59);
    const store = await start();
    await store.tidy();
    clock.nowMs += 1_000;
    await store.tidy();
    expect(copied.mock.calls).toEqual([
      [file("tandem.db.v1.bak.part")],
      [file("tandem.db.2026-11-21.bak.part")],
      [file("tandem.db.2026-11-22.bak.part")],
    ]);
    expect(copies()).toEqual([
      "tandem.db.2026-11-21.bak",
      "tandem.db.2026-11-22.bak",
      "tandem.db.v1.bak",
    ]);
  });

  test("stay as they were when a step fails, and the copy made before it is there", async () => {
    await start();
    await stop();
    const before = schemaOf();
    const broken = [
      { version: 4, statements: () => ["create table extra (id text)"] },
      { version: 5, statements: () => ["create table more (id text)", "not sql"] },
    ];
    const closed = vi.spyOn(BetterSqlite.prototype, "close");
    await expect(start([...migrations, ...broken])).rejects.toMatchObject({
      code: "store_unusable",
    });
    // A file left open could not be moved away on every system.
    expect(closed).toHaveBeenCalledOnce();
    expect(schemaOf()).toBe(before);
    expect(ask("select value from meta where key = 'schema_version'")).toEqual([{ value: "3" }]);
    expect(copies()).toEqual(["tandem.db.v3.bak"]);
  });
});

describe("a file that is not ours", () => {
  const refused = async (code: string): Promise<unknown> => {
    const before = readFileSync(file());
    let error: unknown;
    await expect(
      start().catch((caught: unknown) => {
        error = caught;
        throw caught;
      }),
    ).rejects.toMatchObject({ code });
    expect(readFileSync(file()).equals(before)).toBe(true);
    expect(readdirSync(directory)).toEqual(["tandem.db"]);
    return error;
  };

  test("of a later program is left byte for byte, and told with both versions", async () => {
    const next = { version: 4, statements: () => ["create table later (id text)"] };
    await start([...migrations, next]);
    await stop();
    expect(await refused("store_newer")).toMatchObject({
      message: "The store has version 4; this program knows versions up to 3.",
      context: { version: 4, newest: 3 },
    });
  });

  test("for it is damaged, also where opening it reads nothing, is left byte for byte", async () => {
    await start();
    await stop();
    const sql = "select rootpage from sqlite_schema where name = 'oneway_log'";
    const { rootpage } = must(ask<{ rootpage: number }>(sql)[0], "the table");
    const bytes = readFileSync(file());
    bytes.fill(0xee, (rootpage - 1) * 4096, rootpage * 4096);
    writeFileSync(file(), bytes);
    expect(await refused("store_corrupt")).toMatchObject({
      message: `The store ${file()} is damaged or is not a store of Tandem (integrity check failed).`,
    });
  });

  test("of another program is left byte for byte", async () => {
    ask("select 1");
    const db = new BetterSqlite(file());
    db.exec("create table customer (id integer)");
    db.close();
    expect(await refused("store_corrupt")).toMatchObject({
      message: `The store ${file()} is damaged or is not a store of Tandem (it holds another program's tables).`,
    });
  });
});

describe("a lease", () => {
  interface LeaseRow {
    readonly holder: string | null;
    readonly token: number;
    readonly expires_at: number;
    readonly is_locked: number;
  }
  const rows = (): LeaseRow[] => ask("select holder, token, expires_at, is_locked from lease");
  const take = async (store: Store, holder: string): Promise<Lease> => {
    const lease = await store.takeLease("pair a/b", holder);
    if ("heldBy" in lease) throw new Error(`held by ${lease.heldBy}`);
    return lease;
  };

  test("says in its row whose it is, until when, and whether a lock stands for it", async () => {
    const store = await start();
    const startMs = clock.nowMs;
    const lease = await take(store, "first");
    expect(lease).toEqual({ name: "pair a/b", token: 1 });
    expect(rows()).toEqual([
      { holder: "first", token: 1, expires_at: startMs + 120_000, is_locked: 1 },
    ]);
    clock.nowMs += 30_000;
    await store.renewLease(lease);
    expect(rows()).toEqual([
      { holder: "first", token: 1, expires_at: startMs + 150_000, is_locked: 1 },
    ]);
    await store.dropLease(lease);
    expect(rows()).toEqual([{ holder: null, token: 1, expires_at: 0, is_locked: 0 }]);
    await expect(store.renewLease(lease)).rejects.toMatchObject({
      code: "lease_lost",
      context: { lease: "pair a/b" },
    });
    // The name is no path: what stands in it cannot lead elsewhere.
    expect(readdirSync(directory).filter((name) => name.endsWith(".lock"))).toEqual([
      "tandem.db.pair%20a%2Fb.lock",
    ]);
  });

  test("is held to the last millisecond, and over at its end", async () => {
    const [one, two] = [await start(), await start()];
    await take(one, "first");
    clock.nowMs += 119_999;
    expect(await two.takeLease("pair a/b", "second")).toEqual({ heldBy: "first" });
    clock.nowMs += 1;
    await take(two, "second");
    // Taken from one that still has the lock: then a free lock says nothing about the new holder.
    expect(rows()).toMatchObject([{ holder: "second", token: 2, is_locked: 0 }]);
  });

  test("that was dropped is free for another at once, lock and all", async () => {
    const [one, two] = [await start(), await start()];
    await one.dropLease(await take(one, "first"));
    await take(two, "second");
    expect(rows()).toMatchObject([{ holder: "second", token: 2, is_locked: 1 }]);
    expect(await one.takeLease("pair a/b", "third")).toEqual({ heldBy: "second" });
  });

  test("whose holder's process is gone is taken over at once, and one that came without a lock is not", async () => {
    const one = await start();
    await take(one, "first");
    await stop();
    const [two, three] = [await start(), await start()];
    await take(two, "second");
    expect(rows()).toMatchObject([{ holder: "second", token: 2, is_locked: 1 }]);
    ask("update lease set is_locked = 0 returning 1");
    await two.close();
    open.splice(open.indexOf(two), 1);
    expect(await three.takeLease("pair a/b", "third")).toEqual({ heldBy: "second" });
  });

  test("that was lost gives its lock up when that is noticed, and the new holder gets it", async () => {
    const [one, two] = [await start(), await start()];
    const old = await take(one, "first");
    clock.nowMs += 120_000;
    const fresh = await take(two, "second");
    await two.renewLease(fresh);
    expect(rows()).toMatchObject([{ is_locked: 0 }]);
    await expect(one.renewLease(old)).rejects.toMatchObject({ code: "lease_lost" });
    await two.renewLease(fresh);
    expect(rows()).toMatchObject([{ holder: "second", token: 2, is_locked: 1 }]);
    // And lets go of it in the end.
    await two.dropLease(fresh);
    await take(one, "third");
    expect(rows()).toMatchObject([{ holder: "third", token: 3, is_locked: 1 }]);
  });

  test("of one process, taken anew when its time was over, keeps the lock under its new token", async () => {
    const [one, two] = [await start(), await start()];
    const old = await take(one, "first");
    expect(await one.takeLease("pair a/b", "again")).toEqual({ heldBy: "first" });
    clock.nowMs += 120_000;
    const fresh = await take(one, "again");
    expect(rows()).toMatchObject([{ holder: "again", token: 2, is_locked: 1 }]);
    await one.dropLease(old);
    await expect(one.renewLease(old)).rejects.toMatchObject({ code: "lease_lost" });
    expect(rows()).toMatchObject([{ holder: "again", token: 2, is_locked: 1 }]);
    expect(await two.takeLease("pair a/b", "second")).toEqual({ heldBy: "again" });
    await one.renewLease(fresh);
    expect(rows()).toMatchObject([{ is_locked: 1 }]);
  });

  test("whose lock is taken before its row is told as another process's", async () => {
    const store = await start();
    const lock = tryFileLock(file("tandem.db.pair%20a%2Fb.lock"));
    const startMs = performance.now();
    expect(tryFileLock(file("tandem.db.pair%20a%2Fb.lock"))).toBeNull();
    // Nobody waits for it: its holder may have it for hours.
    expect(performance.now() - startMs).toBeLessThan(4_000);
    expect(await store.takeLease("pair a/b", "me")).toEqual({ heldBy: "another process" });
    lock?.release();
    expect(await take(store, "me")).toEqual({ name: "pair a/b", token: 1 });
  });

  test("that cannot be taken leaves no lock behind", async () => {
    const [one, two] = [await start(), await start()];
    await one.close();
    open.splice(open.indexOf(one), 1);
    await expect(one.takeLease("pair a/b", "first")).rejects.toThrow(/./u);
    await take(two, "second");
    expect(rows()).toMatchObject([{ holder: "second", is_locked: 1 }]);
  });

  test("whose lock file cannot be made is an error, and none is taken for held", () => {
    mkdirSync(file("a.lock"));
    expect(() => tryFileLock(file("a.lock"))).toThrow(/unable to open|directory/u);
    expect(existsSync(file("b.lock"))).toBe(false);
  });
});
