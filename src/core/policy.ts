// What the user decided for one pair, free of the services' names: the config, once read, is turned
// into this, and everything below the composition root works on it.
import type { PairId } from "./ids.ts";
import type { Side, Sided } from "./side.ts";

/** Settings of one mapping that change how values are carried over. */
export interface CarrySettings {
  /** IANA zone in which an instant becomes a day and back. */
  readonly zone?: string;
  /** What stands for a person in a text field. */
  readonly people?: "email" | "name";
  /** What happens to formatting that the other side cannot hold: keep it safe (default) or drop it. */
  readonly formatting?: "keep" | "drop";
}

export interface FieldPolicy {
  /** The mapping's name: the left field as the config names it. */
  readonly name: string;
  /** Name or id as the config has it, a side. */
  readonly fields: Sided<string>;
  /** Who wins when both sides changed the cell. */
  readonly owner: Side | "latest" | "merge" | "ask";
  /** Which way values flow at all: the side they may be written to, or both. */
  readonly flow: "both" | "toLeft" | "toRight";
  /** What an edit on the receiving side of a one-way field comes to. */
  readonly drift: "revert" | "warn" | "ignore";
  /** Options that have another name on the other side. */
  readonly renames: readonly Sided<string>[];
  readonly carry: CarrySettings;
}

export type ArchivePolicy =
  | { readonly kind: "remove" }
  /** Set a field to a value, and leave the row where it is. */
  | { readonly kind: "mark"; readonly field: string; readonly value: string };

/** A limit that grows with the table: the larger of `floor` and `percent`, never above `cap`. */
export interface GuardLimit {
  readonly percent: number;
  readonly floor: number;
  /** Null: no cap. */
  readonly cap: number | null;
}

export interface GuardSettings {
  readonly maxRemove: GuardLimit;
  readonly maxCreate: GuardLimit;
  readonly massChange: GuardLimit;
  readonly massBlank: GuardLimit;
  readonly emptySide: "halt" | "off";
  /** A row a person edited this recently is not written into. */
  readonly hotRowMs: number;
  /** How long an unknown outcome freezes its row. */
  readonly settleMs: number;
}

export interface PairPolicy {
  readonly id: PairId;
  /** What people call the two sides, for messages. */
  readonly names: Sided<string>;
  readonly fields: readonly FieldPolicy[];
  /** Fields by which rows that already exist on both sides are linked, at the first run only. */
  readonly match: readonly Sided<string>[];
  /** Fields that hold the other row's id. */
  readonly markers: Sided<string | null>;
  /** Fields stamped with the time whenever a row is written anyway. */
  readonly lastSynced: Sided<string | null>;
  /** Whether rows may be created on a side. */
  readonly creates: Sided<boolean>;
  readonly deletes: "archive" | "delete" | "ignore";
  /** How a row is put away on a side; null when the user did not say. */
  readonly archive: Sided<ArchivePolicy | null>;
  /** Each service's own filter, as in the config; null for all rows. */
  readonly filters: Sided<unknown>;
  readonly guards: GuardSettings;
}
