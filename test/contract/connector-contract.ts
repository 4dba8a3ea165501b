// What the port in src/connectors/connector.ts promises, as suites that run for every connector. What
// a service cannot do is read from the connector's capabilities, never from its name.
//
// A bench gives a fresh, empty table with the fields Name (title), Notes, Count, Done and Key (the
// marker), and whatever else the service's kitchen sink has.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connector, ScanEnd, Wanted, WriteOutcome } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { FieldId, RecordId } from "../../src/core/ids.ts";
import type { Row } from "../../src/core/row.ts";
import { findField, type Schema } from "../../src/core/schema.ts";
import {
  boolean,
  empty,
  isBlank,
  isSame,
  number,
  text,
  valueKey,
  type Person,
  type Value,
} from "../../src/core/value.ts";
import { samplesFor } from "./connector-samples.ts";

export interface ContractBench {
  /** Not yet described. */
  readonly connector: Connector;
  /** Somebody who may be named in the table's people fields. */
  readonly person: Person;
  /** A person changes the Notes of a row. */
  editNotes(id: RecordId, content: string): void;
  /** A person trashes the row, or deletes it where there is no trash. */
  takeAway(id: RecordId): void;
  /** The answer to the next write is lost: before or after the service carried it out. */
  loseAnswer(when: "before" | "after"): void;
  close(): Promise<void>;
}

interface World {
  readonly bench: ContractBench;
  readonly connector: Connector;
  readonly schema: Schema;
  readonly wanted: Wanted;
  readonly id: (name: string) => FieldId;
}

interface Scanned {
  readonly rows: readonly Row[];
  readonly end: ScanEnd;
}

async function scanAll(connector: Connector, wanted: Wanted): Promise<Scanned> {
  const rows: Row[] = [];
  const scan = connector.scan(wanted);
  // Bound: the scan ends itself.
  for (;;) {
    const step = await scan.next();
    if (step.done === true) return { rows, end: step.value };
    rows.push(...step.value.rows);
  }
}

function doneRow(outcome: WriteOutcome | undefined): Row {
  if (outcome?.kind !== "done") throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.row;
}

interface NewRow {
  readonly name: string;
  readonly marker?: string;
  readonly cells?: readonly (readonly [string, Value])[];
}

/** Creates rows in batches of what the connector takes. */
async function createRows(world: World, rows: readonly NewRow[]): Promise<readonly Row[]> {
  const { connector, wanted, id } = world;
  const size = connector.capabilities.writeBatchMax;
  const created: Row[] = [];
  for (let from = 0; from < rows.length; from += size) {
    const outcomes = await connector.create(
      rows.slice(from, from + size).map((row, at) => ({
        ref: String(from + at),
        cells: new Map<FieldId, Value>([
          [id("Name"), text(row.name)],
          ...(row.cells ?? []).map(([name, value]) => [id(name), value] as const),
        ]),
        marker: row.marker ?? `key-${row.name}`,
      })),
      wanted,
    );
    created.push(...outcomes.map(doneRow));
  }
  return created;
}

async function createRow(world: World, row: NewRow): Promise<Row> {
  return must((await createRows(world, [row]))[0], "no row created");
}

async function updateOne(
  world: World,
  id: RecordId,
  cells: readonly (readonly [string, Value])[],
): Promise<WriteOutcome> {
  const write = { id, cells: new Map(cells.map(([name, value]) => [world.id(name), value])) };
  const outcomes = await world.connector.update([write], world.wanted);
  return must(outcomes[0], "no outcome");
}

async function openWorld(bench: ContractBench): Promise<World> {
  const { connector } = bench;
  const schema = await connector.describe();
  const id = (name: string): FieldId => must(findField(schema, name), `no field ${name}`).id;
  const marker = id("Key");
  const fields = schema.fields.filter((field) => field.id !== marker).map((field) => field.id);
  return { bench, connector, schema, id, wanted: { fields, marker, filter: null } };
}

export function connectorContract(name: string, setUp: () => Promise<ContractBench>): void {
  describe(`connector contract: ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await openWorld(await setUp());
    });
    afterEach(async () => {
      await world.bench.close();
    });
    const get = (): World => world;
    describeSuite(get);
    scanSuite(get);
    readSuite(get);
    writeSuite(get);
    removeSuite(get);
    doubtSuite(get);
    lawSuite(get);
  });
}

type Get = () => World;

function describeSuite(get: Get): void {
  describe("describe", () => {
    test("names each field once, and one title", () => {
      const { schema } = get();
      const ids = schema.fields.map((field) => field.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(schema.fields.filter((field) => field.isTitle).map((field) => field.name)).toEqual([
        "Name",
      ]);
      const byName = (name: string): unknown => findField(schema, name)?.kind.kind;
      expect(byName("Count")).toBe("number");
      expect(byName("Done")).toBe("boolean");
      expect(byName("Key")).toBe("text");
    });

    test("has the pseudo-fields, which nobody writes", () => {
      for (const name of ["@id", "@url", "@created"]) {
        expect(findField(get().schema, name)).toMatchObject({ id: name, isWritable: false });
      }
    });

    test("says the same when asked again", async () => {
      expect(await get().connector.describe()).toEqual(get().schema);
    });
  });
}

function scanSuite(get: Get): void {
  describe("scan", () => {
    test("of an empty table is complete", async () => {
      const { rows, end } = await scanAll(get().connector, get().wanted);
      expect(rows).toEqual([]);
      expect(end).toMatchObject({ isComplete: true, reason: null });
    });

    test("gives every row of several pages once, with its cells", async () => {
      const names = Array.from({ length: 105 }, (_, at) => `row ${at}`);
      await createRows(
        get(),
        names.map((name, at) => ({ name, cells: [["Count", number(at)]] })),
      );
      const { rows, end } = await scanAll(get().connector, get().wanted);
      expect(end.isComplete).toBe(true);
      expect(end.window.endMs).toBeGreaterThanOrEqual(end.window.startMs);
      expect(new Set(rows.map((row) => row.id)).size).toBe(105);
      expect(rows.map((row) => row.title).toSorted()).toEqual(names.toSorted());
      for (const row of rows) {
        expect(row.marker).toBe(`key-${row.title}`);
        expect(row.cells.get(get().id("Count"))).toEqual(number(Number(row.title.slice(4))));
        expect(row.window.endMs).toBeGreaterThanOrEqual(row.window.startMs);
        // A row may be as old as the beginning of the listing, and the next look asks from there.
        expect(end.window.startMs).toBeLessThanOrEqual(row.window.startMs);
        expect(end.window.endMs).toBeGreaterThanOrEqual(row.window.endMs);
      }
    });

    test("brings the wanted cells and no others; an empty one is empty, not absent", async () => {
      const { connector, id } = get();
      await createRow(get(), { name: "a", cells: [["Count", number(1)]] });
      const fields = [id("Notes"), id("Done"), id("@id")];
      const { rows } = await scanAll(connector, { fields, marker: null, filter: null });
      const row = must(rows[0], "no row");
      expect([...row.cells.keys()].toSorted()).toEqual([...fields].toSorted());
      expect(row.cells.get(id("Notes"))).toEqual(empty);
      expect(row.cells.get(id("Done"))).toEqual(boolean(false));
      expect(row.cells.get(id("@id"))).toEqual(text(row.id));
      expect(row.marker).toBeNull();
    });
  });
}

function readSuite(get: Get): void {
  describe("reading rows by id", () => {
    test("tells live rows from those that were taken away", async () => {
      const { connector, wanted, bench } = get();
      const [a, b, c] = await createRows(get(), [{ name: "a" }, { name: "b" }, { name: "c" }]);
      const [first, second, third] = [must(a, "a"), must(b, "b"), must(c, "c")];
      bench.takeAway(second.id);
      const readings = await connector.read([first.id, second.id], wanted, third.id);
      expect(readings.get(first.id)).toMatchObject({ state: "live", row: { title: "a" } });
      const { hasTrash } = connector.capabilities;
      expect(readings.get(second.id)?.state).toBe(hasTrash ? "trashed" : "gone");
      expect(readings.size).toBe(2);
    });

    test("never says gone when the control row is not found either", async () => {
      const { connector, wanted, bench } = get();
      const [a, b] = await createRows(get(), [{ name: "a" }, { name: "b" }]);
      const [first, second] = [must(a, "a"), must(b, "b")];
      bench.takeAway(first.id);
      bench.takeAway(second.id);
      const readings = await connector.read([first.id], wanted, second.id);
      expect(readings.get(first.id)?.state).toBe(
        connector.capabilities.hasTrash ? "trashed" : "unknown",
      );
    });

    test("rechecks only what was asked, and shows what a person changed since", async () => {
      const { connector, wanted, bench, id } = get();
      const rows = await createRows(get(), [{ name: "a" }, { name: "b" }, { name: "c" }]);
      const [first, second] = [must(rows[0], "a"), must(rows[1], "b")];
      const sinceMs = connector.nowMs();
      bench.editNotes(first.id, "by hand");
      const readings = await connector.recheck([first.id, second.id], wanted, sinceMs);
      expect(readings.get(first.id)?.state).toBe("live");
      const reading = readings.get(first.id);
      const cells = reading?.state === "live" ? reading.row.cells : new Map<FieldId, Value>();
      expect(cells.get(id("Notes"))).toEqual(text("by hand"));
      for (const found of readings.keys()) expect([first.id, second.id]).toContain(found);
    });

    test("finds rows by their marker, whatever signs it has", async () => {
      const { connector, wanted } = get();
      const odd = `it's "odd" \\ {x}`;
      const rows = await createRows(get(), [
        { name: "a", marker: odd },
        { name: "b", marker: "plain" },
        { name: "c", marker: "other" },
      ]);
      const found = await connector.findByMarker([odd, "plain", "nobody"], wanted);
      expect(found.map((row) => row.id).toSorted()).toEqual(
        rows
          .slice(0, 2)
          .map((row) => row.id)
          .toSorted(),
      );
      expect(new Set(found.map((row) => row.marker))).toEqual(new Set([odd, "plain"]));
      expect(await connector.findByMarker(["nobody"], wanted)).toEqual([]);
    });

    test("tells which field was edited after an instant, or that it cannot", async () => {
      const { connector, bench, id } = get();
      const rows = await createRows(get(), [{ name: "a" }, { name: "b" }]);
      const [first, second] = [must(rows[0], "a"), must(rows[1], "b")];
      const long = 60_000;
      bench.editNotes(first.id, "by hand");
      const at = connector.nowMs();
      const edited = await connector.editedAfter([
        { id: first.id, field: id("Notes"), thanMs: at - long },
        { id: second.id, field: id("Notes"), thanMs: at + long },
      ]);
      if (edited !== null) expect([...edited]).toEqual([first.id]);
      else expect(connector.capabilities.stampStepMs).not.toBeNull();
    });
  });
}

function writeSuite(get: Get): void {
  describe("writing", () => {
    test("creates rows with their marker, in the order of the request", async () => {
      const { connector, wanted, id } = get();
      const names = ["a", "b", "c"].slice(0, connector.capabilities.writeBatchMax);
      const outcomes = await connector.create(
        names.map((name) => ({
          ref: name,
          cells: new Map([[id("Name"), text(name)]]),
          marker: `key-${name}`,
        })),
        wanted,
      );
      expect(outcomes.map((outcome) => outcome.kind === "done" && outcome.wasCreated)).toEqual(
        names.map(() => true),
      );
      expect(outcomes.map((outcome) => doneRow(outcome).title)).toEqual(names);
      expect(outcomes.map((outcome) => doneRow(outcome).marker)).toEqual(
        names.map((name) => `key-${name}`),
      );
    });

    test("updates the given cells and leaves the others", async () => {
      const row = await createRow(get(), {
        name: "a",
        cells: [
          ["Notes", text("keep me")],
          ["Count", number(1)],
          ["Done", boolean(true)],
        ],
      });
      const after = doneRow(await updateOne(get(), row.id, [["Count", number(2)]]));
      const { id } = get();
      expect(after.id).toBe(row.id);
      expect(after.cells.get(id("Count"))).toEqual(number(2));
      expect(after.cells.get(id("Notes"))).toEqual(text("keep me"));
      expect(after.cells.get(id("Done"))).toEqual(boolean(true));
      expect(after.marker).toBe("key-a");
    });

    test("a value of the wrong kind fails as invalid and names its field", async () => {
      const row = await createRow(get(), { name: "a", cells: [["Count", number(1)]] });
      const outcome = await updateOne(get(), row.id, [["Count", text("many")]]);
      expect(outcome).toMatchObject({ kind: "failed", why: "invalid", field: get().id("Count") });
      const { rows } = await scanAll(get().connector, get().wanted);
      expect(rows[0]?.cells.get(get().id("Count"))).toEqual(number(1));
    });

    test("a row that was taken away fails alone", async () => {
      const { connector, wanted, bench, id } = get();
      const rows = await createRows(get(), [{ name: "a" }, { name: "b" }, { name: "c" }]);
      const gone = must(rows[1], "b");
      bench.takeAway(gone.id);
      const writes = rows.map((row) => ({
        id: row.id,
        cells: new Map([[id("Notes"), text(`to ${row.title}`)]]),
      }));
      const size = connector.capabilities.writeBatchMax;
      const outcomes: WriteOutcome[] = [];
      for (let from = 0; from < writes.length; from += size) {
        outcomes.push(...(await connector.update(writes.slice(from, from + size), wanted)));
      }
      const why = connector.capabilities.hasTrash ? "trashed" : "missing";
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(["done", "failed", "done"]);
      expect(outcomes[1]).toMatchObject({ kind: "failed", why });
      expect(doneRow(outcomes[2]).cells.get(id("Notes"))).toEqual(text("to c"));
    });

    test("every call is counted", async () => {
      const { connector, wanted } = get();
      const before = connector.requests();
      await createRow(get(), { name: "a" });
      const after = connector.requests();
      expect(after.write).toBeGreaterThan(before.write);
      await scanAll(connector, wanted);
      expect(connector.requests().read).toBeGreaterThan(after.read);
      expect(connector.requests().write).toBe(after.write);
    });
  });
}

function removeSuite(get: Get): void {
  describe("removing", () => {
    test("takes the row out of the listing", async () => {
      const { connector, wanted } = get();
      const rows = await createRows(get(), [{ name: "a" }, { name: "b" }]);
      const [first, second] = [must(rows[0], "a"), must(rows[1], "b")];
      const [outcome] = await connector.remove([first.id], wanted);
      expect(doneRow(outcome).id).toBe(first.id);
      const listed = await scanAll(connector, wanted);
      expect(listed.rows.map((row) => row.id)).toEqual([second.id]);
    });

    test("a removed row comes back from the trash, where there is one", async () => {
      const { connector, wanted } = get();
      const row = await createRow(get(), { name: "a" });
      await connector.remove([row.id], wanted);
      const [outcome] = await connector.restore([row.id], wanted);
      const listed = await scanAll(connector, wanted);
      if (connector.capabilities.hasTrash) {
        expect(doneRow(outcome)).toMatchObject({ id: row.id, title: "a" });
        expect(listed.rows.map((one) => one.id)).toEqual([row.id]);
      } else {
        expect(outcome).toMatchObject({ kind: "failed", why: "invalid" });
        expect(listed.rows).toEqual([]);
      }
    });
  });
}

function doubtSuite(get: Get): void {
  describe("answers that are lost", () => {
    test.each(["before", "after"] as const)("an update, lost %s it was done", async (when) => {
      const { connector, wanted, bench, id } = get();
      const row = await createRow(get(), { name: "a", cells: [["Notes", text("old")]] });
      const control = await createRow(get(), { name: "control" });
      bench.loseAnswer(when);
      expect(await updateOne(get(), row.id, [["Notes", text("new")]])).toMatchObject({
        kind: "unknown",
      });
      const reading = (await connector.read([row.id], wanted, control.id)).get(row.id);
      const notes = reading?.state === "live" ? reading.row.cells.get(id("Notes")) : undefined;
      expect(notes).toEqual(text(when === "after" ? "new" : "old"));
    });

    test.each(["before", "after"] as const)("a create, lost %s it was done", async (when) => {
      const { connector, wanted, bench, id } = get();
      const create = { ref: "a", cells: new Map([[id("Name"), text("a")]]), marker: "key-a" };
      bench.loseAnswer(when);
      expect(await connector.create([create], wanted)).toMatchObject([{ kind: "unknown" }]);
      const found = await connector.findByMarker(["key-a"], wanted);
      expect(found.map((row) => row.title)).toEqual(when === "after" ? ["a"] : []);
    });
  });
}

function lawSuite(get: Get): void {
  describe("the law of codecs", () => {
    test("every writable field reads back what was written, and can be cleared", async () => {
      const { connector, schema, wanted, bench } = get();
      const row = await createRow(get(), { name: "sink" });
      const control = await createRow(get(), { name: "control" });
      const broken: string[] = [];
      const put = async (field: FieldId, value: Value): Promise<Row> => {
        const write = { id: row.id, cells: new Map([[field, value]]) };
        return doneRow((await connector.update([write], wanted))[0]);
      };
      let tried = 0;
      for (const field of schema.fields) {
        if (!field.isWritable || field.id === wanted.marker) continue;
        const samples = samplesFor(field, bench.person);
        for (const sample of samples) {
          const answered = (await put(field.id, sample)).cells.get(field.id);
          const reading = (await connector.read([row.id], wanted, control.id)).get(row.id);
          const read = reading?.state === "live" ? reading.row.cells.get(field.id) : undefined;
          for (const back of [answered, read]) {
            if (back === undefined || !isSame(back, sample)) {
              const seen = back === undefined ? "absent" : valueKey(back);
              broken.push(`${field.name}: wrote ${valueKey(sample)}, got ${seen}`);
            }
          }
          tried += 1;
        }
        if (samples.length === 0) continue;
        const blank =
          field.kind.kind === "choice" && field.kind.blankOption !== null
            ? `c:${field.kind.blankOption}`
            : null;
        const cleared = (await put(field.id, empty)).cells.get(field.id);
        if (cleared === undefined || (!isBlank(cleared) && valueKey(cleared) !== blank)) {
          broken.push(`${field.name}: not cleared`);
        }
      }
      expect(broken).toEqual([]);
      expect(tried).toBeGreaterThan(10);
    });
  });
}
