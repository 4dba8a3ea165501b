// The wanted parts of a change as content for the table, and what of it waits for other rows.
import type { RowContent, WriteCell } from "../connectors/destination.ts";
import type { Cell } from "../core/oneway/cell.ts";
import { databaseIdOf } from "../core/oneway/ids.ts";
import { bodyPart, coverPart, iconPart } from "../core/oneway/parts.ts";
import type { ResolvedRelation } from "../core/oneway/relation.ts";
import type { WaitingRelation } from "../store/oneway-store.ts";
import type { ReadyTable } from "./prepare.ts";
import { relationTarget, type Work } from "./work.ts";

/** Only the named parts; the others are left untouched. */
export function contentOf(work: Work, parts: readonly string[]): RowContent {
  const wanted = new Set(parts);
  const { upsert, relations } = work;
  const cells = new Map<string, WriteCell>();
  for (const [name, cell] of upsert?.cells ?? []) {
    if (wanted.has(name)) cells.set(name, writeCell(cell, relations.get(name)));
  }
  const when = <T>(part: string, content: T | undefined): T | null =>
    wanted.has(part) ? (content ?? null) : null;
  return {
    cells,
    icon: when(iconPart, upsert?.icon),
    coverUrl: when(coverPart, upsert?.coverUrl),
    body: when(bodyPart, upsert?.body),
  };
}

/** A relation in a property that is declared as something else has nothing to point at. */
function writeCell(cell: Cell, relation: ResolvedRelation | undefined): WriteCell {
  if (cell.kind !== "relation") return cell;
  return { kind: "rows", ids: relation?.ids ?? [], keys: cell.keys };
}

/** What the row waits for after these parts were written. */
export function waitingAfter(
  before: Readonly<Record<string, WaitingRelation>>,
  work: Work,
  at: { readonly table: ReadyTable; readonly worker: string; readonly written: readonly string[] },
): Readonly<Record<string, WaitingRelation>> {
  const waiting: Record<string, WaitingRelation> = { ...before };
  for (const name of at.written) {
    const cell = work.upsert?.cells.get(name);
    if (cell === undefined) continue;
    delete waiting[name];
    const target = relationTarget(at.table.declaration, name);
    const missing = work.relations.get(name)?.missing ?? [];
    if (cell.kind !== "relation" || target === null || missing.length === 0) continue;
    waiting[name] = { target: databaseIdOf(at.worker, target), keys: cell.keys, missing };
  }
  return waiting;
}
