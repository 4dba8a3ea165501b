// A world in which everything is written down, told run after run: what stories of whole runs begin with.
import { expect } from "vitest";
import type { Write } from "../../src/connectors/connector.ts";
import type { FieldId, RecordId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { makeScribe, type Scribe } from "./scribe.ts";
import { makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;
export const secondMs = 1_000;

export interface Story {
  readonly world: World;
  readonly scribe: Scribe;
  /** Rows in the order in which they were made, those in the trash included. */
  readonly left: (at: number) => RecordId;
  readonly right: (at: number) => RecordId;
  /** A run some time later. */
  readonly run: (what: string, afterMs?: number, part?: Partial<PairPolicy>) => Promise<void>;
}

export async function begin(options: WorldOptions = {}): Promise<Story> {
  // Three clocks, so that it shows whose was asked.
  const world = await makeWorld({ aheadMs: { left: 3_000, right: -4_000 }, ...options });
  const scribe = makeScribe(world);
  const idAt = (side: "left" | "right", at: number): RecordId =>
    `${side}${String(at + 1).padStart(4, "0")}` as RecordId;
  return {
    world,
    scribe,
    left: (at) => idAt("left", at),
    right: (at) => idAt("right", at),
    run: async (what, afterMs = 5 * minuteMs, part = {}) => {
      world.nowMs += afterMs;
      scribe.say(`\n== ${what}`);
      const policy = { ...world.policy, ...part };
      const request = { trigger: "cli", holder: "test", restrict: null } as const;
      const { status, error } = await syncPair(policy, request, scribe.deps);
      scribe.say("ended:", status, error === null ? "" : error.code);
    },
  };
}

/** A story whose first run, which makes every row's counterpart, is not told. */
export async function linked(names: readonly string[], options: WorldOptions = {}): Promise<Story> {
  const story = await begin(options);
  const { world } = story;
  for (const name of names) world.left.admin.add({ Name: t(name), A: t("a0"), B: t("b0") });
  world.nowMs += 5 * minuteMs;
  expect((await world.run()).status).toBe("ok");
  return story;
}

/** The right side refuses cells that say so: in an update it names the field, in a create it does not. */
export function refuseBad(world: World): void {
  const update = world.right.update.bind(world.right);
  const create = world.right.create.bind(world.right);
  const badField = (cells: Write["cells"]): FieldId | null =>
    [...cells].find(([, value]) => value.kind === "text" && value.text === "bad")?.[0] ?? null;
  const refused = { kind: "failed", why: "invalid", message: "it is bad" } as const;
  world.right.update = async (writes, wanted) => {
    const outcomes = [];
    for (const write of writes) {
      const field = badField(write.cells);
      if (field === null) outcomes.push(...(await update([write], wanted)));
      else outcomes.push({ ...refused, field });
    }
    return outcomes;
  };
  world.right.create = async (creates, wanted) => {
    const isBad = creates.some(({ cells }) => badField(cells) !== null);
    if (!isBad) return create(creates, wanted);
    return creates.map(() => ({ ...refused, field: null }));
  };
}

/** People do something between the listings and the first call that writes: when the plan is stored. */
export function meanwhile(world: World, act: () => void): void {
  const { store } = world;
  const commit = store.commit.bind(store);
  store.commit = async (lease, changes) => {
    world.nowMs += 2_000;
    act();
    world.nowMs += 2_000;
    store.commit = commit;
    await commit(lease, changes);
  };
}
