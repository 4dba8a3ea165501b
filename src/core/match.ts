// Rows that belong to no link yet: which of them belong together, which are new, and which nobody
// should touch. Markers come first, then, at the first run only, the configured key; never similarity.
import { idText } from "./fingerprint.ts";
import type { RecordId } from "./ids.ts";
import type { LinkIndexEntry } from "./link.ts";
import type { Row } from "./row.ts";
import type { Mapping, PairSetup } from "./setup.ts";
import { other, sided, sides, type Side, type Sided } from "./side.ts";
import { isBlank } from "./value.ts";

export interface MatchInput {
  readonly setup: PairSetup;
  /** Rows of no link, a side, in listing order. */
  readonly rows: Sided<readonly Row[]>;
  /** Links by their row, a side, in every state. */
  readonly linked: Sided<ReadonlyMap<RecordId, LinkIndexEntry>>;
  /** Existing rows may be linked by key only until the first run is through. */
  readonly isFirstRun: boolean;
}

export interface Held {
  readonly side: Side;
  readonly row: Row;
  readonly code: "duplicate_key" | "marker_dangling";
  readonly message: string;
  readonly remedy: string;
}

export interface MatchResult {
  readonly pairs: readonly Sided<Row>[];
  /** New rows, to be made on the other side. `isCopy`: a person copied a linked row. */
  readonly fresh: readonly { readonly side: Side; readonly row: Row; readonly isCopy: boolean }[];
  readonly held: readonly Held[];
}

export function matchRows(input: MatchInput): MatchResult {
  const byMarker = matchByMarker(input);
  if (!input.isFirstRun || input.setup.match.length === 0) {
    return { pairs: byMarker.pairs, fresh: byMarker.rest, held: byMarker.held };
  }
  const byKey = matchByKey(input.setup, byMarker.rest);
  return {
    pairs: [...byMarker.pairs, ...byKey.pairs],
    fresh: byKey.fresh,
    held: [...byMarker.held, ...byKey.held],
  };
}

type Rest = { readonly side: Side; readonly row: Row; readonly isCopy: boolean };

/** Rows of no link, and whom their markers name among them. */
interface Marked {
  readonly rows: Sided<readonly Row[]>;
  readonly named: (side: Side, row: Row) => Row | null;
  /** The row names one that is neither here nor linked: its own counterpart may be hidden, or gone. */
  readonly isTakenElsewhere: (side: Side, row: Row) => boolean;
}

function matchByMarker(input: MatchInput): {
  readonly pairs: readonly Sided<Row>[];
  readonly rest: readonly Rest[];
  readonly held: readonly Held[];
} {
  const byId = sided((side) => new Map(input.rows[side].map((row) => [idText(row.id), row])));
  const named = (side: Side, row: Row): Row | null =>
    byId[other(side)].get(idText(row.marker ?? "")) ?? null;
  const linked = sided((side) => new Set([...input.linked[side].keys()].map((id) => idText(id))));
  const isTakenElsewhere = (side: Side, row: Row): boolean => {
    const marker = idText(row.marker ?? "");
    return marker !== "" && named(side, row) === null && !linked[other(side)].has(marker);
  };
  const mutual = mutualPairs({ rows: input.rows, named, isTakenElsewhere });
  const settled = new Set(mutual.flatMap((pair) => [pair.left, pair.right]));
  // What names a row of a mutual pair without being its partner is a copy of that partner.
  const open: Marked = {
    rows: input.rows,
    named: (side, row) => {
      const found = named(side, row);
      return found === null || settled.has(found) ? null : found;
    },
    isTakenElsewhere,
  };
  const claims = claimsIn(open);
  const pairs = [...mutual, ...uncontestedPairs(open, claims)];
  const taken = new Set(pairs.flatMap((pair) => [pair.left, pair.right]));
  const rest: Rest[] = [];
  const held: Held[] = [];
  for (const side of sides) {
    for (const row of input.rows[side]) {
      if (taken.has(row)) continue;
      const marker = idText(row.marker ?? "");
      const found = named(side, row);
      const isCopy = linked[other(side)].has(marker) || (found !== null && settled.has(found));
      if (claims.has(row)) held.push(ambiguous(side, row));
      else if (marker === "" || isCopy) rest.push({ side, row, isCopy });
      else held.push(found === null ? dangling(side, row) : ambiguous(side, row));
    }
  }
  return { pairs, rest, held };
}

/** Rows that name each other: no copy can break these up, because a row has one marker. */
function mutualPairs({ rows, named }: Marked): readonly Sided<Row>[] {
  return rows.left.flatMap((left) => {
    const right = named("left", left);
    return right !== null && named("right", right) === left ? [{ left, right }] : [];
  });
}

/** The rows that name a row, by the row that is named. */
function claimsIn({ rows, named }: Marked): ReadonlyMap<Row, ReadonlySet<Row>> {
  const claims = new Map<Row, Set<Row>>();
  for (const side of sides) {
    for (const row of rows[side]) {
      const target = named(side, row);
      if (target === null) continue;
      claims.set(target, (claims.get(target) ?? new Set()).add(row));
    }
  }
  return claims;
}

/**
 * Exactly one row names this one, and neither of the two has anything to do with a third: good enough
 * after the loss of the store. Anything else is a copied row, and not for us to tell apart.
 */
function uncontestedPairs(
  open: Marked,
  claims: ReadonlyMap<Row, ReadonlySet<Row>>,
): readonly Sided<Row>[] {
  return sides.flatMap((side) =>
    open.rows[side].flatMap((row) => {
      const target = open.named(side, row);
      if (target === null || claims.has(row) || claims.get(target)?.size !== 1) return [];
      if (open.named(other(side), target) !== null) return [];
      if (open.isTakenElsewhere(other(side), target)) return [];
      return [side === "left" ? { left: row, right: target } : { left: target, right: row }];
    }),
  );
}

function ambiguous(side: Side, row: Row): Held {
  return {
    side,
    row,
    code: "duplicate_key",
    message: `"${row.title}" could belong to more than one row on the other side.`,
    remedy: "Clear the link marker of the copies, or give the rows different names.",
  };
}

function dangling(side: Side, row: Row): Held {
  return {
    side,
    row,
    code: "marker_dangling",
    message: `The link marker of "${row.title}" names a row that is not on the other side.`,
    remedy: "Clear the marker to have the row treated as new, or delete the row.",
  };
}

function matchByKey(setup: PairSetup, rest: readonly Rest[]): MatchResult {
  const groups = new Map<string, Sided<Rest[]>>();
  const fresh: Rest[] = [];
  for (const entry of rest) {
    const key = entry.isCopy ? null : keyOf(setup.match, entry);
    if (key === null) {
      fresh.push(entry);
      continue;
    }
    const group = groups.get(key) ?? { left: [], right: [] };
    group[entry.side].push(entry);
    groups.set(key, group);
  }
  const pairs: Sided<Row>[] = [];
  const held: Held[] = [];
  for (const group of groups.values()) {
    const [left] = group.left;
    const [right] = group.right;
    if (left === undefined || right === undefined) {
      fresh.push(...group.left, ...group.right);
    } else if (group.left.length === 1 && group.right.length === 1) {
      pairs.push({ left: left.row, right: right.row });
    } else {
      held.push(
        ...[...group.left, ...group.right].map((entry) => ambiguous(entry.side, entry.row)),
      );
    }
  }
  return { pairs, fresh, held };
}

/** The row's key in both sides' common words; null when any part of it is blank or unknown. */
function keyOf(match: readonly Mapping[], entry: Rest): string | null {
  const parts: string[] = [];
  for (const mapping of match) {
    const value = entry.row.cells.get(mapping.fields[entry.side].id);
    if (value === undefined || value.kind === "unknown" || isBlank(value)) return null;
    parts.push(mapping.bridge.canon[entry.side](value));
  }
  return parts.join("\u0000");
}
