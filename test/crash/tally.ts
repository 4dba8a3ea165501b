// How many kills were made, by what was going on and where in it, and how many runs that took: a table
// for whoever wants to know what the enumeration covers. In a whole enumeration each file of tests leaves
// its counts in the cache; `npm run crash` adds them up and prints them.
import { mkdirSync, writeFileSync } from "node:fs";
import type { Position } from "./life.ts";

/** Everything, or every n-th kill in the suite that runs all the time. */
export const isWhole: boolean = process.env["TANDEM_CRASH"] === "all";

const counts = new Map<string, number>();
let runs = 0;

export function count(op: string, position: Position): void {
  const key = `${op}\t${position}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** One run of the engine more. */
export function countRun(): void {
  runs += 1;
}

const folder = "node_modules/.cache/crash";
const runsFolder = "node_modules/.cache/crash-runs";

export function leaveCounts(name: string): void {
  if (!isWhole) return;
  mkdirSync(folder, { recursive: true });
  mkdirSync(runsFolder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, JSON.stringify([...counts]));
  writeFileSync(`${runsFolder}/${name}.json`, JSON.stringify(runs));
}
