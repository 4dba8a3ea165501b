// In which order things come out of the store, which of them go in time, and how entries get into the
// audit log: whole answers, so that a wrong order, bound or filter shows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import BetterSqlite from "better-sqlite3";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { must } from "../../src/core/assert.ts";
import { linkId, pairId, runId } from "../../src/core/ids.ts";
import { databaseId, syncId } from "../../src/core/oneway/ids.ts";
import type { OnewayChange, OnewayStore } from "../../src/store/oneway-store.ts";
import { prune } from "../../src/store/prune.ts";
import { WriterSqliteDialect } from "../../src/store/sqlite/dialect.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { EntrySink, Store, StoreChange } from "../../src/store/store.ts";
import type { Tables } from "../../src/store/tables.ts";
import {
  companies,
  contacts,
  makeBinding,
  makeIndexed,
  makeOnewayRun,
  makeSyncState,
} from "../fixture/oneway-store.ts";
import {
  changeBody,
  makeConflict,
  makeEntry,
  makeIntent,
  makeLink,
  makeQuarantine,
  makeRun,
  pair,
  runBody,
} from "../fixture/store.ts";

let directory = "";
let path = "";
let store: Store & OnewayStore;
const clock = { nowMs: 1_795_000_000_000 };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tandem-rows-"));
  path = join(directory, "tandem.db");
  clock.nowMs = 1_795_000_000_000;
  store = await openSqliteStore({ path, nowMs: () => clock.nowMs });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const linksOf = (...names: string[]): StoreChange[] =>
  names.map((name) => ({ kind: "link", link: makeLink(name) }));
const ids = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map((row) => row.id);
const another = pairId("another");

describe("what comes out", () => {
  test("intents: by when they were sent, then by id, of the pair alone", async () => {
    const intent = (name: string, sentAtMs: number, of = pair): StoreChange => ({
      kind: "intent",
      intent: makeIntent(name, "a", { sentAtMs, pair: of }),
    });
    const late = intent("op1", 20);
    await store.commit(null, [
      ...linksOf("a"),
      late,
      intent("op9", 10),
      intent("op3", 10),
      intent("op0", 1, another),
    ]);
    expect(ids(await store.loadIntents(pair))).toEqual(["op3", "op9", "op1"]);
    // Sent again it goes to the end; the rest stays.
    await store.commit(null, [intent("op3", 30)]);
    expect(ids(await store.loadIntents(pair))).toEqual(["op9", "op1", "op3"]);
    await store.commit(null, [{ kind: "intent-drop", id: makeIntent("op9", "a").id }]);
    expect(ids(await store.loadIntents(pair))).toEqual(["op1", "op3"]);
    expect(ids(await store.loadIntents(another))).toEqual(["op0"]);
  });

  test("conflicts: by since when they are, then by id, of the pair alone", async () => {
    const conflict = (id: string, sinceMs: number, change = {}): StoreChange => ({
      kind: "conflict",
      conflict: makeConflict(id, "a", { sinceMs, ...change }),
    });
    await store.commit(null, [
      ...linksOf("a", "b"),
      conflict("k1", 30),
      conflict("k9", 10),
      conflict("k3", 10),
      conflict("k4", 20, { status: "closed" }),
      conflict("k1", 1, { pair: another }),
    ]);
    expect(ids(await store.loadConflicts(pair, ["open"]))).toEqual(["k3", "k9", "k1"]);
    expect(ids(await store.loadConflicts(pair, ["closed", "open"]))).toEqual([
      "k3",
      "k9",
      "k4",
      "k1",
    ]);
    const moved = makeConflict("k3", "b", { sinceMs: 40, status: "answered" });
    await store.commit(null, [{ kind: "conflict", conflict: moved }]);
    expect(await store.loadConflicts(pair, ["answered"])).toEqual([moved]);
    // It goes with the link it is about now.
    await store.commit(null, [{ kind: "link-drop", id: linkId("b") }]);
    expect(await store.loadConflicts(pair, ["answered"])).toEqual([]);
  });

  test("quarantine: by link, then by side, of the pair alone", async () => {
    const change = (link: string, side: "left" | "right", of = pair): StoreChange => ({
      kind: "quarantine",
      quarantine: makeQuarantine(link, { side, pair: of }),
    });
    await store.commit(null, [
      ...linksOf("a", "b", "c"),
      change("b", "right"),
      change("b", "left"),
      change("a", "right"),
      change("c", "right", another),
    ]);
    const held = async (of = pair) =>
      (await store.loadQuarantine(of)).map(({ link, side }) => `${link} ${side}`);
    expect(await held()).toEqual(["a right", "b left", "b right"]);
    await store.commit(null, [{ kind: "quarantine-drop", link: linkId("b"), side: "left" }]);
    expect(await held()).toEqual(["a right", "b right"]);
    expect(await held(another)).toEqual(["c right"]);
    await store.commit(null, [change("c", "right")]);
    expect(await held(another)).toEqual([]);
  });

  test("runs: the newest first, of those begun at once the last id", async () => {
    const run = (id: string, startedAtMs: number): StoreChange => ({
      kind: "run",
      run: makeRun(id, { startedAtMs }),
    });
    await store.commit(null, [run("r2", 5), run("r1", 5), run("r9", 1), run("r0", 9)]);
    expect(ids(await store.loadRuns(null, 9))).toEqual(["r0", "r2", "r1", "r9"]);
    expect(ids(await store.loadRuns(pair, 2))).toEqual(["r0", "r2"]);
  });

  test("entries: each filter narrows the others, and the count keeps the first of the order", async () => {
    const entry = (change: Parameters<typeof makeEntry>[1], link = "a"): StoreChange => ({
      kind: "entry",
      entry: makeEntry({ ...changeBody, link: linkId(link) }, change),
    });
    const [r1, r2] = [runId("r1"), runId("r2")];
    await store.commit(null, [
      entry({ run: r1, atMs: 1 }),
      entry({ run: r1, atMs: 2, pair: another }),
      entry({ run: r2, atMs: 3 }),
      entry({ run: r2, atMs: 4 }, "b"),
      { kind: "entry", entry: makeEntry(runBody, { run: r2, atMs: 5 }) },
    ]);
    const at = async (query: Parameters<Store["loadEntries"]>[0]) =>
      (await store.loadEntries(query)).map((one) => one.atMs);
    expect(await at({ countMax: 2 })).toEqual([1, 2]);
    expect(await at({ isNewestFirst: false })).toEqual([1, 2, 3, 4, 5]);
    expect(await at({ run: r1, pair })).toEqual([1]);
    expect(await at({ link: linkId("a"), run: r2 })).toEqual([3]);
    expect(await at({ pair, types: ["change"], isNewestFirst: true })).toEqual([4, 3, 1]);
    expect(await at({ types: ["change", "run"], countMax: 3, isNewestFirst: true })).toEqual([
      5, 4, 3,
    ]);
  });

  test("as many as there are, not only the first of them", async () => {
    const many = Array.from({ length: 1_100 }, (_, at) => at);
    await store.commit(null, [
      ...linksOf("a"),
      ...many.flatMap((at): StoreChange[] => [
        { kind: "intent", intent: makeIntent(`op${at}`, "a", { cells: [], sentAtMs: 0 }) },
        { kind: "conflict", conflict: makeConflict(`k${at}`, "a") },
        { kind: "entry", entry: makeEntry() },
        { kind: "run", run: makeRun(`r${at}`) },
      ]),
    ]);
    expect(await store.loadIntents(pair)).toHaveLength(1_100);
    expect(await store.loadConflicts(pair, ["open"])).toHaveLength(1_100);
    expect(await store.loadEntries({})).toHaveLength(1_100);
    expect(await store.loadRuns(null, 1_099)).toHaveLength(1_099);
  });

  test("a link by what it is now: another title, another row, another state", async () => {
    await store.commit(null, linksOf("a"));
    const now = makeLink("a", {
      title: "Later \u{1f600}",
      ids: { left: makeLink("b").ids.left, right: makeLink("a").ids.right },
      state: "archived",
      isFlagged: true,
      hashes: { left: "h9", right: "h8" },
      stamps: { left: 7, right: 8 },
      bornAtMs: 9,
    });
    await store.commit(null, [{ kind: "link", link: now }]);
    expect(await store.searchLinks(pair, "later")).toEqual([now]);
    // What follows the start of a title may be any sign.
    expect(await store.searchLinks(pair, "Later ")).toEqual([now]);
    expect(await store.searchLinks(pair, "Spec")).toEqual([]);
    expect(await store.findLink(pair, must(now.ids.left, "a row"))).toEqual(now);
    expect(await store.findLink(pair, must(makeLink("a").ids.left, "a row"))).toBeNull();
    const { id, ids, state, hashes, stamps, isFlagged } = now;
    expect(await store.loadLinkIndex(pair)).toEqual([
      { id, ids, state, hashes, stamps, isFlagged },
    ]);
  });

  test("links found by a text: by title, then by id, twenty at most", async () => {
    const titled = (name: string, title: string): StoreChange => ({
      kind: "link",
      link: makeLink(name, { title }),
    });
    const many = Array.from({ length: 25 }, (_, at) => titled(`n${at + 10}`, `Spec ${at % 2}`));
    await store.commit(null, [...many, titled("z", "Alpha"), titled("spec", "Zulu")]);
    const found = await store.searchLinks(pair, "SPEC");
    const even = Array.from({ length: 13 }, (_, at) => `n${10 + 2 * at}`);
    expect(ids(found)).toEqual([
      ...even,
      ...even.slice(0, 7).map((id) => `n${Number(id.slice(1)) + 1}`),
    ]);
    // An id is meant whole and as it is written.
    expect(ids(await store.searchLinks(pair, "z"))).toEqual(["z", "spec"]);
    expect(ids(await store.searchLinks(pair, "page-n10"))).toEqual(["n10"]);
    expect(ids(await store.searchLinks(pair, "rec-n10"))).toEqual(["n10"]);
    expect(ids(await store.searchLinks(pair, "n10"))).toEqual(["n10"]);
    expect(ids(await store.searchLinks(pair, "page-n1"))).toEqual([]);
  });
});

describe("what comes out of one-way syncs", () => {
  const save = (...changes: OnewayChange[]): Promise<void> => store.commitOneway([], changes);

  test("bindings, states and namers by their ids, rows by their keys", async () => {
    const [other, worker] = [syncId("crm/a"), syncId("erp/x")];
    const seen = (sync: typeof other, key: string): OnewayChange => ({
      kind: "seen",
      sync,
      database: contacts,
      key,
      cycle: 1,
    });
    const keys = ["c", "a", "b"];
    const open = keys.map((key) => makeIndexed(key, { rowId: null, createBegunAtMs: 1 }));
    await save(
      { kind: "binding", binding: makeBinding() },
      { kind: "binding", binding: makeBinding({ database: companies }) },
      { kind: "binding", binding: makeBinding({ database: databaseId("erp/a") }) },
      { kind: "sync", state: makeSyncState() },
      { kind: "sync", state: makeSyncState({ id: worker }) },
      { kind: "sync", state: makeSyncState({ id: other }) },
      ...open.map((row) => ({ kind: "row", row }) as const),
      seen(worker, "a"),
      seen(other, "b"),
      seen(other, "c"),
    );
    expect((await store.loadBindings("crm")).map((one) => one.database)).toEqual([
      companies,
      contacts,
    ]);
    expect(ids(await store.loadSyncs("crm"))).toEqual([other, "crm/contacts"]);
    expect(ids(await store.loadSyncs(null))).toEqual([other, "crm/contacts", worker]);
    expect(await store.loadNamers(contacts)).toEqual([other, worker]);
    expect((await store.loadOpenCreates(contacts)).map((row) => row.key)).toEqual(["a", "b", "c"]);
    expect(await store.loadOpenCreates(companies)).toEqual([]);
    await save(...keys.map((key) => ({ kind: "row", row: makeIndexed(key) }) as const));
    const query = {
      sync: syncId("crm/contacts"),
      database: contacts,
      cycle: 1,
      touchedBeforeMs: 5_000,
      isOwnOnly: false,
      keptBy: [],
    };
    expect((await store.loadUnseen(query, 2)).map((row) => row.key)).toEqual(["a", "b"]);
    // A later cycle of another sync keeps a row as well as the one it is asked for.
    const keptBy = [{ sync: other, cycle: 0 }];
    expect(await store.countUnseen({ ...query, keptBy })).toBe(1);
    const keptByBoth = [...keptBy, { sync: worker, cycle: 1 }];
    expect(await store.countUnseen({ ...query, keptBy: keptByBoth })).toBe(0);
  });

  test("rows that wait: each once, in the order of their keys, page by page", async () => {
    const on = (...missing: string[]) => ({ target: companies, keys: missing, missing });
    const keys = ["d", "b", "a", "c"];
    const rows = keys.map((key) =>
      makeIndexed(key, { waiting: { One: on("x", "y"), Two: on("x") } }),
    );
    await save(...rows.map((row) => ({ kind: "row", row }) as const));
    const page = async (after: string | null, count: number) =>
      (await store.loadWaitingPage(contacts, after, count)).map((row) => row.key);
    expect(await page(null, 3)).toEqual(["a", "b", "c"]);
    expect(await page("c", 3)).toEqual(["d"]);
    expect(await page("d", 3)).toEqual([]);
    expect(await store.countWaiting(contacts)).toBe(4);
    expect(await store.countWaiting(companies)).toBe(0);
    const found = await store.loadWaiting(companies, ["x", "y"]);
    expect(found.map((row) => row.key).toSorted()).toEqual(["a", "b", "c", "d"]);
    expect(found).toContainEqual(rows[0]);
  });

  test("runs and events in their order, of those at once by id", async () => {
    const run = (id: string, startedAtMs: number): OnewayChange => ({
      kind: "run",
      run: makeOnewayRun(id, { startedAtMs }),
    });
    const event = (id: string, notBeforeMs: number) => ({
      id,
      hook: "crm/hook",
      json: { deep: [null] },
      attempts: 2,
      notBeforeMs,
    });
    await save(run("r2", 5), run("r1", 5), run("r9", 1), run("r0", 9));
    expect(ids(await store.loadOnewayRuns(null, 3))).toEqual(["r0", "r2", "r1"]);
    const events = [event("b", 10), event("a", 10), event("c", 5), event("d", 11)];
    await save(...events.map((one) => ({ kind: "event", event: one }) as const));
    expect(await store.loadEvents(10, 9)).toEqual([events[2], events[1], events[0]]);
    expect(ids(await store.loadEvents(10, 2))).toEqual(["c", "a"]);
    expect(ids(await store.loadEvents(9, 9))).toEqual(["c"]);
  });

  test("what is saved again takes the place of what was there, and what is dropped is one thing alone", async () => {
    const waiting = { C: { target: companies, keys: ["x"], missing: ["x"] } };
    const here = makeIndexed("k", { waiting });
    const there = makeIndexed("k", { database: companies, waiting });
    const bound = makeBinding({ isIndexed: true, origin: "command", url: "u" });
    await save(
      { kind: "binding", binding: makeBinding() },
      { kind: "binding", binding: bound },
      { kind: "row", row: here },
      { kind: "row", row: there },
      { kind: "row", row: makeIndexed("l", { waiting }) },
    );
    expect(await store.loadBindings("crm")).toEqual([bound]);
    await save({ kind: "row-drop", database: contacts, key: "k" });
    expect(await store.loadRows(companies, ["k"])).toEqual([there]);
    const left = await store.loadWaiting(companies, ["x"]);
    expect(left.map((row) => `${row.database} ${row.key}`).toSorted()).toEqual([
      "crm/companies k",
      "crm/contacts l",
    ]);
    await save({ kind: "row", row: { ...there, waiting: {} } });
    expect((await store.loadWaiting(companies, ["x"])).map((row) => row.key)).toEqual(["l"]);
    await save({ kind: "binding-drop", database: companies });
    expect((await store.loadRows(contacts, ["l"])).map((row) => row.key)).toEqual(["l"]);
    expect((await store.loadWaiting(companies, ["x"])).map((row) => row.key)).toEqual(["l"]);
    expect(await store.loadRows(companies, ["k"])).toEqual([]);
    expect(await store.loadBindings("crm")).toEqual([bound]);
  });

  test("rows that wait for the last of many keys are found too, and told once", async () => {
    const keys = Array.from({ length: 1_001 }, (_, at) => `k${at}`);
    const missing = ["k0", "k499", "k500", "k1000"];
    const waiting = { C: { target: companies, keys: missing, missing } };
    const last = { C: { target: companies, keys: ["k1000"], missing: ["k1000"] } };
    const rows = [makeIndexed("all", { waiting }), makeIndexed("last", { waiting: last })];
    await save(...rows.map((row) => ({ kind: "row", row }) as const));
    expect(await store.loadWaiting(companies, keys)).toEqual(rows);
  });

  test("a row that could not be made is known by its problem, and one of nothing is refused", async () => {
    const problem = { message: "m", hash: "h" };
    const row = makeIndexed("k", { rowId: null, problem });
    await save({ kind: "row", row });
    expect(await store.loadRows(contacts, ["k"])).toEqual([row]);
    expect(await store.countRows(contacts)).toEqual({ live: 0, trashed: 0 });
    const nothing = makeIndexed("l", { rowId: null });
    await expect(save({ kind: "row", row: nothing })).rejects.toThrow("without a row");
  });

  test("a finished run is one, and a running one is not finished", async () => {
    const bad = [makeOnewayRun("r", { status: "ok" }), makeOnewayRun("r", { finishedAtMs: 3 })];
    for (const run of bad) await expect(save({ kind: "run", run })).rejects.toThrow("its end");
    const good = makeOnewayRun("r", { status: "ok", finishedAtMs: 3 });
    await save({ kind: "run", run: makeOnewayRun("r") }, { kind: "run", run: good });
    expect(await store.loadOnewayRun(runId("r"))).toEqual(good);
  });

  test("many keys said in one commit are each saved, and each where it belongs", async () => {
    const keys = Array.from({ length: 450 }, (_, at) => `k${String(at).padStart(3, "0")}`);
    const touch = (key: string, atMs: number, database = contacts): OnewayChange => ({
      kind: "touch",
      database,
      key,
      atMs,
    });
    const seen = (key: string, cycle: number, database = contacts): OnewayChange => ({
      kind: "seen",
      sync: syncId("crm/contacts"),
      database,
      key,
      cycle,
    });
    await save(...keys.map((key) => ({ kind: "row", row: makeIndexed(key) }) as const), {
      kind: "row",
      row: makeIndexed("k000", { database: companies }),
    });
    await save(
      ...keys.map((key, at) => touch(key, at < 300 ? 2_000 : 3_000)),
      // Said at the same moment of the same key, in another database.
      touch("k000", 3_000, companies),
      ...keys.map((key) => seen(key, 7)),
      seen("k000", 6),
      seen("k000", 8),
      seen("k000", 8, companies),
    );
    const rows = await store.loadRows(contacts, keys);
    expect(rows.filter((row) => row.touchedAtMs === 2_000)).toHaveLength(300);
    expect(rows.filter((row) => row.touchedAtMs === 3_000)).toHaveLength(150);
    expect((await store.loadRows(companies, ["k000"]))[0]?.touchedAtMs).toBe(3_000);
    const countSeen = (database: typeof contacts, cycle: number) =>
      store.countSeen({ sync: syncId("crm/contacts"), database, cycle });
    expect([await countSeen(contacts, 7), await countSeen(contacts, 8)]).toEqual([449, 1]);
    expect([await countSeen(companies, 7), await countSeen(companies, 8)]).toEqual([0, 1]);
  });
});

describe("what goes in time", () => {
  const bounds = { runsMin: 2, keepMs: 1_000, entriesMax: 100, partMax: 100 };
  /** A run with an entry at each of these moments, named after it. */
  const runsAt = (moments: readonly number[], of = pair): StoreChange[] =>
    moments.flatMap((startedAtMs): StoreChange[] => {
      const id = `${of === pair ? "" : "x"}${startedAtMs}`;
      const run = makeRun(id, { startedAtMs, finishedAtMs: startedAtMs, status: "ok", pair: of });
      const entry = makeEntry(runBody, { run: runId(id), pair: of });
      return [
        { kind: "run", run },
        { kind: "entry", entry },
      ];
    });
  const drain = (): Promise<void> =>
    store.drainEntries({ lastSeq: () => 0, holds: () => true, write: () => {}, probe: () => {} });
  const pruned = async (nowMs: number, change: Partial<typeof bounds> = {}) => {
    const db = new Kysely<Tables>({ dialect: new WriterSqliteDialect(new BetterSqlite(path)) });
    await prune(db, nowMs, { ...bounds, ...change });
    await db.destroy();
    return {
      runs: ids(await store.loadRuns(null, 99)).toSorted(),
      entries: (await store.loadEntries({})).map((entry) => entry.run as string).toSorted(),
    };
  };

  test("runs that are both old and many, with their entries, of each pair by itself", async () => {
    await store.commit(null, [...runsAt([10, 20, 30, 40]), ...runsAt([10, 20], another)]);
    await drain();
    const all = ["10", "20", "30", "40", "x10", "x20"];
    expect(await pruned(1_010)).toEqual({ runs: all, entries: all });
    expect(await pruned(1_011)).toEqual({ runs: all.slice(1), entries: all.slice(1) });
    // However old, two of each pair stay.
    const kept = ["30", "40", "x10", "x20"];
    expect(await pruned(9_999)).toEqual({ runs: kept, entries: kept });
  });

  test("never a run under way, never an entry that waits, never the last that was written", async () => {
    const running = makeRun("5", { startedAtMs: 5 });
    await store.commit(null, [{ kind: "run", run: running }, ...runsAt([10, 20])]);
    await drain();
    await store.commit(null, runsAt([30, 40, 50, 60]));
    // 20 is the last one written; what came after it waits.
    expect(await pruned(9_999)).toEqual({
      runs: ["20", "30", "40", "5", "50", "60"],
      entries: ["20", "30", "40", "50", "60"],
    });
    await drain();
    expect(await pruned(9_999)).toEqual({ runs: ["5", "50", "60"], entries: ["50", "60"] });
  });

  test("a run that ended after it began", async () => {
    const begun = [1, 2, 3].map((at) => makeRun(`${at}`, { startedAtMs: at }));
    await store.commit(
      null,
      begun.map((run) => ({ kind: "run", run }) as const),
    );
    expect((await pruned(9_999)).runs).toEqual(["1", "2", "3"]);
    const ended = begun.map((run) => ({ ...run, finishedAtMs: 4, status: "ok" }) as const);
    await store.commit(
      null,
      ended.map((run) => ({ kind: "run", run }) as const),
    );
    expect((await pruned(9_999)).runs).toEqual(["2", "3"]);
  });

  test("the oldest first, a part at a time", async () => {
    await store.commit(null, runsAt([30, 10, 20, 40, 50]));
    await drain();
    expect((await pruned(9_999, { partMax: 2 })).runs).toEqual(["30", "40", "50"]);
    expect((await pruned(9_999, { partMax: 2 })).runs).toEqual(["40", "50"]);
  });

  test("entries beyond so many, whatever run they are of, and never the last that was written", async () => {
    const many = { runsMin: 99, entriesMax: 2 };
    await store.commit(null, runsAt([10, 20, 30, 40]));
    expect((await pruned(0, many)).entries).toEqual(["10", "20", "30", "40"]);
    await drain();
    expect((await pruned(0, { ...many, partMax: 1 })).entries).toEqual(["20", "30", "40"]);
    expect((await pruned(0, many)).entries).toEqual(["30", "40"]);
    await store.commit(null, runsAt([50, 60, 70]));
    expect((await pruned(0, many)).entries).toEqual(["40", "50", "60", "70"]);
    expect(await store.loadDrained()).toMatchObject({ seq: 4 });
  });

  test("where nobody says otherwise: half a million entries stay", async () => {
    await store.commit(null, runsAt([10, 20, 30, 40]));
    await drain();
    const db = new BetterSqlite(path);
    db.exec("update entry set seq = seq + 500000 where seq > 2");
    db.exec("update audit set last_seq = 500002, drained_seq = 500002");
    db.close();
    clock.nowMs = 0;
    await store.tidy();
    expect((await store.loadEntries({})).map((entry) => entry.run)).toEqual(["30", "40"]);
  });

  test("where nobody says otherwise: five weeks stay, and beyond them a thousand runs", async () => {
    const dayMs = 86_400_000;
    const changes = Array.from({ length: 1_004 }, (_, at): StoreChange => {
      const startedAtMs = at * 1_000;
      const run = makeRun(`r${at}`, { startedAtMs, finishedAtMs: startedAtMs, status: "ok" });
      return { kind: "run", run };
    });
    await store.commit(null, changes);
    const oldest = async (nowMs: number): Promise<unknown> => {
      clock.nowMs = nowMs;
      await store.tidy();
      return (await store.loadRuns(pair, 2_000)).at(-1)?.id;
    };
    expect(await oldest(35 * dayMs)).toBe("r0");
    expect(await oldest(35 * dayMs + 1)).toBe("r1");
    expect(await oldest(35 * dayMs + 2_001)).toBe("r3");
    expect(await oldest(99 * dayMs)).toBe("r4");
  });
});

describe("into the audit log", () => {
  const entries = (count: number): StoreChange[] =>
    Array.from({ length: count }, () => ({ kind: "entry", entry: makeEntry() }));
  /** A sink that tells what it was asked, before a log that ends at this number. */
  function listen(last: number, holds: (seq: number) => boolean = () => false) {
    const asked: string[] = [];
    let lastSeq = last;
    const sink: EntrySink = {
      lastSeq: () => {
        asked.push("end?");
        return lastSeq;
      },
      holds: ({ seq }) => {
        asked.push(`${seq}?`);
        return holds(seq);
      },
      write: (items) => {
        asked.push(`${items.at(0)?.seq}-${items.at(-1)?.seq}`);
        lastSeq = items.at(-1)?.seq ?? lastSeq;
      },
      probe: () => void asked.push("probe"),
    };
    return { asked, sink };
  }
  const audit = (): unknown => {
    const db = new BetterSqlite(path);
    const row = db.prepare("select last_seq, drained_seq from audit").get();
    db.close();
    return row;
  };

  test("a thousand at a time, each lot marked before the next, and no probe where something waits", async () => {
    await store.commit(null, entries(1_500));
    const { asked, sink } = listen(0);
    const marks: unknown[] = [];
    await store.drainEntries({
      ...sink,
      lastSeq: () => {
        // In the store's write lock: another connection sees what was saved before this lot.
        marks.push(audit());
        return sink.lastSeq();
      },
    });
    expect(asked).toEqual(["end?", "1-1000", "end?", "1001-1500"]);
    expect(marks).toEqual([
      { last_seq: 1_500, drained_seq: 0 },
      { last_seq: 1_500, drained_seq: 1_000 },
    ]);
    expect(audit()).toEqual({ last_seq: 1_500, drained_seq: 1_500 });
    asked.length = 0;
    await store.drainEntries(sink);
    expect(asked).toEqual(["probe"]);
  });

  test("what could not be written is not marked, and is written by the next", async () => {
    await store.commit(null, entries(2));
    const thrown = new Error("disk");
    const failing = (): never => {
      throw thrown;
    };
    await expect(store.drainEntries({ ...listen(0).sink, write: failing })).rejects.toBe(thrown);
    expect(audit()).toEqual({ last_seq: 2, drained_seq: 0 });
    const { asked, sink } = listen(0);
    await store.drainEntries(sink);
    expect(asked).toEqual(["end?", "1-2"]);
  });

  test("lines that are there are looked at one by one, and only the rest is written", async () => {
    await store.commit(null, entries(4));
    const { asked, sink } = listen(2, () => true);
    await store.drainEntries(sink);
    expect(asked).toEqual(["end?", "1?", "2?", "3-4"]);
    await store.commit(null, entries(2));
    const all = listen(6, () => true);
    await store.drainEntries(all.sink);
    expect(all.asked).toEqual(["end?", "5?", "6?"]);
    expect(audit()).toEqual({ last_seq: 6, drained_seq: 6 });
  });

  test("one line that is another's is enough: all that waits goes behind the log's end", async () => {
    await store.commit(null, entries(1));
    await store.drainEntries(listen(0).sink);
    await store.commit(null, entries(4));
    const { asked, sink } = listen(3, (seq) => seq === 2);
    const before = await store.loadEntries({});
    await store.drainEntries(sink);
    expect(asked).toEqual(["end?", "2?", "3?", "end?", "4-7"]);
    expect(audit()).toEqual({ last_seq: 7, drained_seq: 7 });
    expect((await store.loadNumbered(0, 99)).map((item) => item.seq)).toEqual([1, 4, 5, 6, 7]);
    expect(await store.loadEntries({})).toEqual(before);
    expect(await store.loadNumbered(4, 2)).toEqual(
      [5, 6].map((seq, at) => ({ seq, entry: before[at + 2] })),
    );
    expect(await store.loadDrained()).toEqual({ seq: 7, entry: before[4] });
  });
});
