// The SQLite store: the contract in memory and in a file, and what only a file can do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import BetterSqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { must } from "../../src/core/assert.ts";
import { migrations, newestOf } from "../../src/store/migrate.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { makeEntry, makeLink, makePair, makeRun, pair } from "../fixture/store.ts";
import { storeContract } from "./store-contract.ts";

let directory = "";
const file = (name = "tandem.db"): string => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-store-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe("in memory", () => {
  storeContract(async () => {
    const clock = { nowMs: 1_795_000_000_000 };
    return { clock, store: await openSqliteStore({ path: ":memory:", nowMs: () => clock.nowMs }) };
  });
});

describe("in a file", () => {
  storeContract(async () => {
    const clock = { nowMs: 1_795_000_000_000 };
    return { clock, store: await openSqliteStore({ path: file(), nowMs: () => clock.nowMs }) };
  });

  test("what was saved is there after opening again, under the same store id", async () => {
    const path = file("deep/er/tandem.db");
    const first = await openSqliteStore({ path });
    await first.commit(null, [
      { kind: "link", link: makeLink("a") },
      { kind: "pair", pair: makePair() },
      { kind: "entry", entry: makeEntry() },
    ]);
    await first.close();
    const second = await openSqliteStore({ path });
    expect(second.storeId).toBe(first.storeId);
    expect(await second.loadLinks([makeLink("a").id])).toEqual([makeLink("a")]);
    expect(await second.loadPair(pair)).toEqual(makePair());
    await second.close();
  });

  test("two stores in one process share the file and exclude each other's leases", async () => {
    const first = await openSqliteStore({ path: file() });
    const second = await openSqliteStore({ path: file() });
    await first.takeLease("pair", "first");
    expect(await second.takeLease("pair", "second")).toEqual({ heldBy: "first" });
    expect(await second.takeLease("other", "second")).toHaveProperty("token");
    await first.close();
    expect(await second.takeLease("pair", "second")).toHaveProperty("token", 2);
    await second.close();
  });
});

describe("the lease of another process", () => {
  const holderScript = `
    import { openSqliteStore } from ${JSON.stringify(new URL("../../src/store/sqlite/open.ts", import.meta.url).href)};
    const store = await openSqliteStore({ path: process.argv[2] });
    const lease = await store.takeLease("pair", "child");
    process.stdout.write(JSON.stringify(lease) + "\\n");
    setInterval(() => {}, 1000);
  `;

  const startHolder = async (path: string) => {
    writeFileSync(file("holder.mjs"), holderScript);
    const child = spawn(process.execPath, [file("holder.mjs"), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(child.stdout, "data");
    expect(String(line)).toContain('"token"');
    return child;
  };

  test("is respected while it lives, and taken over at once when it is killed", async () => {
    const child = await startHolder(file());
    const store = await openSqliteStore({ path: file() });
    expect(await store.takeLease("pair", "parent")).toEqual({ heldBy: "child" });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await store.takeLease("pair", "parent")).toEqual({ name: "pair", token: 2 });
    await store.close();
  });

  test("is taken over from a process that hangs when its time is over, without its lock", async () => {
    const child = await startHolder(file());
    const clock = { nowMs: Date.now() + 121_000 };
    const store = await openSqliteStore({ path: file(), nowMs: () => clock.nowMs });
    const third = await openSqliteStore({ path: file(), nowMs: () => clock.nowMs });
    const lease = await store.takeLease("pair", "parent");
    expect(lease).toEqual({ name: "pair", token: 2 });
    child.kill("SIGKILL");
    await once(child, "exit");
    // The lock is free now, but the lease has an owner who came without it.
    expect(await third.takeLease("pair", "third")).toEqual({ heldBy: "parent" });
    if ("token" in lease) await store.renewLease(lease);
    expect(await third.takeLease("pair", "third")).toEqual({ heldBy: "parent" });
    await store.close();
    expect(await third.takeLease("pair", "third")).toHaveProperty("token", 3);
    await third.close();
  });
});

describe("a process that is killed while it saves", () => {
  const saverScript = `
    import { openSqliteStore } from ${JSON.stringify(new URL("../../src/store/sqlite/open.ts", import.meta.url).href)};
    import { makeEntry, makeLink } from ${JSON.stringify(new URL("../fixture/store.ts", import.meta.url).href)};
    const store = await openSqliteStore({ path: process.argv[2] });
    for (let index = 0; ; index++) {
      await store.commit(null, [
        { kind: "link", link: makeLink("n" + index) },
        { kind: "entry", entry: makeEntry() },
      ]);
      if (index === 20) process.stdout.write("busy");
    }
  `;

  test("leaves whole commits and no part of one", async () => {
    writeFileSync(file("saver.mjs"), saverScript);
    const child = spawn(process.execPath, [file("saver.mjs"), file()], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = await openSqliteStore({ path: file() });
    const links = await store.loadLinkIndex(pair);
    expect(links.length).toBeGreaterThan(20);
    expect(await store.loadEntries({})).toHaveLength(links.length);
    await store.close();
  });
});

describe("opening", () => {
  test("asks for a disk that has every commit before it is answered", async () => {
    // What a power failure takes along shows in no test; that it was asked for does.
    const asked = vi.spyOn(BetterSqlite.prototype, "pragma");
    const store = await openSqliteStore({ path: file() });
    const words = asked.mock.calls.map(([words]) => words);
    asked.mockRestore();
    await store.close();
    expect(words).toContain("synchronous = FULL");
    expect(words).toContain("foreign_keys = ON");
  });

  const makeStore = async (): Promise<void> => {
    const store = await openSqliteStore({ path: file() });
    await store.commit(
      null,
      Array.from({ length: 200 }, (_, index) => ({ kind: "link", link: makeLink(`n${index}`) })),
    );
    await store.close();
  };
  const codeOf = async (path: string): Promise<unknown> => {
    try {
      const store = await openSqliteStore({ path });
      await store.close();
      return "opened";
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : error;
    }
  };

  test("a newer store is refused and left as it is", async () => {
    await makeStore();
    const db = new BetterSqlite(file());
    db.prepare("update meta set value = '99' where key = 'schema_version'").run();
    db.close();
    expect(await codeOf(file())).toBe("store_newer");
    expect(existsSync(file("tandem.db.v99.bak"))).toBe(false);
  });

  test("garbage is refused", async () => {
    writeFileSync(file(), "this is not a database, however long one looks at it ".repeat(50));
    expect(await codeOf(file())).toBe("store_corrupt");
  });

  test("a truncated store is refused", async () => {
    await makeStore();
    truncateSync(file(), Math.floor(readFileSync(file()).length / 2 / 4096) * 4096);
    expect(await codeOf(file())).toBe("store_corrupt");
  });

  test("another program's database is refused", async () => {
    const db = new BetterSqlite(file());
    db.exec("create table customer (id integer)");
    db.close();
    expect(await codeOf(file())).toBe("store_corrupt");
  });

  test("a path where no file can be is refused", async () => {
    writeFileSync(file("a-file"), "");
    expect(await codeOf(file("a-file/tandem.db"))).toBe("store_unusable");
    expect(await codeOf(directory)).toBe("store_unusable");
  });

  test("damage that is met later is told as such", async () => {
    await makeStore();
    const db = new BetterSqlite(file());
    db.prepare("update link set doc = '{}' where id = 'n7'").run();
    db.close();
    const store = await openSqliteStore({ path: file() });
    await expect(store.loadLinks([makeLink("n7").id])).rejects.toMatchObject({
      code: "store_corrupt",
      message: expect.stringContaining("n7"),
    });
    await store.close();
  });

  test("a copy is made before a migration", async () => {
    await makeStore();
    const newest = newestOf(migrations);
    const next = {
      version: newest + 1,
      statements: () => ["alter table run add column note text"],
    };
    const store = await openSqliteStore({ path: file(), migrations: [...migrations, next] });
    expect(await store.loadLinkIndex(pair)).toHaveLength(200);
    await store.close();
    expect(await codeOf(file())).toBe("store_newer");
    expect(existsSync(file(`tandem.db.v${newest}.bak.part`))).toBe(false);
    const backup = await openSqliteStore({ path: file(`tandem.db.v${newest}.bak`) });
    expect(await backup.loadLinkIndex(pair)).toHaveLength(200);
    await backup.close();
  });

  test("a migration that fails leaves the store at its version", async () => {
    await makeStore();
    const version = newestOf(migrations) + 1;
    const broken = { version, statements: () => ["create table extra (id text)", "not sql"] };
    await expect(
      openSqliteStore({ path: file(), migrations: [...migrations, broken] }),
    ).rejects.toMatchObject({ code: "store_unusable" });
    expect(await codeOf(file())).toBe("opened");
  });
});

describe("the daily copy", () => {
  test("is made once a day, can be opened, and stays for seven days or as its week's", async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 1, 23, 59) };
    const store = await openSqliteStore({ path: file(), nowMs: () => clock.nowMs });
    await store.commit(null, [{ kind: "link", link: makeLink("early") }]);
    await store.tidy();
    await store.commit(null, [{ kind: "link", link: makeLink("late") }]);
    await store.tidy();
    const first = await openSqliteStore({ path: file("tandem.db.2026-11-01.bak") });
    expect(await first.loadLinkIndex(pair)).toHaveLength(1);
    await first.close();
    for (let day = 0; day < 9; day += 1) {
      clock.nowMs += 86_400_000;
      await store.tidy();
    }
    await store.close();
    const copies = readdirSync(directory).filter((name) => name.endsWith(".bak"));
    // The first was made on a Sunday, the second on the Monday after it.
    expect(copies.toSorted()).toEqual(
      ["01", "02", "04", "05", "06", "07", "08", "09", "10"].map(
        (day) => `tandem.db.2026-11-${day}.bak`,
      ),
    );
  });

  test("has what the housekeeping of that very run lets go, and takes no half copy's name", async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 1) };
    const store = await openSqliteStore({ path: file(), nowMs: () => clock.nowMs });
    const runs = Array.from({ length: 1_001 }, (_, at) => {
      const run = makeRun(`r${at}`, { startedAtMs: at, finishedAtMs: at, status: "ok" });
      return { kind: "run", run } as const;
    });
    await store.commit(null, runs);
    writeFileSync(file("tandem.db.2026-11-01.bak.part"), "half");
    await store.tidy();
    expect(await store.loadRuns(null, 2_000)).toHaveLength(1_000);
    await store.close();
    expect(readdirSync(directory).toSorted()).toEqual(["tandem.db", "tandem.db.2026-11-01.bak"]);
    const copy = await openSqliteStore({ path: file("tandem.db.2026-11-01.bak") });
    expect(await copy.loadRuns(null, 2_000)).toHaveLength(1_001);
    await copy.close();
  });

  test("of an earlier week is as good as one of yesterday, and no other file is touched", async () => {
    const clock = { nowMs: Date.UTC(2026, 8, 2, 12) };
    const store = await openSqliteStore({ path: file(), nowMs: () => clock.nowMs });
    await store.commit(null, [{ kind: "link", link: makeLink("early") }]);
    const others = ["tandem.db.v2.bak", "tandem.db.2026-01-01.bak.part", "other.db.2026-01-01.bak"];
    for (const name of others) writeFileSync(file(name), "");
    for (let day = 0; day < 50; day += 1) {
      await store.tidy();
      clock.nowMs += 86_400_000;
    }
    await store.close();
    const copies = readdirSync(directory).filter((name) => /\.bak/u.test(name));
    expect(others.filter((name) => !copies.includes(name))).toEqual([]);
    const mine = copies.filter((name) => !others.includes(name)).toSorted();
    expect(mine).toHaveLength(11);
    const oldest = await openSqliteStore({ path: file(must(mine[0], "a copy")) });
    expect(await oldest.loadLinkIndex(pair)).toHaveLength(1);
    await oldest.close();
  });
});
