// What a row just made gives back to the row it was made from: its id, for the link marker, and the
// values that only flow that way, such as its address. Known from the answer to the create, so no
// second look at both tables is needed.
import { agrees, isUnchosen } from "../core/bridge.ts";
import type { PlannedCell } from "../core/reconcile.ts";
import { markerFix } from "../core/reconcile.ts";
import type { Row } from "../core/row.ts";
import { sourceSide, type Mapping, type PairSetup } from "../core/setup.ts";
import { other, sided, type Side } from "../core/side.ts";
import { isBlank } from "../core/value.ts";
import { rowsOf } from "./assemble.ts";
import type { Sent } from "./sending.ts";
import type { Work } from "./work.ts";

/** Null when the row is to be given nothing. */
export function giveBack(entry: Sent, setup: PairSetup): Work | null {
  const { work, outcome, link } = entry;
  if (work.action.kind !== "create" || outcome.kind !== "done") return null;
  const side = other(work.action.side);
  const source = rowsOf(work.plan)[side];
  if (source === null) return null;
  const marker = markerFix(link, setup, { side, marker: source.marker });
  const cells = setup.mappings.flatMap(
    (mapping) => returned(mapping, { side, source, made: outcome.row }) ?? [],
  );
  if (marker === null && cells.length === 0) return null;
  const action = { kind: "update", side, cells, marker, archival: null } as const;
  const rows = sided((at) => (at === side ? work.plan.rows[at] : null));
  const plan = { ...work.plan, link, rows, cells: [], actions: [action] };
  return { plan, action, conflicts: [], isFollowUp: true };
}

/** The cell of a mapping that flows from the new row only, where the old row does not hold it. */
function returned(
  mapping: Mapping,
  at: { readonly side: Side; readonly source: Row; readonly made: Row },
): PlannedCell | null {
  const { side, source, made } = at;
  if (sourceSide(mapping) !== other(side)) return null;
  const value = made.cells.get(mapping.fields[other(side)].id);
  const before = source.cells.get(mapping.fields[side].id);
  if (value === undefined || before === undefined) return null;
  if (value.kind === "unknown" || before.kind === "unknown") return null;
  // A row copied by a person brings along what its original was given; that is not about this one.
  const isInherited = !isBlank(before);
  const pair = side === "right" ? { left: value, right: before } : { left: before, right: value };
  if (isInherited && agrees(mapping.bridge, pair.left, pair.right)) return null;
  // But a default is nothing to put over what a person wrote (core/fold.ts).
  if (isInherited && isUnchosen(mapping.bridge, other(side), value)) return null;
  const carried = mapping.bridge.carry(side, value);
  if (carried.kind === "refused" || isBlank(carried.value)) return null;
  return {
    mapping,
    field: mapping.fields[side],
    before,
    after: carried.value,
    source: value,
    rule: side === "right" ? (isInherited ? "F4" : "F15") : isInherited ? "F5" : "F16",
    isLossy: carried.isLossy,
    isBase: true,
  };
}
