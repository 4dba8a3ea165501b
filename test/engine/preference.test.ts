// What a resync prefers is carried out by the runs after it, until one has carried it out everywhere: what
// only a person ends does not keep it, what a later run may yet do does.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import type { Row } from "../../src/core/row.ts";
import { text, unknown } from "../../src/core/value.ts";
import { syncPair, type Restrict } from "../../src/engine/cycle.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import { makeWorld, mapped, minuteMs, type World } from "./world.ts";

const t = text;

interface Pair {
  readonly world: World;
  readonly left: RecordId;
  readonly right: RecordId;
}

/** What keeps a row from being in step, and how the run is then made. */
interface Matter {
  readonly what: string;
  readonly isDone: boolean;
  readonly policy?: Partial<PairPolicy>;
  readonly act: (pair: Pair) => void | Promise<void>;
  readonly run?: (pair: Pair) => {
    readonly policy?: Partial<PairPolicy>;
    readonly restrict?: Restrict;
  };
}

const edit = ({ world, left }: Pair): void => {
  world.left.admin.edit(left, { A: t("left's") });
};
const editBoth = (pair: Pair): void => {
  edit(pair);
  pair.world.right.admin.edit(pair.right, { A: t("right's") });
};
const fieldsWith = (part: Parameters<typeof mapped>[1]): Partial<PairPolicy> => ({
  fields: [mapped("Name"), mapped("A", part), mapped("B")],
});

/** Of every update the first cell alone. */
const firstCell: Restrict = (work) => {
  const { action } = work;
  if (action.kind !== "update") return work;
  return { ...work, action: { ...action, cells: action.cells.slice(0, 1) } };
};

const matters: readonly Matter[] = [
  { what: "nothing is left", isDone: true, act: edit },
  { what: "a person is asked", isDone: true, policy: fieldsWith({ owner: "ask" }), act: editBoth },
  {
    what: "an edit of the receiving side is told",
    isDone: true,
    policy: fieldsWith({ flow: "toRight", drift: "warn" }),
    act: ({ world, right }) => {
      world.right.admin.edit(right, { A: t("right's") });
    },
  },
  {
    what: "a row was removed here and edited there",
    isDone: true,
    act: ({ world, left, right }) => {
      world.left.admin.trash(left);
      world.right.admin.edit(right, { A: t("right's") });
    },
  },
  {
    what: "a filter hides a row",
    isDone: true,
    act: () => {},
    run: ({ left }) => ({
      policy: { filters: { left: (row: Row) => row.id !== left, right: null } },
    }),
  },
  {
    what: "an undo left the two sides different",
    isDone: true,
    act: async (pair) => {
      const { world } = pair;
      edit(pair);
      world.nowMs += 5 * minuteMs;
      const { run } = await world.run();
      const options = { trigger: "undo", holder: "test" } as const;
      await undoPair(world.policy, { undone: run, options }, world.deps());
    },
  },
  {
    what: "the answer to a write was lost",
    isDone: false,
    act: (pair) => {
      edit(pair);
      pair.world.right.admin.failNext("write", "lost-before");
    },
  },
  {
    what: "a service refused a row",
    isDone: false,
    act: (pair) => {
      edit(pair);
      pair.world.right.update = async (writes) =>
        writes.map(() => ({ kind: "failed", why: "forbidden", message: "no", field: null }));
    },
  },
  {
    what: "somebody is editing a row",
    isDone: false,
    act: (pair) => {
      edit(pair);
      pair.world.nowMs += 5 * minuteMs;
      pair.world.right.admin.edit(pair.right, { B: t("typing") });
      pair.world.nowMs -= 5 * minuteMs;
    },
    run: ({ world }) => ({ policy: { guards: { ...world.policy.guards, hotRowMs: 90_000 } } }),
  },
  {
    what: "a cell could not be read",
    isDone: false,
    act: ({ world, left }) => {
      world.left.admin.edit(left, { A: unknown("error") });
    },
  },
  {
    what: "a listing was cut short",
    isDone: false,
    act: ({ world }) => {
      world.right.admin.failNext("read", "incomplete");
    },
  },
  {
    what: "a part of a row's cells was approved",
    isDone: false,
    act: ({ world, left }) => {
      world.left.admin.edit(left, { A: t("left's"), B: t("left's too") });
    },
    run: () => ({ restrict: firstCell }),
  },
  {
    what: "a part of the plan was approved",
    isDone: false,
    act: edit,
    run: () => ({ restrict: () => null }),
  },
];

for (const matter of matters) {
  const end = matter.isDone ? "is over" : "lasts";
  test(`P28: what a resync prefers ${end} when ${matter.what}`, async () => {
    const world = await makeWorld({ policy: matter.policy ?? {} });
    const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
    world.left.admin.add({ Name: t("Two") });
    await world.run();
    const pair = { world, left, right: must(world.right.admin.ids()[0], "a counterpart") };
    world.nowMs += 5 * minuteMs;
    await matter.act(pair);
    const stateOf = async () => must(await world.store.loadPair(world.policy.id), "a state");
    const state = { ...(await stateOf()), prefer: "newer" } as const;
    await world.store.commit(null, [{ kind: "pair", pair: state }]);
    world.nowMs += 5 * minuteMs;
    const { policy = {}, restrict = null } = matter.run?.(pair) ?? {};
    const options = { trigger: "cli", holder: "test", restrict } as const;
    const run = await syncPair({ ...world.policy, ...policy }, options, world.deps());
    expect(run.error).toBeNull();
    expect((await stateOf()).prefer).toBe(matter.isDone ? null : "newer");
  });
}
