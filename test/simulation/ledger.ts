// The oracle's eye at the store: keeps what the journal says of each row, and holds every base that is
// stored against what the two cells truly held at some time.
import { other, sides } from "../../src/core/side.ts";
import type { Link } from "../../src/core/link.ts";
import type { Intent } from "../../src/core/intent.ts";
import type { Conflict, StoreChange } from "../../src/store/store.ts";
import { partnersOf, stateOf, tie, untie, type GhostKey, type GhostRow } from "./ghost.ts";
import { keyOf, plainValue } from "./plain.ts";
import { markValue } from "./services.ts";
import type { World } from "./world.ts";

export interface Ledger {
  note(changes: readonly StoreChange[]): void;
  forget(): void;
}

export function makeLedger(world: World): Ledger {
  const revs = new Map<string, number>();
  const rowOf = new Map<string, Link["ids"]>();
  return {
    note: (changes) => {
      for (const change of changes) {
        if (change.kind === "link") rowOf.set(change.link.id, change.link.ids);
        if (change.kind === "intent" && change.intent.kind === "create") {
          const { link, side } = change.intent;
          world.creatingFor = rowOf.get(link)?.[other(side)] ?? null;
        }
        if (change.kind === "intent") noteIntent(world, change.intent);
        if (change.kind === "pair" && change.pair.resolved !== null) world.isKnown = true;
        if (change.kind === "link") noteLink(world, revs, change.link);
        if (change.kind === "conflict") {
          const ids = rowOf.get(change.conflict.link);
          if (ids !== undefined) noteQuestion(world, change.conflict, ids);
        }
      }
    },
    forget: () => {
      revs.clear();
    },
  };
}

function noteIntent(world: World, intent: Intent): void {
  if (intent.target === null) return;
  for (const cell of intent.cells) {
    const key = keyOf(cell.name);
    if (key === null) continue;
    const said = { before: plainValue(cell.before), after: plainValue(cell.after) };
    world.journal.set(`${intent.side} ${intent.target} ${key}`, said);
  }
}

/** P10: only of a row that was truly out of sight once is anybody asked what its removal means. */
function noteQuestion(world: World, conflict: Conflict, ids: Link["ids"]): void {
  const { kind, status, answer, title } = conflict;
  if (kind !== "edit-vs-delete" || status !== "open" || answer !== null) return;
  const rows = sides.flatMap((side) => {
    const id = ids[side];
    return id === null ? [] : (world.ghost.row(side, id) ?? []);
  });
  world.tally.add("tested", "P10");
  const wasAway = rows.some(
    (row) =>
      row.presence.length > 1 || (["stage", "@mark"] as const).some((key) => isMarked(row, key)),
  );
  if (!wasAway)
    world.find("P10", `somebody is asked about the removal of "${title}", which is there`);
}

function isMarked(row: GhostRow, key: GhostKey): boolean {
  return row.cells.get(key)?.some((version) => version.value === markValue) ?? false;
}

/**
 * W9: what the engine made was taken away by somebody before any answer told that it is there. A copy
 * that a person had made of it, marker and all, is linked in its place.
 */
function partFromUnknown(world: World, row: GhostRow, linkedTo: GhostRow): void {
  for (const partner of partnersOf(world.ghost, row)) {
    if (partner.id === linkedTo.id || partner.by !== "engine") continue;
    if (stateOf(partner) !== "removed" || world.linked.has(partner.id)) continue;
    untie(row, partner);
    world.tally.add("window", "W9");
  }
}

/** P16: the base only moves forward, and only to what both sides were seen to hold. */
function noteLink(world: World, revs: Map<string, number>, link: Link): void {
  const rows = {
    left: link.ids.left === null ? null : world.ghost.row("left", link.ids.left),
    right: link.ids.right === null ? null : world.ghost.row("right", link.ids.right),
  };
  if (rows.left !== null && rows.right !== null) {
    world.linked.add(rows.left.id).add(rows.right.id);
  }
  if (rows.left !== null && rows.right !== null) {
    partFromUnknown(world, rows.left, rows.right);
    partFromUnknown(world, rows.right, rows.left);
  }
  if (rows.left !== null && rows.right !== null && rows.left.partners.size === 0) {
    if (rows.right.partners.size === 0) tie(rows.left, rows.right);
  }
  if (link.cells.size === 0) {
    for (const key of revs.keys()) if (key.startsWith(`${link.id} `)) revs.delete(key);
  }
  for (const [cellKey, base] of link.cells) {
    // Of these two rows: one that was made anew in another's place has bases of its own.
    const at = `${link.id} ${link.ids.left} ${link.ids.right} ${cellKey}`;
    world.tally.add("tested", "P16");
    if (base.rev < (revs.get(at) ?? 0)) world.find("P16", `a base of "${link.title}" went back`);
    const isNew = base.rev !== revs.get(at);
    revs.set(at, base.rev);
    if (!isNew) continue;
    const key = world.services.fieldKeys.get(cellKey.split("~")[1] ?? "");
    if (key === undefined) continue;
    for (const side of sides) {
      // What a column of another type shows for a while is no version of its cells.
      if (world.ghost.isFrozen(side, key)) continue;
      const row = rows[side];
      const held = plainValue(base[side]);
      // What a receiving field held when its source row was made counts as the base it had with nothing.
      const field = world.setting.fields.find((entry) => entry.key === key);
      if (held === "" && base.rule === "F14" && field?.flow !== "both") continue;
      if (row === null || (row.cells.get(key) ?? []).some((entry) => entry.value === held))
        continue;
      world.find(
        "P16",
        `the base of ${key} of "${link.title}" (${base.rule}) says "${held}" on the ${side}, which it never held`,
      );
    }
  }
}
