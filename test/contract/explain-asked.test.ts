// `explain` in process: the whole answer about a row, what stands in the way of it, and how a row is
// found. The wire and the addresses are the matter of `explain.test.ts`.
import { beforeEach, expect, test } from "vitest";
import { explain, type ExplainQuery } from "../../src/app/explain.ts";
import { resolve } from "../../src/app/conflicts.ts";
import type { Explanation } from "../../src/cli/services.ts";
import { must } from "../../src/core/assert.ts";
import { fieldId, pairId, type RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { SyncError } from "../../src/errors.ts";
import { mapped, minuteMs } from "../engine/world.ts";
import { makeApp, type App } from "../fixture/app.ts";
import { makeConflict, makeIntent, makeQuarantine } from "../fixture/store.ts";

const t = text;
let made: App;
let l: RecordId;
let r: RecordId;
beforeEach(async () => {
  made = await makeApp(3, {
    policy: {
      fields: [
        mapped("Name"),
        mapped("A", { owner: "ask" }),
        mapped("Second", { fields: { left: "B", right: "State2" } }),
      ],
    },
    fields: {
      right: [
        {
          id: fieldId("f-State2"),
          name: "State2",
          type: "text",
          kind: { kind: "text", format: "plain", isMultiline: true, lengthMax: 100 },
          isWritable: true,
          isTitle: false,
        },
      ],
    },
  });
  l = must(made.left[0], "a row");
  r = must(made.world.right.admin.ids()[0], "a row");
});

const asked = (part: Partial<ExplainQuery>) =>
  explain(made.app, { row: l, field: null, pair: null, ...part });

async function explained(part: Partial<ExplainQuery> = {}): Promise<Explanation> {
  const found = await asked(part);
  if (found.kind === "several") throw new Error("several");
  return found.explanation;
}

test("a row that is in step is told whole, by either id", async () => {
  const { world } = made;
  const link = must(await world.store.findLink(pairId("pair"), l), "a link");
  const writes = [world.left.requests().write, world.right.requests().write];
  const whole = await explained();
  expect(whole).toEqual({
    pair: "pair",
    names: { left: "Left", right: "Right" },
    title: "Row 0",
    state: "live",
    ids: { left: l, right: r },
    urls: { left: `https://memory.example/${l}`, right: `https://memory.example/${r}` },
    bornAtMs: link.bornAtMs,
    rows: {
      left: {
        state: "there",
        stampMs: expect.any(Number),
        readAt: { startMs: world.nowMs, endMs: world.nowMs },
      },
      right: {
        state: "there",
        stampMs: expect.any(Number),
        readAt: { startMs: world.nowMs, endMs: world.nowMs },
      },
    },
    rowRule: { rule: "R5", side: "right" },
    notes: [],
    cells: [
      expect.objectContaining({ field: "Name" }),
      expect.objectContaining({ field: "A", owner: "ask" }),
      expect.objectContaining({ field: "Second", fields: { left: "B", right: "State2" } }),
    ],
    conflicts: [],
    waiting: [],
  });
  expect(await explained({ row: r })).toEqual(whole);
  expect(await explained({ row: "Row 0" })).toEqual(whole);
  expect([world.left.requests().write, world.right.requests().write]).toEqual(writes);
});

test("a field is known by the mapping's name and by either field's own; another is a slip", async () => {
  for (const field of ["Second", "B", "State2"]) {
    expect((await explained({ field })).cells.map((cell) => cell.field)).toEqual(["Second"]);
  }
  const thrown: unknown = await asked({ field: "Nope" }).catch((error: unknown) => error);
  if (!(thrown instanceof SyncError)) throw new Error("it was taken");
  expect([thrown.code, thrown.message, thrown.remedy]).toEqual([
    "usage",
    'The pair pair has no field "Nope".',
    "It has: Name, A, Second.",
  ]);
});

test("words that fit several rows give a choice; a whole title among them is that row", async () => {
  made.world.left.admin.add({ Name: t("Row 0 and more") });
  made.world.nowMs += 10 * minuteMs;
  await made.world.run();
  expect((await explained({ row: "Row 0" })).ids.left).toBe(l);
  const several = await asked({ row: "Row" });
  if (several.kind !== "several") throw new Error("one");
  expect(several.rows).toHaveLength(4);
  expect(several.rows).toContainEqual({
    pair: "pair",
    title: "Row 0",
    ids: { left: l, right: r },
  });
  const thrown: unknown = await asked({ row: "Nothing" }).catch((error: unknown) => error);
  if (!(thrown instanceof SyncError)) throw new Error("it was found");
  expect([thrown.code, thrown.message, thrown.remedy]).toEqual([
    "usage",
    'No row that Tandem knows is called, or has the id, "Nothing".',
    "Name the row by its title, or by its id or address on either side.",
  ]);
  await expect(asked({ pair: "nope" })).rejects.toMatchObject({ code: "usage" });
});

test("only what may be an id of a service's own is asked of it", async () => {
  const { world } = made;
  const asks: string[] = [];
  for (const side of ["left", "right"] as const) {
    world[side].read = (ids) => {
      asks.push(`${side} ${ids.join(" ")}`);
      return Promise.resolve(new Map());
    };
  }
  const page = "0123456789abcdef0123456789abcdef";
  for (const row of ["Nothing", "two words that are long enough", "a/path/that/is/long", page]) {
    await expect(asked({ row })).rejects.toMatchObject({ code: "usage" });
  }
  expect(asks).toEqual([`left ${page} 01234567-89ab-cdef-0123-456789abcdef`]);
  asks.length = 0;
  const record = "recAAAAAAAAAAAAAA";
  await expect(asked({ row: record })).rejects.toMatchObject({ code: "usage" });
  expect(asks).toEqual([`right ${record} ${record}`]);
});

test("what waits for a person is told, and what the answer will do; what was carried out is not", async () => {
  const { world, app } = made;
  world.left.admin.edit(l, { A: t("left's") });
  world.right.admin.edit(r, { A: t("right's") });
  await world.run();
  const waiting = await explained({ field: "A" });
  const [open] = waiting.conflicts;
  expect(waiting.conflicts).toMatchObject([
    { kind: "cell", field: "A", ids: { left: l, right: r } },
  ]);
  expect(waiting.cells[0]?.next).toMatchObject({ rule: "F12", side: null });
  await resolve(app, must(open, "a conflict").id, { keep: "left" });
  const answered = await explained({ field: "A" });
  expect(answered.cells[0]?.next).toMatchObject({ side: "right" });
  expect(answered.rowRule).toEqual({ rule: "R5", side: "right" });
  await resolve(app, must(open, "a conflict").id, { keep: "right" });
  const other = await explained({ field: "A" });
  expect(other.cells[0]?.next).toMatchObject({ side: "left" });
  expect(other.rowRule).toEqual({ rule: "R5", side: "left" });
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect((await explained({ field: "A" })).conflicts).toEqual([]);
});

test("what is in the way of this row is told of no other one", async () => {
  const { store } = made.world;
  const pair = pairId("pair");
  const { id } = must(await store.findLink(pair, l), "a link");
  const next = must(made.left[1], "a row");
  await store.commit(null, [
    { kind: "intent", intent: makeIntent("op-1", id, { pair, status: "unknown" }) },
    { kind: "quarantine", quarantine: makeQuarantine(id, { pair }) },
    { kind: "conflict", conflict: makeConflict("c1", id, { pair }) },
    { kind: "conflict", conflict: makeConflict("c2", id, { pair, status: "answered" }) },
  ]);
  const held = await explained();
  expect(held.rowRule?.rule).toBe("R26");
  expect(held.notes).toHaveLength(2);
  expect(held.conflicts.map(({ id: name }) => name)).toEqual(["c1"]);
  const free = await explained({ row: next });
  expect([free.rowRule?.rule, free.notes, free.conflicts]).toEqual(["R5", [], []]);
});

test("what will not fit is told with its remedy, and a preference as the next run would have it", async () => {
  const { world } = made;
  world.left.admin.edit(l, { B: t("x".repeat(500)) });
  const { waiting, cells } = await explained({ field: "B" });
  expect(waiting).toMatchObject([{ message: expect.any(String), remedy: expect.any(String) }]);
  expect(cells[0]?.next).toMatchObject({ side: null, refusal: expect.any(String) });
  const pair = must(await world.store.loadPair(pairId("pair")), "a pair");
  const link = must(await world.store.findLink(pairId("pair"), l), "a link");
  world.right.admin.edit(r, { A: t("right's") });
  for (const [prefer, side] of [
    ["left", "right"],
    ["right", "left"],
  ] as const) {
    await world.store.commit(null, [
      { kind: "pair", pair: { ...pair, prefer } },
      { kind: "link", link: { ...link, cells: new Map() } },
    ]);
    expect((await explained({ field: "A" })).cells[0]?.next).toMatchObject({ rule: "F17", side });
  }
});

test("of two changes the later one is told, whatever came before", async () => {
  const { world } = made;
  for (const words of ["first", "later"]) {
    world.left.admin.edit(l, { B: t(words) });
    world.nowMs += 10 * minuteMs;
    await world.run();
  }
  const [cell] = (await explained({ field: "B" })).cells;
  expect(cell?.lastChange).toMatchObject({ before: t("first"), after: t("later"), side: "right" });
});
