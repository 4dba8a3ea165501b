// What the use cases are handed: the config, the store, and a way to reach a pair's services.
import type { OpenOptions } from "../cli/services.ts";
import type { Config, PairConfig } from "../config/load.ts";
import type { PairPolicy } from "../core/policy.ts";
import { SyncError } from "../errors.ts";
import type { EngineDeps } from "../engine/deps.ts";
import type { Store } from "../store/store.ts";

export interface OpenPair {
  readonly pair: PairConfig;
  readonly policy: PairPolicy;
  /** Connectors made for one piece of work: their request counts start at zero. */
  readonly deps: EngineDeps;
}

export interface AppContext {
  readonly config: Config;
  readonly store: Store;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly onLog: OpenOptions["onLog"];
  /** Who we are, for whoever finds a lease taken. */
  readonly holder: string;
  openPair(pair: PairConfig): Promise<OpenPair>;
  flushHistory(): Promise<void>;
}

/** The named pairs, or all. Throws `usage` for a name the config does not have. */
export function selectPairs(config: Config, names: readonly string[]): readonly PairConfig[] {
  if (config.pairs.length === 0) {
    throw new SyncError({
      code: "config_invalid",
      message: `${config.file} has no pairs.`,
      remedy:
        config.workers.length === 0
          ? "Add one under pairs:."
          : "Add one under pairs:; for workers there is `tandem worker trigger`.",
    });
  }
  if (names.length === 0) return config.pairs;
  return names.map((name) => selectPair(config, name));
}

/** As `selectPairs`, where a config of nothing but workers is as good. */
export function selectAnyPairs(config: Config, names: readonly string[]): readonly PairConfig[] {
  if (names.length === 0 && config.workers.length > 0) return config.pairs;
  return selectPairs(config, names);
}

/** Throws `usage` for a name the config does not have. */
export function selectPair(config: Config, name: string): PairConfig {
  const pair = config.pairs.find((entry) => entry.id === name);
  if (pair !== undefined) return pair;
  throw new SyncError({
    code: "usage",
    message: `There is no pair "${name}" in ${config.file}.`,
    remedy: `It has: ${config.pairs.map((entry) => entry.id).join(", ")}.`,
  });
}
