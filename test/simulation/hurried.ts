// Histories in which everything happens in quick succession: one or two rows, one or two fields, people
// who type every few seconds, runs right after each other, readings some seconds old, and calls whose
// client hangs up early while the service goes on. Drawn apart from all others, for what a wider world
// shows too rarely: what only the fence, the monotone check, the settling time or the base of a found
// row keep from going wrong.
import type { Act } from "./acts.ts";
import { drawScript } from "./draw.ts";
import { makeRandom, type Random } from "./random.ts";
import type { Disturbance, FaultKind, FieldChoice, Key, Round, Script, Setting } from "./script.ts";
import type { Side } from "../../src/core/side.ts";

/** Faults after which a call was done, or will be, and nobody knows. */
const doubts = ["lost-after", "500-after", "502-after", "504-after", "late", "late"] as const;

const keys: readonly Key[] = ["note", "stage", "cost", "due", "tags"];

interface Tempo {
  readonly leftShare: number;
  readonly pauseMsMax: number;
  readonly editsMax: number;
  readonly perCall: number;
  readonly stalePerCall: number;
  readonly perWrite: number;
  readonly createShare: number;
  readonly copyShare: number;
}

function drawTempo(random: Random): Tempo {
  const isDoubtful = random.chance(0.5);
  return {
    leftShare: random.pick([0.1, 0.5, 0.9]),
    pauseMsMax: random.pick([5_000, 15_000, 30_000]),
    editsMax: random.between(1, 3),
    perCall: random.pick([0, 0.05, 0.2]),
    stalePerCall: isDoubtful ? 0 : random.pick([0.2, 0.5]),
    perWrite: isDoubtful ? random.pick([0.2, 0.5]) : 0,
    createShare: isDoubtful ? 0.3 : 0.05,
    copyShare: random.pick([0, 0.3]),
  };
}

function drawSetting(seed: number, random: Random): Setting {
  const { setting } = drawScript(seed);
  const more = [...keys].filter(() => random.chance(0.3)).slice(0, 2);
  const fields = (["title", ...more] as const).map((key): FieldChoice => {
    return { key, owner: "latest", flow: "both", drift: "revert" };
  });
  return {
    ...setting,
    fields,
    rows: { left: random.int(2), right: random.int(2), both: 0, twins: 0 },
    hasMatch: false,
    hasStamp: random.chance(0.7),
    filtered: null,
    creates: { left: true, right: true },
    isMarkMapped: false,
    guards: "loose",
    hotRowMs: 0,
    latencyMs: random.pick([20, 150, 600]),
    pageSize: 100,
    queryRowsMax: 10_000,
    skewMs: 0,
    answers: random.chance(0.3),
  };
}

interface Drawing {
  readonly random: Random;
  /** Chance of rows that come and go, by itself: who never removes one does what they did before. */
  readonly removals: { readonly random: Random; readonly share: number };
  readonly tempo: Tempo;
  readonly nonce: () => number;
}

function drawAct(drawing: Drawing): Act {
  const { removals } = drawing;
  const act = drawTyping(drawing);
  if (!removals.random.chance(removals.share)) return act;
  const how = removals.random.pick(["remove", "remove", "restore"] as const);
  return { do: how, side: act.side, row: removals.random.int(2) };
}

function drawTyping({ random, tempo, nonce }: Drawing): Act {
  const side: Side = random.chance(tempo.leftShare) ? "left" : "right";
  const [row, field, value] = [random.int(2), random.int(2), nonce()];
  if (random.chance(tempo.createShare)) return { do: "create", side, value };
  if (random.chance(tempo.copyShare)) return { do: "echo", side, row, field, value };
  return { do: random.pick(["edit", "edit", "edit", "undo"] as const), side, row, field, value };
}

function drawFault(random: Random, fault: FaultKind, call: number): Disturbance {
  const delayMs = random.between(5_000, 88_000);
  return { kind: "fault", of: "writes", call, fault, delayMs, heldMs: random.between(500, 20_000) };
}

const callsMax = 12;
const writesMax = 4;

function drawRound(drawing: Drawing): Round {
  const { random, tempo } = drawing;
  const disturbances: Disturbance[] = [];
  for (let call = 1; call <= callsMax; call += 1) {
    if (random.chance(tempo.perCall)) {
      const when = random.chance(0.5) ? "before" : "after";
      disturbances.push({ kind: "act", of: "calls", call, when, act: drawAct(drawing) });
    }
    if (random.chance(tempo.stalePerCall)) {
      disturbances.push({ kind: "stale", of: "calls", call, lagMs: random.between(2_000, 15_000) });
    }
  }
  for (let call = 1; call <= writesMax; call += 1) {
    if (random.chance(tempo.perWrite)) {
      disturbances.push(drawFault(random, random.pick(doubts), call));
    }
  }
  return {
    pauseMs: random.between(1_000, tempo.pauseMsMax),
    acts: Array.from({ length: random.int(tempo.editsMax + 1) }, () => drawAct(drawing)),
    disturbances,
    command: { kind: "sync" },
  };
}

export function drawHurried(seed: number): Script {
  const random = makeRandom(seed ^ 0x6a09_e667);
  const setting = drawSetting(seed, random);
  let count = 100;
  const tempo = drawTempo(random);
  const coming = makeRandom(seed ^ 0x3c6e_f372);
  const share = tempo.stalePerCall > 0 && coming.chance(0.4) ? 0.12 : 0;
  const removals = { random: coming, share };
  const drawing: Drawing = { random, removals, tempo, nonce: () => (count += 1) };
  const rounds = Array.from({ length: random.between(4, 10) }, () => drawRound(drawing));
  return { ...drawScript(seed), setting, rounds, ending: "none", sequel: null };
}
