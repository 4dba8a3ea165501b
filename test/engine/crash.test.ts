// Crash enumeration: a scenario rich in creates is run once to count its calls, then again for each
// call and each position, with exactly one kill. A kill throws out of the port and takes every object
// of the engine with it; only the store and the two services survive. What follows must come to rest
// as if nothing had happened.
import { expect, test } from "vitest";
import type { Connector } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { Sided } from "../../src/core/side.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

class Killed extends Error {}

const positions = ["before-send", "after-commit"] as const;
type Position = (typeof positions)[number];

interface Kill {
  readonly call: number;
  readonly position: Position;
}

const watched = ["create", "update", "remove", "restore", "read", "recheck", "describe"] as const;

/** Connectors that count their calls together, and die at one of them. */
function mortal(world: World, kill: Kill | null): { sides: Sided<Connector>; calls: () => number } {
  let calls = 0;
  const wrap = (connector: Connector): Connector => {
    const wrapped = Object.create(connector) as Connector;
    for (const name of watched) {
      const call = connector[name].bind(connector) as (...args: unknown[]) => Promise<unknown>;
      Object.defineProperty(wrapped, name, {
        value: async (...args: unknown[]) => {
          calls += 1;
          const isHere = kill !== null && kill.call === calls;
          if (isHere && kill.position === "before-send") throw new Killed();
          const answer = await call(...args);
          if (isHere) throw new Killed();
          return answer;
        },
      });
    }
    return wrapped;
  };
  return { sides: { left: wrap(world.left), right: wrap(world.right) }, calls: () => calls };
}

async function prepareWorld(): Promise<World> {
  const world = await makeWorld();
  for (let at = 0; at < 4; at += 1) {
    world.left.admin.add({ Name: text(`Old ${at}`), A: text("a"), B: text(`old${at}`) });
  }
  await world.run();
  world.nowMs += 10 * minuteMs;
  const [first, second] = world.left.admin.ids();
  world.left.admin.edit(must(first, "a row"), { A: text("edited left") });
  world.left.admin.trash(must(second, "a row"));
  const right = world.right.admin.ids();
  world.right.admin.edit(must(right[2], "a row"), { A: text("edited right") });
  for (let at = 0; at < 12; at += 1) {
    world.left.admin.add({ Name: text(`New left ${at}`), B: text(`nl${at}`) });
  }
  for (let at = 0; at < 3; at += 1) {
    world.right.admin.add({ Name: text(`New right ${at}`), B: text(`nr${at}`) });
  }
  world.nowMs += 10 * minuteMs;
  return world;
}

async function runOnce(world: World, kill: Kill | null): Promise<number> {
  const { sides, calls } = mortal(world, kill);
  const deps = { ...world.deps(), connectors: sides };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  try {
    await syncPair(world.policy, options, deps);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return calls();
}

/** Rows that are there and not archived, by their identity in `B`. */
function standing(world: World): Sided<readonly string[]> {
  const shown = (side: "left" | "right"): readonly string[] =>
    world[side].admin
      .ids()
      .filter((id) => world[side].admin.cell(id, "State")?.kind !== "text")
      .map((id) => {
        const [name, a, b] = ["Name", "A", "B"].map((field) => {
          const value = world[side].admin.cell(id, field);
          return value?.kind === "text" ? value.text : "";
        });
        return `${name}|${a}|${b}`;
      })
      .toSorted();
  return { left: shown("left"), right: shown("right") };
}

async function undisturbed(): Promise<{ calls: number; rows: Sided<readonly string[]> }> {
  const world = await prepareWorld();
  const calls = await runOnce(world, null);
  const rows = standing(world);
  expect(rows.right).toEqual(rows.left);
  await world.store.close();
  return { calls, rows };
}

test("G6 P17: a kill at any call leaves what an undisturbed run would have left", async () => {
  const { calls, rows } = await undisturbed();
  expect(calls).toBeGreaterThan(8);
  for (let call = 1; call <= calls; call += 1) {
    for (const position of positions) {
      const world = await prepareWorld();
      await runOnce(world, { call, position });
      for (let run = 0; run < 3; run += 1) {
        world.nowMs += 3 * minuteMs;
        await runOnce(world, null);
      }
      const writes = world.left.requests().write + world.right.requests().write;
      world.nowMs += 3 * minuteMs;
      const last = await world.run();
      const where = `killed at call ${call}, ${position}`;
      expect({ where, rows: standing(world) }).toEqual({ where, rows });
      expect({ where, status: last.status }).toEqual({ where, status: "ok" });
      expect(world.left.requests().write + world.right.requests().write).toBe(writes);
      await world.store.close();
    }
  }
}, 60_000);

test("P18: a second kill during recovery changes nothing", async () => {
  const { calls, rows } = await undisturbed();
  for (let call = 4; call <= calls; call += 3) {
    for (let second = 1; second <= 6; second += 1) {
      const world = await prepareWorld();
      await runOnce(world, { call, position: "after-commit" });
      world.nowMs += 3 * minuteMs;
      await runOnce(world, { call: second, position: "after-commit" });
      for (let run = 0; run < 3; run += 1) {
        world.nowMs += 3 * minuteMs;
        await runOnce(world, null);
      }
      const where = `killed at call ${call}, then at ${second}`;
      expect({ where, rows: standing(world) }).toEqual({ where, rows });
      await world.store.close();
    }
  }
}, 60_000);
