// Changes of one table looked at together with what is known of their rows: what a run carries out and
// what a preview shows.
import type { Change, Upsert } from "../core/oneway/change.ts";
import type { DatabaseDeclaration } from "../core/oneway/declaration.ts";
import { databaseIdOf, type DatabaseId } from "../core/oneway/ids.ts";
import { withKey } from "../core/oneway/key-cell.ts";
import { partsOf, type Part } from "../core/oneway/parts.ts";
import { planDeletion, planUpsert, type RowPlan } from "../core/oneway/plan-row.ts";
import { resolveRelation, type ResolvedRelation, type TargetRow } from "../core/oneway/relation.ts";
import type { IndexedRow, OnewayStore } from "../store/oneway-store.ts";

/** One change on its way. */
export interface Work {
  readonly key: string;
  /** Null for a deletion. */
  readonly upsert: Upsert | null;
  readonly known: IndexedRow | null;
  readonly parts: ReadonlyMap<string, Part>;
  readonly updatedAtMs: number | null;
  /** By property name. */
  readonly relations: ReadonlyMap<string, ResolvedRelation>;
  readonly plan: RowPlan | { readonly kind: "refused"; readonly message: string };
  /** Properties it gives that the database does not declare. */
  readonly undeclared: readonly string[];
}

export interface WorkAt {
  readonly store: Pick<OnewayStore, "loadRows" | "loadTargets">;
  readonly digest: (content: string) => string;
  readonly worker: string;
  readonly database: DatabaseId;
  readonly declaration: DatabaseDeclaration;
}

/** Looks rows and relation targets up and plans each change by itself. Keys must differ. */
export async function planWorks(changes: readonly Change[], at: WorkAt): Promise<readonly Work[]> {
  const keys = changes.map((change) => change.key);
  const known = new Map((await at.store.loadRows(at.database, keys)).map((row) => [row.key, row]));
  const keyed = changes.map((change) =>
    change.kind === "delete" ? null : withKey(change, at.declaration),
  );
  const upserts = keyed.flatMap((one) => (one?.kind === "ok" ? [one.upsert] : []));
  const targets = await loadTargets(upserts, at);
  return changes.map((change, index) => {
    const row = known.get(change.key) ?? null;
    const found = keyed[index] ?? null;
    if (found === null) return deletionWork(change.key, row);
    if (found.kind === "refused") {
      return { ...deletionWork(change.key, row), plan: found };
    }
    return upsertWork({ ...found, known: row }, targets, at);
  });
}

function deletionWork(key: string, known: IndexedRow | null): Work {
  return {
    key,
    upsert: null,
    known,
    parts: new Map(),
    updatedAtMs: null,
    relations: new Map(),
    plan: planDeletion(known),
    undeclared: [],
  };
}

/** By database key, then by row key. */
type Targets = ReadonlyMap<string, ReadonlyMap<string, TargetRow>>;

function upsertWork(
  found: {
    readonly upsert: Upsert;
    readonly known: IndexedRow | null;
    readonly undeclared: readonly string[];
  },
  targets: Targets,
  at: WorkAt,
): Work {
  const { upsert, known } = found;
  const relations = new Map<string, ResolvedRelation>();
  for (const [name, cell] of upsert.cells) {
    const database = relationTarget(at.declaration, name);
    if (cell.kind !== "relation" || database === null) continue;
    relations.set(name, resolveRelation(cell.keys, targets.get(database) ?? new Map()));
  }
  const parts = partsOf(upsert, { digest: at.digest, relations });
  const wanted = { parts, updatedAtMs: upsert.updatedAtMs };
  return {
    key: upsert.key,
    upsert,
    known,
    ...wanted,
    relations,
    plan: planUpsert(known, wanted),
    undeclared: found.undeclared,
  };
}

/** The database a relation property points at; null for any other property. */
export function relationTarget(declaration: DatabaseDeclaration, name: string): string | null {
  const shape = declaration.properties.find((one) => one.name === name)?.shape;
  return shape?.type === "relation" ? shape.database : null;
}

async function loadTargets(upserts: readonly Upsert[], at: WorkAt): Promise<Targets> {
  const wanted = new Map<string, Set<string>>();
  for (const { cells } of upserts) {
    for (const [name, cell] of cells) {
      const database = relationTarget(at.declaration, name);
      if (cell.kind !== "relation" || database === null) continue;
      const keys = wanted.get(database) ?? new Set();
      wanted.set(database, keys);
      for (const key of cell.keys) keys.add(key);
    }
  }
  const found = new Map<string, ReadonlyMap<string, TargetRow>>();
  for (const [database, keys] of wanted) {
    const id = databaseIdOf(at.worker, database);
    found.set(database, await at.store.loadTargets(id, [...keys]));
  }
  return found;
}
