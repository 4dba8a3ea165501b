// What people ask for by hand, held word by word as in `transcripts.test.ts`: a run taken back, the base
// taken anew, a saved plan carried out, an answer kept; and what a service is asked about two edits.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RunId } from "../../src/core/ids.ts";
import type { Link } from "../../src/core/link.ts";
import { empty, text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import { preview } from "../../src/engine/preview.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import { inRun, type PairRun } from "../../src/engine/run.ts";
import { restrictTo, saveWorks, type SavedPlan } from "../../src/engine/saved-plan.ts";
import { planUndo } from "../../src/engine/undo.ts";
import type { Kept } from "../../src/engine/undo-cells.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import { worksOf } from "../../src/engine/work.ts";
import { begin, linked, meanwhile, refuseBad, secondMs, type Story } from "./story.ts";
import { mapped, minuteMs } from "./world.ts";

const t = text;

/** A run that is not told, to be taken back. */
async function ran({ world }: Story): Promise<RunId> {
  world.nowMs += 10 * minuteMs;
  return (await world.run()).run;
}

function ended({ scribe }: Story, { status, error }: PairRun): void {
  scribe.say("ended:", status, error === null ? "" : error.code);
}

function stays({ scribe }: Story, kept: readonly Kept[]): void {
  for (const { title, side, field, why, now } of kept) {
    scribe.say(`stays: ${title} ${side ?? "-"} ${field ?? "-"} ${why}`, now ?? "");
  }
}

async function undo(
  story: Story,
  what: string,
  undone: RunId,
  part: Partial<EngineDeps> = {},
): Promise<RunId> {
  const { world, scribe } = story;
  world.nowMs += 5 * minuteMs;
  scribe.say(`\n== ${what}`);
  const options = { trigger: "undo", holder: "test" } as const;
  const done = await undoPair(world.policy, { undone, options }, { ...scribe.deps, ...part });
  stays(story, done.plan?.kept ?? []);
  scribe.say("moved since the look:", done.moved.length);
  stays(story, done.moved);
  ended(story, done.run);
  return done.run.run;
}

async function resync(
  story: Story,
  what: string,
  prefer: Parameters<typeof resyncBody>[1]["prefer"],
  part: Partial<EngineDeps> = {},
): Promise<void> {
  const { world, scribe } = story;
  world.nowMs += 5 * minuteMs;
  scribe.say(`\n== ${what}`);
  const run = await inRun(
    world.policy,
    { trigger: "resync", holder: "test" },
    {
      deps: { ...scribe.deps, ...part },
      body: (current, state) => resyncBody(current, { state, prefer }),
    },
  );
  ended(story, run);
}

async function planned({ world }: Story): Promise<SavedPlan> {
  const { prepared } = await preview(world.policy, world.deps());
  const works = saveWorks(worksOf(prepared.plans));
  return { version: 1, pair: world.policy.id, storeId: "s", madeAtMs: world.nowMs, works };
}

async function apply(story: Story, what: string, plan: SavedPlan): Promise<void> {
  const { world, scribe } = story;
  world.nowMs += 5 * minuteMs;
  scribe.say(`\n== ${what}`);
  const { restrict, skipped } = restrictTo(plan);
  const options = { trigger: "apply", holder: "test", restrict } as const;
  ended(story, await syncPair(world.policy, options, scribe.deps));
  for (const one of skipped()) scribe.say("skipped:", one);
}

const stories: Readonly<Record<string, () => Promise<Story>>> = {
  "an undo of edits": async () => {
    const story = await linked(["One", "Two", "Three", "Four", "Five"]);
    const { world, left, right, run } = story;
    world.left.admin.edit(left(0), { A: t("a1"), B: t("b1") });
    world.left.admin.edit(left(1), { A: t("a1") });
    world.left.admin.edit(left(2), { A: t("a1") });
    world.right.admin.edit(right(3), { A: t("a1") });
    world.right.admin.edit(right(4), { B: empty });
    const undone = await ran(story);
    world.right.admin.edit(right(0), { B: t("typed over") });
    world.left.admin.edit(left(1), { A: t("newer") });
    world.right.admin.purge(right(2));
    const first = await undo(story, "five rows are taken back", undone);
    await run("what was taken back rests");
    await undo(story, "the undo is taken back", first);
    await run("all is in step");
    return story;
  },

  "an undo of rows made, put away and brought back": async () => {
    const story = await linked(["Away", "Back", "Removed"]);
    const { world, left, right, run } = story;
    world.left.admin.trash(left(1));
    await ran(story);
    world.left.admin.restore(left(1));
    world.left.admin.trash(left(0));
    world.right.admin.purge(right(2));
    world.left.admin.add({ Name: t("Born left"), A: t("a0") });
    world.right.admin.add({ Name: t("Born right"), A: t("a0") });
    const undone = await ran(story);
    const first = await undo(story, "the run is taken back", undone);
    await run("nothing flows back");
    await undo(story, "the undo is taken back", first);
    await run("what belongs together is in step");
    return story;
  },

  "an undo of links": async () => {
    const story = await begin({ policy: { match: [{ left: "Name", right: "Name" }] } });
    const { world, left, right, run } = story;
    for (const name of ["One", "Two"]) {
      world.left.admin.add({ Name: t(name), A: t("a0") });
      world.right.admin.add({ Name: t(name), A: t("a0"), B: t("b0") });
    }
    world.nowMs += 5 * minuteMs;
    const undone = await ran(story);
    const first = await undo(story, "two rows are taken apart", undone);
    await run("they stay apart");
    world.right.admin.purge(right(1));
    world.left.admin.edit(left(0), { A: t("a1") });
    await undo(story, "one of them is joined again", first);
    await run("and in step");
    return story;
  },

  "an undo that goes wrong in places": async () => {
    const story = await linked(["One", "Two", "Three", "Four"]);
    const { world, left, right, run } = story;
    for (const at of [0, 1, 2]) world.left.admin.edit(left(at), { A: t("bad"), B: t("b1") });
    await ran(story);
    for (const at of [0, 1, 2]) world.left.admin.edit(left(at), { A: t("a2"), B: t("b2") });
    world.right.admin.edit(right(3), { A: t("a2") });
    const undone = await ran(story);
    refuseBad(world);
    meanwhile(world, () => world.right.admin.edit(right(2), { Name: t("Renamed") }));
    world.left.admin.failNext("write", "lost-before");
    await undo(story, "refused, moved and lost", undone);
    world.right.admin.failNext("write", "lost-after");
    await undo(story, "lost once more, and one row still in doubt", undone);
    await run("a look tells", 10 * secondMs);
    return story;
  },

  "an undo of both sides of a cell whose first answer is lost": async () => {
    const fields = [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")];
    const story = await linked(["One"], { policy: { fields } });
    const { world, left, right } = story;
    world.left.admin.edit(left(0), { A: t("left's") });
    world.right.admin.edit(right(0), { A: t("right's") });
    await ran(story);
    const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
    const answer = { keep: "value", text: "agreed" } as const;
    const { id } = must(asked, "a question");
    await resolveConflict(world.store, [world.policy.id], { id, answer });
    const undone = await ran(story);
    world.left.admin.failNext("write", "lost-before");
    await undo(story, "the left answer is lost, and the right one waits", undone);
    await ran(story);
    await ran(story);
    await undo(story, "each side gets back its own", undone);
    return story;
  },

  "an undo of what the store has forgotten or linked otherwise": async () => {
    const story = await begin({ policy: { match: [{ left: "Name", right: "Name" }] } });
    const { world, scribe, left } = story;
    for (const name of ["Gone", "Rejoined", "Rejoined and gone", "Rejoined and parted"]) {
      world.left.admin.add({ Name: t(name), A: t("a0") });
      world.right.admin.add({ Name: t(name), A: t("a0") });
    }
    world.nowMs += 5 * minuteMs;
    const joining = await ran(story);
    const parting = await undo(story, "both are taken apart", joining);
    const linkOf = async (at: number): Promise<Link> =>
      must(await world.store.findLink(world.policy.id, left(at)), "a link");
    for (const [at, state] of [
      [1, "live"],
      [2, "tombstone"],
      [3, "detached"],
    ] as const) {
      const link = await linkOf(at);
      const again = { ...link, id: world.deps().ids.link(), state } as const;
      await world.store.commit(null, [
        { kind: "link", link: { ...link, ids: { ...link.ids, right: null } } },
        { kind: "link", link: again },
      ]);
      const found = await world.store.findLink(link.pair, must(link.ids.left, "a row"));
      scribe.say("its row is found by the link", found?.id);
    }
    await world.store.commit(null, [{ kind: "link-drop", id: (await linkOf(0)).id }]);
    const at = { undone: parting, run: parting };
    scribe.say("\n== one is unknown by now, the other has a link of its own");
    stays(story, (await planUndo(world.policy, at, scribe.deps)).kept);
    return story;
  },

  "an undo that takes long and is told to stop": async () => {
    const story = await linked(["One", "Two", "Three"]);
    const { world, right, run } = story;
    for (const at of [0, 1, 2]) world.right.admin.edit(right(at), { A: t("a1") });
    const undone = await ran(story);
    const stop = new AbortController();
    const update = world.left.update.bind(world.left);
    let calls = 0;
    world.left.update = (writes, wanted) => {
      world.nowMs += 40 * secondMs;
      calls += 1;
      if (calls === 2) stop.abort();
      return update(writes, wanted);
    };
    await undo(story, "after its second call", undone, { signal: stop.signal });
    await undo(story, "before it has looked at a row", undone, { signal: stop.signal });
    await undo(story, "what is left is taken back", undone);
    await run("all of it rests");
    return story;
  },

  "an undo where there is no trash": async () => {
    const archive = { left: { kind: "remove" }, right: { kind: "remove" } } as const;
    const story = await linked(["Back", "Away"], { policy: { archive } });
    const { world, left, right, run } = story;
    world.left.admin.trash(left(0));
    world.right.admin.purge(right(1));
    world.left.admin.add({ Name: t("Born left"), A: t("a0") });
    const undone = await ran(story);
    const first = await undo(story, "the run is taken back", undone);
    await undo(story, "the undo is taken back", first);
    await run("what is gone for good stays so");
    return story;
  },

  "a resync": async () => {
    const fields = [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")];
    const story = await linked(["One", "Two", "Three"], { policy: { fields } });
    const { world, left, right, run } = story;
    world.left.admin.edit(left(0), { A: t("left's") });
    world.right.admin.edit(right(0), { A: t("right's") });
    world.left.admin.edit(left(1), { B: t("b1") });
    world.right.admin.edit(right(1), { B: t("b2") });
    world.left.admin.trash(left(2));
    world.left.admin.add({ Name: t("Four") });
    await ran(story);
    const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
    const { id } = must(asked, "a question");
    await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
    world.right.admin.changeSchema((schema) => ({
      ...schema,
      fields: schema.fields.map((field) => (field.name === "B" ? { ...field, name: "B2" } : field)),
    }));
    world.left.admin.edit(left(1), { B: t("b3") });
    await resync(story, "what differs waits, and the answer is kept", null);
    await run("it is carried out");
    world.left.admin.edit(left(0), { A: t("a4") });
    await resync(story, "the left side is preferred", "left");
    await run("it wins");
    return story;
  },

  "a resync that is preferred to an answer, and one of an emptied table": async () => {
    const fields = [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")];
    const story = await linked(["One", "Two"], { policy: { fields } });
    const { world, left, right, run } = story;
    for (const at of [0, 1]) {
      world.left.admin.edit(left(at), { A: t("left's") });
      world.right.admin.edit(right(at), { A: t("right's") });
    }
    await ran(story);
    const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
    const { id } = must(asked, "a question");
    await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
    await resync(story, "the newer edit is preferred, also to the answer", "newer");
    await run("it wins");
    for (const at of [0, 1]) world.left.admin.trash(left(at));
    await resync(story, "one side came back empty", null);
    return story;
  },

  "a resync with writes in doubt and more than guards let pass": async () => {
    const names = ["One", "Two", "Three", "Four", "Five", "Six", "Seven"];
    const story = await linked(names);
    const { world, scribe, left, right, run } = story;
    world.left.admin.edit(left(0), { A: t("a1") });
    world.right.admin.failNext("write", "lost-after");
    world.left.admin.trash(left(1));
    world.right.admin.edit(right(1), { A: t("a1") });
    await ran(story);
    const open = await world.store.loadConflicts(world.policy.id, ["open"]);
    const removed = must(
      open.find(({ kind }) => kind === "edit-vs-delete"),
      "a removal",
    );
    const answer = { keep: "right" } as const;
    await resolveConflict(world.store, [world.policy.id], { id: removed.id, answer });
    for (const at of [2, 3, 4, 5]) world.left.admin.trash(left(at));
    const born = world.left.admin.add({ Name: t("Both"), A: t("a0") });
    world.right.admin.add({ Name: t("Both"), A: t("a0"), Link: t(born) });
    const stopped = { signal: AbortSignal.abort(new Error("stopped")) };
    await resync(story, "it is told to stop", "right", stopped);
    await resync(story, "nothing is preferred any more", null);
    scribe.say("answers:");
    for (const { kind, status, answer: kept } of await world.store.loadConflicts(world.policy.id, [
      "open",
      "answered",
    ])) {
      scribe.say(" ", { kind, status, kept });
    }
    await resync(story, "the left side is preferred; the answer about a row stays", "left");
    await run("guards are for runs that write");
    return story;
  },

  "a saved plan": async () => {
    const story = await linked(["One", "Two", "Three", "Four"]);
    const { world, left, right } = story;
    world.left.admin.edit(left(0), { A: t("a1"), B: t("b1") });
    world.left.admin.edit(left(1), { A: t("a1"), B: t("b1") });
    world.left.admin.trash(left(2));
    world.right.admin.edit(right(3), { A: t("a1") });
    world.left.admin.add({ Name: t("Born"), A: t("a0") });
    world.right.admin.add({ Name: t("Born as well") });
    world.nowMs += 10 * minuteMs;
    const plan = await planned(story);
    story.scribe.say("saved:");
    for (const work of plan.works) story.scribe.say(" ", work);
    world.left.admin.edit(left(0), { A: t("a2") });
    world.right.admin.edit(right(3), { A: t("a0"), B: t("b3") });
    world.left.admin.edit(left(4), { B: t("typed since") });
    world.left.admin.add({ Name: t("Unplanned") });
    await apply(story, "it is carried out as far as it is still so", plan);
    await apply(story, "and once more", plan);
    return story;
  },

  "questions about the order of two edits": async () => {
    const story = await linked(["One", "Two", "Three"], { hasRightStamp: false });
    const { world, left, right, run } = story;
    for (const at of [0, 1, 2]) {
      world.left.admin.edit(left(at), { A: t("left's"), B: t("left's") });
    }
    world.nowMs += 3 * minuteMs;
    world.right.admin.edit(right(0), { A: t("right's"), B: t("right's") });
    world.nowMs += secondMs;
    world.right.admin.edit(right(1), { A: t("right's") });
    world.left.admin.edit(left(1), { B: t("left's later") });
    world.left.admin.edit(left(2), { Name: t("Three, renamed") });
    world.right.admin.edit(right(2), { A: t("right's") });
    await run("the right side is asked");
    world.right.editedAfter = () => Promise.resolve(null);
    for (const at of [0, 1]) world.right.admin.edit(right(at), { A: t("right's next") });
    world.nowMs += 3 * minuteMs;
    for (const at of [0, 1]) world.left.admin.edit(left(at), { A: t("left's next") });
    await run("it cannot tell");
    return story;
  },
};

test.each(Object.keys(stories))("%s, call by call", async (name) => {
  const { scribe, world } = await must(stories[name], "a story")();
  const file = `./transcripts/${name.replaceAll(" ", "-").replaceAll(",", "")}.txt`;
  await expect(scribe.text()).toMatchFileSnapshot(file);
  await world.store.close();
});
