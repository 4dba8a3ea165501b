// A create whose answer was lost, and a person who changed the link marker of the row that it made
// before anybody had seen it: nothing finds the row any more, and it is not made a second time for that.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Side } from "../../src/core/side.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { Conflict } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

/** A row of Airtable whose page was made, and whose marker somebody has changed since. */
async function lost(marker: string): Promise<{ readonly world: World; readonly made: RecordId }> {
  const world = await makeWorld({ tellsMaker: true });
  world.right.admin.add({ Name: text("One"), A: text("a0") });
  world.left.admin.failNext("write", "lost-after");
  await world.run();
  const made = must(world.left.admin.ids()[0], "the row that was made");
  world.left.admin.edit(made, { Link: text(marker) });
  return { world, made };
}

async function later(world: World, runs = 1): Promise<void> {
  for (let count = 0; count < runs; count += 1) {
    world.nowMs += 5 * minuteMs;
    await world.run();
  }
}

async function asked(world: World): Promise<readonly Conflict[]> {
  return world.store.loadConflicts(world.policy.id, ["open"]);
}

async function answer(world: World, keep: Side): Promise<void> {
  const { id } = must((await asked(world))[0], "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep } });
  await later(world);
}

test("P12 P14: a row that was made and lost its marker is asked about, not made again", async () => {
  for (const marker of ["", "junk"]) {
    const { world, made } = await lost(marker);
    // While the call may still be under way, the row is no new row either.
    world.nowMs += 1_000;
    await world.run();
    expect(world.right.admin.ids()).toHaveLength(1);
    await later(world, 2);
    expect(world.left.admin.ids()).toEqual([made]);
    expect(world.right.admin.ids()).toHaveLength(1);
    expect(await asked(world)).toMatchObject([
      {
        kind: "create-in-doubt",
        title: "One",
        values: { left: text(`https://memory.example/${made}`) },
      },
    ]);
    await answer(world, "left");
    expect(await asked(world)).toEqual([]);
    const index = await world.store.loadLinkIndex(world.policy.id);
    expect(index).toMatchObject([{ state: "live", ids: { left: made } }]);
    const right = must(index[0]?.ids.right, "the record it was made for");
    expect(world.right.admin.cell(right, "Link")).toEqual(text(made));
    await later(world);
    expect(world.left.admin.ids()).toHaveLength(1);
    expect(world.right.admin.ids()).toHaveLength(1);
  }
});

test("P14: a marker that names another row makes the row no copy of that one's while its create is in doubt", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: text("Other") });
  await later(world);
  const other = must(world.left.admin.ids()[0], "a row");
  world.left.admin.add({ Name: text("One") });
  world.right.admin.failNext("write", "lost-after");
  await later(world);
  const made = must(world.right.admin.ids()[1], "the row that was made");
  world.right.admin.edit(made, { Link: text(other) });
  world.nowMs += 1_000;
  await world.run();
  await later(world, 2);
  expect(world.left.admin.ids()).toHaveLength(2);
  expect(world.right.admin.ids()).toHaveLength(2);
  expect(await asked(world)).toMatchObject([{ kind: "create-in-doubt", title: "One" }]);
});

test("P12 P14: where no maker is told, a marker that names nobody shows a row that was made and renamed", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("One"), A: text("a0") });
  world.right.admin.failNext("write", "lost-after");
  await world.run();
  const made = must(world.right.admin.ids()[0], "the row that was made");
  world.right.admin.edit(made, { Link: text("junk"), Name: text("Renamed") });
  await later(world, 2);
  expect(world.right.admin.ids()).toEqual([made]);
  expect(await asked(world)).toMatchObject([{ kind: "create-in-doubt", title: "One" }]);
  await answer(world, "right");
  await later(world);
  expect(await asked(world)).toEqual([]);
  expect(world.left.admin.ids()).toEqual([left]);
  expect(world.left.admin.cell(left, "Name")).toEqual(text("Renamed"));
});

test("P12: a person's new row, copy or older row is not offered for a create that surely failed", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: text("Other") });
  world.right.admin.add({ Name: text("Stray"), Link: text("junk") });
  await later(world, 2);
  const linked = must(world.right.admin.ids()[1], "a row with a counterpart");
  world.left.admin.add({ Name: text("One") });
  world.right.admin.failNext("write", "lost-before");
  await later(world);
  world.right.admin.duplicate(linked);
  world.right.admin.add({ Name: text("New") });
  await later(world, 2);
  expect(await asked(world)).toEqual([]);
  expect(world.right.admin.ids()).toHaveLength(5);
});

test("P12: a linked row that somebody gave another's marker is not taken for that one's counterpart", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Linked") });
  await later(world);
  world.right.admin.add({ Name: text("One") });
  const [, right] = world.right.admin.ids();
  world.left.admin.failNext("write", "lost-before");
  await later(world);
  world.left.admin.edit(left, { Link: text(must(right, "a record")) });
  await later(world, 2);
  expect(world.left.admin.ids()).toHaveLength(2);
  expect(world.right.admin.ids()).toHaveLength(2);
});

test("G3: what a person says never came to be is made, and the row without a marker is a new one", async () => {
  const { world, made } = await lost("");
  await later(world);
  await answer(world, "right");
  expect(await asked(world)).toEqual([]);
  await later(world);
  expect(world.left.admin.ids()).toHaveLength(2);
  const index = await world.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ state }) => state)).toEqual(["live", "live"]);
  expect(index.map(({ ids }) => ids.left)).toContain(made);
});

test("P12: nobody is asked about rows that a lost create cannot have made", async () => {
  const world = await makeWorld({ tellsMaker: true });
  world.left.admin.add({ Name: text("One"), Link: text("junk") });
  world.right.admin.add({ Name: text("One") });
  world.left.admin.failNext("write", "lost-before");
  await later(world, 2);
  expect(await asked(world)).toEqual([]);
  const index = await world.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ state }) => state)).toEqual(["live"]);
});

test("P12: of two creates in doubt, the one whose row shows its marker is found, and not offered for the other", async () => {
  const world = await makeWorld({ tellsMaker: true });
  world.right.admin.add({ Name: text("One") });
  world.right.admin.add({ Name: text("Two") });
  world.left.admin.failNext("write", "lost-before");
  world.left.admin.failNext("write", "lost-after");
  await later(world, 2);
  expect(await asked(world)).toEqual([]);
  expect(world.left.admin.ids()).toHaveLength(2);
  const index = await world.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ state }) => state)).toEqual(["live", "live"]);
});
