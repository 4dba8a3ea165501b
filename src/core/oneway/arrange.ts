// Puts the changes of one execution in order before they are planned: of several with one key the last
// one counts, and databases that others point at come first, so that relations find their rows.
import type { Change } from "./change.ts";
import type { DatabaseDeclaration } from "./declaration.ts";

/** Changes of one database, each key once, in the order in which their keys last came. */
export interface Group {
  readonly database: string;
  readonly changes: readonly Change[];
}

/** Groups the changes; those for databases nobody declares come last, under their own name. */
export function arrange(
  changes: readonly Change[],
  databases: readonly DatabaseDeclaration[],
): readonly Group[] {
  const groups = new Map<string, Map<string, Change>>();
  for (const change of changes) {
    const group = groups.get(change.database) ?? new Map<string, Change>();
    groups.set(change.database, group);
    // Taken out first, so that the key moves to where it was said last.
    group.delete(change.key);
    group.set(change.key, change);
  }
  const order = targetsFirst(databases);
  const rank = (database: string): number => {
    const at = order.indexOf(database);
    return at === -1 ? order.length : at;
  };
  return [...groups]
    .map(([database, group]): Group => ({ database, changes: [...group.values()] }))
    .toSorted((a, b) => rank(a.database) - rank(b.database));
}

/** Database keys, those that are pointed at before those that point; a circle is cut where it closes. */
function targetsFirst(databases: readonly DatabaseDeclaration[]): readonly string[] {
  const byKey = new Map(databases.map((one) => [one.key, one]));
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (key: string): void => {
    const one = byKey.get(key);
    if (one === undefined || done.has(key) || open.has(key)) return;
    open.add(key);
    for (const { shape } of one.properties) {
      if (shape.type === "relation") visit(shape.database);
    }
    done.add(key);
  };
  for (const { key } of databases) visit(key);
  return [...done];
}

/**
 * Cuts creates into waves: rows that others of the same lot point at come first. Within a circle nobody
 * is first; its relations are written afterwards.
 */
export function waves(
  creates: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const left = new Map(creates);
  const found: string[][] = [];
  while (left.size > 0) {
    const free = [...left]
      .filter(([key, targets]) => targets.every((one) => one === key || !left.has(one)))
      .map(([key]) => key);
    const wave = free.length > 0 ? free : circles(left);
    for (const key of wave) left.delete(key);
    found.push([...wave]);
  }
  return found;
}

/**
 * Of rows that all wait for others, those on a circle or between two: the rest only points at these, and
 * goes after them. There is a circle, since every row waits.
 */
function circles(waiting: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = new Map(waiting);
  // Bound: each round but the last takes a row away.
  for (;;) {
    const targets = new Set(
      [...left].flatMap(([key, each]) => each.filter((target) => target !== key)),
    );
    const loose = [...left.keys()].filter((key) => !targets.has(key));
    if (loose.length === 0) return [...left.keys()];
    for (const key of loose) left.delete(key);
  }
}
