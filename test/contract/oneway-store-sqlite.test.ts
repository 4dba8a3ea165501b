// The one-way half of the SQLite store, in memory and in a file; and stores of the first version.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { first } from "../../src/store/migrations/0001-first.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { contacts, makeIndexed, makeSyncState, sync } from "../fixture/oneway-store.ts";
import { makeLink } from "../fixture/store.ts";
import { onewayStoreContract } from "./oneway-store-contract.ts";

let directory = "";
const file = (): string => join(directory, "tandem.db");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-oneway-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each([
  ["in memory", () => ":memory:"],
  ["in a file", file],
])("%s", (_, path) => {
  onewayStoreContract(async () => {
    const clock = { nowMs: 1_795_000_000_000 };
    return { clock, store: await openSqliteStore({ path: path(), nowMs: () => clock.nowMs }) };
  });
});

test("a store of the first version is copied, keeps its links, and learns one-way syncs", async () => {
  const old = await openSqliteStore({ path: file(), migrations: [first] });
  await old.commit(null, [{ kind: "link", link: makeLink("a") }]);
  await old.close();
  const store = await openSqliteStore({ path: file() });
  await store.commitOneway(
    [],
    [
      { kind: "sync", state: makeSyncState() },
      { kind: "row", row: makeIndexed("k") },
    ],
  );
  expect(await store.loadLinks([makeLink("a").id])).toHaveLength(1);
  await store.close();
  expect(existsSync(`${file()}.v1.bak`)).toBe(true);
  const again = await openSqliteStore({ path: file() });
  expect(await again.loadSync(sync)).toEqual(makeSyncState());
  expect(await again.loadRows(contacts, ["k"])).toEqual([makeIndexed("k")]);
  await again.close();
});
