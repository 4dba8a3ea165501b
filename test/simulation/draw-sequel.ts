// Draws what follows a history that came to rest: columns that go and come back, runs that are taken
// back, bases that are forgotten. It has a stream of chance of its own, so that what a seed drew before
// there were sequels stays what it was, and only a share of the seeds has one.
import type { Act } from "./acts.ts";
import { drawRound, drawWeather, type Drawing, type Habits, type Weather } from "./draw-round.ts";
import { makeRandom, type Random } from "./random.ts";
import type { Command, Ending, Sequel } from "./script.ts";

type Theme = "schema" | "undo" | "resync" | "mixed";
type Weighted = readonly { readonly do: Act["do"]; readonly weight: number }[];

/** Of the seeds that end with nothing else. */
const share = 0.5;
const pollsMs = [5_000, 60_000, 300_000, 900_000] as const;

const common: Weighted = [
  { do: "edit", weight: 30 },
  { do: "clear", weight: 5 },
  { do: "undo", weight: 5 },
  { do: "echo", weight: 3 },
  { do: "create", weight: 8 },
  { do: "copy", weight: 2 },
  { do: "remove", weight: 6 },
  { do: "restore", weight: 4 },
  { do: "mark", weight: 1 },
  { do: "unmark", weight: 2 },
  { do: "marker", weight: 1 },
];

const columns: Weighted = [
  { do: "rename-field", weight: 6 },
  { do: "rename-option", weight: 6 },
  { do: "remove-option", weight: 3 },
  { do: "add-field", weight: 2 },
  { do: "remove-field", weight: 8 },
  { do: "retype-field", weight: 10 },
  { do: "replace-field", weight: 4 },
  { do: "mend-field", weight: 14 },
];

function drawHabits(random: Random, theme: Theme): Habits {
  const hasColumns = theme === "schema" || (theme === "mixed" && random.chance(0.5));
  return {
    acts: hasColumns ? [...common, ...columns] : common,
    rows: random.pick([2, 1_000]),
    fields: 1_000,
    perCall: random.pick([0, 0.02, 0.08, 0.2]),
    perRoundMax: random.between(1, 5),
    leftShare: random.pick([0.3, 0.5, 0.7]),
  };
}

/** Half of them play on a quiet day: what happens then is the doing of people and of Tandem alone. */
function drawSky(random: Random): Weather {
  const weather = drawWeather(random);
  if (random.chance(0.5)) return { ...weather, jumpPerRun: 0 };
  const none = { perCall: 0, perWrite: 0, crashPerRun: 0, lockOutPerRun: 0, jumpPerRun: 0 };
  return { ...weather, ...none, stalePerCall: 0 };
}

const commandsOf: Readonly<Record<Theme, readonly Command["kind"][]>> = {
  schema: ["sync"],
  undo: ["undo", "undo", "undo", "sync", "sync", "answer"],
  resync: ["resync", "resync", "sync", "answer"],
  mixed: ["sync", "undo", "resync", "answer"],
};

function drawCommand(random: Random, theme: Theme): Command {
  const kind = random.pick(commandsOf[theme]);
  switch (kind) {
    case "undo":
      return { kind, back: random.int(3) };
    case "resync":
      return { kind, prefer: random.pick([null, "left", "right", "newer"] as const) };
    case "answer":
    case "sync":
      return { kind };
  }
}

export function drawSequel(seed: number, at: { readonly ending: Ending }): Sequel | null {
  if (at.ending !== "none") return null;
  const random = makeRandom(seed ^ 0x7a11);
  if (!random.chance(share)) return null;
  const theme = random.pick(["schema", "schema", "undo", "undo", "resync", "mixed"] as const);
  let nonce = 5_000;
  const drawing: Drawing = {
    random,
    habits: drawHabits(random, theme),
    weather: drawSky(random),
    nonce: () => (nonce += 1),
  };
  const pollMs = random.pick(pollsMs);
  const count = random.between(1, 4);
  const rounds = Array.from({ length: count }, () => {
    const round = drawRound(drawing, pollMs);
    const command = drawCommand(random, theme);
    // Only where nothing else happens can be told what an undo should have put back.
    const isCalm = command.kind === "undo" && random.chance(0.5);
    return { ...round, command, ...(isCalm ? { disturbances: [] } : {}) };
  });
  return { rounds, answers: random.chance(0.4) };
}
