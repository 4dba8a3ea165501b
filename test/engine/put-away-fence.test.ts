// A listing may be some seconds old. What was put away within them must not be taken for brought back
// because an old reading still shows it.
import { describe, expect, test } from "vitest";
import type { RecordId } from "../../src/core/ids.ts";
import { clockErrorMs, readLagMs } from "../../src/core/order.ts";
import type { Side } from "../../src/core/side.ts";
import { empty, text } from "../../src/core/value.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

function named(world: World, side: Side, name: string): RecordId {
  const found = world[side].admin.ids().find((id) => {
    const cell = world[side].admin.cell(id, "Name");
    return cell?.kind === "text" && cell.text === name;
  });
  if (found === undefined) throw new Error(`no ${name} on the ${side}`);
  return found;
}

async function synced(): Promise<World> {
  const world = await makeWorld();
  for (const name of ["One", "Two", "Three"]) world.left.admin.add({ Name: text(name) });
  await world.run();
  world.nowMs += 15 * minuteMs;
  await world.run();
  return world;
}

/** Long enough for any reading to show what was done before. */
const settledMs = readLagMs + clockErrorMs;

describe("P13: right after a row was put away", () => {
  test("a reading that still shows it brings its counterpart back only if it lasts", async () => {
    const world = await synced();
    const [gone, put] = [named(world, "right", "One"), named(world, "left", "One")];
    world.right.admin.purge(gone);
    await world.run();
    expect(world.left.admin.isTrashed(put)).toBe(true);
    world.nowMs += 3_000;
    world.left.admin.restore(put);
    const early = await world.run();
    expect(early.summary.counts.created).toEqual({ left: 0, right: 0 });
    world.nowMs += settledMs;
    const late = await world.run();
    expect(late.summary.counts.created).toEqual({ left: 0, right: 1 });
    await world.store.close();
  });

  test("a reading without the mark parts the rows only if it lasts", async () => {
    const world = await synced();
    const [gone, put] = [named(world, "left", "One"), named(world, "right", "One")];
    world.left.admin.trash(gone);
    await world.run();
    expect(world.right.admin.cell(put, "State")).toEqual(text("Archived"));
    world.nowMs += 3_000;
    world.right.admin.edit(put, { State: empty });
    const early = await world.run();
    expect(early.summary.counts.unlinked).toBe(0);
    world.nowMs += settledMs;
    const late = await world.run();
    expect(late.summary.counts.unlinked).toBe(1);
    await world.store.close();
  });

  test("a reading that still shows its removed counterpart does not bring it back", async () => {
    const world = await synced();
    const [gone, put] = [named(world, "left", "One"), named(world, "right", "One")];
    world.left.admin.trash(gone);
    await world.run();
    world.nowMs += 3_000;
    world.left.admin.restore(gone);
    const early = await world.run();
    expect(early.summary.counts.restored).toEqual({ left: 0, right: 0 });
    expect(world.right.admin.cell(put, "State")).toEqual(text("Archived"));
    world.nowMs += settledMs;
    const late = await world.run();
    expect(late.summary.counts.restored).toEqual({ left: 0, right: 1 });
    await world.store.close();
  });

  test("nor does one after both rows were removed by people", async () => {
    const world = await synced();
    const [left, right] = [named(world, "left", "One"), named(world, "right", "One")];
    world.right.admin.purge(right);
    world.left.admin.trash(left);
    await world.run();
    world.nowMs += 3_000;
    world.left.admin.restore(left);
    const early = await world.run();
    expect(early.summary.counts.created).toEqual({ left: 0, right: 0 });
    world.nowMs += settledMs;
    const late = await world.run();
    expect(late.summary.counts.created).toEqual({ left: 0, right: 1 });
    await world.store.close();
  });

  test("nor does a reading that still shows both make their link live again", async () => {
    const world = await synced();
    const [left, right] = [named(world, "left", "One"), named(world, "right", "One")];
    const state = async (): Promise<string | undefined> => {
      const links = await world.store.loadLinkIndex(world.policy.id);
      return links.find((link) => link.ids.left === left)?.state;
    };
    world.left.admin.trash(left);
    world.right.admin.trash(right);
    await world.run();
    world.nowMs += 3_000;
    world.left.admin.restore(left);
    world.right.admin.restore(right);
    await world.run();
    expect(await state()).toBe("tombstone");
    world.nowMs += settledMs;
    await world.run();
    expect(await state()).toBe("live");
    await world.store.close();
  });
});

test("P10: a link that lives again is young: what seems gone right after may be an old reading", async () => {
  const world = await synced();
  const [left, right] = [named(world, "left", "One"), named(world, "right", "One")];
  world.left.admin.trash(left);
  world.right.admin.trash(right);
  await world.run();
  world.nowMs += 15 * minuteMs;
  world.left.admin.restore(left);
  world.right.admin.restore(right);
  await world.run();
  world.nowMs += 3_000;
  world.left.admin.trash(left);
  const early = await world.run();
  expect(early.summary.counts.archived).toEqual({ left: 0, right: 0 });
  world.nowMs += settledMs;
  const late = await world.run();
  expect(late.summary.counts.archived).toEqual({ left: 0, right: 1 });
  await world.store.close();
});
