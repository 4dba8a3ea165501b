// What a plan has to tell about one row or one cell, and the shape of a problem's line.
import type { ConflictEntry, ProblemCode, ProblemEntry } from "./entry.ts";
import type { CellKey } from "./ids.ts";
import type { RowPlan } from "./reconcile.ts";
import type { Side, Sided } from "./side.ts";
import type { Value } from "./value.ts";

/** Something a person may decide. Becomes a conflict in the store. */
export interface OpenMatter {
  readonly kind: "cell" | "alignment" | "lossy" | "drift" | "edit-vs-delete" | "undone";
  readonly cell: CellKey | null;
  readonly field: string | null;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
}

export interface Findings {
  readonly conflicts: readonly ConflictEntry[];
  readonly problems: readonly ProblemEntry[];
  readonly open: readonly OpenMatter[];
  /** Something about the row is not in step, and this run will not change that. */
  readonly isWaiting: boolean;
}

export const nothingFound: Findings = { conflicts: [], problems: [], open: [], isWaiting: false };

export interface Said {
  readonly code: ProblemCode;
  readonly side: Side | null;
  readonly field?: string;
  readonly message: string;
  readonly remedy: string;
}

export function problemOf(plan: RowPlan, said: Said): ProblemEntry {
  return {
    type: "problem",
    side: said.side,
    ids: plan.link.ids,
    field: said.field ?? null,
    code: said.code,
    message: said.message,
    remedy: said.remedy,
  };
}
