// What people do to a pair: answer conflicts, take a run back, carry out a saved plan, let a halted
// run pass, begin again. On in-memory services.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { preview } from "../../src/engine/preview.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import { inRun } from "../../src/engine/run.ts";
import { restrictTo, saveWorks } from "../../src/engine/saved-plan.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import { worksOf } from "../../src/engine/work.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;
const options = { trigger: "cli", holder: "test", restrict: null } as const;

async function linked(
  count = 2,
  policy: WorldOptions["policy"] = {},
): Promise<{ world: World; left: RecordId[]; right: RecordId[] }> {
  const world = await makeWorld({ policy });
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`), B: t(`b${at}`) }),
  );
  await world.run();
  world.nowMs += 10 * minuteMs;
  const right = left.map((id) =>
    must(
      world.right.admin.ids().find((row) => {
        const link = world.right.admin.cell(row, "Link");
        return link?.kind === "text" && link.text === id;
      }),
      "no counterpart",
    ),
  );
  return { world, left, right };
}

const asking = { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] };

async function asked(): Promise<{ world: World; left: RecordId[]; right: RecordId[]; id: string }> {
  const made = await linked(2, asking);
  made.world.left.admin.edit(made.left[0]!, { A: t("left's") });
  made.world.right.admin.edit(made.right[0]!, { A: t("right's") });
  made.world.nowMs += 10 * minuteMs;
  const run = await made.world.run();
  expect(run.status).toBe("attention");
  const [conflict] = await made.world.store.loadConflicts(made.world.policy.id, ["open"]);
  return { ...made, id: must(conflict, "a conflict").id };
}

test("owner ask leaves both sides alone until a person answers, and then does as told", async () => {
  const { world, left, right, id } = await asked();
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("left's"));
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("right's"));
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
  world.nowMs += minuteMs;
  const run = await world.run();
  expect(run.status).toBe("ok");
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("right's"));
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
});

test("a typed answer is written to both sides", async () => {
  const { world, left, right, id } = await asked();
  const answer = { keep: "value", text: "agreed at last" } as const;
  await resolveConflict(world.store, [world.policy.id], { id, answer });
  world.nowMs += minuteMs;
  await world.run();
  world.nowMs += minuteMs;
  expect((await world.run()).status).toBe("ok");
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("agreed at last"));
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("agreed at last"));
});

test("an answer is for the values it was given for, and no others", async () => {
  const { world, left, right, id } = await asked();
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
  world.left.admin.edit(left[0]!, { A: t("changed my mind") });
  world.nowMs += 10 * minuteMs;
  const run = await world.run();
  expect(run.status).toBe("attention");
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("changed my mind"));
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("right's"));
});

test("undo puts back exactly what still holds what the run wrote, and it stays", async () => {
  const { world, left, right } = await linked(3);
  for (const at of [0, 1, 2]) world.left.admin.edit(left[at]!, { A: t(`new${at}`) });
  world.nowMs += 10 * minuteMs;
  const run = await world.run();
  world.right.admin.edit(right[2]!, { A: t("touched since") });
  world.nowMs += 10 * minuteMs;
  const undone = await undoPair(
    world.policy,
    { undone: run.run, options: { trigger: "undo", holder: "test" } },
    world.deps(),
  );
  expect(undone.plan?.kept.map((kept) => kept.field)).toEqual(["A"]);
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("a0"));
  expect(world.right.admin.cell(right[1]!, "A")).toEqual(t("a1"));
  expect(world.right.admin.cell(right[2]!, "A")).toEqual(t("touched since"));
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("a0"));
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("new0"));
  // The next edit of either side flows again.
  world.right.admin.edit(right[0]!, { A: t("fresh") });
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("fresh"));
});

test("undo of a create puts the row away for good, and of an archive brings it back", async () => {
  const { world, left, right } = await linked(2);
  world.right.admin.add({ Name: t("Born right") });
  world.left.admin.trash(left[0]!);
  world.nowMs += 10 * minuteMs;
  const run = await world.run();
  expect(world.left.admin.ids()).toHaveLength(2);
  const at = { undone: run.run, options: { trigger: "undo", holder: "test" } } as const;
  await undoPair(world.policy, at, world.deps());
  expect(world.left.admin.ids()).toHaveLength(1);
  expect(world.right.admin.cell(right[0]!, "State")?.kind).toBe("empty");
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(world.left.admin.ids()).toHaveLength(1);
  expect(world.right.admin.cell(right[0]!, "State")?.kind).toBe("empty");
});

test("P26: a saved plan carries out what it showed, and skips what moved since", async () => {
  const { world, left, right } = await linked(3);
  world.left.admin.edit(left[0]!, { A: t("planned") });
  world.left.admin.edit(left[1]!, { A: t("planned too") });
  world.nowMs += 10 * minuteMs;
  const { prepared } = await preview(world.policy, world.deps());
  const works = saveWorks(worksOf(prepared.plans));
  expect(works).toHaveLength(2);
  world.left.admin.edit(left[1]!, { A: t("another value") });
  world.left.admin.edit(left[2]!, { A: t("not in the plan") });
  world.nowMs += 10 * minuteMs;
  const saved = { version: 1, pair: "pair", storeId: "s", madeAtMs: 0, works } as const;
  const { restrict, skipped } = restrictTo(saved);
  await syncPair(world.policy, { ...options, restrict }, world.deps());
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("planned"));
  expect(world.right.admin.cell(right[1]!, "A")).toEqual(t("a1"));
  expect(world.right.admin.cell(right[2]!, "A")).toEqual(t("a2"));
  expect(skipped().map((entry) => entry.why)).toEqual(["moved", "not-planned"]);
});

test("P26: a preview writes nothing, neither to the services nor to the store", async () => {
  const { world, left } = await linked(3);
  world.left.admin.edit(left[0]!, { A: t("planned") });
  world.nowMs += 10 * minuteMs;
  const before = JSON.stringify([
    await world.store.loadPair(world.policy.id),
    await world.store.loadLinkIndex(world.policy.id),
    await world.store.loadRuns(null, 100),
  ]);
  const writes = world.left.requests().write + world.right.requests().write;
  await preview(world.policy, world.deps());
  const after = JSON.stringify([
    await world.store.loadPair(world.policy.id),
    await world.store.loadLinkIndex(world.policy.id),
    await world.store.loadRuns(null, 100),
  ]);
  expect(after).toBe(before);
  expect(world.left.requests().write + world.right.requests().write).toBe(writes);
});

test("P24: a mass removal halts, and a release lets one run pass up to what was shown", async () => {
  const { world, left } = await linked(10);
  for (const id of left.slice(0, 4)) world.left.admin.trash(id);
  world.nowMs += 10 * minuteMs;
  const halted = await world.run();
  expect(halted.status).toBe("halted");
  expect(halted.summary.error?.code).toBe("maxRemove");
  expect(halted.summary.counts.archived).toEqual({ left: 0, right: 0 });
  const state = must(await world.store.loadPair(world.policy.id), "a pair");
  const amount = must(state.halted, "a halt").amount;
  expect(amount).toBe(4);
  const approvals = [{ guard: "maxRemove", amountMax: amount }] as const;
  await world.store.commit(null, [{ kind: "pair", pair: { ...state, halted: null, approvals } }]);
  const released = await world.run();
  expect(released.summary.counts.archived).toEqual({ left: 0, right: 4 });
});

test("P28: resync forgets the base and writes nothing; its preference settles what differs", async () => {
  const { world, left, right } = await linked(3);
  world.left.admin.edit(left[0]!, { A: t("left differs") });
  world.nowMs += 10 * minuteMs;
  const writes = world.left.requests().write + world.right.requests().write;
  const resync = await inRun(
    world.policy,
    { trigger: "resync", holder: "test" },
    {
      deps: world.deps(),
      body: (run, state) => resyncBody(run, { state, prefer: "right" }),
    },
  );
  expect(resync.error).toBeNull();
  expect(world.left.requests().write + world.right.requests().write).toBe(writes);
  await world.run();
  expect(world.left.admin.cell(left[0]!, "A")).toEqual(t("a0"));
  expect(world.right.admin.cell(right[0]!, "A")).toEqual(t("a0"));
});

test("F17: an answer given after a resync counts before its preference, one before it is forgotten", async () => {
  for (const [when, kept] of [
    ["after", "a0"],
    ["before", "left differs"],
  ] as const) {
    const { world, left, right } = await linked(2);
    const resync = async (prefer: "left" | null): Promise<void> => {
      const options = { trigger: "resync", holder: "test" } as const;
      await inRun(world.policy, options, {
        deps: world.deps(),
        body: (run, state) => resyncBody(run, { state, prefer }),
      });
    };
    const answer = async (): Promise<void> => {
      const [open] = await world.store.loadConflicts(world.policy.id, ["open"]);
      const id = must(open, "a conflict").id;
      await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
    };
    world.left.admin.edit(left[0]!, { A: t("left differs") });
    world.nowMs += 10 * minuteMs;
    await resync(when === "after" ? "left" : null);
    await answer();
    if (when === "before") await resync("left");
    world.nowMs += 10 * minuteMs;
    await world.run();
    expect([when, world.left.admin.cell(left[0]!, "A")]).toEqual([when, t(kept)]);
    expect(world.right.admin.cell(right[0]!, "A")).toEqual(t(kept));
  }
});

test("an answer is remembered for the same three values, and for no others", async () => {
  const { world, left, right, id } = await asked();
  const [l, r] = [must(left[0], "a row"), must(right[0], "a row")];
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
  const edit = async (onLeft: string, onRight: string): Promise<string> => {
    world.left.admin.edit(l, { A: t(onLeft) });
    world.right.admin.edit(r, { A: t(onRight) });
    world.nowMs += 10 * minuteMs;
    return (await world.run()).status;
  };
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(await edit("a0", "a0")).toBe("ok");
  // The same base, and the same two edits: nobody is asked twice.
  expect(await edit("left's", "right's")).toBe("ok");
  expect(world.left.admin.cell(l, "A")).toEqual(t("right's"));
  expect(await edit("a0", "a0")).toBe("ok");
  expect(await edit("left's", "another")).toBe("attention");
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toHaveLength(1);
});

test("a matter that a run cannot look into stays open under its id, with its answer", async () => {
  for (const trouble of ["incomplete", "frozen"] as const) {
    const { world, left, id } = await asked();
    if (trouble === "incomplete") world.left.admin.failNext("read", "incomplete");
    if (trouble === "frozen") {
      world.left.admin.edit(must(left[0], "a row"), { B: t("for a lost answer") });
      world.right.admin.failNext("write", "lost-before");
      world.nowMs += minuteMs;
      await world.run();
    }
    await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
    if (trouble === "frozen") {
      await world.run();
      const open = await world.store.loadConflicts(world.policy.id, ["open"]);
      expect(open.map((conflict) => [conflict.id, conflict.answer])).toEqual([
        [id, { keep: "right" }],
      ]);
    }
    world.nowMs += 10 * minuteMs;
    await world.run();
    world.nowMs += 10 * minuteMs;
    await world.run();
    expect(world.left.admin.cell(must(left[0], "a row"), "A")).toEqual(t("right's"));
    expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
  }
});

test("an answer that no field can take is asked again, and says why", async () => {
  const { world, right, id } = await asked();
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "right" } });
  // The left field only sends by now: nobody's answer writes into a source.
  const fields = [mapped("Name"), mapped("A", { flow: "toRight", drift: "warn" }), mapped("B")];
  const { world: oneWay, right: rows } = await linked(1, { fields });
  oneWay.right.admin.edit(must(rows[0], "a row"), { A: t("drifted") });
  oneWay.nowMs += 10 * minuteMs;
  await oneWay.run();
  const [open] = await oneWay.store.loadConflicts(oneWay.policy.id, ["open"]);
  const drift = must(open, "a matter").id;
  await resolveConflict(oneWay.store, [oneWay.policy.id], { id: drift, answer: { keep: "right" } });
  oneWay.nowMs += 10 * minuteMs;
  const run = await oneWay.run();
  const problems = (await oneWay.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [[body.code, body.field]] : [],
  );
  expect(problems).toContainEqual(["answer_refused", "A"]);
  const [again] = await oneWay.store.loadConflicts(oneWay.policy.id, ["open"]);
  expect(again).toMatchObject({ id: drift, answer: null });
  expect(world.right.admin.cell(must(right[0], "a row"), "A")).toEqual(t("right's"));
});
