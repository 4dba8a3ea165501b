// Which of two edits came later: what the engine calls proven must be true (P8), and of two edits that
// a whole run lies between, the later one stays (P9).
import { other, sides, type Side } from "../../src/core/side.ts";
import type { RowPlan } from "../../src/core/reconcile.ts";
import { clockErrorMs } from "../../src/core/order.ts";
import { columnOf } from "./fields.ts";
import { enteredIn, valueOf, type GhostRow, type Version } from "./ghost.ts";
import { titled } from "./people.ts";
import { keyOf, plainValue } from "./plain.ts";
import type { FieldChoice } from "./script.ts";
import { wasPutBack } from "./undone.ts";
import { staleMsMax, type World } from "./world.ts";

/** P8, for every order that a plan calls proven. */
export function watchProof(world: World, plan: RowPlan): void {
  for (const cell of plan.cells) {
    const { decision } = cell;
    if (decision.act !== "write" || decision.label !== "proven") continue;
    const key = keyOf(cell.mapping.name);
    if (key === null) continue;
    const entered = (side: Side): readonly Version[] => {
      const id = plan.link.ids[side];
      const row = id === null ? null : world.ghost.row(side, id);
      const value = plainValue(cell.values[side]);
      return row === null ? [] : enteredIn(row, key).filter((version) => version.value === value);
    };
    const winner = entered(other(decision.side)).at(-1);
    // The same value may have been entered twice; any order that explains the choice will do (W4).
    const loser = entered(decision.side).at(0);
    if (winner === undefined || loser === undefined) continue;
    world.tally.add("tested", "P8");
    if (winner.atMs >= loser.atMs) continue;
    world.find("P8", `${key}: "${winner.value}" is called later than "${loser.value}", and is not`);
  }
}

function lastEdit(row: GhostRow, field: FieldChoice): Version | null {
  return enteredIn(row, field.key).at(-1) ?? null;
}

/** P9, for a cell at rest whose two sides agree. */
export function judgeLater(
  world: World,
  at: { readonly field: FieldChoice; readonly left: GhostRow; readonly right: GhostRow },
): void {
  const { field, left, right } = at;
  if (field.owner !== "latest" || field.flow !== "both") return;
  if (sides.some((side) => at[side].presence.length > 1)) return;
  // An edit of a copy that holds less than the original waits for a person (F18).
  if (field.key === "due" || field.key === "note") return;
  if (world.setting.isMarkMapped && field.key === "stage") return;
  if (sides.some((side) => world.ruled.has(`${at[side].id} ${field.key}`))) {
    judgeVerdict(world, at);
    return;
  }
  if (wasPutBack(world, [left, right], field.key)) return;
  const edits = { left: lastEdit(left, field), right: lastEdit(right, field) };
  if (edits.left === null || edits.right === null) return;
  const side: Side = edits.left.atMs > edits.right.atMs ? "left" : "right";
  const [later, earlier] = [edits[side], edits[other(side)]];
  if (later === null || earlier === null || later.value === "" || earlier.value === "") return;
  if (later.value.includes(",")) return;
  const isApart = world.runs.some(
    (run) =>
      run.isWhole &&
      run.startMs >= earlier.atMs + staleMsMax + clockErrorMs &&
      run.endMs <= later.atMs,
  );
  if (!isApart || world.raced.has(`${at[side].id} ${field.key}`)) return;
  world.tally.add("tested", "P9");
  const { agree } = columnOf(field.key);
  const shown = { left: valueOf(left, field.key), right: valueOf(right, field.key) };
  const isKept = side === "left" ? agree(later.value, shown.right) : agree(shown.left, later.value);
  if (isKept) return;
  world.find(
    "P9",
    `${field.key} of ${titled(left)}: "${later.value}" was entered later than "${earlier.value}", and both sides show "${shown.left}"`,
  );
}

/**
 * P9 where a person said which value counts, as two rows that were linked by hand ask for (F17): their
 * word is younger than both edits, and what they kept is what stays.
 */
function judgeVerdict(
  world: World,
  at: { readonly field: FieldChoice; readonly left: GhostRow; readonly right: GhostRow },
): void {
  const { key } = at.field;
  for (const side of sides) {
    const verdict = world.verdicts.get(`${at[side].id} ${key}`);
    if (verdict === undefined) continue;
    // Whoever edits the cell afterwards has the last word.
    const edits = sides.flatMap((one) => lastEdit(at[one], at.field) ?? []);
    if (edits.some((edit) => edit.atMs > verdict.atMs)) continue;
    world.tally.add("tested", "P9");
    const shown = valueOf(at[side], key);
    if (shown === verdict.value) continue;
    world.find(
      "P9",
      `a person kept ${key} "${verdict.value}" of ${titled(at[side])}, and it shows "${shown}"`,
    );
  }
}
