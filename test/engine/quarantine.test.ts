// Rows a service refuses: they rest, are tried again ever more slowly, at once when their content
// changes, and never hold the others up.
import { expect, test } from "vitest";
import type { Connector, WriteOutcome } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

/** The right side, refusing every row whose `A` says so, whatever company it comes in. */
function picky(world: World, sent: number[]): Connector {
  const { right } = world;
  const refused: WriteOutcome = { kind: "failed", why: "invalid", message: "no", field: null };
  const picked = Object.create(right) as Connector;
  Object.defineProperty(picked, "update", {
    value: async (...[writes, wanted]: Parameters<Connector["update"]>) => {
      sent.push(writes.length);
      const outcomes: WriteOutcome[] = [];
      for (const write of writes) {
        const isBad = [...write.cells.values()].some(
          (value) => value.kind === "text" && value.text.startsWith("bad"),
        );
        outcomes.push(
          isBad ? refused : must((await right.update([write], wanted))[0], "an outcome"),
        );
      }
      return outcomes;
    },
  });
  return picked;
}

async function start(): Promise<{ world: World; sent: number[]; run: () => Promise<PairRun> }> {
  const world = await makeWorld();
  for (let at = 0; at < 5; at += 1) world.left.admin.add({ Name: text(`Row ${at}`) });
  await world.run();
  world.nowMs += 10 * minuteMs;
  const sent: number[] = [];
  const right = picky(world, sent);
  const run = (): Promise<PairRun> =>
    syncPair(
      world.policy,
      { trigger: "cli", holder: "test", restrict: null },
      { ...world.deps(), connectors: { left: world.left, right } },
    );
  return { world, sent, run };
}

test("G5 P19: a refused row rests ever longer, and the others are synced without it", async () => {
  const { world, sent, run } = await start();
  const ids = world.left.admin.ids();
  world.left.admin.edit(ids[0]!, { A: text("bad") });
  world.left.admin.edit(ids[1]!, { A: text("good") });
  const startedMs = world.nowMs;
  const first = await run();
  expect(first.status).toBe("attention");
  expect(first.summary.counts.failed).toBe(1);
  expect(first.summary.counts.updated.right).toBe(1);
  expect(sent).toEqual([2]);
  // Tried again at once twice, alone, so that it spoils no batch; then it waits.
  world.left.admin.edit(ids[2]!, { A: text("good too") });
  expect((await run()).summary.counts.updated.right).toBe(1);
  expect(sent).toEqual([2, 1, 1]);
  await run();
  await run();
  expect(sent).toEqual([2, 1, 1, 1]);
  world.nowMs += 2 * minuteMs;
  await run();
  expect(sent).toEqual([2, 1, 1, 1, 1]);
  const [resting] = await world.store.loadQuarantine(world.policy.id);
  expect(resting).toMatchObject({ attempts: 4, code: "invalid", sinceMs: startedMs });
});

test("P19: a refused row is tried again when its time has come, and not a moment earlier", async () => {
  const { world, sent, run } = await start();
  world.left.admin.edit(must(world.left.admin.ids()[0], "a row"), { A: text("bad") });
  for (let count = 0; count < 3; count += 1) await run();
  world.nowMs += minuteMs - 1;
  await run();
  expect(sent).toEqual([1, 1, 1]);
  world.nowMs += 1;
  await run();
  expect(sent).toEqual([1, 1, 1, 1]);
});

test("G5 P19: one bad cell keeps neither the others of its row nor the row itself back", async () => {
  const { world, sent, run } = await start();
  const [id] = world.left.admin.ids();
  world.left.admin.edit(must(id, "a row"), { A: text("bad"), B: text("good"), Name: text("New") });
  const first = await run();
  expect(first.summary.counts.failed).toBe(1);
  expect(sent).toEqual([1, 1, 1, 1]);
  expect(world.picture().right).toContain("New | empty | good");
  // What is left is the bad cell alone, and it rests like any refused row.
  await run();
  await run();
  await run();
  expect(sent).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await world.store.loadQuarantine(world.policy.id)).toHaveLength(1);
});

test("G5: those that were sent with a refused row are counted and told all the same", async () => {
  const { world, sent, run } = await start();
  const [one, two, three] = world.left.admin.ids();
  world.left.admin.edit(must(one, "a row"), { A: text("bad"), B: text("good") });
  for (const id of [two, three]) world.left.admin.edit(must(id, "a row"), { A: text("good") });
  const { summary } = await run();
  expect(sent[0]).toBe(3);
  expect(summary.counts).toMatchObject({ failed: 1, updated: { left: 0, right: 3 } });
});

test("P19: other content is tried at once, and success frees the row", async () => {
  const { world, sent, run } = await start();
  const [id] = world.left.admin.ids();
  world.left.admin.edit(must(id, "a row"), { A: text("bad") });
  for (let count = 0; count < 4; count += 1) await run();
  expect(sent).toEqual([1, 1, 1]);
  world.left.admin.edit(must(id, "a row"), { A: text("mended") });
  world.nowMs += 1_000;
  expect((await run()).status).toBe("ok");
  expect(await world.store.loadQuarantine(world.policy.id)).toEqual([]);
});

test("P19: a mended row whose answer was lost counts as refused until it is seen, and no longer", async () => {
  const { world, run } = await start();
  const [id] = world.left.admin.ids();
  world.left.admin.edit(must(id, "a row"), { A: text("bad") });
  await run();
  world.left.admin.edit(must(id, "a row"), { A: text("mended") });
  world.right.admin.failNext("write", "lost-after");
  expect((await run()).status).toBe("attention");
  expect(await world.store.loadQuarantine(world.policy.id)).toHaveLength(1);
  world.nowMs += 10 * minuteMs;
  await run();
  expect(world.picture().right).toContain("Row 0 | mended | empty");
  expect(await world.store.loadQuarantine(world.policy.id)).toEqual([]);
});
