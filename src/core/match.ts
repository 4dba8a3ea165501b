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

function matchByMarker(input: MatchInput): {
  readonly pairs: readonly Sided<Row>[];
  readonly rest: readonly Rest[];
  readonly held: readonly Held[];
} {
  const byId = sided((side) => new Map(input.rows[side].map((row) => [idText(row.id), row])));
  const linked = sided((side) => new Set([...input.linked[side].keys()].map((id) => idText(id))));
  const claims = collectClaims(input, byId);
  const pairs: Sided<Row>[] = [];
  const rest: Rest[] = [];
  const held: Held[] = [];
  const taken = new Set<Row>();
  for (const claim of claims.values()) {
    const [only] = claim;
    if (
      claim.length === 1 &&
      only !== undefined &&
      !taken.has(only.left) &&
      !taken.has(only.right)
    ) {
      // Exactly one row names this one, and this one names no other: good enough after the loss of
      // the store. Several rows that name one are a copied row, and not for us to tell apart.
      if (namesOther(only, input, byId)) continue;
      pairs.push(only);
      taken.add(only.left);
      taken.add(only.right);
    }
  }
  for (const side of sides) {
    for (const row of input.rows[side]) {
      if (taken.has(row)) continue;
      const marker = idText(row.marker ?? "");
      const isCopy = marker !== "" && linked[other(side)].has(marker);
      if (marker === "" || isCopy) {
        const rivals = claimsOn(claims, side, row);
        if (rivals > 1) held.push(ambiguous(side, row));
        else rest.push({ side, row, isCopy });
        continue;
      }
      held.push(byId[other(side)].has(marker) ? ambiguous(side, row) : dangling(side, row));
    }
  }
  return { pairs, rest, held };
}

/** Unlinked rows whose marker names an unlinked row, grouped by the row that is named. */
function collectClaims(
  input: MatchInput,
  byId: Sided<ReadonlyMap<string, Row>>,
): Map<Row, Sided<Row>[]> {
  const claims = new Map<Row, Sided<Row>[]>();
  const add = (named: Row, pair: Sided<Row>): void => {
    const list = claims.get(named) ?? [];
    if (!list.some((entry) => entry.left === pair.left && entry.right === pair.right)) {
      list.push(pair);
    }
    claims.set(named, list);
  };
  for (const right of input.rows.right) {
    const left = byId.left.get(idText(right.marker ?? ""));
    if (left !== undefined) add(left, { left, right });
  }
  for (const left of input.rows.left) {
    const right = byId.right.get(idText(left.marker ?? ""));
    if (right !== undefined) add(right, { left, right });
  }
  return claims;
}

function claimsOn(claims: ReadonlyMap<Row, readonly Sided<Row>[]>, side: Side, row: Row): number {
  const named = claims.get(row) ?? [];
  return new Set(named.map((pair) => pair[other(side)])).size;
}

/** One of the two names a third row that is there: the markers contradict each other. */
function namesOther(
  pair: Sided<Row>,
  input: MatchInput,
  byId: Sided<ReadonlyMap<string, Row>>,
): boolean {
  return sides.some((side) => {
    const marker = idText(pair[side].marker ?? "");
    const partner = pair[other(side)];
    if (marker === "" || marker === idText(partner.id)) return false;
    return byId[other(side)].has(marker) || input.linked[other(side)].has(partner.id);
  });
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
