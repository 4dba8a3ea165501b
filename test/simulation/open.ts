// Violations that are known and not yet mended, by the seed that shows them. The list is there to be
// emptied: each entry is a fault of the engine or a question to the oracle that nobody has answered.
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Failure } from "./many.ts";

const listed = z
  .record(z.string().regex(/^\d+$/u), z.array(z.string()).min(1))
  .parse(JSON.parse(readFileSync(new URL("./open.json", import.meta.url), "utf8")));

/** Seed to the properties that it violates. */
const open: ReadonlyMap<number, readonly string[]> = new Map(
  Object.entries(listed).map(([seed, properties]) => [Number(seed), properties]),
);

/** Only the listed properties are known: any other one of the same seed is news. */
export function isOpen({ seed, isHurried, findings }: Failure): boolean {
  const properties = isHurried ? undefined : open.get(seed);
  if (properties === undefined) return false;
  return findings.every(({ property }) => properties.includes(property));
}

export function openSeedsIn(from: number, to: number): readonly number[] {
  return [...open.keys()].filter((seed) => seed >= from && seed <= to);
}
