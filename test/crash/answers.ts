// A person's answers to what waits under conflicts, in the process at work.
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { ConflictAnswer } from "../../src/store/store.ts";
import type { Bench } from "./bench.ts";

/** Answers everything that is open and has no answer yet. */
export async function answerAll(bench: Bench, answer: ConflictAnswer): Promise<void> {
  const { store } = bench.deps();
  const open = await store.loadConflicts(bench.policy.id, ["open"]);
  for (const { id, answer: given } of open) {
    if (given === null) await resolveConflict(store, [bench.policy.id], { id, answer });
  }
}
