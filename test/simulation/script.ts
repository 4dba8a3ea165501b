// A history as data: which world it plays in, and everything that happens in it, in order. Rows,
// fields and values are named by number and taken modulo what is there, so that an event stays
// meaningful when others are taken out, which is what shrinking does.
import type { Side } from "../../src/core/side.ts";
import type { Act } from "./acts.ts";

/** Columns a world may have. `title` is always there. */
export type Key = "title" | "note" | "stage" | "cost" | "due" | "tags" | "done" | "shout";

export interface FieldChoice {
  readonly key: Key;
  readonly owner: "left" | "right" | "latest" | "merge" | "ask";
  readonly flow: "both" | "toLeft" | "toRight";
  readonly drift: "revert" | "warn" | "ignore";
}

/** What exists at all in this history, and how strong it is. Left is Notion, right is Airtable. */
export interface Setting {
  readonly fields: readonly FieldChoice[];
  /** Rows at the start: alone on a side, and on both with one title. */
  readonly rows: {
    readonly left: number;
    readonly right: number;
    readonly both: number;
    /** Further rows on the left under the title of one that is on both. */
    readonly twins: number;
  };
  readonly hasMatch: boolean;
  readonly hasLeftMarker: boolean;
  /** Airtable keeps a "last modified" field. */
  readonly hasStamp: boolean;
  readonly hasLastSynced: boolean;
  readonly hasUrl: boolean;
  /** A side whose rows of stage "Later" are out of scope. */
  readonly filtered: Side | null;
  readonly creates: { readonly left: boolean; readonly right: boolean };
  readonly deletes: "archive" | "delete" | "ignore";
  readonly archive: {
    readonly left: "remove" | "mark" | null;
    readonly right: "remove" | "mark" | null;
  };
  /** The archive mark is an option of the mapped `stage`, not of a field of its own. */
  readonly isMarkMapped: boolean;
  readonly guards: "loose" | "tight";
  readonly hotRowMs: number;
  /** Half the time of a call, each way. */
  readonly latencyMs: number;
  /** Rows a page, asked for in place of the client's 100. */
  readonly pageSize: number;
  readonly queryRowsMax: number;
  /** The machine's clock against the services'. */
  readonly skewMs: number;
  readonly doesEqualWriteTouch: boolean;
  /** A person answers open conflicts at the end. */
  readonly answers: boolean;
  /** One more row, which is as good as any or which Airtable refuses to take, ever. */
  readonly further: "none" | "good" | "refused";
  /** People tell rows by what they hold, and not by their age. Default: no. */
  readonly isSorted?: boolean;
}

export const faultKinds = [
  "refused",
  "lost-before",
  "lost-after",
  "late",
  "500-before",
  "500-after",
  "502-after",
  "503",
  "503-committed",
  "504-after",
  "429",
  "409",
  "529",
  "truncated",
  "empty",
  "iterator",
  "slow",
  "overlap",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Which call of a run: the n-th of all, both services together, or the n-th that writes; from 1. */
export interface Place {
  readonly call: number;
  readonly of: "calls" | "writes";
}

/** Something that happens at a call of a run. */
export type Disturbance =
  | (Place & { readonly kind: "act"; readonly when: "before" | "after"; readonly act: Act })
  | (Place & {
      readonly kind: "fault";
      readonly fault: FaultKind;
      readonly delayMs: number;
      /** How long the client waits for a call that lands late; by default, most of the delay. */
      readonly heldMs?: number;
    })
  | (Place & { readonly kind: "stale"; readonly lagMs: number })
  | (Place & { readonly kind: "crash"; readonly when: "before" | "after" })
  /** The process dies at a transaction of the store, counted from 1 in each run. */
  | (Place & { readonly kind: "crash-store"; readonly when: "before" | "after" })
  | (Place & { readonly kind: "clock"; readonly byMs: number })
  | (Place & {
      readonly kind: "locked-out";
      readonly side: Side;
      readonly status: 401 | 403 | 404;
      readonly calls: number;
    });

/** What Tandem is asked to do at the end of a round. `back`: which of the runs that wrote, newest first. */
export type Command =
  | { readonly kind: "sync" }
  /** A person answers what is open, and a sync carries that out. */
  | { readonly kind: "answer" }
  | { readonly kind: "undo"; readonly back: number }
  | { readonly kind: "resync"; readonly prefer: Side | "newer" | null };

export interface Round {
  /** From the end of the run before to the start of this one, spread over the acts. */
  readonly pauseMs: number;
  readonly acts: readonly Act[];
  readonly disturbances: readonly Disturbance[];
  readonly command: Command;
}

/** What follows once a history has come to rest, after which it must come to rest again. */
export interface Sequel {
  readonly rounds: readonly Round[];
  /** A person answers open conflicts at its end. */
  readonly answers: boolean;
}

/** The one thing in which two histories differ that must end alike. */
export type TwinKind = "pages" | "names" | "cut" | "poison";

export type Ending = "none" | "fresh-store" | "preview" | { readonly twin: TwinKind };

export interface Script {
  readonly seed: number;
  readonly setting: Setting;
  readonly rounds: readonly Round[];
  readonly ending: Ending;
  readonly sequel: Sequel | null;
}
