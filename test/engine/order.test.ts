// Which of two edits came later, where the rows' own stamps mislead: the service that knows its cells
// is asked, and only what it says for certain counts.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

async function linked(): Promise<{ world: World; left: RecordId; right: RecordId }> {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: t("One"), A: t("a0"), B: t("b0") });
  world.nowMs += 5 * minuteMs;
  await world.run();
  world.nowMs += 5 * minuteMs;
  return { world, left, right: must(world.right.admin.ids()[0], "a counterpart") };
}

async function ended(world: World): Promise<unknown> {
  world.nowMs += 5 * minuteMs;
  const run = await world.run();
  const entries = await world.entries(run);
  return entries.flatMap(({ body }) =>
    body.type === "conflict" ? [`${body.field} ${body.winner} ${body.label}`] : [],
  );
}

test("P9: a later edit of another field does not make a row's earlier edit the later one", async () => {
  const { world, left, right } = await linked();
  world.right.admin.edit(right, { A: t("earlier") });
  world.nowMs += 3 * minuteMs;
  world.left.admin.edit(left, { A: t("later") });
  world.nowMs += 7 * minuteMs;
  world.right.admin.edit(right, { B: t("b1") });
  expect(await ended(world)).toEqual(["A left estimated"]);
  expect(world.picture().right).toEqual(["One | later | b1"]);
});

test("P9: two fields of one row are asked about apart", async () => {
  const { world, left, right } = await linked();
  world.right.admin.edit(right, { A: t("earlier A") });
  world.nowMs += 3 * minuteMs;
  world.left.admin.edit(left, { A: t("left A"), B: t("left B") });
  world.nowMs += 3 * minuteMs;
  world.right.admin.edit(right, { B: t("later B") });
  expect(await ended(world)).toEqual(["A left estimated", "B right estimated"]);
  expect(world.picture().right).toEqual(["One | left A | later B"]);
});

test("P8: edits within the same minute are a tie, however finely one side can tell", async () => {
  const { world, left, right } = await linked();
  world.left.admin.edit(left, { A: t("left A") });
  world.nowMs += 20_000;
  world.right.admin.edit(right, { A: t("right A") });
  expect(await ended(world)).toEqual(["A left tie"]);
});

test("P8: a listing that did not show a row proves nothing about when its cells were edited", async () => {
  const { world, left, right } = await linked();
  world.left.admin.edit(left, { A: t("left A") });
  world.nowMs += 20_000;
  world.left.admin.trash(left);
  world.nowMs += 5 * minuteMs;
  world.right.admin.edit(right, { A: t("later A") });
  // Removed on one side and edited on the other: it waits, over two listings without it.
  for (let runs = 0; runs < 2; runs += 1) expect(await ended(world)).toEqual([]);
  world.left.admin.restore(left);
  const [said] = (await ended(world)) as readonly string[];
  expect(said).toMatch(/^A \w+ (estimated|tie)$/u);
});
