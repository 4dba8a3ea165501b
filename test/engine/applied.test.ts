// A saved plan, carried out twice or in parts: what was applied already is told as that, and only what
// really moved is told as moved. On in-memory services.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { recordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { withApplied } from "../../src/engine/applied.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { preview } from "../../src/engine/preview.ts";
import {
  restrictTo,
  saveWorks,
  type SavedPlan,
  type Skipped,
} from "../../src/engine/saved-plan.ts";
import { worksOf } from "../../src/engine/work.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

async function planned(world: World): Promise<SavedPlan> {
  const { prepared } = await preview(world.policy, world.deps());
  const works = saveWorks(worksOf(prepared.plans));
  return { version: 1, pair: "pair", storeId: "s", madeAtMs: 0, works };
}

/** What was skipped, as `title field why`. */
async function applied(world: World, plan: SavedPlan): Promise<readonly string[]> {
  const { restrict, skipped } = restrictTo(plan);
  const options = { trigger: "apply", holder: "test", restrict } as const;
  await syncPair(world.policy, options, world.deps());
  world.nowMs += 10 * minuteMs;
  const told = await withApplied(skipped(), world.policy, world.store);
  return told.map(({ title, field, why }: Skipped) => `${title} ${field ?? "-"} ${why}`);
}

test("each kind of change is known as applied the second time", async () => {
  const world = await makeWorld();
  const [old, away, back] = ["Old", "Away", "Back"].map((name) =>
    world.left.admin.add({ Name: t(name), A: t("a") }),
  );
  await world.run();
  world.left.admin.trash(must(back, "a row"));
  world.nowMs += 10 * minuteMs;
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(must(old, "a row"), { A: t("new") });
  world.left.admin.trash(must(away, "a row"));
  world.left.admin.restore(must(back, "a row"));
  world.right.admin.add({ Name: t("Born right") });
  const plan = await planned(world);
  expect(plan.works.map((work) => work.kind).toSorted()).toEqual([
    "create",
    "update",
    "update",
    "update",
  ]);
  expect((await applied(world, plan)).filter((line) => !line.endsWith("not-planned"))).toEqual([]);
  expect((await applied(world, plan)).toSorted()).toEqual([
    "Away - applied",
    "Back - applied",
    "Born right - applied",
    "Old - applied",
  ]);
});

test("a removal that a person was faster with is applied, and not moved", async () => {
  const policy = { archive: { left: { kind: "remove" }, right: { kind: "remove" } } } as const;
  const world = await makeWorld({ policy });
  const left = world.left.admin.add({ Name: t("Row"), A: t("a") });
  world.left.admin.add({ Name: t("Other") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.trash(left);
  const plan = await planned(world);
  expect(plan.works).toMatchObject([{ kind: "remove", side: "right" }]);
  world.right.admin.purge(recordId(must(plan.works[0], "a removal").row));
  world.nowMs += 10 * minuteMs;
  expect(await applied(world, plan)).toEqual(["Row - applied"]);
});

test("a cell that was taken back since has moved, beside one that was applied", async () => {
  const world = await makeWorld();
  const id = world.left.admin.add({ Name: t("Row"), A: t("a"), B: t("b") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(id, { A: t("new a"), B: t("new b") });
  const plan = await planned(world);
  world.left.admin.edit(id, { A: t("a") });
  expect(await applied(world, plan)).toEqual(["Row A moved"]);
  expect(await applied(world, plan)).toEqual(["Row - moved"]);
});

test("a cell that nobody planned is not told as moved", async () => {
  const world = await makeWorld();
  const id = world.left.admin.add({ Name: t("Row"), A: t("a"), B: t("b") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(id, { A: t("new a") });
  const plan = await planned(world);
  world.left.admin.edit(id, { B: t("new b") });
  expect(await applied(world, plan)).toEqual(["Row B not-planned"]);
});
