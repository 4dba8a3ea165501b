// A person's word about a whole row lasts until what follows from it was done: a run that was killed, or
// whose call came to nothing, asks nobody a second time.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Side } from "../../src/core/side.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { Conflict, StoreChange } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

const open = (world: World): Promise<readonly Conflict[]> =>
  world.store.loadConflicts(world.policy.id, ["open", "answered"]);

interface Asked {
  readonly world: World;
  readonly id: string;
  /** The row that was thrown away. */
  readonly left: RecordId;
  readonly row: RecordId;
}

/** A row that was thrown away on the left and edited on the right, and the question about it. */
async function asked(keep: Side): Promise<Asked> {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("Other") });
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await step(world);
  const row = must(
    world.right.admin.ids().find((id) => {
      const link = world.right.admin.cell(id, "Link");
      return link?.kind === "text" && link.text === left;
    }),
    "a counterpart",
  );
  world.left.admin.trash(left);
  world.right.admin.edit(row, { A: t("edited") });
  await step(world);
  const { id } = must((await open(world))[0], "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep } });
  return { world, id, left, row };
}

/** The next transaction that holds such a change is not stored, and the run ends as by a kill. */
function killAt(world: World, isIt: (change: StoreChange) => boolean): void {
  const { store } = world;
  const commit = store.commit.bind(store);
  store.commit = async (lease, changes) => {
    if (!changes.some(isIt)) return commit(lease, changes);
    store.commit = commit;
    throw new Error("killed");
  };
}

function isCarriedOut({ world, row }: Asked, keep: Side): boolean {
  const state = world.right.admin.cell(row, "State");
  const isPutAway = state?.kind === "text" && state.text === "Archived";
  return keep === "left" ? isPutAway : !isPutAway && world.left.admin.ids().length === 2;
}

for (const keep of ["left", "right"] as const) {
  const word = keep === "left" ? "remove" : "keep";

  test(`P11 P17: after a kill before the call, the word to ${word} the row is carried out unasked`, async () => {
    const at = await asked(keep);
    const { world } = at;
    killAt(world, (change) => change.kind === "intent");
    await expect(step(world)).rejects.toThrow("killed");
    expect(isCarriedOut(at, keep)).toBe(false);
    expect(await open(world)).toMatchObject([{ id: at.id, status: "open", answer: { keep } }]);
    expect((await step(world)).status).toBe("ok");
    expect(isCarriedOut(at, keep)).toBe(true);
    expect(await open(world)).toEqual([]);
  });

  test(`P11 P17: a call that came to nothing leaves the word to ${word} the row in force`, async () => {
    for (const fault of ["busy", "lost-before", "lost-after"] as const) {
      const at = await asked(keep);
      const { world } = at;
      world[keep === "left" ? "right" : "left"].admin.failNext("write", fault);
      await step(world);
      expect(await open(world)).toMatchObject([{ id: at.id, answer: { keep } }]);
      expect((await step(world)).status).toBe("ok");
      expect(isCarriedOut(at, keep)).toBe(true);
      expect(await open(world)).toEqual([]);
    }
  });

  test(`P3: the word to ${word} a row is over in the run that carries it out`, async () => {
    const at = await asked(keep);
    expect((await step(at.world)).status).toBe("ok");
    expect(isCarriedOut(at, keep)).toBe(true);
    expect(await open(at.world)).toEqual([]);
  });
}

test("P11: a word about a row is for that day only: another removal is asked about", async () => {
  const at = await asked("left");
  const { world, left } = at;
  killAt(world, (change) => change.kind === "intent");
  await expect(step(world)).rejects.toThrow("killed");
  world.left.admin.restore(left);
  await step(world);
  expect(await open(world)).toEqual([]);
  world.left.admin.trash(left);
  world.right.admin.edit(at.row, { A: t("edited again") });
  await step(world);
  expect(await open(world)).toMatchObject([{ kind: "edit-vs-delete", answer: null }]);
  expect(isCarriedOut(at, "left")).toBe(false);
});
