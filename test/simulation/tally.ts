// Numbers over all histories: what was tried, what was seen, and how often. Plain counters, so that
// those of two processes can be added up.

export interface Tally {
  /** Counters by group and name, e.g. `rule` → `F4`. */
  readonly counts: Record<string, Record<string, number>>;
  add(group: string, name: string, by?: number): void;
}

export function makeTally(counts: Tally["counts"] = {}): Tally {
  return {
    counts,
    add: (group, name, by = 1) => {
      const names = (counts[group] ??= {});
      names[name] = (names[name] ?? 0) + by;
    },
  };
}

export function addCounts(into: Tally["counts"], more: Tally["counts"]): void {
  for (const [group, names] of Object.entries(more)) {
    const mine = (into[group] ??= {});
    for (const [name, count] of Object.entries(names)) mine[name] = (mine[name] ?? 0) + count;
  }
}
