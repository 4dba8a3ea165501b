// A person's answer to a cell that waits: found by base and both values, and carried out as a decision.
// An answer that cannot be carried out changes nothing: the cell goes on waiting, and is asked again.
import type { Carried } from "./bridge.ts";
import { withWrites } from "./cell-writes.ts";
import type { CellDecision } from "./decide-cell.ts";
import type { CellPlan } from "./plan-cells.ts";
import type { Answer } from "./reconcile.ts";
import { mayWrite, type Mapping } from "./setup.ts";
import { other, sides, type Side } from "./side.ts";
import { valueKey, type Value } from "./value.ts";

type AskedCell = Pick<CellPlan, "mapping" | "base" | "values">;

/**
 * The newest answer for these very values; null when there is none. A typed answer is written to both
 * sides, in two calls: a run that was cut off between them left one side that holds it already.
 */
export function answerFor(answers: readonly Answer[], cell: AskedCell): Answer | null {
  const isAsked = (entry: Answer, side: Side): boolean =>
    keyOf(entry.values[side]) === keyOf(cell.values[side]) || holdsAnswer(entry, cell, side);
  const found = answers.findLast(
    (entry) =>
      entry.cell === cell.mapping.key &&
      keyOf(entry.base) === keyOf(cell.base?.left ?? null) &&
      sides.every((side) => isAsked(entry, side)),
  );
  return found ?? null;
}

function holdsAnswer({ keep }: Answer, { mapping, values }: AskedCell, side: Side): boolean {
  if (typeof keep === "string") return false;
  const typed = inLeftWords(mapping, keep.value);
  const { canon } = mapping.bridge;
  return typed.kind === "value" && canon[side](values[side]) === canon.left(typed.value);
}

const keyOf = (value: Value | null): string | null => (value === null ? null : valueKey(value));

/** The cell with the writes an answer asks for; as it was, with a refusal, where it cannot be done. */
export function followAnswer(held: CellPlan, answer: Answer): CellPlan {
  const followed = carriedOut(held, answer);
  if (followed.decision.act === "hold") return { ...held, refusal: followed.refusal };
  // A one-way or computed field has a source, and nobody's answer writes into that.
  const barred = followed.writes.find((write) => !mayWrite(held.mapping, write.side));
  if (barred === undefined) return followed;
  const name = held.mapping.fields[barred.side].name;
  return { ...held, refusal: `"${name}" may not be written`, refusedSide: barred.side };
}

function carriedOut(draft: CellPlan, answer: Answer): CellPlan {
  const rule = "F12";
  if (answer.keep === "both") return draft;
  if (answer.keep === "left" || answer.keep === "right") {
    const side = other(answer.keep);
    const decision: CellDecision = { act: "write", rule, side, loser: side, label: "policy" };
    return withWrites({ ...draft, decision }, decision, null);
  }
  const typed = inLeftWords(draft.mapping, answer.keep.value);
  if (typed.kind === "refused") return { ...draft, refusal: typed.why };
  const decision: CellDecision = { act: "merge", rule };
  return withWrites({ ...draft, decision }, decision, typed.value);
}

/**
 * A value typed by a person comes as text, and the bridge turns it into what the fields hold. It may
 * name an option as either side does.
 */
export function inLeftWords(mapping: Mapping, typed: Value): Carried {
  const { carry } = mapping.bridge;
  const direct = carry("left", typed);
  if (direct.kind === "value") return direct;
  const there = carry("right", typed);
  return there.kind === "value" ? carry("left", there.value) : direct;
}
