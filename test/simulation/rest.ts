// The oracle at rest: people and faults have stopped, late calls have landed, and runs were repeated
// until one wrote nothing. What stands on both services is compared by the oracle's own reading.
//
// What the engine holds back is taken at its word here, cell by cell, but only for a reason that this
// history can give: a cell may be "ask" only where the owner is `ask`, and so on. Nothing may be
// unknown any more.
import type { CellDecision } from "../../src/core/decide-cell.ts";
import { other, sides, type Side } from "../../src/core/side.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { Conflict, Store } from "../../src/store/store.ts";
import { columnOf } from "./fields.ts";
import { partnersOf, stateOf, valueOf, type GhostRow } from "./ghost.ts";
import { judgeLater } from "./later.ts";
import { titled } from "./people.ts";
import type { FieldChoice, Key } from "./script.ts";
import { markValue } from "./services.ts";
import { wasPutBack } from "./undone.ts";
import type { World } from "./world.ts";

export interface Rest {
  /** The last run, which wrote nothing. */
  readonly last: PairRun;
  readonly store: Store;
}

interface Facts {
  readonly world: World;
  readonly open: readonly Conflict[];
  /** Every listing was whole; where one cannot be, nothing new is made. */
  readonly isListed: boolean;
  /** Rows and cells the last run said it leaves alone, by link. */
  readonly heldRows: ReadonlyMap<string, string>;
  readonly heldCells: ReadonlyMap<string, CellDecision>;
}

export async function judgeRest(world: World, rest: Rest): Promise<void> {
  const { last, store } = rest;
  const open = await store.loadConflicts(world.policy.id, ["open"]);
  const index = await store.loadLinkIndex(world.policy.id);
  const links = await store.loadLinks(index.map((entry) => entry.id));
  const plans = last.prepared?.plans ?? last.plans;
  const facts: Facts = {
    world,
    open,
    isListed: sides.every((side) => last.prepared?.observation.ends[side].isComplete !== false),
    heldRows: new Map(
      plans.flatMap((plan) =>
        plan.decision.act === "hold" || plan.decision.act === "nothing"
          ? [[plan.link.id, plan.decision.rule] as const]
          : [],
      ),
    ),
    heldCells: new Map(
      plans.flatMap((plan) =>
        plan.cells.map((cell) => [`${plan.link.id} ${cell.mapping.name}`, cell.decision] as const),
      ),
    ),
  };
  for (const link of links) {
    if (link.state !== "live" || link.ids.left === null || link.ids.right === null) continue;
    const left = world.ghost.row("left", link.ids.left);
    const right = world.ghost.row("right", link.ids.right);
    if (left === null || right === null) continue;
    if (stateOf(left) !== "live" || stateOf(right) !== "live") continue;
    const heldBy = facts.heldRows.get(link.id);
    if (heldBy !== undefined && !facts.isListed && world.setting.queryRowsMax < 100) {
      world.tally.add("held", "more rows than a query reaches");
      continue;
    }
    if (heldBy !== undefined) {
      world.find("P1", `${titled(left)} is left alone (${heldBy}), though both rows are there`);
      continue;
    }
    for (const field of world.setting.fields) {
      judgeCell(facts, { link: link.id, field, left, right });
    }
  }
  const linked = linkedRows(links);
  const heldRows = new Set<string>((last.prepared?.held ?? []).map((held) => held.row.id));
  for (const side of sides) {
    for (const row of world.ghost.rows(side)) {
      if (stateOf(row) === "live") judgeRow(facts, { row, linked, heldRows });
    }
  }
}

interface LinkedRow {
  readonly state: string;
  readonly link: string;
}

function linkedRows(
  links: readonly {
    id: string;
    state: string;
    ids: { left: string | null; right: string | null };
  }[],
): ReadonlyMap<string, LinkedRow> {
  return new Map(
    links.flatMap((link) =>
      sides.flatMap((side) => {
        const id = link.ids[side];
        return id === null ? [] : [[id, { state: link.state, link: link.id }] as const];
      }),
    ),
  );
}

function judgeCell(
  facts: Facts,
  at: {
    readonly link: string;
    readonly field: FieldChoice;
    readonly left: GhostRow;
    readonly right: GhostRow;
  },
): void {
  const { world } = facts;
  const { field, left, right } = at;
  world.tally.add("tested", "P1");
  const values = { left: valueOf(left, field.key), right: valueOf(right, field.key) };
  if (columnOf(field.key).agree(values.left, values.right)) {
    judgeLater(world, at);
    return;
  }
  const name = columnOf(field.key).names.left;
  const decision = facts.heldCells.get(`${at.link} ${name}`);
  // A field that only receives is never blanked (F16): what stands there stays, whoever put it there.
  const source =
    field.flow === "toLeft" ? values.right : field.flow === "toRight" ? values.left : null;
  if (source !== null && field.drift === "ignore") {
    world.tally.add("held", "drift is ignored");
    return;
  }
  if (source === "") {
    world.tally.add("held", "the source of a one-way field is blank");
    return;
  }
  const isPutBack = wasPutBack(world, [left, right], field.key);
  const isMet = world.isSequel || (!isBornWith(left, field.key) && !isBornWith(right, field.key));
  if (decision !== undefined && isGoodReason({ field, decision, values, isPutBack, isMet })) {
    world.tally.add("held", decision.act === "hold" ? decision.why : decision.act);
    return;
  }
  if (!facts.isListed && world.setting.queryRowsMax < 100) {
    world.tally.add("held", "more rows than a query reaches");
    return;
  }
  const why = decision === undefined ? "not looked at" : `${decision.act} ${decision.rule}`;
  world.find(
    "P1",
    `${field.key} of ${titled(left)} is "${values.left}" and "${values.right}" (${why})`,
  );
}

/** The engine made the row with a value in this cell: on that the two agreed, and wait for no word. */
function isBornWith(row: GhostRow, key: Key): boolean {
  return row.by === "engine" && key !== "shout" && row.cells.get(key)?.at(0)?.value !== "";
}

/** Columns in which one side can hold less than the other. */
const lossyKeys: readonly Key[] = ["note", "due"];

function isGoodReason(at: {
  readonly field: FieldChoice;
  readonly decision: CellDecision;
  readonly values: { readonly left: string; readonly right: string };
  readonly isPutBack: boolean;
  /** The two values met for the first time, and never agreed. */
  readonly isMet: boolean;
}): boolean {
  const { field, decision, values } = at;
  if (decision.act !== "hold") return false;
  switch (decision.why) {
    case "unknown":
      return false;
    case "undone":
      return at.isPutBack;
    case "alignment":
      return at.isMet;
    case "lossy":
      return lossyKeys.includes(field.key);
    case "ask":
      return field.owner === "ask";
    case "drift":
      return field.flow !== "both" && field.drift === "warn";
    case "refused":
      return field.key === "stage" && values.right.includes(",");
  }
}

function isPutAway(world: World, row: GhostRow): boolean {
  const key = world.setting.isMarkMapped ? "stage" : "@mark";
  const mark = row.cells.get(key)?.at(-1);
  return mark?.value === markValue && mark.by === "engine";
}

/** P12: one living counterpart, and only one, unless a person's doing says otherwise. */
function judgeRow(
  facts: Facts,
  at: {
    readonly row: GhostRow;
    readonly linked: ReadonlyMap<string, LinkedRow>;
    readonly heldRows: ReadonlySet<string>;
  },
): void {
  const { world } = facts;
  const { row } = at;
  const facing: Side = other(row.side);
  const living = partnersOf(world.ghost, row).filter((partner) => stateOf(partner) !== "removed");
  world.tally.add("tested", "P12");
  if (living.length === 1) return;
  if (living.length > 1) {
    world.find(
      "P12",
      `${titled(row)} has ${living.length} counterparts: ${living.map(titled).join(", ")}`,
    );
    return;
  }
  const link = at.linked.get(row.id);
  const said = whyAlone(facts, {
    row,
    link: link ?? null,
    isHeld: at.heldRows.has(row.id),
    facing,
  });
  if (said !== null) world.tally.add("alone", said);
  else
    world.find(
      "P12",
      `${titled(row)} on the ${row.side} has no counterpart (${link?.state ?? "no link"})`,
    );
}

function whyAlone(
  facts: Facts,
  at: {
    readonly row: GhostRow;
    readonly link: LinkedRow | null;
    readonly isHeld: boolean;
    readonly facing: Side;
  },
): string | null {
  const { world } = facts;
  const { row, link } = at;
  if (isPutAway(world, row)) return "put away by a mark";
  if (!world.setting.creates[at.facing]) return "no creates on that side";
  if (!facts.isListed && world.setting.queryRowsMax < 100) return "more rows than a query reaches";
  if (at.isHeld) return "nobody can tell whose counterpart it is";
  const isRemoved = partnersOf(world.ghost, row).some((partner) => stateOf(partner) === "removed");
  if (isRemoved && world.setting.deletes === "ignore") return "removals are ignored";
  if (isRemoved && world.setting.archive[row.side] === null) return "no way to put rows away";
  if (link !== null && facts.open.some((conflict) => conflict.link === link.link))
    return "a person must decide";
  if (link?.state === "detached") return "parted by a person";
  const isInDoubt = facts.open.some(
    (conflict) =>
      conflict.kind === "create-in-doubt" &&
      (row.by === "engine" || conflict.title === valueOf(row, "title")),
  );
  if (link === null && isInDoubt) {
    return "may be what a create in doubt made";
  }
  if (isRemoved && link !== null && facts.heldRows.has(link.link))
    return "the counterpart cannot be seen";
  return null;
}
