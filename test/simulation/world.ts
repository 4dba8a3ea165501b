// One simulated world: both services, what truly happened in them, a disk for the store, one clock,
// and the findings of the oracle. Time passes only through `pass`, which lets late calls land on the
// way.
import type { RunId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import type { Side } from "../../src/core/side.ts";
import { makeGhost, type Author, type Changes, type Ghost, type GhostKey } from "./ghost.ts";
import type { MemoryDisk } from "./memory-store.ts";
import { policyOf } from "./pair.ts";
import { makeRandom, type Random } from "./random.ts";
import type { Script, Setting } from "./script.ts";
import { makeServices, type Services } from "./services.ts";
import { makeTally, type Tally } from "./tally.ts";
import type { PutBack, Undoing } from "./undone.ts";

/** Longest age of a reading, and of a call that was given up: what the engine is promised. */
export const staleMsMax = 15_000;
export const lateMsMax = 90_000;

/** The row that its service refuses to have written, in worlds that have one. */
export const poisonTitle = "POISON";

export interface Finding {
  /** The property of the specification, such as `P5`. */
  readonly property: string;
  readonly message: string;
  readonly atMs: number;
}

/** A person's value that was written over, and must be told in the log. */
export interface Owed {
  readonly side: Side;
  readonly row: string;
  readonly key: string;
  readonly value: string;
  readonly atMs: number;
}

export interface PlayedRun {
  readonly id: RunId;
  readonly startMs: number;
  readonly endMs: number;
  readonly isWhole: boolean;
  readonly hasWritten: boolean;
}

export interface Break {
  readonly side: Side;
  readonly key: GhostKey;
  readonly undo: () => void;
}

export interface World {
  readonly seed: number;
  readonly setting: Setting;
  readonly services: Services;
  readonly ghost: Ghost;
  readonly disk: MemoryDisk;
  readonly policy: PairPolicy;
  readonly random: Random;
  readonly tally: Tally;
  readonly findings: Finding[];
  readonly owed: Owed[];
  /** Calls under way that the caller gave up on, and the moment each takes effect. */
  readonly late: { readonly atMs: number; readonly land: () => void }[];
  /** What the journal said a row held, by side, row and column, when a call was sent. */
  readonly journal: Map<string, { readonly before: string; readonly after: string }>;
  /** The row a create that is under way was sent for, where the call itself does not say so. */
  creatingFor: string | null;
  /** Rows the engine has put away by a mark, and not brought back. */
  readonly putAway: Set<string>;
  /** Rows of links the engine has stored: it knows whose counterpart they are. */
  readonly linked: Set<string>;
  /** Values a person gave as an answer. */
  readonly said: Set<string>;
  /** Cells whose value was lost in a race that nobody can close. */
  readonly raced: Set<string>;
  /** Runs that ended by themselves; whole when both tables were listed to the end. */
  readonly runs: PlayedRun[];
  /** Rows and cells that a person ruled on: their fate is the person's doing. */
  readonly ruled: Set<string>;
  /** What a cell held that a person ruled should count. */
  readonly verdicts: Map<string, { readonly value: string; readonly atMs: number }>;
  /** Columns that somebody removed or retyped, oldest first, and how to take that back. */
  readonly breaks: Break[];
  /** Columns that were removed or retyped at any time, by side and column. */
  readonly everBroken: Set<string>;
  /**
   * Columns stand in the place of removed ones: only a resync makes them known. `maybe`: a resync was
   * begun, and nobody knows how far it came.
   */
  replaced: "no" | "yes" | "maybe";
  /** What the run did that is being taken back; null while none is. */
  undoing: Undoing | null;
  /** Cells that an undo put back, by side, row and column. */
  readonly putBack: Map<string, PutBack>;
  /** All of them, though a resync has come since: a call in doubt may be settled after it. */
  readonly everPutBack: Set<string>;
  /** The history was at rest before, and goes on. */
  isSequel: boolean;
  skewMs: number;
  /** No call was lost and no process killed so far: everything can be known. */
  isUndisturbed: boolean;
  /** The names of the config were looked up; before that a rename breaks the config, and rightly so. */
  isKnown: boolean;
  /** The true time. */
  nowMs(): number;
  /** What the machine of the engine believes. */
  ourNowMs(): number;
  pass(byMs: number): void;
  tell(line: () => string): void;
  find(property: string, message: string): void;
  readonly story: string[] | null;
}

export interface WorldOptions {
  readonly script: Script;
  readonly disk: MemoryDisk;
  readonly tally?: Tally;
  readonly isTold: boolean;
}

/** One of a list, counted round and round; null when there is none. */
export function pick<T>(list: readonly T[], at: number): T | null {
  return list.length === 0 ? null : (list[at % list.length] ?? null);
}

/** `12:03:04.5`, counted from the start of the history. */
function clockText(ms: number): string {
  const total = Math.round(ms / 100) / 10;
  const part = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const seconds = (total % 60).toFixed(1).padStart(4, "0");
  return `${part(total / 3_600)}:${part((total / 60) % 60)}:${seconds}`;
}

export function makeWorld(options: WorldOptions): World {
  const { script } = options;
  const { setting } = script;
  const services = makeServices(setting, script.seed);
  const ghost = makeGhost(services, setting);
  const { clock } = services;
  const zeroMs = clock.nowMs();
  const story: string[] | null = options.isTold ? [] : null;
  const findings: Finding[] = [];
  const late: World["late"] = [];
  const tell = (line: () => string): void => {
    story?.push(`${clockText(clock.nowMs() - zeroMs)}  ${line()}`);
  };
  const world: World = {
    seed: script.seed,
    setting,
    services,
    ghost,
    disk: options.disk,
    policy: policyOf(setting),
    random: makeRandom(script.seed ^ 0x51ed),
    tally: options.tally ?? makeTally(),
    findings,
    owed: [],
    late,
    journal: new Map(),
    creatingFor: null,
    ruled: new Set(),
    verdicts: new Map(),
    putAway: new Set(),
    linked: new Set(),
    said: new Set(),
    raced: new Set(),
    runs: [],
    breaks: [],
    everBroken: new Set(),
    undoing: null,
    putBack: new Map(),
    everPutBack: new Set(),
    isSequel: false,
    replaced: "no",
    skewMs: setting.skewMs,
    isUndisturbed: true,
    isKnown: false,
    nowMs: () => clock.nowMs(),
    ourNowMs: () => clock.nowMs() + world.skewMs,
    pass: (byMs) => {
      const untilMs = clock.nowMs() + Math.round(byMs);
      // Bound: landing takes a call off the list.
      for (;;) {
        const next = late.toSorted((one, two) => one.atMs - two.atMs)[0];
        if (next === undefined || next.atMs > untilMs) break;
        late.splice(late.indexOf(next), 1);
        clock.freeze(Math.max(next.atMs, clock.nowMs()));
        next.land();
      }
      clock.freeze(Math.max(untilMs, clock.nowMs()));
    },
    tell,
    find: (property, message) => {
      findings.push({ property, message, atMs: clock.nowMs() - zeroMs });
      tell(() => `!! ${property}: ${message}`);
    },
    story,
  };
  return world;
}

export function note(world: World, side: Side, by: Author): Changes {
  return world.ghost.note(side, by);
}
