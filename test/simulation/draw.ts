// Draws a history from a seed. First which features and faults exist in it at all, and how strong each
// is: what only shows when something else is missing would never be met by a little of everything.
import type { Side } from "../../src/core/side.ts";
import { makeRandom, type Random } from "./random.ts";
import {
  faultKinds,
  type Act,
  type Disturbance,
  type Ending,
  type FaultKind,
  type FieldChoice,
  type Key,
  type Place,
  type Round,
  type Script,
  type Setting,
} from "./script.ts";

/** What people do in this history, and how likely each is. */
interface Habits {
  readonly acts: readonly { readonly do: Act["do"]; readonly weight: number }[];
  /** Chance of an act at a call of a run. */
  readonly perCall: number;
  readonly perRoundMax: number;
  /** Rows and columns, counted from the first, that people take an interest in. */
  readonly rows: number;
  readonly fields: number;
  readonly leftShare: number;
}

interface Weather {
  readonly faults: readonly FaultKind[];
  readonly perCall: number;
  readonly perWrite: number;
  readonly stalePerCall: number;
  readonly staleMsMax: number;
  readonly crashPerRun: number;
  readonly lockOutPerRun: number;
  readonly jumpPerRun: number;
}

const pollsMs = [500, 5_000, 30_000, 60_000, 300_000] as const;
/** Calls of a run that something may be planned for; a run that makes fewer passes the rest over. */
const callsMax = 45;

function drawFields(random: Random): readonly FieldChoice[] {
  const keys: Key[] = ["note", "stage", "cost", "due", "tags", "done", "shout"];
  const chosen: Key[] = ["title"];
  const count = random.between(1, 3);
  while (chosen.length <= count) {
    const key = random.pick(keys);
    if (!chosen.includes(key)) chosen.push(key);
  }
  return chosen.map((key): FieldChoice => {
    const owner = random.pick([
      "latest",
      "latest",
      "latest",
      "left",
      "right",
      "merge",
      "ask",
    ] as const);
    const isOneWay = key !== "title" && random.chance(0.15);
    const flow = isOneWay ? random.pick(["toLeft", "toRight"] as const) : "both";
    const drift = random.pick(["revert", "revert", "warn", "ignore"] as const);
    if (key === "shout") return { key, owner: "latest", flow: "toLeft", drift };
    return { key, owner, flow, drift };
  });
}

function drawSetting(random: Random): Setting {
  const fields = drawFields(random);
  const hasMatch = random.chance(0.3);
  const isTight = random.chance(0.12);
  const hasStage = fields.some((field) => field.key === "stage");
  const mark = (): "remove" | "mark" => (random.chance(0.5) ? "mark" : "remove");
  return {
    fields,
    rows: {
      left: random.int(4),
      right: random.int(4),
      both: hasMatch ? random.int(3) : 0,
      twins: hasMatch && random.chance(0.3) ? 1 : 0,
    },
    hasMatch,
    hasLeftMarker: random.chance(0.7),
    hasStamp: random.chance(0.7),
    hasLastSynced: random.chance(0.3),
    hasUrl: random.chance(0.3),
    filtered: hasStage && random.chance(0.2) ? random.pick(["left", "right"] as const) : null,
    creates: { left: random.chance(0.9), right: random.chance(0.9) },
    deletes: random.pick(["archive", "archive", "archive", "delete", "ignore"] as const),
    archive: {
      left: random.chance(0.93) ? mark() : null,
      right: random.chance(0.93) ? mark() : null,
    },
    isMarkMapped: hasStage && random.chance(0.4),
    guards: isTight ? "tight" : "loose",
    hotRowMs: random.chance(0.3) ? 90_000 : 0,
    latencyMs: random.pick([20, 150, 600, 2_500]),
    pageSize: random.chance(0.4) ? random.between(1, 4) : 100,
    queryRowsMax: random.chance(0.15) ? random.between(3, 6) : 10_000,
    skewMs: random.chance(0.2) ? random.pick([-3_600_000, 3_600_000, 90_000, -20_000]) : 0,
    doesEqualWriteTouch: random.chance(0.5),
    answers: random.chance(0.4),
    further: "none",
  };
}

/** Rows are taken away and brought back, on both sides, again and again. */
const comingAndGoing: Habits["acts"] = [
  { do: "remove", weight: 12 },
  { do: "restore", weight: 14 },
  { do: "unmark", weight: 8 },
  { do: "mark", weight: 1 },
  { do: "purge", weight: 1 },
  { do: "edit", weight: 8 },
  { do: "create", weight: 4 },
  { do: "copy", weight: 2 },
];

/** Both sides at work on the same few cells. */
const oneCell: Habits["acts"] = [
  { do: "edit", weight: 20 },
  { do: "undo", weight: 6 },
  { do: "clear", weight: 4 },
  { do: "echo", weight: 8 },
  { do: "style", weight: 3 },
];

function drawHabits(random: Random): Habits {
  const all: readonly { readonly do: Act["do"]; readonly weight: number }[] = [
    { do: "edit", weight: 30 },
    { do: "style", weight: 3 },
    { do: "clear", weight: 6 },
    { do: "undo", weight: 8 },
    { do: "echo", weight: 4 },
    { do: "create", weight: 10 },
    { do: "copy", weight: 4 },
    { do: "remove", weight: 8 },
    { do: "restore", weight: 6 },
    { do: "purge", weight: 1 },
    { do: "shelve", weight: 1 },
    { do: "unshelve", weight: 2 },
    { do: "mark", weight: 2 },
    { do: "unmark", weight: 3 },
    { do: "unshare", weight: 1 },
    { do: "share", weight: 2 },
    { do: "marker", weight: 3 },
    { do: "rename-field", weight: 1 },
    { do: "add-field", weight: 1 },
    { do: "rename-option", weight: 1 },
  ];
  const share = random.pick([0.3, 0.6, 1]);
  const some = all.filter((entry) => entry.do === "edit" || random.chance(share));
  const style = random.pick(["mixed", "mixed", "coming and going", "one cell"] as const);
  return {
    acts: style === "mixed" ? some : style === "one cell" ? oneCell : comingAndGoing,
    rows: style === "mixed" ? 1_000 : 2,
    fields: style === "one cell" ? 2 : 1_000,
    perCall: random.pick([0, 0.01, 0.05, 0.15, 0.4]),
    perRoundMax: random.between(1, 6),
    leftShare: random.pick([0.2, 0.5, 0.5, 0.8]),
  };
}

function drawWeather(random: Random): Weather {
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
  switch (chosen.do) {
    case "edit":
    case "style":
    case "clear":
    case "undo":
    case "echo":
      return { do: chosen.do, side, row, field, value };
    case "create":
      return { do: "create", side, value };
    case "marker":
      return { do: "marker", side, row, to: random.pick(["blank", "junk", "other"] as const) };
    case "rename-field":
      return { do: "rename-field", side, field };
    case "add-field":
    case "rename-option":
      return { do: chosen.do, side };
    case "copy":
    case "remove":
    case "restore":
    case "purge":
    case "shelve":
    case "unshelve":
    case "mark":
    case "unmark":
    case "unshare":
    case "share":
      return { do: chosen.do, side, row };
  }
}

interface Drawing {
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

function drawRound(drawing: Drawing, pollMs: number): Round {
  const { random, habits, nonce } = drawing;
  const count = random.int(habits.perRoundMax + 1);
  return {
    pauseMs: Math.round(pollMs * (0.5 + random.next())),
    acts: Array.from({ length: count }, () => drawAct(random, habits, nonce)),
    disturbances: drawDisturbances(drawing),
  };
}

export function drawScript(seed: number): Script {
  const random = makeRandom(seed);
  const setting = drawSetting(random);
  const drawing: Drawing = {
    random,
    habits: drawHabits(random),
    weather: drawWeather(random),
    nonce: (() => {
      let count = 100;
      return () => (count += 1);
    })(),
  };
  const pollMs = random.pick(pollsMs);
  const rounds = Array.from({ length: random.between(2, 6) }, () => drawRound(drawing, pollMs));
  return { seed, setting, rounds, ending: drawEnding(random) };
}

function drawEnding(random: Random): Ending {
  const dice = random.next();
  if (dice < 0.08) return "fresh-store";
  if (dice < 0.16) return "preview";
  if (dice < 0.24) {
    return { twin: random.pick(["pages", "names", "cut", "poison"] as const) };
  }
  return "none";
}
