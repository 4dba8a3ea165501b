// A row's content cut into the parts that are remembered and sent one by one: its properties by name,
// its body, icon and cover. Only hashes are kept, so what a part held before cannot be shown.
import { cellFingerprint, type Cell } from "./cell.ts";
import type { Upsert } from "./change.ts";
import type { ResolvedRelation } from "./relation.ts";

/** What was last written to one part of a row. */
export interface WrittenPart {
  readonly hash: string;
  /** The source's own time of that change, ms; null: not said. */
  readonly updatedAtMs: number | null;
}

export const bodyPart = "@body";
export const iconPart = "@icon";
export const coverPart = "@cover";

/** One part of what a change asks for. */
export interface Part {
  readonly hash: string;
  /** Hashes of other ways in which the same content may have been written before. */
  readonly same: readonly string[];
}

export interface PartsHow {
  readonly digest: (content: string) => string;
  /** By property name; every relation cell has one. */
  readonly relations: ReadonlyMap<string, ResolvedRelation>;
}

/** The parts a change gives, by name. What it leaves out is absent. */
export function partsOf(upsert: Upsert, how: PartsHow): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const add = (name: string, content: string): void => {
    parts.set(name, { hash: how.digest(content), same: [] });
  };
  for (const [name, cell] of upsert.cells) parts.set(name, cellPart(name, cell, how));
  if (upsert.body !== null) add(bodyPart, upsert.body);
  if (upsert.icon !== null) add(iconPart, JSON.stringify(upsert.icon));
  if (upsert.coverUrl !== null) add(coverPart, upsert.coverUrl);
  return parts;
}

function cellPart(name: string, cell: Cell, how: PartsHow): Part {
  const relation = cell.kind === "relation" ? how.relations.get(name) : undefined;
  if (relation === undefined) return { hash: how.digest(cellFingerprint(cell)), same: [] };
  return relationPart(relation, how.digest);
}

/** A relation is told apart by the rows it was written with, and not only by its keys. */
export function relationPart(
  relation: ResolvedRelation,
  digest: (content: string) => string,
): Part {
  return { hash: digest(relation.fingerprint), same: [digest(relation.linkedFingerprint)] };
}
