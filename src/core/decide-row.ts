// The decision table for one row (spec 1.7), as one total pure function. A row is put away only on
// evidence that its counterpart was removed, and never while anything on it is unsynced or unknown.
import type { LinkState } from "./link.ts";
import type { PairPolicy } from "./policy.ts";
import { other, type Side, type Sided } from "./side.ts";

/**
 * What is known of a linked row: `live` here, `removed` (trashed or certainly gone), `away` (exists,
 * but out of scope), `unknown`, or `none` where the link has no row on that side yet.
 */
export type RowEvidence = "live" | "removed" | "away" | "unknown" | "none";

export interface RowInput {
  readonly state: LinkState;
  readonly rows: Sided<RowEvidence>;
  /** Something on the row is unsynced or unknown. */
  readonly isEdited: Sided<boolean>;
  /** The side we put away and how, for an archived link. A mark may still be set, or not any more. */
  readonly archival: {
    readonly side: Side;
    readonly by: "removal" | "mark";
    readonly isMarkSet: boolean;
  } | null;
  /** Whether a removed row can be brought back on that side. */
  readonly canRestore: Sided<boolean>;
  /** An outcome on this row is unknown. */
  readonly isFrozen: boolean;
  readonly deletes: PairPolicy["deletes"];
  /** A person's answer to an earlier edit-versus-delete: the side whose fate wins. */
  readonly answer: "keep" | "remove" | null;
}

export type RowRule =
  | "R1"
  | "R2"
  | "R3"
  | "R4"
  | "R5"
  | "R6"
  | "R7"
  | "R8"
  | "R9"
  | "R10"
  | "R11"
  | "R12"
  | "R13"
  | "R14"
  | "R15"
  | "R16"
  | "R17"
  | "R18"
  | "R19"
  | "R20"
  | "R21"
  | "R22"
  | "R23"
  | "R24"
  | "R25"
  | "R26"
  | "R27";

export type RowDecision =
  | { readonly act: "nothing"; readonly rule: RowRule }
  /** Look at the cells. */
  | { readonly act: "cells"; readonly rule: RowRule }
  /** Put the row on `side` away: its counterpart was removed. */
  | { readonly act: "archive"; readonly rule: RowRule; readonly side: Side }
  /** Bring the row on `side` back; its cells are looked at in the next run. */
  | { readonly act: "restore"; readonly rule: RowRule; readonly side: Side }
  /** Make the row on `side` anew, from its restored counterpart. */
  | { readonly act: "recreate"; readonly rule: RowRule; readonly side: Side }
  | { readonly act: "revive"; readonly rule: RowRule }
  | { readonly act: "entomb"; readonly rule: RowRule }
  | { readonly act: "detach"; readonly rule: RowRule }
  /** Forget the link: its only row is gone, and no counterpart was ever made. */
  | { readonly act: "drop"; readonly rule: RowRule }
  | {
      readonly act: "hold";
      readonly rule: RowRule;
      readonly why: "frozen" | "unknown" | "away" | "edit-vs-delete";
      /** The side that gave the reason. */
      readonly side: Side;
    };

export function decideRow(input: RowInput): RowDecision {
  if (input.state === "detached") return { act: "nothing", rule: "R24" };
  if (input.isFrozen) return { act: "hold", rule: "R26", why: "frozen", side: "left" };
  switch (input.state) {
    case "creating":
      return decideCreating(input);
    case "live":
      return decideLive(input);
    case "archived":
      return decideArchived(input);
    case "tombstone":
      return decideTombstone(input);
  }
}

function decideLive(input: RowInput): RowDecision {
  const { left, right } = input.rows;
  // A live link without a row on a side contradicts itself, and so is no evidence of a removal.
  if (left === "unknown" || left === "none") {
    return { act: "hold", rule: "R13", why: "unknown", side: "left" };
  }
  if (right === "unknown" || right === "none") {
    return { act: "hold", rule: "R14", why: "unknown", side: "right" };
  }
  if (left === "away") return { act: "hold", rule: "R11", why: "away", side: "left" };
  if (right === "away") return { act: "hold", rule: "R12", why: "away", side: "right" };
  if (left !== "live" && right !== "live") return { act: "entomb", rule: "R10" };
  if (left === "live" && right === "live") return { act: "cells", rule: "R5" };
  const removed: Side = left === "live" ? "right" : "left";
  const survivor = other(removed);
  if (input.deletes === "ignore") {
    return { act: "nothing", rule: removed === "left" ? "R6" : "R8" };
  }
  if (!input.isEdited[survivor] || input.answer === "remove") {
    return { act: "archive", rule: removed === "left" ? "R6" : "R8", side: survivor };
  }
  const rule = removed === "left" ? "R7" : "R9";
  if (input.answer === "keep") return bringBack(input, removed, rule);
  return { act: "hold", rule, why: "edit-vs-delete", side: removed };
}

/** One row is there, the other still has to be made. */
function decideCreating(input: RowInput): RowDecision {
  const source: Side = input.rows.left === "none" ? "right" : "left";
  const missing = other(source);
  switch (input.rows[source]) {
    case "live":
      return { act: "recreate", rule: source === "left" ? "R1" : "R2", side: missing };
    case "removed":
      return { act: "drop", rule: "R23" };
    case "away":
      return { act: "hold", rule: source === "left" ? "R11" : "R12", why: "away", side: source };
    case "unknown":
    case "none":
      return { act: "hold", rule: source === "left" ? "R13" : "R14", why: "unknown", side: source };
  }
}

/** We put one row away because the other was removed. Only a person's doing changes that. */
function decideArchived(input: RowInput): RowDecision {
  const { archival, rows } = input;
  if (rows.left === "removed" && rows.right === "removed") return { act: "nothing", rule: "R17" };
  if (archival === null) return { act: "nothing", rule: "R27" };
  const put = archival.side;
  const origin = other(put);
  const isPutLive = input.rows[put] === "live";
  const isPutAway = isPutLive && archival.isMarkSet;
  if (input.rows[origin] === "live") {
    if (isPutLive && !archival.isMarkSet) return { act: "revive", rule: "R15" };
    if (isPutAway) return { act: "restore", rule: "R15", side: put };
    if (input.rows[put] === "removed") return bringBack(input, put, "R15");
    return { act: "nothing", rule: "R27" };
  }
  if (isPutLive && !archival.isMarkSet && input.rows[origin] === "removed") {
    // A person took our mark off while the counterpart is still removed: the row was never gone, the
    // person wins, and the two part. A row brought back from the trash, however, is meant to live
    // again, and so gets its counterpart back.
    if (archival.by === "mark") return { act: "detach", rule: "R16" };
    return bringBack(input, origin, "R18");
  }
  if (isPutLive && !archival.isMarkSet && input.rows[origin] === "unknown") {
    return { act: "hold", rule: origin === "left" ? "R13" : "R14", why: "unknown", side: origin };
  }
  return { act: "nothing", rule: "R27" };
}

function decideTombstone(input: RowInput): RowDecision {
  const { left, right } = input.rows;
  if (left === "live" && right === "live") return { act: "revive", rule: "R20" };
  if (left === "live" && right === "removed") return bringBack(input, "right", "R18");
  if (right === "live" && left === "removed") return bringBack(input, "left", "R19");
  return { act: "nothing", rule: "R21" };
}

function bringBack(input: RowInput, side: Side, rule: RowRule): RowDecision {
  return { act: input.canRestore[side] ? "restore" : "recreate", rule, side };
}
