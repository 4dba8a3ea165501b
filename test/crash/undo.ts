// An undo as a person asks for it, in the process at work.
import type { RunId } from "../../src/core/ids.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import type { Bench } from "./bench.ts";

export async function undo(bench: Bench, undone: RunId): Promise<void> {
  const options = { trigger: "undo", holder: "test" } as const;
  const { run } = await undoPair(bench.policy, { undone, options }, bench.deps());
  if (run.error !== null) throw run.error;
}
