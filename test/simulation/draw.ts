// Draws a history from a seed. First which features and faults exist in it at all, and how strong each
// is: what only shows when something else is missing would never be met by a little of everything.
import type { Act } from "./acts.ts";
import { drawRound, drawWeather, type Drawing, type Habits } from "./draw-round.ts";
import { drawSequel } from "./draw-sequel.ts";
import { makeRandom, type Random } from "./random.ts";
import type { Ending, FieldChoice, Key, Script, Setting } from "./script.ts";

/** What people do in this history, and how likely each is. */
const pollsMs = [500, 5_000, 30_000, 60_000, 300_000] as const;
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
  const ending = drawEnding(random);
  return { seed, setting, rounds, ending, sequel: drawSequel(seed, { ending }) };
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
