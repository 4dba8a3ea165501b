// The in-memory destination, whole: what each call comes to under each fault, and what is told of cells and
// schemas that do not fit. The one-way runtime's tests stand on it.
import { describe, expect, test } from "vitest";
import { recordId } from "../../core/ids.ts";
import type { DatabaseDeclaration } from "../../core/oneway/declaration.ts";
import type { RowCreate, WriteCell } from "../destination.ts";
import { makeMemoryDestination, type MemoryDestinationOptions } from "./destination.ts";
import { makeMemoryWorld, type MemoryWorld, type WorldFault } from "./world.ts";
import { cellText, failNext } from "./world-admin.ts";

const groups = [{ name: "To-do", options: [{ name: "Open", color: null }] }];
const declaration: DatabaseDeclaration = {
  key: "issues",
  type: "managed",
  title: "Issues",
  primaryKey: "ID",
  properties: [
    { name: "ID", shape: { type: "title" } },
    { name: "State", shape: { type: "status", groups } },
    { name: "Lead", shape: { type: "relation", database: "people", twoWay: null } },
  ],
  icon: null,
  subItems: null,
};
const go = { isPreview: false };
const none = { icon: null, coverUrl: null, body: null };
const text = (content: string): WriteCell => ({
  kind: "text",
  runs: [{ text: content, url: null }],
});
const born = (key: string, cells: Readonly<Record<string, WriteCell>> = {}): RowCreate => ({
  key,
  ...none,
  cells: new Map(Object.entries({ ID: text(key), ...cells })),
});

async function open(more: Partial<MemoryDestinationOptions> = {}) {
  const world: MemoryWorld = more.world ?? makeMemoryWorld();
  const destination = makeMemoryDestination({ declaration, world, binding: null, ...more });
  await destination.prepareTable(go);
  return { world, destination, admin: destination.admin };
}

async function listed(destination: Awaited<ReturnType<typeof open>>["destination"]) {
  const pages: (string | null)[][] = [];
  const keys = destination.listKeys();
  // Bound: the listing ends itself.
  for (;;) {
    const step = await keys.next();
    if (step.done === true) return { pages, end: step.value };
    pages.push(step.value.map(({ key }) => key));
  }
}

describe("a write under", () => {
  const lost = { kind: "unknown", message: "the answer was lost", hint: null };
  test.each<readonly [WorldFault, object | null, boolean]>([
    ["none", { kind: "done", id: "row-2", notes: [] }, true],
    ["lost-after", lost, true],
    ["lost-with-hint", { ...lost, hint: "row-2" }, true],
    ["lost-before", lost, false],
    ["busy", { kind: "not-applied", message: "busy" }, false],
    [
      "forbidden",
      { kind: "failed", why: "forbidden", message: "not allowed", property: null },
      false,
    ],
    ["down", null, false],
    ["crash-before", null, false],
    ["crash-after", null, true],
  ])("%s", async (fault, outcome, isDone) => {
    const { world, destination, admin } = await open();
    failNext(world, "write", fault);
    const written = await destination.create([born("a")]).catch(() => null);
    expect(written).toEqual(outcome === null ? null : [outcome]);
    expect(admin.rows()).toHaveLength(isDone ? 1 : 0);
    expect(destination.requests().write).toBe(1);
    expect(await destination.create([born("b")])).toMatchObject([{ kind: "done" }]);
  });
});

describe("cells", () => {
  test("that do not fit are told of and left out, the rest of the row is written", async () => {
    const { destination, admin } = await open();
    const [outcome] = await destination.create([
      born("a", { State: { kind: "choice", name: "Shut" }, Else: text("x") }),
    ]);
    expect(outcome).toEqual({
      kind: "done",
      id: "row-2",
      notes: [
        'State: there is no status "Shut"; left as it was.',
        "Else: there is no such property.",
      ],
    });
    const id = recordId("row-2");
    const update = { id, isRevival: false, ...none, cells: new Map([["State", text("x")]]) };
    expect(await destination.update([update])).toEqual([
      { kind: "done", id, notes: ["State: a text does not fit a status; left as it was."] },
    ]);
    const open_: WriteCell = { kind: "choice", name: "Open" };
    await destination.update([{ ...update, cells: new Map([["State", open_]]), body: "words" }]);
    expect([admin.text(id, "State"), admin.row(id)?.body]).toEqual(["Open", "words"]);
    const blank = new Map<string, WriteCell>([["State", { kind: "blank" }]]);
    await destination.update([{ ...update, cells: blank }]);
    expect([admin.text(id, "State"), admin.text(id, "ID"), admin.row(id)?.body]).toEqual([
      null,
      "a",
      "words",
    ]);
  });

  test("are shown as a person reads them", () => {
    const start = { kind: "wall", day: "2026-07-01", time: "10:30", zone: null } as const;
    const place = { lat: 1, lon: -2, name: null, address: null, googlePlaceId: null };
    const cells: readonly WriteCell[] = [
      { kind: "number", number: 0 },
      { kind: "boolean", isTrue: false },
      { kind: "choices", names: ["a", "b"] },
      { kind: "people", emails: ["a@x", "b@x"] },
      { kind: "date", start, end: null },
      { kind: "date", start: { kind: "day", day: "2026-07-01" }, end: start },
      { kind: "files", files: [{ name: "f", url: "https://x.test/f" }] },
      { kind: "place", place },
      { kind: "rows", ids: ["r1", "r2"].map(recordId) },
      { kind: "blank" },
    ];
    expect([...cells, undefined].map(cellText)).toEqual([
      "0",
      "false",
      "a,b",
      "a@x,b@x",
      "2026-07-01 10:30",
      "2026-07-01",
      "https://x.test/f",
      "1,-2",
      "r1,r2",
      null,
      null,
    ]);
  });
});

describe("rows", () => {
  test("in the trash, hidden or refused: what a run sees of each", async () => {
    const { destination, admin } = await open();
    for (const key of ["a", "b", "c"]) await destination.create([born(key)]);
    const [a, b, c] = admin.rows().map(({ id }) => id);
    if (a === undefined || b === undefined || c === undefined) throw new Error("no rows");
    admin.trash(a);
    admin.hide(b);
    admin.refuseKey("c", "odd");
    expect(await destination.findRows(["a", "b", "c"])).toEqual([{ id: c, key: "c" }]);
    const update = { isRevival: false, ...none, cells: new Map() };
    const failed = (why: string, message: string) => ({
      kind: "failed",
      why,
      message,
      property: null,
    });
    expect(
      await destination.update([
        { ...update, id: a },
        { ...update, id: b },
        { ...update, id: c },
        { ...update, id: recordId("x") },
      ]),
    ).toEqual([
      failed("trashed", "it is in the trash"),
      { kind: "done", id: b, notes: [] },
      failed("invalid", "odd"),
      failed("missing", "no such row"),
    ]);
    expect(await destination.create([born("c")])).toEqual([failed("invalid", "odd")]);
    expect(await destination.remove([c, recordId("x")])).toEqual([
      { kind: "done", id: c, notes: [] },
      failed("missing", "no such row"),
    ]);
    await destination.update([{ ...update, id: a, isRevival: true }]);
    expect(admin.trashed().map(({ id }) => id)).toEqual([c]);
  });

  test("are listed page by page; a cut listing says so, one that fails throws", async () => {
    const { world, destination } = await open({ pageSize: 2 });
    const end = { isComplete: true, reason: null };
    expect(await listed(destination)).toEqual({ pages: [[]], end });
    for (const key of ["a", "b", "c"]) await destination.create([born(key)]);
    expect(await listed(destination)).toEqual({ pages: [["a", "b"], ["c"]], end });
    failNext(world, "read", "incomplete");
    expect(await listed(destination)).toEqual({
      pages: [["a", "b"]],
      end: { isComplete: false, reason: "the listing was cut short" },
    });
    for (const fault of ["down", "crash-before"] as const) {
      failNext(world, "read", fault);
      await expect(listed(destination)).rejects.toThrow();
    }
  });
});

test("a declared table is made once, and what it lacks is told step by step", async () => {
  const { world, destination } = await open();
  const { binding } = await destination.prepareTable(go);
  const again = makeMemoryDestination({ declaration, world, binding: null });
  expect(await again.prepareTable(go)).toEqual({ binding, steps: [], notes: [] });
  again.admin.dropProperty("State");
  const steps = [{ kind: "add-property", property: "State", message: "Add the property State." }];
  expect(await again.prepareTable({ isPreview: true })).toEqual({ binding, steps, notes: [] });
  expect(again.admin.propertyNames()).toEqual(["ID"]);
  again.admin.addProperty("State", "number");
  expect((await again.prepareTable(go)).notes).toEqual([
    "State is a number and not a status, so it is not written.",
  ]);
  expect(await again.prepareRelations(new Map(), go)).toEqual({
    binding,
    steps: [],
    notes: ["Lead: there is no table for people."],
  });
  const attached = { ...declaration, type: "attached" } as const;
  const lone = makeMemoryDestination({ declaration: attached, world, binding: null });
  await expect(lone.prepareTable(go)).rejects.toMatchObject({ code: "not_shared" });
});
