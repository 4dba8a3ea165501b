// What the Airtable connector does beyond the contract, against the sandbox: finding the table, telling
// what a token lacks, upserts, halving refused batches, new options, stamps, and what calls it costs.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import type { Connector, Create, Wanted } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import { fieldId, recordId, type FieldId, type RecordId } from "../../src/core/ids.ts";
import { findField, type Schema } from "../../src/core/schema.ts";
import { choice, people, text, type Value } from "../../src/core/value.ts";
import { iteratorLossFault, rateLimitFault } from "../../src/sandbox/airtable/faults.ts";
import type { LoggedRequest } from "../../src/sandbox/wire.ts";
import { openAirtableBench, type AirtableBench } from "./airtable-bench.ts";

let bench: AirtableBench;
let schema: Schema;
let wanted: Wanted;

const id = (name: string): FieldId => must(findField(schema, name), name).id;

beforeEach(async () => {
  bench = await openAirtableBench();
  schema = await bench.connector.describe();
  wanted = {
    fields: [id("Name"), id("Notes"), id("Status"), id("Owner")],
    marker: id("Key"),
    filter: null,
  };
  bench.sandbox.log.length = 0;
});
afterEach(async () => {
  await bench.sandbox.close();
});

/** Method and path of the calls since the last look, without ids. */
function calls(): readonly string[] {
  const { log } = bench.sandbox;
  const shown = log.map((request) => `${request.method} ${request.path}`);
  log.length = 0;
  return shown.map((line) => line.replace(bench.baseId, "BASE").replace(bench.tableId, "TABLE"));
}

function newRow(name: string, more: Partial<Create> = {}): Create {
  return { ref: name, cells: new Map([[id("Name"), text(name)]]), marker: `key-${name}`, ...more };
}

function addRows(count: number): readonly RecordId[] {
  return bench.sandbox.admin
    .addRows(
      bench.tableId,
      Array.from({ length: count }, (_, at) => ({ Name: `row ${at}` })),
    )
    .map(recordId);
}

function connectTo(base: string, table: string, more: { token?: string } = {}): Connector {
  const { sandbox } = bench;
  return makeAirtableConnector({
    token: more.token ?? sandbox.token,
    baseUrl: sandbox.url,
    base,
    table,
    known: null,
    isPaced: false,
  });
}

async function scanIds(connector: Connector, filter: unknown = null): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of connector.scan({ ...wanted, filter })) {
    ids.push(...page.rows.map((row) => row.id));
  }
  return ids;
}

describe("finding the table", () => {
  test("by names, in any case, and by a pasted address", async () => {
    const address = `https://airtable.com/${bench.baseId}/${bench.tableId}/viwAAAAAAAAAAAAAA`;
    for (const [base, table] of [
      ["Contract", "Sink"],
      ["contract", "sink"],
      [address, address],
      ["", address],
    ] as const) {
      const found = await connectTo(base, table).describe();
      expect([found.tableId, found.parentId, found.name]).toEqual([
        bench.tableId,
        bench.baseId,
        "Sink",
      ]);
    }
  });

  test("known ids need one call, also when the table has another name by now", async () => {
    bench.sandbox.admin.renameTable(bench.tableId, "Renamed");
    const connector = makeAirtableConnector({
      token: bench.sandbox.token,
      baseUrl: bench.sandbox.url,
      base: "Contract",
      table: "Sink",
      known: { tableId: bench.tableId, parentId: bench.baseId },
      isPaced: false,
    });
    expect((await connector.describe()).name).toBe("Renamed");
    expect(calls()).toEqual(["GET /v0/meta/bases/BASE/tables"]);
  });

  test("a table that is not there: the tables that are", async () => {
    await expect(connectTo("Contract", "Sank").describe()).rejects.toMatchObject({
      code: "config_invalid",
      remedy: expect.stringContaining('"Sink"') as string,
    });
  });

  test("a base that is not there, or is there twice", async () => {
    await expect(connectTo("Nowhere", "Sink").describe()).rejects.toMatchObject({
      code: "not_shared",
      remedy: expect.stringContaining('"Contract"') as string,
    });
    bench.sandbox.admin.addBase({ name: "Contract", tables: [] });
    await expect(connectTo("Contract", "Sink").describe()).rejects.toMatchObject({
      code: "config_invalid",
      remedy: expect.stringContaining(bench.baseId) as string,
    });
  });

  test("a bad token, a base out of reach, a missing scope", async () => {
    await expect(
      connectTo(bench.baseId, "Sink", { token: "patWrong" }).describe(),
    ).rejects.toMatchObject({ code: "unauthorized" });
    bench.sandbox.admin.revokeBase(bench.baseId);
    await expect(bench.connector.describe()).rejects.toMatchObject({
      code: "not_shared",
      remedy: expect.stringContaining("schema.bases:read") as string,
    });
  });

  test("a token without the right to write is told so, and nothing is taken for missing", async () => {
    const [row] = addRows(1);
    bench.sandbox.admin.setScopes(["data.records:read", "schema.bases:read"]);
    const write = { id: must(row, "row"), cells: new Map([[id("Notes"), text("x")]]) };
    await expect(bench.connector.update([write], wanted)).rejects.toMatchObject({
      code: "forbidden",
      remedy: expect.stringContaining("data.records:write") as string,
    });
    await expect(bench.connector.create([newRow("a")], wanted)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("creating by upsert", () => {
  test("the same marker again finds the row instead of making another", async () => {
    const first = await bench.connector.create([newRow("a"), newRow("b")], wanted);
    const again = await bench.connector.create([newRow("b"), newRow("c")], wanted);
    expect(first).toMatchObject([{ wasCreated: true }, { wasCreated: true }]);
    expect(again).toMatchObject([{ wasCreated: false }, { wasCreated: true }]);
    expect(bench.sandbox.admin.rows(bench.tableId)).toHaveLength(3);
    expect(calls()).toEqual(["PATCH /v0/BASE/TABLE", "PATCH /v0/BASE/TABLE"]);
  });

  test("the first time it makes a row, although somebody gave the marker to another", async () => {
    const [first] = await bench.connector.create([newRow("a")], wanted);
    const [second] = await bench.connector.create([newRow("a", { isFirst: true })], wanted);
    expect(first).toMatchObject({ kind: "done", wasCreated: true });
    expect(second).toMatchObject({ kind: "done", wasCreated: true });
  });

  test("one row that is sent again among new ones is found, and not made twice", async () => {
    await bench.connector.create([newRow("a", { isFirst: true })], wanted);
    const mixed = [newRow("b", { isFirst: true }), newRow("a")];
    expect(await bench.connector.create(mixed, wanted)).toMatchObject([
      { kind: "done", wasCreated: true },
      { kind: "done", wasCreated: false },
    ]);
    expect(bench.sandbox.admin.rows(bench.tableId)).toHaveLength(2);
  });

  test("a marker that two rows have fails alone", async () => {
    for (const name of ["x", "y"]) {
      bench.sandbox.admin.addRow(bench.tableId, { Name: name, Key: "key-twice" });
    }
    const outcomes = await bench.connector.create(
      [newRow("a"), newRow("twice"), newRow("c")],
      wanted,
    );
    expect(outcomes).toMatchObject([
      { kind: "done", wasCreated: true },
      { kind: "failed", why: "invalid" },
      { kind: "done", wasCreated: true },
    ]);
  });

  test("one marker twice in a call is refused before it is sent", async () => {
    const outcomes = await bench.connector.create([newRow("a"), newRow("a")], wanted);
    expect(outcomes).toMatchObject([{ kind: "done" }, { kind: "failed", why: "invalid" }]);
  });

  test("without a marker it is a plain create", async () => {
    const plain: Wanted = { ...wanted, marker: null };
    const outcomes = await bench.connector.create([newRow("a", { marker: null })], plain);
    expect(outcomes).toMatchObject([{ kind: "done", wasCreated: true, row: { marker: null } }]);
    expect(calls()).toEqual(["POST /v0/BASE/TABLE"]);
  });
});

describe("refused batches", () => {
  const stranger: Value = people([{ id: "x", email: "stranger@nowhere.example", name: "S" }]);

  test("one bad row of ten fails alone and is blamed by field", async () => {
    const rows = addRows(10);
    const writes = rows.map((row, at) => ({
      id: row,
      cells: new Map<FieldId, Value>([
        [id("Notes"), text(`n${at}`)],
        ...(at === 6 ? ([[id("Owner"), stranger]] as const) : []),
      ]),
    }));
    const outcomes = await bench.connector.update(writes, wanted);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(
      rows.map((_, at) => (at === 6 ? "failed" : "done")),
    );
    expect(outcomes[6]).toMatchObject({ why: "invalid", field: id("Owner") });
    expect(outcomes.map((outcome) => outcome.kind === "done" && outcome.row.id)).toEqual(
      rows.map((row, at) => (at === 6 ? false : row)),
    );
    // 10, 5, 5, then the half with the bad row down to it.
    expect(calls().length).toBeLessThanOrEqual(9);
  });

  test("rows that are gone are found by one lookup, and the others written by one more call", async () => {
    const rows = addRows(10);
    bench.sandbox.admin.deleteRow(must(rows[2], "row"));
    bench.sandbox.admin.deleteRow(must(rows[7], "row"));
    const writes = rows.map((row) => ({ id: row, cells: new Map([[id("Notes"), text("x")]]) }));
    const outcomes = await bench.connector.update(writes, wanted);
    expect(outcomes.map((one) => (one.kind === "failed" ? one.why : one.kind))).toEqual(
      rows.map((_, at) => (at === 2 || at === 7 ? "missing" : "done")),
    );
    expect(calls()).toEqual(["PATCH /v0/BASE/TABLE", "GET /v0/BASE/TABLE", "PATCH /v0/BASE/TABLE"]);
    const removed = await bench.connector.remove(rows, wanted);
    expect(removed.map((one) => one.kind)).toEqual(outcomes.map((one) => one.kind));
    expect(bench.sandbox.admin.rows(bench.tableId)).toEqual([]);
  });
});

describe("new options", () => {
  test("come into being by being written, and only such a write goes under typecast", async () => {
    const [row] = addRows(1);
    const write = (name: string): Promise<unknown> =>
      bench.connector.update(
        [{ id: must(row, "row"), cells: new Map([[id("Status"), choice(name)]]) }],
        wanted,
      );
    await write("Todo");
    expect(await write("Blocked")).toMatchObject([{ kind: "done" }]);
    await write("Blocked");
    const sent = bench.sandbox.log.map((request: LoggedRequest) => request.body);
    expect(sent.map((body) => body.includes('"typecast":true'))).toEqual([false, true, false]);
    const status = findField(await bench.connector.describe(), "Status");
    const options = status?.kind.kind === "choice" ? status.kind.options : [];
    expect(options.map((option) => option.name)).toContain("Blocked");
  });
});

describe("reading", () => {
  test("a hundred rows by id cost one call, a thousand by scan ten", async () => {
    const rows = addRows(1_000);
    expect(new Set(await scanIds(bench.connector)).size).toBe(1_000);
    expect(calls()).toHaveLength(10);
    const asked = rows.slice(0, 99);
    const readings = await bench.connector.read(asked, wanted, rows[500] ?? null);
    expect([...readings.values()].every((reading) => reading.state === "live")).toBe(true);
    expect(calls()).toHaveLength(1);
    expect((await bench.connector.recheck(asked, wanted, 0)).size).toBe(99);
    expect(calls()).toHaveLength(1);
  });

  test("the filter holds for scans and not for lookups", async () => {
    const [shown, hidden] = addRows(2);
    bench.sandbox.admin.editRow(must(hidden, "row"), { Status: "Done" });
    const filter = "{Status} != 'Done'";
    expect(await scanIds(bench.connector, filter)).toEqual([shown]);
    const found = await bench.connector.read(
      [must(hidden, "row")],
      { ...wanted, filter },
      must(shown, "row"),
    );
    expect(found.get(must(hidden, "row"))?.state).toBe("live");
    await expect(scanIds(bench.connector, "{Nope}=1")).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("nope") as string,
    });
    await expect(scanIds(bench.connector, { a: 1 })).rejects.toMatchObject({
      code: "config_invalid",
    });
  });

  test("a scan survives the loss of its iterator", async () => {
    addRows(250);
    bench.sandbox.faults.add({ name: "lost", fault: iteratorLossFault, skip: 2 });
    const ids = await scanIds(bench.connector);
    expect(ids).toHaveLength(250);
    expect(new Set(ids).size).toBe(250);
    expect(calls()).toHaveLength(6);
  });

  test("without a control row: found rows stand witness, else the single call does", async () => {
    const [a, b] = addRows(2);
    const [first, second] = [must(a, "a"), must(b, "b")];
    bench.sandbox.admin.deleteRow(second);
    const beside = await bench.connector.read([first, second], wanted, null);
    expect(beside.get(second)).toMatchObject({ state: "gone" });
    expect(calls()).toHaveLength(1);
    const alone = await bench.connector.read([second], wanted, null);
    // Today's service answers 403 for a missing row, which proves nothing.
    expect(alone.get(second)).toMatchObject({ state: "unknown" });
  });

  test("a field that was removed stops the scan", async () => {
    addRows(1);
    bench.sandbox.admin.removeField(bench.tableId, "Notes");
    await expect(scanIds(bench.connector)).rejects.toMatchObject({ code: "schema_changed" });
  });

  test("a field that was renamed does not", async () => {
    addRows(1);
    bench.sandbox.admin.renameField(bench.tableId, "Notes", "Remarks");
    expect(await scanIds(bench.connector)).toHaveLength(1);
  });

  test("a field that was retyped or removed while rows were read is noticed, a renamed one is none", async () => {
    const { connector } = bench;
    const confirm = async (): Promise<void> => connector.confirmSchema?.(wanted);
    const { admin } = bench.sandbox;
    admin.renameField(bench.tableId, "Notes", "Remarks");
    await expect(confirm()).resolves.toBeUndefined();
    const back = admin.retypeField(bench.tableId, "Remarks", { type: "number" });
    await expect(confirm()).rejects.toMatchObject({ code: "schema_changed" });
    back();
    await expect(confirm()).resolves.toBeUndefined();
    admin.removeField(bench.tableId, "Remarks");
    await expect(confirm()).rejects.toMatchObject({ code: "schema_changed" });
  });

  test("stamps bound the edit from both sides, and editedAfter is exact", async () => {
    const { sandbox, connector } = bench;
    const [row] = addRows(1);
    const one = must(row, "row");
    sandbox.clock.advance(10_000);
    sandbox.admin.editRow(one, { Notes: "x" });
    const editedMs = sandbox.clock.nowMs();
    const reading = (await connector.recheck([one], wanted, 0)).get(one);
    const stampMs = reading?.state === "live" ? reading.row.stampMs : null;
    const stepMs = must(connector.capabilities.stampStepMs, "no stamp");
    expect(must(stampMs, "no stamp")).toBeLessThanOrEqual(editedMs);
    expect(must(stampMs, "no stamp") + stepMs).toBeGreaterThan(editedMs);
    const ask = (field: string, thanMs: number): Promise<unknown> =>
      connector.editedAfter([{ id: one, field: id(field), thanMs }]);
    expect(await ask("Notes", editedMs - 2_000)).toEqual(new Set([one]));
    expect(await ask("Notes", editedMs + 2_000)).toEqual(new Set());
    expect(await ask("Status", editedMs - 2_000)).toEqual(new Set());
    expect(await ask("Number", 0)).toBeNull();
  });

  test("the service's clock is learned from its answers", async () => {
    bench.sandbox.clock.advance(3_600_000);
    await bench.connector.describe();
    expect(Math.abs(bench.connector.nowMs() - bench.sandbox.clock.nowMs())).toBeLessThan(1_500);
  });
});

describe("pacing", () => {
  test("a 429 makes every call of the token wait", async () => {
    const { sandbox } = bench;
    sandbox.faults.add({ name: "429", fault: rateLimitFault });
    const slept: number[] = [];
    let shiftMs = 0;
    const connector = makeAirtableConnector({
      token: sandbox.token,
      baseUrl: sandbox.url,
      base: bench.baseId,
      table: "Sink",
      known: null,
      timing: {
        nowMs: () => Date.now() + shiftMs,
        elapsedMs: () => performance.now() + shiftMs,
        sleep: (ms) => {
          slept.push(ms);
          shiftMs += ms;
          return Promise.resolve();
        },
        random: () => 0.5,
      },
    });
    await connector.describe();
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(30_000);
    expect(calls()).toHaveLength(2);
  });
});

test("calls before describe are a bug of ours", () => {
  const connector = connectTo(bench.baseId, "Sink");
  expect(() => connector.scan({ fields: [fieldId("x")], marker: null, filter: null })).toThrow(
    "describe comes before",
  );
});
