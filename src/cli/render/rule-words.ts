// The rules of the decision tables in the words of somebody who has never read them. Total over the
// rules of the core, so that a new rule cannot reach a terminal without words.
import type { CellRule } from "../../core/decide-cell.ts";
import type { RowRule } from "../../core/decide-row.ts";
import { other, type Side, type Sided } from "../../core/side.ts";

interface Told {
  /** The side written, and the side the value comes from. */
  readonly to: string;
  readonly from: string;
  readonly left: string;
  readonly right: string;
  readonly side: Side;
}

type Words = string | ((told: Told) => string);

/** F4 and F5 name the side that was edited; written back to it, the edit is taken back. */
function editedOn(edited: Side): (told: Told) => string {
  return (told) =>
    told.side === edited
      ? `edit in ${told.to} taken back: it only receives`
      : `edited in ${told.from}`;
}

const cellWords: Record<CellRule, Words> = {
  F1: (told) => `unreadable in ${told.left}`,
  F2: (told) => `unreadable in ${told.right}`,
  F3: "nothing changed",
  F4: editedOn("left"),
  F5: editedOn("right"),
  F6: (told) => `edited in ${told.left} to the same value`,
  F7: (told) => `edited in ${told.right} to the same value`,
  F8: "edited alike on both sides",
  F9: (told) => `both edited; emptied in ${told.to}`,
  F10: "both edited; merged",
  F11: (told) => `both edited; ${told.from} later`,
  F12: (told) => `both edited; ${told.from} wins`,
  F13: "taken back by an undo; rests until somebody edits it",
  F14: "equal from the start",
  F15: (told) => `filled from ${told.from}`,
  F16: (told) => `filled from ${told.from}`,
  F17: (told) => `differed at the start; ${told.from} preferred`,
  F18: "edited where less is held than in the original",
  F19: (told) => `does not fit into ${told.to}`,
  F20: "field missing or of another type",
};

const rowWords: Record<RowRule, Words> = {
  R1: (told) => `new in ${told.left}`,
  R2: (told) => `new in ${told.right}`,
  R3: "the same row on both sides",
  R4: "several rows fit",
  R5: "on both sides",
  R6: (told) => `removed in ${told.from}`,
  R7: (told) => `removed in ${told.left}, edited in ${told.right}`,
  R8: (told) => `removed in ${told.from}`,
  R9: (told) => `removed in ${told.right}, edited in ${told.left}`,
  R10: "removed on both sides",
  R11: (told) => `moved out of the table in ${told.left}`,
  R12: (told) => `moved out of the table in ${told.right}`,
  R13: (told) => `not found for certain in ${told.left}`,
  R14: (told) => `not found for certain in ${told.right}`,
  R15: (told) => `back in ${told.from}`,
  R16: (told) => `taken out of the archive in ${told.to}`,
  R17: "removed on both sides",
  R18: (told) => `restored in ${told.from}`,
  R19: (told) => `restored in ${told.from}`,
  R20: "restored on both sides",
  R21: "removed on both sides",
  R22: "being created",
  R23: "removed while it was being copied",
  R24: "taken apart by a person",
  R25: "a copy of a linked row",
  R26: "an earlier write is still in doubt",
  R27: "put away",
};

const otherWords: Readonly<Record<string, Words>> = { undo: "as it was before the run" };

const allWords: Readonly<Record<string, Words>> = { ...cellWords, ...rowWords, ...otherWords };

/** What a rule means for a write to `side`; the rule itself when it is of a later version. */
export function ruleWords(rule: string, side: Side, names: Sided<string>): string {
  const words = allWords[rule];
  if (words === undefined) return rule;
  if (typeof words === "string") return words;
  return words({ to: names[side], from: names[other(side)], ...names, side });
}
