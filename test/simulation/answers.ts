// A person goes through what waits and answers all of it, as `tandem conflicts resolve` does. Who is
// asked whether a lost create made its row looks, and tells the truth.
import { other, sides, type Side } from "../../src/core/side.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { Conflict, ConflictAnswer, Store } from "../../src/store/store.ts";
import { partnersOf, stateOf, valueOf } from "./ghost.ts";
import { keyOf, plainValue } from "./plain.ts";
import type { World } from "./world.ts";

/** True when there was anything to answer. */
export async function answerAll(world: World): Promise<boolean> {
  const store = world.disk.open(() => world.ourNowMs());
  const open = await store.loadConflicts(world.policy.id, ["open"]);
  for (const conflict of open) {
    const answer = await answerTo(world, store, conflict);
    await resolveConflict(store, [world.policy.id], { id: conflict.id, answer });
    world.tally.add("people", `answer ${conflict.kind}`);
    world.tell(
      () => `somebody answers ${conflict.kind} "${conflict.title}": ${JSON.stringify(answer)}`,
    );
  }
  return open.length > 0;
}

async function answerTo(world: World, store: Store, conflict: Conflict): Promise<ConflictAnswer> {
  const [link] = await store.loadLinks([conflict.link]);
  const rows = sides.flatMap((side) => {
    const id = link?.ids[side] ?? null;
    return id === null ? [] : (world.ghost.row(side, id) ?? []);
  });
  if (conflict.kind === "create-in-doubt") {
    const [source] = rows;
    if (source === undefined) return { keep: "left" };
    const isThere = partnersOf(world.ghost, source).some((row) => stateOf(row) !== "removed");
    return { keep: isThere ? other(source.side) : source.side };
  }
  const keep: Side = world.random.chance(0.5) ? "left" : "right";
  if (conflict.cell === null) {
    for (const row of rows) world.ruled.add(row.id);
    return { keep };
  }
  const key = conflict.field === null ? null : keyOf(conflict.field);
  for (const row of rows) {
    world.ruled.add(`${row.id} ${key}`);
    // Whoever answers again, before any run got to it, means this answer.
    world.verdicts.delete(`${row.id} ${key}`);
  }
  if (key === "note" && world.random.chance(0.3)) {
    const text = `said ${world.random.int(1_000)}`;
    world.said.add(text);
    return { keep: "value", text };
  }
  const kept = rows.find((row) => row.side === keep);
  // An answer is about the values that were shown; who has typed since is asked again.
  const isAsShown = rows.every((row) => {
    const shown = conflict.values[row.side];
    return shown !== null && key !== null && plainValue(shown) === valueOf(row, key);
  });
  if (kept !== undefined && key !== null && isAsShown) {
    const verdict = { value: valueOf(kept, key), atMs: world.nowMs() };
    world.verdicts.set(`${kept.id} ${key}`, verdict);
  }
  return { keep };
}
