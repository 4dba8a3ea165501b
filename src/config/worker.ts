// Turns a worker of the config into what the runtime works on: whole paths, milliseconds, and one form
// for each thing that can be written in several.
import { resolve } from "node:path";
import type { Schedule } from "../core/oneway/declaration.ts";
import type { Environment } from "./environment.ts";
import type { DestinationFile, SweepFile, WorkerFile } from "./file.ts";
import { parseInterval } from "./interval.ts";

/** Where the config says a declared database is. */
export type TableTarget =
  | { readonly kind: "notion"; readonly reference: string }
  | {
      readonly kind: "airtable";
      readonly base: string;
      readonly table: string;
      /** The field that holds the key; null: the one named as the primary key property. */
      readonly key: string | null;
      readonly mark: { readonly field: string; readonly value: string } | null;
    };

export interface WorkerConfig {
  readonly name: string;
  /** A folder, or a file. Whole. */
  readonly path: string;
  /** Address or id of the page under which managed databases are made. */
  readonly parent: string | null;
  /** By the worker's database keys. */
  readonly databases: ReadonlyMap<string, TableTarget>;
  /** Variables the config hands to the worker. Secrets, all of them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names the config wants to hand on, and that are not set. */
  readonly missingVariables: readonly string[];
  /** Whole; null: `.env` in the worker's folder. */
  readonly envFile: string | null;
  readonly limits: { readonly seconds: number; readonly memoryMb: number };
  /** IANA name for times that say none; null: UTC. */
  readonly zone: string | null;
  /** By the worker's sync keys: instead of the schedule in its code. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly sweep: SweepFile;
  /** How long a create whose answer was lost may still turn up. */
  readonly settleMs: number;
  readonly isEnabled: boolean;
}

export interface WorkerSurroundings {
  /** The directory that relative paths count from. */
  readonly directory: string;
  readonly environment: Environment;
}

export function makeWorkerConfig(
  name: string,
  worker: WorkerFile,
  { directory, environment }: WorkerSurroundings,
): WorkerConfig {
  const { limits, schedules } = worker;
  return {
    name,
    path: resolve(directory, worker.path),
    parent: worker.parent ?? null,
    databases: mapOf(worker.databases, targetOf),
    variables: variablesOf(worker.env, environment),
    missingVariables: isList(worker.env)
      ? worker.env.filter((variable) => environment[variable] === undefined)
      : [],
    envFile: worker.envFile === undefined ? null : resolve(directory, worker.envFile),
    limits,
    zone: worker.zone ?? null,
    schedules: mapOf(schedules, (text) => parseInterval(text) ?? { kind: "manual" }),
    sweep: worker.sweep,
    settleMs: worker.settleSeconds * 1000,
    isEnabled: worker.enabled,
  };
}

function mapOf<From, To>(
  group: Readonly<Record<string, From>>,
  make: (from: From) => To,
): ReadonlyMap<string, To> {
  return new Map(Object.entries(group).map(([key, content]) => [key, make(content)]));
}

function targetOf(target: DestinationFile): TableTarget {
  if (typeof target === "string") return { kind: "notion", reference: target };
  if ("notion" in target) return { kind: "notion", reference: target.notion };
  const { base, table, key, mark } = target.airtable;
  return { kind: "airtable", base, table, key: key ?? null, mark: mark ?? null };
}

/** A name that is not set is left out: whether that matters, only the worker knows. */
function variablesOf(
  env: WorkerFile["env"],
  environment: Environment,
): Readonly<Record<string, string>> {
  if (!isList(env)) return env;
  return Object.fromEntries(
    env.flatMap((name) => {
      const present = environment[name];
      return present === undefined ? [] : [[name, present]];
    }),
  );
}

function isList(env: WorkerFile["env"]): env is readonly string[] {
  return Array.isArray(env);
}
