// Taking a run back: exactly what still is as the run left it, and nothing of it flows right back. On
// in-memory services.
import { describe, expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { empty, text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { planUndo } from "../../src/engine/undo.ts";
import { undoPair, type UndoRun } from "../../src/engine/undo-run.ts";
import type { Conflict } from "../../src/store/store.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

async function undo(world: World, run: PairRun): Promise<UndoRun> {
  world.nowMs += 10 * minuteMs;
  const options = { trigger: "undo", holder: "test" } as const;
  const done = await undoPair(world.policy, { undone: run.run, options }, world.deps());
  world.nowMs += 10 * minuteMs;
  return done;
}

function partner(world: World, left: RecordId): RecordId {
  const found = world.right.admin.ids().find((row) => {
    const link = world.right.admin.cell(row, "Link");
    return link?.kind === "text" && link.text === left;
  });
  return must(found, "no counterpart");
}

interface Seeded {
  readonly world: World;
  readonly l: RecordId;
  readonly r: RecordId;
}

async function seeded(options: WorldOptions = {}): Promise<Seeded> {
  const world = await makeWorld(options);
  const l = world.left.admin.add({ Name: t("One"), A: t("a"), B: t("b") });
  world.left.admin.add({ Name: t("Two"), A: t("a2"), B: t("b2") });
  await step(world);
  return { world, l, r: partner(world, l) };
}

const openOf = (world: World): Promise<readonly Conflict[]> =>
  world.store.loadConflicts(world.policy.id, ["open"]);

const keptOf = (done: UndoRun): readonly string[] =>
  [...(done.plan?.kept ?? []), ...done.moved].map(
    ({ side, field, why }) => `${side ?? "-"} ${field ?? "-"} ${why}`,
  );

/** Left and right cell of a field. */
function both({ world, l, r }: Seeded, field = "A"): readonly unknown[] {
  return [world.left.admin.cell(l, field), world.right.admin.cell(r, field)];
}

async function isQuiet(world: World): Promise<boolean> {
  const before = JSON.stringify([world.picture(), world.left.requests().write]);
  const writes = world.left.requests().write + world.right.requests().write;
  await step(world);
  await step(world);
  const after = JSON.stringify([world.picture(), world.left.requests().write]);
  return before === after && writes === world.left.requests().write + world.right.requests().write;
}

async function edited(options: WorldOptions = {}): Promise<Seeded & { run: PairRun }> {
  const made = await seeded(options);
  made.world.left.admin.edit(made.l, { A: t("new"), B: t("new b") });
  return { ...made, run: await step(made.world) };
}

async function forgetBases({ world, l }: Seeded): Promise<void> {
  const link = must(await world.store.findLink(world.policy.id, l), "a link");
  const change = { kind: "link", link: { ...link, cells: new Map() } } as const;
  await world.store.commit(null, [change]);
}

describe("F13: a cell whose base was forgotten, as by a resync", () => {
  test("gets what its counterpart shows as the other half of its base, and rests", async () => {
    const made = await edited();
    const { world, l, run } = made;
    world.left.admin.edit(l, { A: t("newest") });
    await forgetBases(made);
    await undo(world, run);
    expect(both(made)).toEqual([t("newest"), t("a")]);
    expect(both(made, "B")).toEqual([t("new b"), t("b")]);
    expect(await isQuiet(world)).toBe(true);
    expect((await openOf(world)).map(({ kind }) => kind)).toEqual(["undone", "undone"]);
  });

  test("stays as it is where its counterpart cannot be read", async () => {
    const made = await edited();
    const { world, l, run } = made;
    world.left.admin.trash(l);
    await forgetBases(made);
    const done = await undo(world, run);
    expect(keptOf(done)).toEqual([
      "right A cannot be told from an edit: its counterpart could not be read",
      "right B cannot be told from an edit: its counterpart could not be read",
    ]);
    expect(both(made)[1]).toEqual(t("new"));
  });
});

describe("cells", () => {
  test("F13: what was taken back rests, is shown to people, and does not flow back", async () => {
    const made = await edited();
    const done = await undo(made.world, made.run);
    expect(done.run.summary.report?.holds).toEqual({ undone: 2 });
    expect(both(made)).toEqual([t("new"), t("a")]);
    expect((await openOf(made.world)).map(({ kind, field }) => [kind, field])).toEqual([
      ["undone", "A"],
      ["undone", "B"],
    ]);
    const ids = (await openOf(made.world)).map((conflict) => conflict.id);
    expect(await isQuiet(made.world)).toBe(true);
    expect((await step(made.world)).status).toBe("attention");
    expect((await openOf(made.world)).map((conflict) => conflict.id)).toEqual(ids);
  });

  test("F13: the next edit of either side flows again, and nothing waits any more", async () => {
    const made = await edited();
    await undo(made.world, made.run);
    made.world.right.admin.edit(made.r, { A: t("right's next") });
    made.world.left.admin.edit(made.l, { B: t("left's next") });
    await step(made.world);
    expect(both(made)).toEqual([t("right's next"), t("right's next")]);
    expect(both(made, "B")).toEqual([t("left's next"), t("left's next")]);
    expect((await step(made.world)).status).toBe("ok");
    expect(await openOf(made.world)).toEqual([]);
  });

  test("F13: an answer carries the value that was put back to the other side, or gives way to it", async () => {
    for (const keep of ["left", "right"] as const) {
      const made = await edited();
      await undo(made.world, made.run);
      for (const { id } of await openOf(made.world)) {
        await resolveConflict(made.world.store, [made.world.policy.id], { id, answer: { keep } });
      }
      await step(made.world);
      const value = keep === "left" ? t("new") : t("a");
      expect(both(made)).toEqual([value, value]);
      expect((await step(made.world)).status).toBe("ok");
    }
  });

  test("later edits on either side stay, cell by cell, and are named with what is there", async () => {
    const made = await edited();
    made.world.right.admin.edit(made.r, { A: t("typed since") });
    const done = await undo(made.world, made.run);
    expect(keptOf(done)).toEqual(["right A was changed since"]);
    expect(done.plan?.kept[0]?.now).toEqual(t("typed since"));
    expect(both(made, "B")).toEqual([t("new b"), t("b")]);
    await step(made.world);
    expect(both(made)).toEqual([t("typed since"), t("typed since")]);
  });

  test("an edit of the source since the run flows as ever, although its old value was taken back", async () => {
    const made = await edited();
    made.world.left.admin.edit(made.l, { A: t("newer") });
    await undo(made.world, made.run);
    await step(made.world);
    // The edit came after what the undo knew as the left half of the base.
    expect(both(made)).toEqual([t("newer"), t("newer")]);
  });

  test("undo of an undo brings both sides in step again", async () => {
    const made = await edited();
    const done = await undo(made.world, made.run);
    await step(made.world);
    const again = await undo(made.world, done.run);
    expect(keptOf(again)).toEqual([]);
    expect(both(made)).toEqual([t("new"), t("new")]);
    expect((await step(made.world)).status).toBe("ok");
    expect(await openOf(made.world)).toEqual([]);
  });

  test("a cell that one run wrote twice gets back what it held before the first of them", async () => {
    const made = await edited();
    const { world, run } = made;
    // A second pass of the same run, as after a row was brought back.
    const [first] = (await world.entries(run)).filter((entry) => entry.body.type === "change");
    const change = must(first, "a change");
    if (change.body.type !== "change") throw new Error("not a change");
    const fields = { A: { before: t("new"), after: t("newest"), rule: "F4" } };
    const second = { ...change, body: { ...change.body, fields } };
    await world.store.commit(null, [{ kind: "entry", entry: second }]);
    world.right.admin.edit(made.r, { A: t("newest") });
    await undo(world, run);
    expect(both(made)).toEqual([t("new"), t("a")]);
  });

  test("a cell that the config does not let be written any more stays", async () => {
    const made = await edited();
    made.world.nowMs += 10 * minuteMs;
    const fields = [mapped("Name"), mapped("A", { flow: "toLeft" }), mapped("B")];
    const at = { undone: made.run.run, run: made.run.run };
    const plan = await planUndo({ ...made.world.policy, fields }, at, made.world.deps());
    expect(plan.kept.map(({ field, why }) => `${field} ${why}`)).toEqual([
      "A may not be written any more, as the config stands now",
    ]);
  });

  test("a row with a write in doubt is left to the next sync", async () => {
    const made = await edited();
    made.world.left.admin.edit(made.l, { A: t("later") });
    made.world.right.admin.failNext("write", "lost-before");
    await step(made.world);
    const done = await undo(made.world, made.run);
    expect(keptOf(done)).toEqual([
      "- - has an earlier write in doubt; try again when it is settled",
    ]);
    expect(both(made, "B")).toEqual([t("new b"), t("new b")]);
  });

  test("a row of which the service says nothing is left, and its other half is not taken for it", async () => {
    const made = await edited();
    made.world.right.read = () => Promise.resolve(new Map());
    const done = await undo(made.world, made.run);
    expect(keptOf(done)).toEqual([
      "right A could not be looked up",
      "right B could not be looked up",
    ]);
    expect(both(made)).toEqual([t("new"), t("new")]);
  });

  test("a row that moves between the look and the write is left, and named", async () => {
    const made = await edited();
    const recheck = made.world.right.recheck.bind(made.world.right);
    made.world.right.recheck = async (...args) => {
      made.world.right.admin.edit(made.r, { A: t("typed in between") });
      made.world.right.recheck = recheck;
      return recheck(...args);
    };
    const done = await undo(made.world, made.run);
    expect(keptOf(done)).toEqual(["right - changed while the undo was under way; look again"]);
    expect(both(made)[1]).toEqual(t("typed in between"));
    expect(done.run.status).toBe("attention");
  });

  test("P11: a row whose taken-back cell is on no other side is not put away unasked", async () => {
    const made = await edited();
    await undo(made.world, made.run);
    made.world.right.admin.purge(made.r);
    await step(made.world);
    expect(made.world.left.admin.ids()).toContain(made.l);
    expect((await openOf(made.world)).map(({ kind }) => kind)).toContain("edit-vs-delete");
  });

  test("a kill right after an undo's write leaves the cell resting, and shown by the next sync", async () => {
    const made = await edited();
    made.world.right.admin.failNext("write", "lost-after");
    await undo(made.world, made.run);
    await step(made.world);
    expect(both(made)).toEqual([t("new"), t("a")]);
    await step(made.world);
    expect((await openOf(made.world)).map(({ kind }) => kind)).toEqual(["undone", "undone"]);
    expect(await isQuiet(made.world)).toBe(true);
  });
});

describe("a value that one run put on both sides", () => {
  /** Both sides were edited, and a person typed what is to be on both. */
  async function typed(): Promise<Seeded & { readonly run: PairRun }> {
    const fields = [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")];
    const made = await seeded({ policy: { fields } });
    const { world, l, r } = made;
    world.left.admin.edit(l, { A: t("left's") });
    world.right.admin.edit(r, { A: t("right's") });
    await step(world);
    const { id } = must((await openOf(world))[0], "a question");
    await resolveConflict(world.store, [world.policy.id], {
      id,
      answer: { keep: "value", text: "agreed" },
    });
    const run = await step(world);
    expect(both(made)).toEqual([t("agreed"), t("agreed")]);
    return { ...made, run };
  }

  async function staysAsItIs(made: Seeded): Promise<void> {
    const rested = both(made);
    for (let runs = 0; runs < 3; runs += 1) await step(made.world);
    expect(both(made)).toEqual(rested);
    expect((await openOf(made.world)).map(({ kind, field }) => [kind, field])).toEqual([
      ["undone", "A"],
    ]);
  }

  test("F13: is taken back on both, and rests", async () => {
    const made = await typed();
    expect(keptOf(await undo(made.world, made.run))).toEqual([]);
    expect(both(made)).toEqual([t("left's"), t("right's")]);
    await staysAsItIs(made);
  });

  test("F13: taken back on the first side only, it does not flow back from the second", async () => {
    for (const fault of ["busy", "lost-before", "lost-after"] as const) {
      const made = await typed();
      made.world.right.admin.failNext("write", fault);
      await undo(made.world, made.run);
      const right = fault === "lost-after" ? "right's" : "agreed";
      expect(both(made)).toEqual([t("left's"), t(right)]);
      await staysAsItIs(made);
      const again = await undo(made.world, made.run);
      expect(both(made)).toEqual([t("left's"), t("right's")]);
      expect(again.run.error).toBeNull();
      await staysAsItIs(made);
    }
  });

  test("F13: a kill between the two calls leaves the second side as it is", async () => {
    const made = await typed();
    const update = made.world.right.update.bind(made.world.right);
    made.world.right.update = () => Promise.reject(new Error("killed"));
    await expect(undo(made.world, made.run)).rejects.toThrow("killed");
    made.world.right.update = update;
    expect(both(made)).toEqual([t("left's"), t("agreed")]);
    await step(made.world);
    await staysAsItIs(made);
  });

  test("F13: where the first side keeps it, or may do so, nothing flows either", async () => {
    for (const fault of ["busy", "lost-before", "lost-after"] as const) {
      const made = await typed();
      made.world.left.admin.failNext("write", fault);
      const done = await undo(made.world, made.run);
      const left = fault === "lost-after" ? "left's" : "agreed";
      // With the first call in doubt the second waits: nobody could say what faces it.
      const right = fault === "busy" ? "right's" : "agreed";
      expect(both(made)).toEqual([t(left), t(right)]);
      if (fault !== "busy") {
        expect(keptOf(done)).toEqual([
          "right - has an earlier write in doubt; try again when it is settled",
        ]);
      }
      if (fault === "lost-before") {
        for (let runs = 0; runs < 3; runs += 1) await step(made.world);
        expect(both(made)).toEqual([t("agreed"), t("agreed")]);
        continue;
      }
      await staysAsItIs(made);
    }
  });
});

describe("rows", () => {
  const archives: readonly WorldOptions[] = [
    {},
    { policy: { archive: { left: { kind: "remove" }, right: { kind: "remove" } } } },
  ];

  test("a created row is put away, comes back by the undo of the undo, and then syncs again", async () => {
    const world = await makeWorld();
    world.right.admin.add({ Name: t("Born right"), A: t("a") });
    const run = await step(world);
    const [l] = world.left.admin.ids();
    const [r] = world.right.admin.ids();
    const made = { world, l: must(l, "a page"), r: must(r, "a record") };
    const first = await undo(world, run);
    expect(world.left.admin.ids()).toEqual([]);
    expect(first.run.summary.counts.unlinked).toBe(1);
    expect(await isQuiet(world)).toBe(true);
    const second = await undo(world, first.run);
    expect(keptOf(second)).toEqual([]);
    expect(world.left.admin.ids()).toEqual([made.l]);
    world.left.admin.edit(made.l, { A: t("edited") });
    expect((await step(world)).status).toBe("ok");
    expect(both(made)).toEqual([t("edited"), t("edited")]);
    await undo(world, second.run);
    expect(world.left.admin.ids()).toEqual([made.l]);
  });

  test("a record that was created is marked as archived, and the mark comes off again", async () => {
    const world = await makeWorld();
    const l = world.left.admin.add({ Name: t("Born left") });
    const run = await step(world);
    const r = partner(world, l);
    const first = await undo(world, run);
    expect(world.right.admin.cell(r, "State")).toEqual(t("Archived"));
    expect(await isQuiet(world)).toBe(true);
    const second = await undo(world, first.run);
    expect(world.right.admin.cell(r, "State")).toEqual(empty);
    world.left.admin.edit(l, { A: t("edited") });
    await step(world);
    expect(world.right.admin.cell(r, "A")).toEqual(t("edited"));
    expect(keptOf(second)).toEqual([]);
  });

  test("P11: it stays too when the carrying of what was typed into it has been taken back before", async () => {
    const world = await makeWorld();
    const l = world.left.admin.add({ Name: t("One"), A: t("a") });
    const made = await step(world);
    const r = partner(world, l);
    world.right.admin.edit(r, { B: t("typed by hand") });
    const carried = await step(world);
    await undo(world, carried);
    expect(both({ world, l, r }, "B")).toEqual([empty, t("typed by hand")]);
    const done = await undo(world, made);
    expect(keptOf(done)).toEqual(["right - was created, and was edited since (B); it stays"]);
    expect(world.right.admin.cell(r, "State")).toEqual(empty);
  });

  test("a created row into which somebody has typed stays, and the field is named", async () => {
    const world = await makeWorld();
    const l = world.left.admin.add({ Name: t("One"), A: t("a") });
    const run = await step(world);
    const r = partner(world, l);
    world.right.admin.edit(r, { B: t("typed by hand") });
    const done = await undo(world, run);
    expect(keptOf(done)).toEqual(["right - was created, and was edited since (B); it stays"]);
    expect(world.right.admin.cell(r, "State")).toEqual(empty);
  });

  test("a row that was put away comes back and parts; the undo of that puts it away again", async () => {
    for (const options of archives) {
      const made = await seeded(options);
      const { world, l, r } = made;
      world.right.admin.purge(r);
      const run = await step(world);
      expect(world.left.admin.ids()).not.toContain(l);
      const first = await undo(world, run);
      expect(world.left.admin.ids()).toContain(l);
      expect(await isQuiet(world)).toBe(true);
      const second = await undo(world, first.run);
      expect(keptOf(second)).toEqual([]);
      expect(world.left.admin.ids()).not.toContain(l);
      expect(await isQuiet(world)).toBe(true);
    }
  });

  test("a record put away by its mark comes back likewise", async () => {
    const { world, l, r } = await seeded();
    world.left.admin.trash(l);
    const run = await step(world);
    expect(world.right.admin.cell(r, "State")).toEqual(t("Archived"));
    const first = await undo(world, run);
    expect(world.right.admin.cell(r, "State")).toEqual(empty);
    expect(await isQuiet(world)).toBe(true);
    await undo(world, first.run);
    expect(world.right.admin.cell(r, "State")).toEqual(t("Archived"));
    // Linked as an archived row once more: its return brings the record back.
    world.left.admin.restore(l);
    await step(world);
    expect(world.right.admin.cell(r, "State")).toEqual(empty);
  });

  test("a row that was brought back is put away again, if nobody has edited it since", async () => {
    for (const isTouched of [false, true]) {
      const { world, l, r } = await seeded();
      world.left.admin.trash(l);
      await step(world);
      world.left.admin.restore(l);
      const run = await step(world);
      expect(world.right.admin.cell(r, "State")).toEqual(empty);
      if (isTouched) world.right.admin.edit(r, { A: t("typed") });
      const done = await undo(world, run);
      const state = world.right.admin.cell(r, "State");
      expect(state).toEqual(isTouched ? empty : t("Archived"));
      expect(keptOf(done)).toEqual(
        isTouched ? ["right - was brought back, and was edited since (A); it stays"] : [],
      );
    }
  });

  test("a row deleted for good stays deleted, and says where to look", async () => {
    const { world, l } = await seeded({
      policy: { deletes: "delete", archive: { left: null, right: null } },
    });
    world.left.admin.trash(l);
    const run = await step(world);
    expect(keptOf(await undo(world, run))).toEqual([
      "- - was deleted for good; restore it in the service's own trash",
    ]);
  });
});

describe("links", () => {
  test("rows that were linked are taken apart, and joined again by the undo of the undo", async () => {
    const world = await makeWorld({ policy: { match: [{ left: "Name", right: "Name" }] } });
    const l = world.left.admin.add({ Name: t("Both"), A: t("a") });
    const r = world.right.admin.add({ Name: t("Both"), A: t("a"), B: t("only right") });
    const run = await step(world);
    expect(run.summary.counts.linked).toBe(1);
    expect(world.left.admin.cell(l, "B")).toEqual(t("only right"));
    const first = await undo(world, run);
    expect(world.left.admin.cell(l, "B")).toEqual(empty);
    expect(first.run.summary.counts.unlinked).toBe(1);
    expect(await isQuiet(world)).toBe(true);
    world.left.admin.edit(l, { A: t("apart") });
    await step(world);
    expect(world.right.admin.cell(r, "A")).toEqual(t("a"));
    const second = await undo(world, first.run);
    expect(second.run.summary.counts.linked).toBe(1);
    expect(world.left.admin.cell(l, "B")).toEqual(t("only right"));
    await step(world);
    expect(world.right.admin.cell(r, "A")).toEqual(t("apart"));
  });

  test("rows that a person's doing parted stay so while one of them is missing", async () => {
    const { world, l, r } = await seeded();
    world.left.admin.trash(l);
    await step(world);
    world.right.admin.edit(r, { State: empty });
    const run = await step(world);
    expect(run.summary.counts.unlinked).toBe(1);
    expect(keptOf(await undo(world, run))).toEqual([
      "- - stays unlinked: its two rows are not both there",
    ]);
  });

  test("a run that changed nothing is a slip of the pen", async () => {
    const { world } = await seeded();
    const quiet = await step(world);
    const at = { undone: quiet.run, run: quiet.run };
    await expect(planUndo(world.policy, at, world.deps())).rejects.toMatchObject({
      code: "usage",
    });
  });
});
