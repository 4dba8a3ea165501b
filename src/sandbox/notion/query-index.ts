// The index queries read, which may lag behind the rows.
//
// Creates and updates answer with the truth at once; a query sees them only after the lag. With no lag the
// index is the rows themselves. Purged rows leave it at once.
import type { DataSource, Page, World } from "./world.ts";

export interface QueryIndex {
  /** The rows of a data source as a query sees them now, in order of creation. */
  rowsOf(source: DataSource): Page[];
  /** Takes note of a change. */
  note(page: Page): void;
  /** Milliseconds until a change can be queried. */
  setLag(lagMs: number): void;
}

interface Seen {
  readonly atMs: number;
  readonly page: Page;
}

export function makeQueryIndex(world: World, startLagMs: number): QueryIndex {
  let lagMs = startLagMs;
  /** Versions not yet superseded for queries, oldest first. */
  const history = new Map<string, Seen[]>();
  /** The state after the last change, so that the next change has a "before". */
  const latest = new Map<string, Page>();
  const copy = (page: Page): Page => ({ ...page, values: new Map(page.values) });

  const asSeen = (page: Page): Page | null => {
    const versions = history.get(page.id);
    if (versions === undefined) return page;
    const horizonMs = world.clock.nowMs() - lagMs;
    while (versions.length > 1 && (versions[1]?.atMs ?? Infinity) <= horizonMs) versions.shift();
    const [first] = versions;
    if (first === undefined || first.atMs > horizonMs) return null;
    if (versions.length > 1) return first.page;
    history.delete(page.id);
    return page;
  };

  return {
    rowsOf: (source) =>
      source.rowIds.flatMap((id) => {
        const page = world.pages.get(id);
        if (page === undefined) return [];
        return (lagMs === 0 ? page : asSeen(page)) ?? [];
      }),
    note: (page) => {
      if (lagMs === 0) return;
      const before = latest.get(page.id);
      const versions = history.get(page.id) ?? [];
      if (versions.length === 0 && before !== undefined) {
        versions.push({ atMs: -Infinity, page: before });
      }
      const after = copy(page);
      versions.push({ atMs: world.clock.nowMs(), page: after });
      history.set(page.id, versions);
      latest.set(page.id, after);
    },
    setLag: (nextMs) => {
      lagMs = nextMs;
      history.clear();
      latest.clear();
      for (const page of world.pages.values()) latest.set(page.id, copy(page));
    },
  };
}
