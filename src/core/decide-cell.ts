// The decision table for one cell (spec 1.6), as one total pure function. Rule ids go into the history
// and into the coverage report; a test enumerates every combination of inputs.
//
// Two knobs stand for the table's one: `flow` says which way values may go at all (the table's
// "owner" column), `owner` says who wins when both sides changed (its "shared" column with a policy).
import type { ConflictLabel } from "./entry.ts";
import type { EditOrder } from "./order.ts";
import type { FieldPolicy } from "./policy.ts";
import { other, type Side, type Sided } from "./side.ts";

/** How a side's reading of the cell stands to its half of the base. */
export type CellReading =
  | "same"
  | "changed"
  | "unknown"; /* not read, unreadable, or not to be trusted yet */

export interface CellInput {
  readonly hasBase: boolean;
  /** Without a base: `changed` for a value, `same` never occurs. */
  readonly readings: Sided<CellReading>;
  /** Nothing would be lost by overwriting the side's value. */
  readonly isBlank: Sided<boolean>;
  /** The two values mean the same. */
  readonly isAgreed: boolean;
  /** The base was put there by an undo: where its two values differ, that is on purpose. */
  readonly isUndone: boolean;
  /** The base is marked: the side holds less than the other. */
  readonly lossySide: Side | null;
  readonly owner: FieldPolicy["owner"];
  readonly flow: FieldPolicy["flow"];
  readonly drift: FieldPolicy["drift"];
  /** The two edits have a merge (owner `merge` only). */
  readonly canMerge: boolean;
  readonly order: EditOrder;
  /** How a difference without a base is settled, when a person asked for it. */
  readonly prefer: Side | "newer" | null;
}

export type CellRule =
  | "F1"
  | "F2"
  | "F3"
  | "F4"
  | "F5"
  | "F6"
  | "F7"
  | "F8"
  | "F9"
  | "F10"
  | "F11"
  | "F12"
  | "F13"
  | "F14"
  | "F15"
  | "F16"
  | "F17"
  | "F18"
  | "F19"
  | "F20";

export type HoldWhy = "unknown" | "alignment" | "lossy" | "ask" | "drift" | "refused" | "undone";

export type CellDecision =
  | { readonly act: "none"; readonly rule: CellRule }
  /** Take the pair now seen as base. No call. */
  | { readonly act: "adopt"; readonly rule: CellRule }
  /** Carry the other side's value to `side`. `loser` is set when a value that is not the base goes. */
  | {
      readonly act: "write";
      readonly rule: CellRule;
      readonly side: Side;
      readonly loser: Side | null;
      readonly label: ConflictLabel;
    }
  | { readonly act: "merge"; readonly rule: CellRule }
  | { readonly act: "hold"; readonly rule: CellRule; readonly why: HoldWhy };

export function decideCell(input: CellInput): CellDecision {
  if (input.readings.left === "unknown") return hold("F1", "unknown");
  if (input.readings.right === "unknown") return hold("F2", "unknown");
  if (!input.hasBase) return decideWithoutBase(input);
  const [left, right] = [input.readings.left, input.readings.right];
  if (left === "same" && right === "same") {
    // What an undo took back rests: the value it came from must not flow right back.
    if (input.isUndone && !input.isAgreed) return hold("F13", "undone");
    return { act: "none", rule: "F3" };
  }
  // The two are not both as agreed: what faces a reading that is has changed alone.
  const { lossySide } = input;
  const isCopyEdited = lossySide !== null && input.readings[other(lossySide)] === "same";
  if (isCopyEdited && !input.isAgreed) {
    // The lossy side holds a flattened or shortened copy. Letting its edit flow would take from the
    // original what the copy never had.
    return hold("F18", "lossy");
  }
  if (input.isAgreed) return { act: "adopt", rule: agreedRule(left, right) };
  if (left === "changed" && right === "changed") return decideBothChanged(input);
  return decideOneChanged(input, left === "changed" ? "left" : "right");
}

function hold(rule: CellRule, why: HoldWhy): CellDecision {
  return { act: "hold", rule, why };
}

function agreedRule(left: CellReading, right: CellReading): CellRule {
  if (left === "changed" && right === "changed") return "F8";
  return left === "changed" ? "F6" : "F7";
}

/** The side values may not flow from: the receiving side of a one-way field. */
function receiver(flow: FieldPolicy["flow"]): Side | null {
  switch (flow) {
    case "both":
      return null;
    case "toLeft":
      return "left";
    case "toRight":
      return "right";
  }
}

function decideOneChanged(input: CellInput, changed: Side): CellDecision {
  const rule = changed === "left" ? "F4" : "F5";
  if (receiver(input.flow) !== changed) {
    return { act: "write", rule, side: other(changed), loser: null, label: "policy" };
  }
  // An edit on the receiving side of a one-way field. It is not the base, so it is a loser to record.
  switch (input.drift) {
    case "revert":
      return { act: "write", rule, side: changed, loser: changed, label: "policy" };
    case "warn":
      return hold(rule, "drift");
    case "ignore":
      return { act: "none", rule };
  }
}

function decideBothChanged(input: CellInput): CellDecision {
  const receiving = receiver(input.flow);
  if (receiving !== null) return win(other(receiving), "F12", "policy");
  switch (input.owner) {
    case "left":
    case "right":
      return win(input.owner, "F12", "policy");
    case "ask":
      return hold("F12", "ask");
    case "merge":
      return input.canMerge ? { act: "merge", rule: "F10" } : decideLatest(input);
    case "latest":
      return decideLatest(input);
  }
}

function decideLatest(input: CellInput): CellDecision {
  if (input.isBlank.left !== input.isBlank.right) {
    // Overwriting nothing destroys nothing.
    const blank: Side = input.isBlank.left ? "left" : "right";
    return { act: "write", rule: "F9", side: blank, loser: blank, label: "policy" };
  }
  const { later, label } = input.order;
  return win(later, label === "proven" ? "F11" : "F12", label);
}

function win(winner: Side, rule: CellRule, label: ConflictLabel): CellDecision {
  return { act: "write", rule, side: other(winner), loser: other(winner), label };
}

/**
 * Two rows met for the first time, or the mapping is new. Blanks are filled; a blank never wins over
 * content, not even when a person said which side to prefer; and what differs waits for that word.
 */
function decideWithoutBase(input: CellInput): CellDecision {
  if (input.isAgreed) return { act: "adopt", rule: "F14" };
  const receiving = receiver(input.flow);
  if (input.isBlank.right && !input.isBlank.left && receiving !== "left")
    return fill("F15", "right");
  if (input.isBlank.left && !input.isBlank.right && receiving !== "right")
    return fill("F16", "left");
  if (input.isBlank.left || input.isBlank.right) return hold("F16", "alignment");
  if (input.prefer === null) return hold("F17", "alignment");
  if (receiving !== null) return win(other(receiving), "F17", "policy");
  if (input.prefer === "newer") return win(input.order.later, "F17", input.order.label);
  return win(input.prefer, "F17", "policy");
}

function fill(rule: CellRule, side: Side): CellDecision {
  return { act: "write", rule, side, loser: null, label: "policy" };
}
