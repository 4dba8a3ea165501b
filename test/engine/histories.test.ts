// Random histories of people and faults on in-memory services, from a seed. After each history the
// faults stop, time passes, runs repeat until they are quiet, and an oracle that shares no code with
// the engine looks at what is left. A failing seed names itself: run it alone with TANDEM_SEED.
import { expect, test } from "vitest";
import type { RecordId } from "../../src/core/ids.ts";
import { text, type Value } from "../../src/core/value.ts";
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

type SideName = "left" | "right";

function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Edit {
  readonly side: SideName;
  readonly token: string;
  readonly value: string;
  readonly atMs: number;
}

interface History {
  readonly world: World;
  readonly random: () => number;
  readonly edits: Edit[];
  readonly born: Set<string>;
  readonly removed: Set<string>;
  readonly steps: string[];
  count: number;
}

function shown(value: Value | null): string {
  if (value === null || value.kind === "empty") return "";
  return value.kind === "text" ? value.text : value.kind;
}

const tokenOf = (connector: MemoryConnector, id: RecordId): string =>
  shown(connector.admin.cell(id, "B"));

function pick<T>(history: History, list: readonly T[]): T | null {
  return list[Math.floor(history.random() * list.length)] ?? null;
}

/** A person does something on one side. `B` is a row's identity and is never edited. */
function personActs(history: History): void {
  const { world, random } = history;
  const side: SideName = random() < 0.5 ? "left" : "right";
  const { admin } = world[side];
  const dice = random();
  const rows = admin.ids();
  history.count += 1;
  if (dice < 0.2 || rows.length === 0) {
    const token = `t${history.count}`;
    admin.add({ Name: text(`N${history.count}`), A: text(`v${history.count}`), B: text(token) });
    history.born.add(token);
    history.edits.push({ side, token, value: `v${history.count}`, atMs: world.nowMs });
    history.steps.push(`${side} creates ${token}`);
    return;
  }
  const id = pick(history, rows);
  if (id === null) return;
  const token = tokenOf(world[side], id);
  if (dice < 0.85) {
    const value = random() < 0.1 ? "" : `v${history.count}`;
    admin.edit(id, { A: value === "" ? { kind: "empty" } : text(value) });
    history.edits.push({ side, token, value, atMs: world.nowMs });
    history.steps.push(`${side} sets ${token}.A = "${value}"`);
  } else {
    history.removed.add(token);
    if (side === "left") admin.trash(id);
    else admin.purge(id);
    history.steps.push(`${side} removes ${token}`);
  }
}

const faults = ["lost-after", "lost-before", "busy"] as const;

async function play(seed: number): Promise<History> {
  const world = await makeWorld({
    policy: {
      guards: {
        maxRemove: { percent: 100, floor: 1_000, cap: null },
        maxCreate: { percent: 100, floor: 1_000, cap: null },
        massChange: { percent: 100, floor: 1_000, cap: null },
        massBlank: { percent: 100, floor: 1_000, cap: null },
        emptySide: "off",
        hotRowMs: 0,
        settleMs: 120_000,
      },
    },
  });
  const history: History = {
    world,
    random: makeRandom(seed),
    edits: [],
    born: new Set(),
    removed: new Set(),
    steps: [],
    count: 0,
  };
  const faultRate = history.random() < 0.4 ? 0 : history.random() * 0.6;
  const rounds = 3 + Math.floor(history.random() * 8);
  for (let round = 0; round < rounds; round += 1) {
    const acts = Math.floor(history.random() * 6);
    for (let act = 0; act < acts; act += 1) {
      personActs(history);
      world.nowMs += Math.floor(history.random() * 3 * minuteMs);
    }
    if (history.random() < faultRate) {
      const side = history.random() < 0.5 ? world.left : world.right;
      const fault = pick(history, faults) ?? "busy";
      side.admin.failNext("write", fault);
      history.steps.push(`next write meets ${fault}`);
    }
    const run = await world.run();
    history.steps.push(`run ${run.run}: ${run.status} ${JSON.stringify(run.summary.counts)}`);
    world.nowMs += Math.floor(history.random() * 4 * minuteMs);
  }
  return history;
}

async function stabilize(history: History): Promise<number> {
  const { world } = history;
  let writesBefore = -1;
  for (let run = 1; run <= 6; run += 1) {
    world.nowMs += 5 * minuteMs;
    const result = await world.run();
    history.steps.push(`settling ${result.run}: ${result.status}`);
    const writes = world.left.requests().write + world.right.requests().write;
    if (writes === writesBefore) return run;
    writesBefore = writes;
  }
  return Number.POSITIVE_INFINITY;
}

async function judge(history: History, runs: number): Promise<readonly string[]> {
  const { world } = history;
  const bad: string[] = [];
  if (runs > 5) bad.push("P2: it never came to rest");
  const held = new Set(
    (await world.store.loadConflicts(world.policy.id, ["open"])).map((entry) => entry.link),
  );
  const index = await world.store.loadLinkIndex(world.policy.id);
  const heldTokens = new Set(
    index
      .filter((entry) => held.has(entry.id))
      .flatMap((entry) => [
        entry.ids.left === null ? "" : tokenOf(world.left, entry.ids.left),
        entry.ids.right === null ? "" : tokenOf(world.right, entry.ids.right),
      ]),
  );
  const live = {
    left: world.left.admin.ids(),
    right: world.right.admin
      .ids()
      .filter((id) => shown(world.right.admin.cell(id, "State")) !== "Archived"),
  };
  const values = { left: new Map<string, string>(), right: new Map<string, string>() };
  for (const side of ["left", "right"] as const) {
    for (const id of live[side]) {
      const token = tokenOf(world[side], id);
      if (values[side].has(token)) bad.push(`P12: ${token} is on the ${side} twice`);
      values[side].set(token, shown(world[side].admin.cell(id, "A")));
    }
  }
  for (const token of history.born) {
    if (heldTokens.has(token)) continue;
    const [left, right] = [values.left.get(token), values.right.get(token)];
    if (left !== right) bad.push(`P1: ${token} is "${left}" on the left, "${right}" on the right`);
    if (left === undefined && !history.removed.has(token)) bad.push(`P10: ${token} is gone`);
    if (left !== undefined) bad.push(...(await lost(history, token, left)));
  }
  return bad;
}

/** The last edit of each side must be there, have been carried over once, or be told as a loser. */
async function lost(history: History, token: string, now: string): Promise<readonly string[]> {
  const mine = history.edits.filter((edit) => edit.token === token);
  const told = new Set<string>();
  for (const entry of await history.world.entries()) {
    if (entry.body.type === "conflict") {
      told.add(shown(entry.body.values.left.value)).add(shown(entry.body.values.right.value));
    }
    if (entry.body.type === "change" && entry.body.fields["A"] !== undefined) {
      told.add(shown(entry.body.fields["A"].after));
    }
  }
  const bad: string[] = [];
  if (!mine.some((edit) => edit.value === now)) bad.push(`P4: ${token} holds "${now}", nobody's`);
  for (const side of ["left", "right"] as const) {
    const last = mine.findLast((edit) => edit.side === side);
    if (last === undefined || last.value === now || last.value === "" || told.has(last.value)) {
      continue;
    }
    bad.push(`P6: the edit "${last.value}" of ${token} on the ${side} is lost`);
  }
  return bad;
}

const only = process.env["TANDEM_SEED"];
const seeds =
  only === undefined
    ? Array.from({ length: Number(process.env["TANDEM_SEEDS"] ?? 150) }, (_, at) => at + 1)
    : [Number(only)];

test("P1 P2 P4 P6 P10 P12: random histories with faults come to rest without a loss", async () => {
  const failures: string[] = [];
  for (const seed of seeds) {
    const history = await play(seed);
    const runs = await stabilize(history);
    const bad = await judge(history, runs);
    await history.world.store.close();
    if (bad.length > 0) failures.push(`seed ${seed}: ${bad.join("; ")}`);
    if (only !== undefined) process.stdout.write(`${history.steps.join("\n")}\n`);
  }
  expect(failures).toEqual([]);
}, 120_000);
