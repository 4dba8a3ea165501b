// The life of a pair on in-memory services: first sync, edits, births, removals and returns. Each
// test tells one story a user would tell, and ends with a quiet run.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

async function inStep(world: World): Promise<void> {
  world.nowMs += 5 * minuteMs;
  const before = world.left.requests().write + world.right.requests().write;
  const quiet = await world.run();
  expect(quiet.error).toBeNull();
  expect(quiet.status).toBe("ok");
  expect(world.left.requests().write + world.right.requests().write).toBe(before);
  const { left, right } = world.picture();
  expect(right).toEqual(left);
}

async function seeded(count = 3): Promise<{ world: World; left: RecordId[]; right: RecordId[] }> {
  const world = await makeWorld();
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`), B: t(`b${at}`) }),
  );
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("ok");
  world.nowMs += 5 * minuteMs;
  const right = left.map((id) =>
    must(
      world.right.admin.ids().find((other) => {
        const link = world.right.admin.cell(other, "Link");
        return link?.kind === "text" && link.text === id;
      }),
      "no counterpart",
    ),
  );
  return { world, left, right };
}

test("G1: a first sync copies every row, and the next run writes nothing", async () => {
  const { world } = await seeded(23);
  expect(world.picture().right).toHaveLength(23);
  // Three batches of at most ten, and nothing written on the left.
  expect(world.right.requests().write).toBe(3);
  expect(world.left.requests().write).toBe(0);
  await inStep(world);
});

test("edits of different fields of one row on both sides both survive", async () => {
  const { world, left, right } = await seeded();
  world.left.admin.edit(left[0]!, { A: t("from the left") });
  world.right.admin.edit(right[0]!, { B: t("from the right") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.updated).toEqual({ left: 1, right: 1 });
  expect(world.picture().left).toContain("Row 0 | from the left | from the right");
  await inStep(world);
});

test("G2: the later edit of one field wins, and the loser's value is in a conflict entry", async () => {
  const { world, left, right } = await seeded();
  world.right.admin.edit(right[1]!, { A: t("earlier") });
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(left[1]!, { A: t("later") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(world.picture().right).toContain("Row 1 | later | b1");
  const conflict = (await world.entries(run)).find((entry) => entry.body.type === "conflict");
  expect(conflict?.body).toMatchObject({
    field: "A",
    winner: "left",
    label: "estimated",
    values: { right: { value: { text: "earlier" } } },
  });
  await inStep(world);
});

test("the owner of a field wins a conflict whatever the time", async () => {
  const { world, left, right } = await seeded();
  const fields = world.policy.fields.map((entry) =>
    entry.name === "A" ? ({ ...entry, owner: "right" } as const) : entry,
  );
  world.right.admin.edit(right[1]!, { A: t("owner's") });
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(left[1]!, { A: t("later") });
  world.nowMs += 5 * minuteMs;
  await world.run({ fields });
  expect(world.picture().left).toContain("Row 1 | owner's | b1");
  await inStep(world);
});

test("a row born on the right becomes one row on the left and gets its marker", async () => {
  const { world } = await seeded();
  const born = world.right.admin.add({ Name: t("Born right"), A: t("x") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.created).toEqual({ left: 1, right: 0 });
  expect(world.right.admin.cell(born, "Link")?.kind).toBe("text");
  await inStep(world);
});

test("P10: a trashed left row archives its counterpart, and its return brings that back", async () => {
  const { world, left, right } = await seeded();
  world.left.admin.trash(left[0]!);
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 1 });
  expect(world.right.admin.cell(right[0]!, "State")).toEqual(t("Archived"));
  world.nowMs += 5 * minuteMs;
  const quiet = await world.run();
  expect(quiet.status).toBe("ok");
  expect(quiet.summary.counts.archived).toEqual({ left: 0, right: 0 });
  world.left.admin.restore(left[0]!);
  world.nowMs += 5 * minuteMs;
  const back = await world.run();
  expect(back.summary.counts.restored).toEqual({ left: 0, right: 1 });
  expect(world.right.admin.cell(right[0]!, "State")?.kind).toBe("empty");
  await inStep(world);
});

test("P10: a record deleted on the right trashes its left row", async () => {
  const { world, left, right } = await seeded();
  world.right.admin.purge(right[2]!);
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.archived).toEqual({ left: 1, right: 0 });
  expect(world.left.admin.isTrashed(left[2]!)).toBe(true);
  await inStep(world);
});

test("P11: a row removed here and edited there waits for a person", async () => {
  const { world, left, right } = await seeded();
  world.left.admin.trash(left[0]!);
  world.right.admin.edit(right[0]!, { A: t("unsynced") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("attention");
  expect(world.right.admin.cell(right[0]!, "State")?.kind).toBe("empty");
  const open = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(open.map((conflict) => conflict.kind)).toEqual(["edit-vs-delete"]);
});

test("G3 P12: a create whose answer was lost is found again, not repeated", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  world.right.admin.failNext("write", "lost-after");
  const first = await world.run();
  expect(first.status).toBe("attention");
  const second = await world.run();
  expect(second.status).toBe("ok");
  expect(world.right.admin.ids()).toHaveLength(1);
  await inStep(world);
});

test("P14: a create that never arrived is repeated only after the settling time", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  world.right.admin.failNext("write", "lost-before");
  await world.run();
  world.nowMs += 10_000;
  expect((await world.run()).status).toBe("attention");
  expect(world.right.admin.ids()).toHaveLength(0);
  world.nowMs += 3 * minuteMs;
  expect((await world.run()).status).toBe("ok");
  expect(world.right.admin.ids()).toHaveLength(1);
  await inStep(world);
});

test("an update whose answer was lost is confirmed by what the row shows", async () => {
  const { world, left } = await seeded();
  world.left.admin.edit(left[0]!, { A: t("new") });
  world.right.admin.failNext("write", "lost-after");
  world.nowMs += 5 * minuteMs;
  expect((await world.run()).status).toBe("attention");
  expect((await world.run()).status).toBe("ok");
  const changes = (await world.entries()).filter(
    (entry) => entry.body.type === "change" && entry.body.op === "update",
  );
  expect(changes).toHaveLength(1);
  await inStep(world);
});

test("G4: an empty listing halts before the first write", async () => {
  const { world } = await seeded();
  for (const id of world.right.admin.ids()) world.right.admin.purge(id);
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("halted");
  expect(run.summary.error?.code).toBe("emptySide");
  expect(world.left.admin.ids()).toHaveLength(3);
});

test("G4: a listing cut short removes and creates nothing", async () => {
  const { world, left } = await seeded(5);
  world.left.admin.add({ Name: t("new") });
  world.left.admin.edit(left[0]!, { A: t("edited") });
  world.right.admin.failNext("read", "incomplete");
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("attention");
  expect(run.summary.counts.created).toEqual({ left: 0, right: 0 });
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
});

test("P28: after the loss of the store nothing is doubled, removed or blanked", async () => {
  const { world, left, right } = await seeded(4);
  const fresh = await makeWorld();
  const deps = { ...fresh.deps(), connectors: { left: world.left, right: world.right } };
  const { syncPair } = await import("../../src/engine/cycle.ts");
  world.right.admin.edit(right[1]!, { A: t("differs") });
  const run = await syncPair(
    world.policy,
    { trigger: "cli", holder: "test", restrict: null },
    deps,
  );
  expect(run.summary.counts.linked).toBe(4);
  expect(run.status).toBe("attention");
  expect(world.left.admin.ids()).toHaveLength(left.length);
  expect(world.right.admin.ids()).toHaveLength(4);
  expect(world.right.admin.cell(right[1]!, "A")).toEqual(t("differs"));
});

test("P19: a row the service refuses does not stop the others", async () => {
  const { world, left } = await seeded(3);
  world.left.admin.edit(left[0]!, { A: t("x".repeat(20_000)) });
  world.left.admin.edit(left[1]!, { A: t("fine") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("attention");
  expect(world.picture().right).toContain("Row 1 | fine | b1");
});

test("a copied row with its marker becomes a row of its own", async () => {
  const { world, right } = await seeded(3);
  world.right.admin.duplicate(right[0]!);
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.created).toEqual({ left: 1, right: 0 });
  expect(world.left.admin.ids()).toHaveLength(4);
  await inStep(world);
});
