// Counts of one execution.
import type { OnewayCounts } from "../store/oneway-store.ts";

export type Tally = { -readonly [K in keyof OnewayCounts]: number };

export function makeTally(): Tally {
  return { created: 0, updated: 0, removed: 0, revived: 0, unchanged: 0, skipped: 0, failed: 0 };
}

export function addTally(to: Tally, more: OnewayCounts): void {
  to.created += more.created;
  to.updated += more.updated;
  to.removed += more.removed;
  to.revived += more.revived;
  to.unchanged += more.unchanged;
  to.skipped += more.skipped;
  to.failed += more.failed;
}
