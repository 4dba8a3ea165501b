// The destination contract: one suite, run for each adapter. What an adapter declares it cannot do is
// left out; everything else holds for all of them. What a service's limits do to values is tested beside
// the adapter.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  Binding,
  Destination,
  KeyedRow,
  RowCreate,
  WriteCell,
} from "../../src/connectors/destination.ts";
import { must } from "../../src/core/assert.ts";
import { recordId, type RecordId } from "../../src/core/ids.ts";
import type { DatabaseDeclaration } from "../../src/core/oneway/declaration.ts";
import { SyncError } from "../../src/errors.ts";
import { everyCell, issues, people, project, text } from "./destination-fixture.ts";

export interface OpenOptions {
  readonly binding: Binding | null;
}

/** A service, its destinations, and what people do to the tables by hand. */
export interface DestinationBench {
  /** A fresh destination, as after a restart. */
  readonly open: (declaration: DatabaseDeclaration, options: OpenOptions) => Destination;
  /** A table that people made, with text columns, the first one its title, and a number column. */
  readonly handMade: (texts: readonly string[], number: string) => Binding;
  readonly addRow: (binding: Binding, cells: Readonly<Record<string, string>>) => RecordId;
  readonly cell: (binding: Binding, id: RecordId, property: string) => string | null;
  readonly propertyNames: (binding: Binding) => readonly string[];
  readonly rowCount: (binding: Binding) => number;
  readonly tableCount: () => number;
  readonly body: (id: RecordId) => string;
  readonly addChildPage: (id: RecordId) => void;
  readonly trash: (binding: Binding, id: RecordId) => void;
  readonly trashTable: (binding: Binding) => void;
  /** The next write is done or not, and its answer lost. */
  readonly loseAnswer: (when: "before" | "after") => void;
  readonly close: () => Promise<void>;
}

const none = { icon: null, coverUrl: null, body: null };

function row(key: string, cells: Readonly<Record<string, WriteCell>> = {}): RowCreate {
  return { key, ...none, cells: new Map(Object.entries({ ID: text(key), ...cells })) };
}

async function allKeys(destination: Destination): Promise<{
  readonly rows: readonly KeyedRow[];
  readonly isComplete: boolean;
}> {
  const rows: KeyedRow[] = [];
  const listed = destination.listKeys();
  // Bound: the listing ends itself.
  for (;;) {
    const step = await listed.next();
    if (step.done === true) return { rows, isComplete: step.value.isComplete };
    rows.push(...step.value);
  }
}

async function createOne(destination: Destination, one: RowCreate): Promise<RecordId> {
  const [outcome] = await destination.create([one]);
  expect(outcome).toMatchObject({ kind: "done" });
  return outcome?.kind === "done" ? outcome.id : recordId("");
}

let bench: DestinationBench;

async function prepared(
  declaration: DatabaseDeclaration,
  binding: Binding | null = null,
): Promise<{ readonly destination: Destination; readonly binding: Binding }> {
  const destination = bench.open(declaration, { binding });
  const preparation = await destination.prepareTable({ isPreview: false });
  return { destination, binding: must(preparation.binding, "no table was prepared") };
}

/** Calls that `work` costs. */
async function cost(
  destination: Destination,
  work: () => Promise<unknown>,
): Promise<{ readonly read: number; readonly write: number }> {
  const before = destination.requests();
  await work();
  const after = destination.requests();
  return { read: after.read - before.read, write: after.write - before.write };
}

function preparing(): void {
  test("makes the table with all its properties, and nothing the second time", async () => {
    const { destination, binding } = await prepared(everything());
    expect(new Set(bench.propertyNames(binding))).toEqual(
      new Set(everything().properties.map(({ name }) => name)),
    );
    for (const again of [destination, bench.open(everything(), { binding })]) {
      const spent = await cost(again, async () => {
        const second = await again.prepareTable({ isPreview: false });
        expect(second).toMatchObject({ steps: [], notes: [] });
        expect(second.binding?.tableId).toBe(binding.tableId);
      });
      expect(spent.write).toBe(0);
      expect(spent.read).toBeLessThanOrEqual(2);
    }
    expect(bench.tableCount()).toBe(1);
  });

  test("a preview says the steps, writes nothing, and finds no rows", async () => {
    const destination = bench.open(issues, { binding: null });
    const spent = await cost(destination, async () => {
      const preview = await destination.prepareTable({ isPreview: true });
      expect(preview.binding).toBeNull();
      expect(preview.steps.map(({ kind }) => kind)).toEqual(["create-table"]);
    });
    expect(spent.write).toBe(0);
    expect(bench.tableCount()).toBe(0);
    expect(await allKeys(destination)).toEqual({ rows: [], isComplete: true });
    expect(await destination.findRows(["a"])).toEqual([]);
    const real = await destination.prepareTable({ isPreview: false });
    expect(real.steps.map(({ kind }) => kind)).toEqual(["create-table"]);
    expect(bench.tableCount()).toBe(1);
  });

  test("a table whose binding was forgotten is found again, not made twice", async () => {
    const { binding } = await prepared(issues);
    const again = await prepared(issues);
    expect(again.binding.tableId).toBe(binding.tableId);
    expect(bench.tableCount()).toBe(1);
  });

  test("a managed table in the trash is made anew, and the person is told", async () => {
    const { binding } = await prepared(issues);
    bench.trashTable(binding);
    const destination = bench.open(issues, { binding });
    const preparation = await destination.prepareTable({ isPreview: false });
    expect(preparation.binding?.tableId).not.toBe(binding.tableId);
    expect(preparation.notes).toHaveLength(1);
    expect(await allKeys(destination)).toEqual({ rows: [], isComplete: true });
  });
}

function everything(): DatabaseDeclaration {
  return {
    ...issues,
    properties: [...issues.properties, ...everyCell.map(({ declared }) => declared)],
  };
}

function attaching(): void {
  const attached: DatabaseDeclaration = { ...issues, type: "attached" };

  test("adds what is missing and keeps what people made", async () => {
    const byHand = bench.handMade(["Name", "ID", "Mine"], "Votes");
    const kept = bench.addRow(byHand, { ID: "a", Mine: "hands off" });
    const destination = bench.open(attached, { binding: byHand });
    const preview = await destination.prepareTable({ isPreview: true });
    expect(bench.propertyNames(byHand)).toHaveLength(4);
    const preparation = await destination.prepareTable({ isPreview: false });
    expect(preparation.steps).toEqual(preview.steps);
    expect(preparation.steps.map(({ kind, property }) => [kind, property])).toEqual([
      ["add-property", "Count"],
      ["add-property", "Done"],
      ["add-property", "Status"],
    ]);
    expect(bench.propertyNames(byHand)).toHaveLength(7);
    const [found] = await destination.findRows(["a"]);
    expect(found?.id).toBe(kept);
    const cells = new Map([["Count", { kind: "number", number: 4 } as const]]);
    await destination.update([{ id: kept, isRevival: false, ...none, cells }]);
    expect(bench.cell(byHand, kept, "Count")).toBe("4");
    expect(bench.cell(byHand, kept, "Mine")).toBe("hands off");
  });

  test("a column of another type is told of and left alone; the rest of the row is written", async () => {
    const byHand = bench.handMade(["ID", "Name", "Status"], "Done");
    const { destination } = await prepared({ ...attached, primaryKey: "ID" }, byHand);
    const second = await destination.prepareTable({ isPreview: false });
    expect(second.notes.some((note) => note.includes("Done"))).toBe(true);
    const done: WriteCell = { kind: "boolean", isTrue: true };
    const id = await createOne(destination, row("a", { Done: done, Count: number(7) }));
    expect(bench.cell(byHand, id, "Count")).toBe("7");
    expect(bench.cell(byHand, id, "Done")).toBeNull();
  });

  test("a table that is gone is an error, not a new table", async () => {
    const byHand = bench.handMade(["Name", "ID"], "Count");
    bench.trashTable(byHand);
    const destination = bench.open(attached, { binding: byHand });
    const failure = await destination
      .prepareTable({ isPreview: false })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyncError);
    expect(failure).toMatchObject({ code: "not_shared" });
    expect(bench.tableCount()).toBe(0);
  });
}

function number(value: number): WriteCell {
  return { kind: "number", number: value };
}

function writing(): void {
  test("every kind of cell is taken, and cleared again", async () => {
    const { destination, binding } = await prepared(everything());
    const cells = Object.fromEntries(everyCell.map(({ declared, cell }) => [declared.name, cell]));
    const [made] = await destination.create([row("a", cells)]);
    expect(made).toMatchObject({ kind: "done", notes: [] });
    const id = made?.kind === "done" ? made.id : recordId("");
    for (const { declared, shown } of everyCell) {
      expect(bench.cell(binding, id, declared.name), declared.name).toBe(shown);
    }
    const blanks = everyCell.map(
      ({ declared }) => [declared.name, { kind: "blank" } as const] as const,
    );
    const [cleared] = await destination.update([
      { id, isRevival: false, ...none, cells: new Map(blanks) },
    ]);
    expect(cleared).toMatchObject({ kind: "done" });
    for (const { declared, isNeverBlank } of everyCell) {
      if (!isNeverBlank) expect(bench.cell(binding, id, declared.name), declared.name).toBeNull();
    }
    expect(bench.cell(binding, id, "ID")).toBe("a");
  });

  test("so many rows cost so many calls", async () => {
    const { destination } = await prepared(issues);
    const { writeBatchMax } = destination.capabilities;
    const rows = Array.from({ length: 6 }, (_, index) => row(`k${index}`));
    const spent = await cost(destination, async () => {
      for (let at = 0; at < rows.length; at += writeBatchMax) {
        const outcomes = await destination.create(rows.slice(at, at + writeBatchMax));
        for (const outcome of outcomes) expect(outcome.kind).toBe("done");
      }
    });
    expect(spent).toEqual({ read: 0, write: Math.ceil(6 / writeBatchMax) });
  });

  test("an update touches only the cells it names", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, row("a", { Name: text("one"), Count: number(1) }));
    const cells = new Map([["Name", text("two")]]);
    const spent = await cost(destination, async () => {
      const outcomes = await destination.update([{ id, isRevival: false, ...none, cells }]);
      expect(outcomes).toEqual([{ kind: "done", id, notes: [] }]);
    });
    expect(spent).toEqual({ read: 0, write: 1 });
    expect(bench.cell(binding, id, "Name")).toBe("two");
    expect(bench.cell(binding, id, "Count")).toBe("1");
    expect(bench.cell(binding, id, "ID")).toBe("a");
  });

  test("a cell that does not fit is noted, and the rest of its row written", async () => {
    const { destination, binding } = await prepared(issues);
    const [outcome] = await destination.create([
      row("a", {
        Count: text("many"),
        Status: { kind: "choice", name: "Nowhere" },
        Name: text("n"),
      }),
    ]);
    expect(outcome?.kind === "done" ? outcome.notes : []).toEqual([
      expect.stringContaining("Count"),
      expect.stringContaining("Nowhere"),
    ]);
    const id = outcome?.kind === "done" ? outcome.id : recordId("");
    expect(bench.cell(binding, id, "Name")).toBe("n");
    expect(bench.cell(binding, id, "Count")).toBeNull();
  });

  test("a row that is not there fails alone", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, row("a"));
    const gone = recordId(id.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
    const cells = new Map([["Name", text("x")]]);
    const [outcome] = await destination.update([{ id: gone, isRevival: false, ...none, cells }]);
    expect(outcome).toMatchObject({ kind: "failed", why: "missing" });
    expect(bench.rowCount(binding)).toBe(1);
  });
}

function finding(): void {
  test("rows are found by their exact key, all of them", async () => {
    const { destination, binding } = await prepared(issues);
    const a = await createOne(destination, row("a"));
    const upper = await createOne(destination, row("A"));
    const twin = bench.addRow(binding, { ID: "a" });
    bench.addRow(binding, { Name: "without a key" });
    const found = await destination.findRows(["a", "b"]);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([a, twin]));
    expect(found.every(({ key }) => key === "a")).toBe(true);
    expect(await destination.findRows(["A"])).toEqual([{ id: upper, key: "A" }]);
    expect(await destination.findRows([])).toEqual([]);
  });

  test("awkward keys are found too", async () => {
    const { destination } = await prepared(issues);
    const keys = [`it's "quoted" \\ {x}`, "Zürich 👩‍👩‍👧", "a,b;c", " spaced  out "];
    for (const key of keys) await createOne(destination, row(key));
    const found = await destination.findRows(keys);
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(keys));
  });

  test("a listing gives every live row once, with its key or none", async () => {
    const { destination, binding } = await prepared(issues);
    const count = 130;
    for (let index = 0; index < count; index += 1) bench.addRow(binding, { ID: `k${index}` });
    const empty = bench.addRow(binding, { Name: "without a key" });
    const trashed = bench.addRow(binding, { ID: "in the trash" });
    bench.trash(binding, trashed);
    const { rows, isComplete } = await allKeys(destination);
    expect(isComplete).toBe(true);
    expect(rows).toHaveLength(count + 1);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(count + 1);
    expect(rows.find(({ id }) => id === empty)?.key).toBeNull();
    expect(new Set(rows.map(({ key }) => key)).has("k129")).toBe(true);
    expect(await destination.findRows(["in the trash"])).toEqual([]);
  });
}

function removing(): void {
  test("a removed row is found no more; removing it again does no harm", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, row("a"));
    expect(await destination.remove([id])).toEqual([{ kind: "done", id, notes: [] }]);
    expect(bench.rowCount(binding)).toBe(0);
    expect(await destination.findRows(["a"])).toEqual([]);
    const [again] = await destination.remove([id]);
    const isHarmless =
      again?.kind === "done" || (again?.kind === "failed" && again.why === "missing");
    expect(isHarmless).toBe(true);
  });
}

function trash(): void {
  test("a row in the trash takes no edits until it is revived", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, row("a", { Name: text("one") }));
    await destination.remove([id]);
    const change = { id, ...none, cells: new Map([["Name", text("two")]]) };
    const [refused] = await destination.update([{ ...change, isRevival: false }]);
    expect(refused).toMatchObject({ kind: "failed", why: "trashed" });
    const [revived] = await destination.update([{ ...change, isRevival: true }]);
    expect(revived).toEqual({ kind: "done", id, notes: [] });
    expect(bench.cell(binding, id, "Name")).toBe("two");
    expect(await destination.findRows(["a"])).toEqual([{ id, key: "a" }]);
  });
}

function doubting(): void {
  test("a create whose answer is lost is unknown, never repeated, and found by its key", async () => {
    const { destination, binding } = await prepared(issues);
    bench.loseAnswer("after");
    const [outcome] = await destination.create([row("a")]);
    expect(outcome?.kind).toBe("unknown");
    expect(bench.rowCount(binding)).toBe(1);
    expect(await destination.findRows(["a"])).toHaveLength(1);
  });

  test("a create that was lost on its way is unknown as well, and not found", async () => {
    const { destination, binding } = await prepared(issues);
    bench.loseAnswer("before");
    const [outcome] = await destination.create([row("a")]);
    expect(outcome?.kind).toBe("unknown");
    expect(bench.rowCount(binding)).toBe(0);
    expect(await destination.findRows(["a"])).toEqual([]);
  });

  test("an update whose answer is lost can be sent again", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, row("a"));
    const change = { id, isRevival: false, ...none, cells: new Map([["Name", text("two")]]) };
    bench.loseAnswer("after");
    expect((await destination.update([change]))[0]?.kind).toBe("unknown");
    expect((await destination.update([change]))[0]?.kind).toBe("done");
    expect(bench.cell(binding, id, "Name")).toBe("two");
  });
}

function bodies(): void {
  test("a body comes with the row in one call, is replaced, cleared, and otherwise left alone", async () => {
    const { destination } = await prepared(issues);
    let id = recordId("");
    const spent = await cost(destination, async () => {
      id = await createOne(destination, { ...row("a"), body: "# One\nwords" });
    });
    expect(spent).toEqual({ read: 0, write: 1 });
    expect(bench.body(id)).toBe("# One\nwords");
    const change = { id, isRevival: false, ...none, cells: new Map<string, WriteCell>() };
    await destination.update([{ ...change, cells: new Map([["Name", text("n")]]) }]);
    expect(bench.body(id)).toBe("# One\nwords");
    await destination.update([{ ...change, body: "two" }]);
    expect(bench.body(id)).toBe("two");
    await destination.update([{ ...change, body: "" }]);
    expect(bench.body(id)).toBe("");
  });

  test("a body with pages below stays as it is, with a note; the cells are written", async () => {
    const { destination, binding } = await prepared(issues);
    const id = await createOne(destination, { ...row("a"), body: "one" });
    bench.addChildPage(id);
    const cells = new Map([["Name", text("n")]]);
    const [outcome] = await destination.update([
      { id, isRevival: false, ...none, cells, body: "two" },
    ]);
    expect(outcome?.kind === "done" ? outcome.notes : []).toHaveLength(1);
    expect(bench.body(id)).toBe("one");
    expect(bench.cell(binding, id, "Name")).toBe("n");
  });
}

function relations(): void {
  test("point to the rows of another table, and are made once", async () => {
    const owner = await prepared(people);
    const { destination, binding } = await prepared(project);
    const related = new Map([
      ["people", owner.binding],
      ["project", binding],
    ]);
    const preview = await destination.prepareRelations(related, { isPreview: true });
    expect(preview.steps.map(({ property }) => property)).toEqual(["Lead", "Part of"]);
    expect(bench.propertyNames(binding)).not.toContain("Lead");
    await destination.prepareRelations(related, { isPreview: false });
    expect(bench.propertyNames(binding)).toContain("Lead");
    for (const again of [destination, bench.open(project, { binding })]) {
      await again.prepareTable({ isPreview: false });
      const spent = await cost(again, async () => {
        const second = await again.prepareRelations(related, { isPreview: false });
        expect(second).toMatchObject({ steps: [], notes: [] });
      });
      expect(spent.write).toBe(0);
    }
    const lead = await createOne(owner.destination, row("ada"));
    const whole = await createOne(destination, row("whole"));
    const part = await createOne(
      destination,
      row("part", {
        Lead: { kind: "rows", ids: [lead] },
        "Part of": { kind: "rows", ids: [whole] },
      }),
    );
    expect(bench.cell(binding, part, "Lead")).toBe(lead);
    expect(bench.cell(binding, part, "Part of")).toBe(whole);
    const cells = new Map<string, WriteCell>([["Lead", { kind: "rows", ids: [] }]]);
    await destination.update([{ id: part, isRevival: false, ...none, cells }]);
    expect(bench.cell(binding, part, "Lead")).toBeNull();
  });

  test("to a table that nobody knows are told of, and the row is written without", async () => {
    const { destination, binding } = await prepared(project);
    const related = new Map([["project", binding]]);
    const preparation = await destination.prepareRelations(related, { isPreview: false });
    expect(preparation.notes).toEqual([expect.stringContaining("Lead")]);
    expect(await createOne(destination, row("a", { Name: text("n") }))).not.toBe("");
  });
}

/** Parts of the contract that hang on what the service has. */
export interface ContractParts {
  readonly hasTrash: boolean;
  readonly hasBodies: boolean;
}

export function destinationContract(
  name: string,
  setUp: () => Promise<DestinationBench>,
  parts: ContractParts = { hasTrash: true, hasBodies: true },
): void {
  describe(`destination contract: ${name}`, () => {
    beforeEach(async () => {
      bench = await setUp();
    });
    afterEach(async () => {
      await bench.close();
    });
    test("the service is as declared", () => {
      const { capabilities } = bench.open(issues, { binding: null });
      expect(capabilities).toMatchObject(parts);
    });
    describe("preparing", preparing);
    describe("attaching", attaching);
    describe("writing", writing);
    describe("finding", finding);
    describe("removing", removing);
    if (parts.hasTrash) describe("trash", trash);
    describe("lost answers", doubting);
    if (parts.hasBodies) describe("bodies", bodies);
    describe("relations", relations);
  });
}
