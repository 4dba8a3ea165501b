// Draws the rounds of a history: what people do and what goes wrong, at which call of which run, from the
// habits and the weather that the history was given.
import type { Side } from "../../src/core/side.ts";
import { makeAct, type Act, type MarkerAct } from "./acts.ts";
import type { Random } from "./random.ts";
import { faultKinds, type Disturbance, type FaultKind, type Place, type Round } from "./script.ts";

export interface Habits {
  readonly acts: readonly { readonly do: Act["do"]; readonly weight: number }[];
  /** Chance of an act at a call of a run. */
  readonly perCall: number;
  readonly perRoundMax: number;
  /** Rows and columns, counted from the first, that people take an interest in. */
  readonly rows: number;
  readonly fields: number;
  readonly leftShare: number;
}

export interface Weather {
  readonly faults: readonly FaultKind[];
  readonly perCall: number;
  readonly perWrite: number;
  readonly stalePerCall: number;
  readonly staleMsMax: number;
  readonly crashPerRun: number;
  readonly lockOutPerRun: number;
  readonly jumpPerRun: number;
}

/** Calls of a run that something may be planned for; a run that makes fewer passes the rest over. */
const callsMax = 45;

export function drawWeather(random: Random): Weather {
  const share = random.pick([0.15, 0.4, 0.8]);
  const faults = faultKinds.filter(() => random.chance(share));
  const hasFaults = random.chance(0.7) && faults.length > 0;
  const isStale = random.chance(0.35);
  return {
    faults,
    perCall: hasFaults ? random.pick([0, 0.01, 0.04, 0.1]) : 0,
    perWrite: hasFaults ? random.pick([0.02, 0.1, 0.3]) : 0,
    stalePerCall: isStale ? random.pick([0.05, 0.2, 0.6]) : 0,
    staleMsMax: random.pick([3_000, 8_000, 15_000]),
    crashPerRun: random.chance(0.4) ? random.pick([0.1, 0.3, 0.6]) : 0,
    lockOutPerRun: random.chance(0.12) ? 0.25 : 0,
    jumpPerRun: random.chance(0.12) ? 0.3 : 0,
  };
}

function drawAct(random: Random, habits: Habits, nonce: () => number): Act {
  const total = habits.acts.reduce((sum, entry) => sum + entry.weight, 0);
  let at = random.next() * total;
  const chosen = habits.acts.find((entry) => (at -= entry.weight) < 0) ?? { do: "edit" as const };
  const side: Side = random.chance(habits.leftShare) ? "left" : "right";
  const row = random.int(habits.rows);
  const field = random.int(habits.fields);
  const value = nonce();
  const marker = (): MarkerAct["to"] => random.pick(["blank", "junk", "other"] as const);
  return makeAct(chosen.do, { side, row, field, value, marker });
}

export interface Drawing {
  readonly random: Random;
  readonly habits: Habits;
  readonly weather: Weather;
  readonly nonce: () => number;
}

const writesMax = 12;

function drawDisturbances({ random, habits, weather, nonce }: Drawing): readonly Disturbance[] {
  const list: Disturbance[] = [];
  const when = (): "before" | "after" => (random.chance(0.5) ? "before" : "after");
  const fault = (place: Place): Disturbance => ({
    kind: "fault",
    ...place,
    fault: random.pick(weather.faults),
    delayMs: random.between(1_000, 90_000),
  });
  for (let call = 1; call <= callsMax; call += 1) {
    const place = { call, of: "calls" } as const;
    if (random.chance(habits.perCall)) {
      list.push({ kind: "act", ...place, when: when(), act: drawAct(random, habits, nonce) });
    }
    if (random.chance(weather.perCall)) list.push(fault(place));
    if (random.chance(weather.stalePerCall)) {
      list.push({ kind: "stale", ...place, lagMs: random.between(500, weather.staleMsMax) });
    }
  }
  for (let call = 1; call <= writesMax; call += 1) {
    const place = { call, of: "writes" } as const;
    if (random.chance(habits.perCall)) {
      list.push({ kind: "act", ...place, when: when(), act: drawAct(random, habits, nonce) });
    }
    if (random.chance(weather.perWrite)) list.push(fault(place));
  }
  list.push(...drawMishaps({ random, weather }));
  return list;
}

/** What happens to a run at most once. */
function drawMishaps({
  random,
  weather,
}: Pick<Drawing, "random" | "weather">): readonly Disturbance[] {
  const list: Disturbance[] = [];
  const of = "calls" as const;
  if (random.chance(weather.crashPerRun)) {
    const when = random.chance(0.5) ? "before" : "after";
    const kind = random.pick(["crash", "crash at a write", "crash-store"] as const);
    if (kind === "crash-store") list.push({ kind, of, call: random.between(1, 14), when });
    else if (kind === "crash") list.push({ kind, of, call: random.between(1, 22), when });
    else list.push({ kind: "crash", of: "writes", call: random.between(1, 6), when });
  }
  if (random.chance(weather.lockOutPerRun)) {
    const side: Side = random.chance(0.5) ? "left" : "right";
    const status = random.pick([401, 403, 404] as const);
    const calls = random.between(1, 6);
    list.push({ kind: "locked-out", of, call: random.between(1, 15), side, status, calls });
  }
  if (random.chance(weather.jumpPerRun)) {
    const byMs = random.pick([-3_600_000, 3_600_000, -120_000, 45_000, -600_000]);
    list.push({ kind: "clock", of, call: random.between(1, 15), byMs });
  }
  return list;
}

export function drawRound(drawing: Drawing, pollMs: number): Round {
  const { random, habits, nonce } = drawing;
  const count = random.int(habits.perRoundMax + 1);
  return {
    pauseMs: Math.round(pollMs * (0.5 + random.next())),
    acts: Array.from({ length: count }, () => drawAct(random, habits, nonce)),
    disturbances: drawDisturbances(drawing),
    command: { kind: "sync" },
  };
}
