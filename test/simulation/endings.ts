// What a history may end with, once it is at rest: the store is lost (P28), or a preview is held
// against the run that follows it (P26).
import type { RowPlan } from "../../src/core/reconcile.ts";
import { sides } from "../../src/core/side.ts";
import { previewOnce } from "./machine.ts";
import { configuredName, partnersOf, stateOf, untie, valueOf, type GhostRow } from "./ghost.ts";
import { perform, titled } from "./people.ts";
import { plainValue } from "./plain.ts";
import type { History } from "./play.ts";

/** Each row that has exactly one counterpart, hidden ones included, before the store is lost. */
function pairsOf(history: History): ReadonlyMap<string, GhostRow> {
  const { ghost } = history.world;
  return new Map(
    sides.flatMap((side) =>
      ghost.rows(side).flatMap((row) => {
        const there = partnersOf(ghost, row).filter((entry) => stateOf(entry) !== "removed");
        const [only] = there;
        const isPair = stateOf(row) !== "removed" && there.length === 1 && only !== undefined;
        return isPair ? [[row.id, only] as const] : [];
      }),
    ),
  );
}

/** P28: a lost store removes nothing, doubles nothing and empties nothing. */
export async function loseStore(history: History, settle: () => Promise<boolean>): Promise<void> {
  const { world } = history;
  const atMs = world.nowMs();
  untieUnmarked(history);
  const pairs = pairsOf(history);
  nameAsConfigured(history);
  world.disk.erase();
  history.ledger.forget();
  // What was removed earlier went with the store: a row that stood alone since is a new one again.
  world.linked.clear();
  world.tell(() => "== the store is lost");
  world.pass(60_000);
  if (!(await settle())) return;
  world.tally.add("tested", "P28");
  const hidden = sides.flatMap((side) =>
    world.ghost.rows(side).filter((row) => stateOf(row) === "away" && pairs.has(row.id)),
  );
  if (hidden.length > 0) world.tally.add("tested", "P28 of hidden rows");
  for (const side of sides) {
    for (const row of world.ghost.rows(side)) {
      judgeAfterLoss(history, { row, atMs, pairs });
    }
  }
}

/**
 * Where no marker names the other row, only the store tied the two: a create whose answer was lost
 * without a marker on its side, still in doubt. Whose row it is can be said by nobody any more.
 */
function untieUnmarked({ world }: History): void {
  for (const row of world.ghost.rows("right")) {
    for (const partner of partnersOf(world.ghost, row)) {
      // A page that is not shared keeps its marker to itself.
      const isReadable = world.setting.hasLeftMarker && !world.ghost.isUnshared(partner);
      if (names(row, partner) || (isReadable && names(partner, row))) continue;
      world.tally.add("unknown", "whose counterpart a row in doubt was when the store was lost");
      untie(row, partner);
    }
  }
}

function names(row: GhostRow, other: GhostRow): boolean {
  const plain = (id: string): string => id.replaceAll("-", "").toLowerCase();
  return plain(valueOf(row, "@marker")) === plain(other.id);
}

/** Without its store the engine knows fields by the names in the config only. */
function nameAsConfigured({ world }: History): void {
  const { notion, airtable, dataSourceId, tableId } = world.services;
  for (const side of sides) {
    for (const key of world.ghost.keys) {
      if (key === "@marker" && side === "left" && !world.setting.hasLeftMarker) continue;
      const present = world.ghost.nameOf(side, key);
      const wanted = configuredName(key, side);
      if (present === wanted) continue;
      if (side === "left") notion.admin.renameProperty(dataSourceId, present, wanted);
      else airtable.admin.renameField(tableId, present, wanted);
      world.ghost.rename(side, key, wanted);
    }
  }
}

function judgeAfterLoss(
  history: History,
  at: {
    readonly row: GhostRow;
    readonly atMs: number;
    readonly pairs: ReadonlyMap<string, GhostRow>;
  },
): void {
  const { world } = history;
  const { row, atMs } = at;
  const gone = row.presence.at(-1);
  if (gone?.state === "removed" && gone.by === "engine" && gone.atMs > atMs) {
    world.find("P28", `${titled(row)} was put away after the store was lost`);
  }
  if (row.by === "engine" && row.bornMs > atMs) {
    const doubled = partnersOf(world.ghost, row).find((source) => at.pairs.has(source.id));
    if (doubled !== undefined) {
      world.find("P28", `${titled(row)} doubles the counterpart of ${titled(doubled)}`);
    }
  }
  for (const { key } of world.setting.fields) {
    const versions = row.cells.get(key) ?? [];
    const now = versions.at(-1);
    const before = versions.findLast((version) => version.atMs <= atMs);
    if (now === undefined || before === undefined || now.by !== "engine") continue;
    if (before.value === "" || now.value !== "") continue;
    world.find(
      "P28",
      `${key} "${before.value}" of ${titled(row)} was emptied after the store was lost`,
    );
  }
}

/** What a plan would do, in words that do not depend on ids made for the occasion. */
function operations(plans: readonly RowPlan[]): readonly string[] {
  return plans
    .flatMap((plan) =>
      plan.actions.map((action) => {
        const cells =
          action.kind === "update" || action.kind === "create"
            ? action.cells.map(
                (cell) => `${cell.field.name}=${plainValue(cell.after)} ${cell.rule}`,
              )
            : [];
        const { left, right } = plan.link.ids;
        return [action.kind, action.side, left, right, ...cells].join(" ");
      }),
    )
    .toSorted();
}

/** P26: the preview shows what the run then does on the same readings. */
export async function comparePreview(
  history: History,
  sync: () => Promise<readonly RowPlan[] | null>,
): Promise<void> {
  const { world, machine } = history;
  for (let count = 0; count < 3; count += 1) {
    const side = world.random.chance(0.5) ? "left" : "right";
    const [row, field, value] = [world.random.int(9), world.random.int(9), 900 + count];
    perform(world, machine.lens, { do: "edit", side, row, field, value });
  }
  world.pass(900_000);
  const shown = await previewOnce(machine);
  const done = await sync();
  if (done === null || shown.prepared.halt !== null) return;
  world.tally.add("tested", "P26");
  const [before, after] = [operations(shown.prepared.plans), operations(done)];
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  world.find("P26", `the preview showed ${before.join("; ")}, and the run did ${after.join("; ")}`);
}

export function pictureOf(
  history: History,
  isShown: (row: GhostRow) => boolean,
): readonly string[] {
  const { world } = history;
  return sides.flatMap((side) =>
    world.ghost
      .rows(side)
      .filter((row) => stateOf(row) === "live" && isShown(row))
      .map((row) => {
        const cells = world.setting.fields.map(({ key }) => `${key}=${valueOf(row, key)}`);
        return `${side}: ${cells.join(", ")}`;
      })
      .toSorted(),
  );
}
