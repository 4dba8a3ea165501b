// The Notion connector against the sandbox, over HTTP: what only Notion has (databases and data
// sources, the query cap, archived and moved rows, long lists, e-mail look-up), and every fault.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { recordId, type FieldId } from "../../src/core/ids.ts";
import { choice, empty, number, people, text, unknown, type Value } from "../../src/core/value.ts";
import type { Fault } from "../../src/sandbox/fault.ts";
import { notionFaults, rateLimitFault } from "../../src/sandbox/notion/faults.ts";
import {
  addRows,
  describeTable,
  openNotionBench,
  properties,
  scanAll,
  type Described,
  type NotionBench,
} from "./notion-bench.ts";

let bench: NotionBench;
beforeEach(async () => {
  bench = await openNotionBench();
});
afterEach(async () => {
  await bench.sandbox.close();
});

const isWrite = (request: { method: string; path: string }): boolean =>
  request.method === "PATCH" || (request.method === "POST" && request.path.endsWith("/pages"));

async function open(): Promise<Described> {
  return describeTable(bench.connect());
}

/** Another sandbox than the usual one. */
async function reopen(options: Parameters<typeof openNotionBench>[0]): Promise<Described> {
  await bench.sandbox.close();
  bench = await openNotionBench(options);
  return open();
}

function cells(table: Described, list: Readonly<Record<string, Value>>): Map<FieldId, Value> {
  return new Map(Object.entries(list).map(([name, value]) => [table.id(name), value]));
}

describe("describe", () => {
  test("takes a link, a database id and a data source id to the same table", async () => {
    const plain = bench.databaseId.replaceAll("-", "");
    const references = [
      bench.databaseId,
      bench.dataSourceId,
      `https://www.notion.so/acme/Specs-${plain}?v=ffffffffffffffffffffffffffffffff`,
      `https://app.notion.com/p/${plain}`,
    ];
    for (const database of references) {
      const schema = await bench.connect({ database }).describe();
      expect(schema).toMatchObject({
        tableId: bench.dataSourceId,
        parentId: bench.databaseId,
        name: "Specs",
      });
    }
  });

  test("a known table is not looked up again", async () => {
    const known = { tableId: bench.dataSourceId, parentId: bench.databaseId };
    const connector = bench.connect({ known, database: "whatever it was called" });
    expect((await connector.describe()).tableId).toBe(bench.dataSourceId);
    expect(bench.sandbox.log.some(({ path }) => path.includes("/databases/"))).toBe(false);
  });

  test("a formula has the kind its rows show", async () => {
    addRows(bench, 1);
    const table = await open();
    const twice = table.schema.fields.find((field) => field.name === "Twice");
    expect(twice).toMatchObject({ kind: { kind: "number" }, isWritable: false });
  });

  test("a renamed property keeps its id", async () => {
    const table = await open();
    bench.sandbox.admin.renameProperty(bench.dataSourceId, "Notes", "Remarks");
    const now = await table.connector.describe();
    expect(now.fields.find((field) => field.name === "Remarks")?.id).toBe(table.id("Notes"));
  });

  test.each([
    ["unshared", "not_shared", () => bench.sandbox.admin.unshare(bench.databaseId)],
    ["in the trash", "not_shared", () => bench.sandbox.admin.trash(bench.databaseId)],
    ["closed by a new token", "unauthorized", () => bench.sandbox.admin.setToken("ntn_other")],
  ] as const)("a database that is %s: %s, with a remedy", async (_name, code, spoil) => {
    spoil();
    await expect(bench.connect().describe()).rejects.toMatchObject({ code });
    await expect(bench.connect().describe()).rejects.toHaveProperty("remedy");
  });

  test("a token with a stray character is named as such, and no request is sent", async () => {
    const spoilt = bench.connect({ token: "ntn_\u2026" }).describe();
    await expect(spoilt).rejects.toMatchObject({ code: "unauthorized" });
    expect(bench.sandbox.log).toEqual([]);
  });

  test("text without an id is a mistake in the config", async () => {
    const described = bench.connect({ database: "Delivery Tracker" }).describe();
    await expect(described).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("scan", () => {
  test("gives every row of many pages once", async () => {
    const ids = addRows(bench, 230);
    const { connector, wanted } = await open();
    const { rows, end, pages } = await scanAll(connector, wanted);
    expect(pages).toBe(3);
    expect(end).toMatchObject({ isComplete: true, reason: null });
    expect(rows.map((row) => row.id).toSorted()).toEqual([...ids].toSorted());
    expect(rows[0]).toMatchObject({ editedBy: "person", marker: null });
  });

  test("goes past the query's cap in windows of creation time", async () => {
    const { connector, wanted } = await reopen({ queryRowsMax: 150 });
    const ids = addRows(bench, 400, 1);
    const { rows, end } = await scanAll(connector, wanted);
    expect(end.isComplete).toBe(true);
    expect(rows.map((row) => row.id)).toEqual(ids);
  });

  test("a minute that holds more rows than the cap makes the listing incomplete", async () => {
    const { connector, wanted } = await reopen({ queryRowsMax: 150 });
    addRows(bench, 200);
    const { rows, end } = await scanAll(connector, wanted);
    expect(end.isComplete).toBe(false);
    expect(end.reason).toMatch(/one minute/);
    expect(rows.length).toBe(150);
  });

  test("past the cap, the pair's own filter still holds", async () => {
    const table = await reopen({ queryRowsMax: 40 });
    const ids = addRows(bench, 120, 1);
    for (const id of ids.slice(0, 100)) {
      bench.sandbox.admin.editPage(id, { Done: { checkbox: true } });
    }
    const done = { property: "Done", checkbox: { equals: true } };
    // The last one is nested as deep as Notion takes it already.
    for (const filter of [done, { and: [done] }, { and: [{ or: [done] }] }]) {
      const { rows, end } = await scanAll(table.connector, { ...table.wanted, filter });
      expect(end.isComplete).toBe(true);
      expect(rows.map((row) => row.id)).toEqual(ids.slice(0, 100));
    }
  });

  test("a lost cursor starts the listing anew, and no row comes twice", async () => {
    const ids = addRows(bench, 250);
    const { connector, wanted } = await open();
    const scan = connector.scan(wanted);
    const first = await scan.next();
    bench.sandbox.admin.dropCursors();
    const rows = first.done === true ? [] : first.value.rows.map((row) => row.id);
    // Bound: the scan ends itself.
    for (;;) {
      const step = await scan.next();
      if (step.done === true) {
        expect(step.value.isComplete).toBe(true);
        break;
      }
      rows.push(...step.value.rows.map((row) => row.id));
    }
    expect(rows.toSorted()).toEqual([...ids].toSorted());
  });

  test("a cursor that is lost again and again ends as incomplete", async () => {
    addRows(bench, 250);
    const { connector, wanted } = await open();
    const scan = connector.scan(wanted);
    // Bound: the scan ends itself.
    for (;;) {
      const step = await scan.next();
      bench.sandbox.admin.dropCursors();
      if (step.done !== true) continue;
      expect(step.value).toMatchObject({ isComplete: false });
      break;
    }
  });

  test("neither trashed nor archived rows are listed", async () => {
    const [trashed, archived, live] = addRows(bench, 3);
    const { connector, wanted } = await open();
    bench.sandbox.admin.trash(trashed!);
    bench.sandbox.admin.archivePage(archived!, true);
    const { rows } = await scanAll(connector, wanted);
    expect(rows.map((row) => row.id)).toEqual([live]);
  });

  test("asks only for the wanted properties, and leaves what is gone absent", async () => {
    addRows(bench, 1);
    const table = await open();
    bench.sandbox.admin.removeProperty(bench.dataSourceId, "Notes");
    const wanted = { ...table.wanted, fields: [table.id("Count")], marker: null };
    const { rows } = await scanAll(table.connector, wanted);
    expect(rows[0]?.cells).toEqual(new Map([[table.id("Count"), empty]]));
    expect(rows[0]?.title).toBe("row 0");
    const again = await scanAll(table.connector, table.wanted);
    expect(again.rows[0]?.cells.has(table.id("Notes"))).toBe(false);
    // Should the service refuse to be asked for it: that is a change of the schema too.
    const body = { code: "validation_error", message: "Could not find property" };
    bench.sandbox.faults.add({
      name: "refused",
      fault: { kind: "answer", when: "before", answer: { status: 400, body } },
    });
    await expect(scanAll(table.connector, table.wanted)).rejects.toMatchObject({
      code: "schema_changed",
    });
  });

  test("a filter that Notion refuses is a mistake in the config", async () => {
    const { connector, wanted } = await open();
    const filter = { property: "No such", checkbox: { equals: true } };
    await expect(scanAll(connector, { ...wanted, filter })).rejects.toMatchObject({
      code: "config_invalid",
    });
  });

  test("long relations and lists of people are completed", async () => {
    const { admin } = bench.sandbox;
    const [...targets] = addRows(bench, 40);
    const relation = {
      data_source_id: bench.dataSourceId,
      type: "single_property",
      single_property: {},
    };
    admin.addProperty(bench.dataSourceId, "Blocks", { relation });
    const users = Array.from({ length: 30 }, (_, n) =>
      admin.addUser({ name: `U${n}`, email: `u${n}@example.com` }),
    );
    const [row] = addRows(bench, 1);
    admin.editPage(row!, {
      Blocks: { relation: targets.map((id) => ({ id })) },
      Crew: { people: users.map((id) => ({ id })) },
    });
    const table = await open();
    const { rows } = await scanAll(table.connector, table.wanted);
    const found = rows.find(({ id }) => id === row)?.cells;
    expect(found?.get(table.id("Blocks"))).toEqual({ kind: "links", ids: targets });
    expect(found?.get(table.id("Crew"))).toMatchObject({ people: { length: 30 } });
    bench.sandbox.faults.add({
      name: "no property endpoint",
      times: 100,
      matches: ({ path }) => path.includes("/properties/"),
      fault: { kind: "answer", when: "before", answer: { status: 404, body: { code: "x" } } },
    });
    const again = await scanAll(table.connector, table.wanted);
    const cut = again.rows.find(({ id }) => id === row)?.cells.get(table.id("Blocks"));
    expect(cut).toEqual(unknown("incomplete"));
  });
});

describe("read, recheck, findByMarker", () => {
  test("tells live, trashed, archived, moved and unknown apart", async () => {
    const { admin } = bench.sandbox;
    const [live, trashed, archived, moved, unshared] = addRows(bench, 5);
    const { connector, wanted } = await open();
    const elsewhere = admin.createDatabase({ title: "Elsewhere", properties });
    admin.trash(trashed!);
    admin.archivePage(archived!, true);
    admin.movePage(moved!, { dataSourceId: elsewhere.dataSourceId });
    admin.unshare(unshared!);
    const never = recordId("38c9ce7b-60a4-81fe-a666-c29fb77166b6");
    const odd = recordId("../../users/me");
    const ids = [live!, trashed!, archived!, moved!, unshared!, never, odd];
    const found = await connector.read(ids, wanted, live!);
    expect(ids.map((id) => found.get(id))).toMatchObject([
      { state: "live" },
      { state: "trashed" },
      { state: "left", why: "archived" },
      { state: "left", why: "moved" },
      { state: "unknown" },
      { state: "unknown" },
      { state: "unknown" },
    ]);
  });

  test("P6: recheck asks twice for many rows, and gives only what was edited since", async () => {
    const ids = addRows(bench, 20);
    const table = await open();
    const { clock, admin, log } = bench.sandbox;
    clock.advance(10 * 60_000);
    admin.editPage(ids[3]!, { Count: { number: 7 } });
    admin.editPage(ids[5]!, { Count: { number: 9 } });
    admin.archivePage(ids[5]!, true);
    const before = log.length;
    const sinceMs = clock.nowMs() - 30_000;
    const found = await table.connector.recheck(ids, table.wanted, sinceMs);
    expect([...found.keys()]).toEqual([ids[3], ids[5]]);
    expect(log.length).toBe(before + 2);
    expect([...found.values()]).toMatchObject([
      { state: "live" },
      { state: "left", why: "archived" },
    ]);
    const one = await table.connector.recheck(ids.slice(0, 1), table.wanted, sinceMs);
    expect(one.get(ids[0]!)).toMatchObject({ state: "live" });
  });

  test("markers are found letter by letter, also more than one filter takes", async () => {
    const { admin } = bench.sandbox;
    const markers = Array.from({ length: 130 }, (_, n) => `recAbC${n}`);
    const parent = { dataSourceId: bench.dataSourceId };
    for (const marker of markers) {
      const Key = { rich_text: [{ text: { content: marker } }] };
      admin.createPage({ parent, title: marker, properties: { Key } });
    }
    const { connector, wanted } = await open();
    const rows = await connector.findByMarker(markers, wanted);
    expect(new Set(rows.map((row) => row.marker))).toEqual(new Set(markers));
    expect(rows.length).toBe(markers.length);
    expect(await connector.findByMarker(["recabc1", "recNone"], wanted)).toEqual([]);
    expect(await connector.findByMarker(["recAbC1"], { ...wanted, marker: null })).toEqual([]);
  });
});

describe("write", () => {
  test("people are found by e-mail address, once a run", async () => {
    const { admin, log } = bench.sandbox;
    const id = admin.addUser({ name: "Bo", email: "bo@example.com" });
    const table = await open();
    const [row] = addRows(bench, 1);
    const bo = people([{ id: "usrAAAAAAAAAAAAAA", email: "Bo@example.com", name: null }]);
    for (let time = 0; time < 2; time += 1) {
      const write = { id: row!, cells: cells(table, { Crew: bo }) };
      const [outcome] = await table.connector.update([write], table.wanted);
      expect(outcome).toMatchObject({ kind: "done" });
    }
    expect(admin.readPage(row!)?.values["Crew"]).toEqual([id]);
    expect(log.filter(({ path }) => path.endsWith("/users")).length).toBe(1);
  });

  test("without the right to read people, somebody unknown is refused with a reason", async () => {
    const { admin } = bench.sandbox;
    admin.setCapabilities({ users: "none" });
    const table = await open();
    const [row] = addRows(bench, 1);
    const who = people([{ id: "usrAAAAAAAAAAAAAA", email: "x@example.com", name: null }]);
    const write = { id: row!, cells: cells(table, { Crew: who }) };
    const [outcome] = await table.connector.update([write], table.wanted);
    expect(outcome).toMatchObject({ kind: "failed", why: "invalid", field: table.id("Crew") });
  });

  test("a refused value blames its property", async () => {
    const table = await open();
    const [row] = addRows(bench, 1);
    const write = { id: row!, cells: cells(table, { Status: choice("No such status") }) };
    const [outcome] = await table.connector.update([write], table.wanted);
    expect(outcome).toMatchObject({ kind: "failed", why: "invalid" });
    const comma = { id: row!, cells: cells(table, { Stage: choice("a, b") }) };
    const sent = bench.sandbox.log.length;
    const [early] = await table.connector.update([comma], table.wanted);
    expect(early).toMatchObject({ kind: "failed", why: "invalid", field: table.id("Stage") });
    expect(bench.sandbox.log.length).toBe(sent);
  });

  test("a row that is gone or in the trash takes no edit", async () => {
    const table = await open();
    const [trashed, unshared] = addRows(bench, 2);
    bench.sandbox.admin.trash(trashed!);
    bench.sandbox.admin.unshare(unshared!);
    const edit = cells(table, { Count: number(1) });
    const why: unknown[] = [];
    for (const id of [trashed!, unshared!]) {
      const [outcome] = await table.connector.update([{ id, cells: edit }], table.wanted);
      why.push(outcome?.kind === "failed" ? outcome.why : outcome?.kind);
    }
    expect(why).toEqual(["trashed", "missing"]);
  });

  test("a database that was unshared meanwhile ends the run instead of failing rows", async () => {
    const table = await open();
    bench.sandbox.admin.unshare(bench.databaseId);
    const create = { ref: "1", marker: null, cells: cells(table, { Name: text("x") }) };
    await expect(table.connector.create([create], table.wanted)).rejects.toMatchObject({
      code: "not_shared",
    });
  });

  test("a missing capability fails the row, and a new token the run", async () => {
    const table = await open();
    const [row] = addRows(bench, 1);
    bench.sandbox.admin.setCapabilities({ update: false });
    const write = { id: row!, cells: cells(table, { Count: number(1) }) };
    const [outcome] = await table.connector.update([write], table.wanted);
    expect(outcome).toMatchObject({ kind: "failed", why: "forbidden" });
    bench.sandbox.admin.setToken("ntn_new");
    await expect(table.connector.update([write], table.wanted)).rejects.toMatchObject({
      code: "unauthorized",
    });
  });

  test("a saved create whose answer was lost is read back and done", async () => {
    const table = await open();
    bench.sandbox.admin.commitThenFail(1);
    const create = { ref: "1", marker: "rec1", cells: cells(table, { Name: text("x") }) };
    const [outcome] = await table.connector.create([create], table.wanted);
    expect(outcome).toMatchObject({ kind: "done", wasCreated: true, row: { marker: "rec1" } });
    expect(bench.sandbox.admin.rows(bench.dataSourceId).length).toBe(1);
  });
});

const hang = (when: "before" | "after"): Fault => ({ kind: "hang", when, forMs: 5_000 });

/** Every fault, and what a write that meets it once comes to; reads always get through. */
const faults: readonly (readonly [string, Fault, "done" | "unknown"])[] = [
  ["429", notionFaults["429"], "done"],
  ["429 of the workspace", notionFaults["429 workspace"], "done"],
  ["529", notionFaults["529"], "done"],
  ["409", notionFaults["409"], "done"],
  ["500 before", notionFaults["500"], "unknown"],
  ["500 after", notionFaults["500 after commit"], "unknown"],
  ["502 HTML before", notionFaults["502 html"], "unknown"],
  ["502 HTML after", notionFaults["502 html after commit"], "unknown"],
  ["503", notionFaults["503"], "unknown"],
  ["503 saved, without an id", notionFaults["503 committed"], "unknown"],
  ["504 before", notionFaults["504"], "unknown"],
  ["504 after", notionFaults["504 after commit"], "unknown"],
  ["cut before", { kind: "cut", when: "before" }, "unknown"],
  ["cut after", { kind: "cut", when: "after" }, "unknown"],
  ["hang before", hang("before"), "unknown"],
  ["hang after", hang("after"), "unknown"],
  ["truncated", { kind: "truncated" }, "unknown"],
  ["empty", { kind: "empty" }, "unknown"],
  ["slow", { kind: "slow", delayMs: 50 }, "done"],
];

describe("faults", () => {
  const callMs = 300;

  test.each(faults)("%s: reads get through", async (name, fault) => {
    addRows(bench, 120);
    const { connector, wanted } = await describeTable(bench.connect({ callMs }));
    bench.sandbox.faults.add({ name, fault, skip: 1, times: 2 });
    const { rows, end } = await scanAll(connector, wanted);
    expect([rows.length, end.isComplete]).toEqual([120, true]);
  });

  test.each(faults)(
    "%s: a create is %s, and sent once unless refused",
    async (name, fault, kind) => {
      const table = await describeTable(bench.connect({ callMs }));
      bench.sandbox.faults.add({ name, fault, matches: isWrite });
      const create = { ref: "1", marker: "rec1", cells: cells(table, { Name: text("x") }) };
      const [outcome] = await table.connector.create([create], table.wanted);
      // Where the service named the page it made, the connector may find out by itself.
      const isNamed = name.startsWith("503 saved") && outcome?.kind === "done";
      if (!isNamed) expect(outcome?.kind).toBe(kind);
      const made = bench.sandbox.admin.rows(bench.dataSourceId).length;
      const isBefore = "when" in fault && fault.when === "before";
      expect(made).toBe(kind === "unknown" && isBefore ? 0 : 1);
    },
  );

  test.each(faults)("%s: an update is %s", async (name, fault, kind) => {
    const [row] = addRows(bench, 1);
    const table = await describeTable(bench.connect({ callMs }));
    bench.sandbox.faults.add({ name, fault, matches: isWrite });
    const write = { id: row!, cells: cells(table, { Count: number(5) }) };
    const [outcome] = await table.connector.update([write], table.wanted);
    expect(outcome?.kind).toBe(kind);
    const writes = bench.sandbox.log.filter(isWrite).length;
    expect(writes).toBe(kind === "done" && name !== "slow" ? 2 : 1);
  });

  test("Retry-After is obeyed, and patience has an end", async () => {
    const table = await describeTable(bench.connect({ patienceMs: 100_000 }));
    const [row] = addRows(bench, 1);
    const write = { id: row!, cells: cells(table, { Count: number(5) }) };
    bench.sandbox.faults.add({ name: "429", fault: rateLimitFault(40), times: 2 });
    const before = bench.timing.sleptMs();
    const [done] = await table.connector.update([write], table.wanted);
    expect(done?.kind).toBe("done");
    expect(bench.timing.sleptMs() - before).toBe(80_000);
    bench.sandbox.faults.add({ name: "429", fault: rateLimitFault(40), times: 3 });
    const [given] = await table.connector.update([write], table.wanted);
    expect(given?.kind).toBe("not-applied");
    bench.sandbox.faults.clear();
    bench.sandbox.faults.add({ name: "429", fault: rateLimitFault(400), times: 9 });
    await expect(scanAll(table.connector, table.wanted)).rejects.toMatchObject({
      code: "rate_limited",
    });
  });

  test("a service that stays down ends a read with an error to try again later", async () => {
    const table = await describeTable(bench.connect({ callMs }));
    bench.sandbox.faults.add({ name: "down", fault: notionFaults["502 html"], times: 99 });
    const before = bench.sandbox.log.length;
    await expect(scanAll(table.connector, table.wanted)).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(bench.sandbox.log.length - before).toBe(5);
  });

  test("every try is counted, reads and writes apart", async () => {
    const table = await open();
    const start = table.connector.requests();
    bench.sandbox.faults.add({ name: "429", fault: notionFaults["429"], times: 1 });
    const create = { ref: "1", marker: null, cells: cells(table, { Name: text("x") }) };
    await table.connector.create([create], table.wanted);
    await scanAll(table.connector, table.wanted);
    const { read, write } = table.connector.requests();
    expect([read - start.read, write - start.write]).toEqual([1, 2]);
  });
});

test("the clock is the service's own", async () => {
  const { connector } = await open();
  expect(Math.abs(connector.nowMs() - bench.sandbox.clock.nowMs())).toBeLessThan(1_500);
});
