// Three-way merge of one cell, for owner `merge`: sets add and remove, long text line by line. What
// cannot be merged is null, and the later edit wins instead.
import { choices, people, personKey, text, type Value } from "./value.ts";

/** Members of base that neither side removed, and what either side added, in the left side's order. */
function mergeSets<T>(lists: {
  readonly base: readonly T[];
  readonly left: readonly T[];
  readonly right: readonly T[];
  readonly key: (member: T) => string;
}): readonly T[] {
  const keys = (list: readonly T[]): Set<string> => new Set(list.map(lists.key));
  const [base, left, right] = [keys(lists.base), keys(lists.left), keys(lists.right)];
  const merged = new Map<string, T>();
  for (const member of [...lists.left, ...lists.right]) {
    const key = lists.key(member);
    const isKept = base.has(key) ? left.has(key) && right.has(key) : true;
    if (isKept && !merged.has(key)) merged.set(key, member);
  }
  return [...merged.values()];
}

/**
 * The merged value, or null when these values have no merge. All three in the same side's words.
 */
export function mergeValues(base: Value, left: Value, right: Value): Value | null {
  const kinds = new Set([base.kind, left.kind, right.kind]);
  kinds.delete("empty");
  if (kinds.size !== 1) return null;
  // Stryker disable next-line StringLiteral: there is one.
  const kind = [...kinds][0] ?? "empty";
  switch (kind) {
    case "choices": {
      const names = (value: Value): readonly string[] =>
        value.kind === "choices" ? value.names : [];
      return choices(
        mergeSets({
          base: names(base),
          left: names(left),
          right: names(right),
          key: (name) => name.toLowerCase(),
        }),
      );
    }
    case "people": {
      const list = (value: Value) => (value.kind === "people" ? value.people : []);
      return people(
        mergeSets({ base: list(base), left: list(left), right: list(right), key: personKey }),
      );
    }
    case "text": {
      // Merging works on characters, and would wipe out the formatting of the side it writes to.
      // Stryker disable next-line ConditionalExpression: what is no text here is empty.
      const isStyled = [left, right].some((value) => value.kind === "text" && value.isStyled);
      if (isStyled) return null;
      const lines = (value: Value) => (value.kind === "text" ? value.text.split("\n") : []);
      const merged = mergeLines(lines(base), lines(left), lines(right));
      return merged === null ? null : text(merged.join("\n"));
    }
    // Stryker disable next-line StringLiteral: it was taken out above.
    case "empty":
    case "rich":
    case "number":
    case "boolean":
    case "day":
    case "instant":
    case "choice":
    case "links":
    case "files":
    case "unknown":
      return null;
  }
}

interface Hunk {
  /** Lines of base it replaces, from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Lines the merge may compare: beyond it the table would grow past a few million cells. */
const lineCountMax = 2_000;

/** Both sides' changes to base, or null where they touch the same or neighbouring lines. */
function mergeLines(
  base: readonly string[],
  left: readonly string[],
  right: readonly string[],
): readonly string[] | null {
  if (Math.max(base.length, left.length, right.length) > lineCountMax) return null;
  const hunks = [...diffLines(base, left), ...diffLines(base, right)].sort(
    (one, two) => one.start - two.start,
  );
  const merged: string[] = [];
  let at = 0;
  let previous: Hunk | null = null;
  for (const hunk of hunks) {
    if (previous !== null && isSameHunk(previous, hunk)) continue;
    // Touching changes are a conflict too: nobody can say in which order they belong.
    if (previous !== null && hunk.start <= previous.end) return null;
    merged.push(...base.slice(at, hunk.start), ...hunk.lines);
    at = hunk.end;
    previous = hunk;
  }
  merged.push(...base.slice(at));
  return merged;
}

function isSameHunk(one: Hunk, two: Hunk): boolean {
  return (
    one.start === two.start && one.end === two.end && one.lines.join("\n") === two.lines.join("\n")
  );
}

/** Changes from base to next, by the longest common subsequence of lines. */
function diffLines(base: readonly string[], next: readonly string[]): readonly Hunk[] {
  const width = next.length + 1;
  const lengths = new Uint16Array((base.length + 1) * width);
  // Stryker disable next-line ArithmeticOperator: past the end nothing is equal, or stored.
  for (let i = base.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        base[i] === next[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  // Past the end of one text there is no line, which equals none of the other's.
  // Stryker disable next-line EqualityOperator: there both are at their end, and one step ends it.
  while (i < base.length || j < next.length) {
    if (base[i] === next[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const [startI, startJ] = [i, j];
    // Stryker disable next-line ConditionalExpression,EqualityOperator: two ends are equal, as above.
    while ((i < base.length || j < next.length) && base[i] !== next[j]) {
      // Stryker disable next-line EqualityOperator: past its end a text takes no part in a merge.
      const skipBase = i < base.length ? (lengths[(i + 1) * width + j] ?? 0) : -1;
      // Stryker disable next-line EqualityOperator,ConditionalExpression: nor does the other.
      const skipNext = j < next.length ? (lengths[i * width + j + 1] ?? 0) : -1;
      if (skipBase >= skipNext) i += 1;
      else j += 1;
    }
    hunks.push({ start: startI, end: i, lines: next.slice(startJ, j) });
  }
  return hunks;
}
