// Rules that span several keys of the config. Each is a small function that returns what it found;
// all of them are asked, so that a person sees everything at once.
import type { ConfigFile, PairFile } from "./file.ts";
import type { ConfigPath, ConfigProblem } from "./problem.ts";
import { archiveRules, guardRules, scheduleRules } from "./rules/behaviour.ts";
import { directionRules, ownerRules, pseudoRules } from "./rules/direction.ts";
import { fileRules, type FileFacts } from "./rules/whole-file.ts";
import { invertibleRules } from "./rules/invertible.ts";
import { checkWorker } from "./rules/worker.ts";
import { markerRules, matchRules, writerRules } from "./rules/roles.ts";

export interface Finding {
  readonly level: ConfigProblem["level"];
  /** Below the pair for the pair rules, from the top of the file for the others. */
  readonly path: ConfigPath;
  readonly message: string;
  readonly remedy: string;
}

export type PairRule = (pair: PairFile) => readonly Finding[];

const pairRules: readonly PairRule[] = [
  pseudoRules,
  directionRules,
  ownerRules,
  invertibleRules,
  writerRules,
  matchRules,
  markerRules,
  archiveRules,
  scheduleRules,
  guardRules,
];

export function checkRules(file: ConfigFile, facts: FileFacts): readonly Finding[] {
  const pairs = Object.entries(file.pairs).flatMap(([name, pair]) => checkPair(name, pair));
  const workers = Object.entries(file.workers).flatMap(([name, worker]) =>
    checkWorker(name, worker),
  );
  return [...fileRules(file, facts), ...pairs, ...workers];
}

/** The rules of one pair alone: for a file whose other parts are not valid. */
export function checkPair(name: string, pair: PairFile): readonly Finding[] {
  return pairRules
    .flatMap((rule) => rule(pair))
    .map((found) => ({ ...found, path: ["pairs", name, ...found.path] }));
}
