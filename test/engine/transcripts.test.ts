// Whole runs, held word by word against what they are known to do: each call with what was asked, each
// transaction with all it stores, in their order. A change of what a run does shows here as a change of a
// text; read what is different, and only then let `npx vitest --update` write it anew.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Row } from "../../src/core/row.ts";
import { text, unknown } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { ConflictAnswer } from "../../src/store/store.ts";
import { begin, linked, meanwhile, refuseBad, secondMs, type Story } from "./story.ts";
import { mapped, minuteMs } from "./world.ts";

const t = text;

async function answer({ world }: Story, said: ConflictAnswer): Promise<void> {
  const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
  const { id } = must(asked, "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer: said });
}

const asked = { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] } as const;

const stories: Readonly<Record<string, () => Promise<Story>>> = {
  "a first sync and edits on both sides": async () => {
    const story = await begin({ policy: { match: [{ left: "Name", right: "Name" }] } });
    const { world, left, right, run } = story;
    world.left.admin.add({ Name: t("Born left"), A: t("a0") });
    world.left.admin.add({ Name: t("Both"), A: t("same"), B: t("differs") });
    world.right.admin.add({ Name: t("Both"), A: t("same"), B: t("differs indeed") });
    world.right.admin.add({ Name: t("Born right"), B: t("b0") });
    await run("the first sync");
    world.left.admin.edit(left(0), { A: t("a1") });
    world.right.admin.edit(right(1), { B: t("b1") });
    world.left.admin.edit(left(1), { A: t("earlier") });
    world.nowMs += 3 * minuteMs;
    world.right.admin.edit(right(0), { A: t("later") });
    await run("edits of both sides, and of one cell on both");
    await run("nothing happened");
    return story;
  },

  "lost answers": async () => {
    const story = await linked(["One", "Two"]);
    const { world, left, run } = story;
    world.left.admin.edit(left(0), { A: t("a1") });
    world.left.admin.edit(left(1), { B: t("b1") });
    world.left.admin.add({ Name: t("Three"), A: t("a0") });
    world.right.admin.failNext("write", "lost-before");
    world.right.admin.failNext("write", "lost-after");
    await run("two calls whose answers are lost, one of them done");
    await run("what was made is found, what was not written is waited for", 20 * secondMs);
    await run("after the settling time it is written again", 3 * minuteMs);
    world.left.admin.trash(left(0));
    world.right.admin.failNext("write", "lost-after");
    await run("the answer to a removal is lost");
    await run("it was done", minuteMs);
    return story;
  },

  "rows put away and brought back": async () => {
    const story = await linked(["One", "Two", "Three", "Four"]);
    const { world, left, right, run } = story;
    world.left.admin.trash(left(0));
    world.right.admin.purge(right(1));
    world.left.admin.trash(left(2));
    world.right.admin.purge(right(2));
    await run("one is gone on the left, one on the right, one on both");
    world.left.admin.restore(left(0));
    world.left.admin.edit(left(0), { B: t("b1") });
    world.left.admin.restore(left(1));
    await run("two are back");
    return story;
  },

  "refused rows": async () => {
    const story = await linked(["One", "Two", "Three"]);
    const { world, left, run } = story;
    refuseBad(world);
    for (const at of [0, 1, 2]) world.left.admin.edit(left(at), { A: t(at === 1 ? "bad" : "a1") });
    world.left.admin.edit(left(1), { B: t("b1") });
    world.left.admin.add({ Name: t("Four"), A: t("bad"), B: t("b0") });
    await run("one of three rows is refused for a cell, and a new one");
    await run("both are tried again at once", secondMs);
    await run("and a third time", secondMs);
    await run("they rest", secondMs);
    world.left.admin.edit(left(1), { A: t("mended") });
    await run("one of them was mended", 5 * secondMs);
    return story;
  },

  "runs that come to nothing": async () => {
    const story = await linked(["One", "Two", "Three"], { pageSize: 1 });
    const { world, left, run } = story;
    world.left.admin.edit(left(2), { A: t("a1") });
    world.right.admin.failNext("read", "incomplete");
    await run("a listing is cut short");
    world.right.admin.failNext("write", "busy");
    await run("the service is busy");
    world.right.admin.failNext("read", "down");
    await run("a service is down");
    for (const id of world.right.admin.ids()) world.right.admin.purge(id);
    await run("a table is empty");
    const state = must(await world.store.loadPair(world.policy.id), "a pair");
    await world.store.commit(null, [{ kind: "pair", pair: { ...state, isPaused: true } }]);
    await run("the pair is paused");
    return story;
  },

  "questions and answers": async () => {
    const story = await linked(["One", "Two", "Three"], { policy: asked });
    const { world, left, right, run } = story;
    world.left.admin.edit(left(0), { A: t("left's") });
    world.right.admin.edit(right(0), { A: t("right's") });
    world.left.admin.edit(left(1), { B: unknown("error") });
    await run("a cell was edited on both sides, and one cannot be read");
    await answer(story, { keep: "right" });
    await run("a person has answered");
    world.left.admin.trash(left(2));
    world.right.admin.edit(right(2), { B: t("still needed") });
    await run("a row was removed here and edited there");
    await answer(story, { keep: "left" });
    await run("it was to be removed");
    return story;
  },

  "a create in doubt that no marker settles": async () => {
    const story = await linked(["One"], { policy: { markers: { left: null, right: "Link" } } });
    const { world, run } = story;
    world.right.admin.add({ Name: t("Born right") });
    world.left.admin.failNext("write", "lost-after");
    await run("the answer is lost");
    await run("a person is asked");
    await answer(story, { keep: "left" });
    await run("the row is there");
    return story;
  },

  "rows that nobody can place, and fields with another name": async () => {
    const story = await begin({ policy: { match: [{ left: "Name", right: "Name" }] } });
    const { world, right, run } = story;
    for (const name of ["One", "Twin", "Twin"]) world.left.admin.add({ Name: t(name) });
    world.right.admin.add({ Name: t("Twin") });
    world.right.admin.add({ Name: t("Lost"), Link: t("left9999") });
    await run("twins, and a marker that names nobody");
    world.right.admin.duplicate(right(2));
    world.right.admin.changeSchema((schema) => ({
      ...schema,
      fields: schema.fields.map((field) =>
        field.name === "B" ? { ...field, name: "Bee" } : field,
      ),
    }));
    await run("a copy, and a new name");
    return story;
  },

  "removals for good, and none at all": async () => {
    const archive = { left: { kind: "remove" }, right: { kind: "remove" } } as const;
    const story = await linked(["One", "Two", "Three"], { policy: { archive } });
    const { world, left, run } = story;
    world.left.admin.trash(left(0));
    await run("a row is deleted where there is no trash");
    world.left.admin.trash(left(1));
    await run("nobody said how", minuteMs, { archive: { left: null, right: null } });
    await run("removals are ignored", minuteMs, { deletes: "ignore" });
    world.left.admin.restore(left(0));
    await run("the row whose counterpart was deleted is back");
    return story;
  },

  "the last look": async () => {
    const story = await linked(["One", "Two", "Three", "Four"]);
    const { world, left, right, run } = story;
    const guards = { ...world.policy.guards, hotRowMs: 90_000 };
    for (const at of [0, 1]) world.left.admin.edit(left(at), { A: t("a1") });
    world.left.admin.trash(left(2));
    world.right.admin.edit(right(3), { B: t("b1") });
    world.nowMs += 5 * minuteMs;
    world.right.admin.edit(right(0), { B: t("typing") });
    meanwhile(world, () => {
      world.right.admin.edit(right(1), { B: t("typed meanwhile") });
      world.left.admin.restore(left(2));
      world.left.admin.edit(left(3), { A: t("typed as well") });
    });
    await run("somebody is at work on each of the rows", 5 * secondMs, { guards });
    await run("a minute later", minuteMs, { guards });
    return story;
  },

  "rows that a filter hides": async () => {
    const story = await linked(["One", "Two"]);
    const { world, left, right, run } = story;
    const without =
      (...ids: readonly RecordId[]) =>
      (row: Row): boolean =>
        !ids.includes(row.id);
    await run("it hides a row", minuteMs, { filters: { left: without(left(0)), right: null } });
    world.left.admin.add({ Name: t("Three") });
    world.right.admin.failNext("write", "lost-after");
    const filters = { left: null, right: without(right(2)) };
    await run("the answer to a create is lost", minuteMs, { filters });
    await run("what was made is hidden", 5 * minuteMs, { filters });
    await run("it shows", 5 * minuteMs);
    return story;
  },
};

test.each(Object.keys(stories))("%s, call by call", async (name) => {
  const { scribe, world } = await must(stories[name], "a story")();
  const file = `./transcripts/${name.replaceAll(" ", "-").replaceAll(",", "")}.txt`;
  await expect(scribe.text()).toMatchFileSnapshot(file);
  await world.store.close();
});
