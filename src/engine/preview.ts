// What a run would do, without doing it: the same preparation, and nothing stored.
import type { RunId } from "../core/ids.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { EngineDeps } from "./deps.ts";
import { freshState, prepare, type Prepared } from "./prepare.ts";

export interface Preview {
  readonly run: RunId;
  readonly prepared: Prepared;
}

export async function preview(policy: PairPolicy, deps: EngineDeps): Promise<Preview> {
  const state = (await deps.store.loadPair(policy.id)) ?? freshState(policy);
  const run = deps.ids.run();
  return { run, prepared: await prepare(policy, { state, run }, deps) };
}
