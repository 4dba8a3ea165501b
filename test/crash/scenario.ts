// A scenario is a scene, and what is then done in it: one file each, in `scenario/`. The enumeration
// does it once undisturbed and then again and again, each time with one kill at another place.
import type { WorldOptions } from "../engine/world.ts";
import type { Bench } from "./bench.ts";

export interface Play {
  /** What is done, and killed; a person does it again when the next sync is over. */
  readonly act: () => Promise<unknown>;
  /** What the schedule does from then on. */
  readonly rest: () => Promise<unknown>;
}

export interface Scenario {
  readonly name: string;
  readonly world?: WorldOptions;
  /** Sets the scene. What it leaves out of the play is a sync. */
  readonly set: (bench: Bench) => Promise<Partial<Play>>;
  /** A person answers what waits, once; gives back how many answers there were. */
  readonly answer?: (bench: Bench) => Promise<number>;
  /** How the last run ends; `ok` when left out. */
  readonly status?: "ok" | "attention";
  /** A refused row is tried for ever: calls without effect do not count as unrest. */
  readonly isTriedForEver?: true;
  /** Both halves of a write to both sides are told: allows lines about edits that the other kills lack. */
  readonly isToldInHalves?: true;
  /** The person is back before the schedule: what was not even begun would be overtaken by it. */
  readonly isRedoneFirst?: true;
}
