// Both rows of a pair were removed, and one is back: its counterpart is to be made again. Until that is
// done the two rows keep what they agreed on, for somebody may bring the other one back just then.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

function titleOf(world: World, id: RecordId): string | null {
  const value = world.right.admin.cell(id, "Name");
  return value?.kind === "text" ? value.text : null;
}

/** A pair of which only the left row is back; the right service has no trash to take the other from. */
async function halfBack(): Promise<{ world: World; left: RecordId; right: RecordId }> {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a"), B: text("b") });
  world.left.admin.add({ Name: text("Other"), A: text("x"), B: text("y") });
  await step(world);
  const right = must(
    world.right.admin.ids().find((id) => titleOf(world, id) === "Row"),
    "the counterpart",
  );
  world.left.admin.trash(left);
  world.right.admin.trash(right);
  await step(world);
  world.nowMs += 10 * minuteMs;
  world.left.admin.restore(left);
  return { world, left, right };
}

/** Somebody brings the right row back, and edits both: each edit flows, as between rows never removed. */
async function expectTogether(at: {
  readonly world: World;
  readonly left: RecordId;
  readonly right: RecordId;
}): Promise<void> {
  const { world, left, right } = at;
  world.nowMs += 10 * minuteMs;
  world.right.admin.edit(right, { A: text("a2") });
  world.left.admin.edit(left, { B: text("b2") });
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  const rows = ["Other | x | y", "Row | a2 | b2"];
  expect(world.picture()).toEqual({ left: rows, right: rows });
  expect(await world.store.findLink(world.policy.id, left)).toMatchObject({
    state: "live",
    ids: { left, right },
  });
  expect((await step(world)).status).toBe("ok");
}

test("P1 P16: a row that comes back after the plan to make it again keeps what was agreed on", async () => {
  const { world, left, right } = await halfBack();
  const deps = world.deps();
  const connectors = {
    ...deps.connectors,
    right: {
      ...deps.connectors.right,
      get capabilities() {
        return deps.connectors.right.capabilities;
      },
      findByMarker: async (...asked: Parameters<typeof world.right.findByMarker>) => {
        world.right.admin.restore(right);
        return world.right.findByMarker(...asked);
      },
    },
  };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  const run = await syncPair(world.policy, options, { ...deps, connectors });
  expect(run.summary.counts.created).toEqual({ left: 0, right: 0 });
  await expectTogether({ world, left, right });
});

test.each(["lost-before", "busy"] as const)(
  "P1 P16: a row that comes back after a create that was not done (%s) keeps what was agreed on",
  async (fault) => {
    const { world, left, right } = await halfBack();
    world.right.admin.failNext("write", fault);
    await step(world);
    world.right.admin.restore(right);
    await expectTogether({ world, left, right });
  },
);

test("P14 P16: a row that was made again and not answered is the counterpart, by what was sent", async () => {
  const { world, left } = await halfBack();
  world.left.admin.edit(left, { A: text("a1") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  const made = must(
    world.right.admin.ids().find((id) => titleOf(world, id) === "Row"),
    "the row that was made",
  );
  world.right.admin.edit(made, { B: text("b3") });
  world.left.admin.edit(left, { Name: text("Row, renamed") });
  // What was read of the row that is gone is not said of the one in its place.
  await step(world);
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
  expect(await world.store.findLink(world.policy.id, left)).toMatchObject({
    state: "live",
    ids: { left, right: made },
  });
  for (let runs = 0; runs < 2; runs += 1) await step(world);
  const rows = ["Other | x | y", "Row, renamed | a1 | b3"];
  expect(world.picture()).toEqual({ left: rows, right: rows });
  expect((await step(world)).status).toBe("ok");
});

test("P12 P14: a row that a create made later than anybody waited for it is taken, and not made twice", async () => {
  const { world, left, right } = await halfBack();
  world.right.admin.failNext("write", "lost-before");
  await step(world);
  const cells = { Name: text("Row"), A: text("a"), B: text("b") };
  const late = world.right.admin.add({ ...cells, Link: text(left) });
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  expect(await world.store.findLink(world.policy.id, left)).toMatchObject({
    state: "live",
    ids: { left, right: late },
  });
  expect(world.right.admin.isTrashed(right)).toBe(true);
  expect([world.left.admin.ids().length, world.right.admin.ids().length]).toEqual([2, 2]);
});
