// One line a pair: how it stands, when it last ran, and what waits. Below it, what to do about a pair
// that does not run.
import type { PairStatus } from "../../app/status.ts";
import type { Sided } from "../../core/side.ts";
import { oneLine, paragraph, phrases } from "../plain.ts";
import { table, type Cell } from "../table.ts";
import { ago } from "../time.ts";
import { count } from "./count-words.ts";
import type { Style } from "./style.ts";

const stateWords: Record<PairStatus["state"], string> = {
  "never-run": "never run",
  paused: "paused",
  halted: "halted",
  released: "released",
  running: "running",
  ok: "in step",
  attention: "attention",
  error: "failing",
};

export function statusText(
  pairs: readonly PairStatus[],
  names: Sided<string>,
  style: Style,
): string {
  const lines = table(
    pairs.map((pair) => row(pair, style)),
    { width: style.width, flexible: 4, header: ["Pair", "State", "In step", "Rows", "Waiting"] },
  );
  const calls = pairs.map((pair) => callsLine(pair, names));
  const advice = pairs.flatMap((pair) => adviceFor(pair, style));
  const month = style.colour.faint(
    phrases([`Calls this month: ${calls[0] ?? ""}`, ...calls.slice(1)], 0, style.width),
  );
  return [lines, month, ...advice].join("\n");
}

function row(pair: PairStatus, { colour, nowMs }: Style): readonly Cell[] {
  const waits = [
    ...(pair.openConflicts > 0 ? [count(pair.openConflicts, "conflict")] : []),
    ...(pair.refusedRows > 0 ? [`${count(pair.refusedRows, "row")} refused`] : []),
    ...(pair.unknownOutcomes > 0 ? [`${count(pair.unknownOutcomes, "write")} in doubt`] : []),
  ];
  return [
    { text: pair.pair, paint: colour.strong },
    { text: stateWords[pair.state], paint: paintOf(pair.state, colour) },
    { text: pair.lastOkAtMs === null ? "not yet" : ago(pair.lastOkAtMs, nowMs) },
    { text: String(pair.linkedRows) },
    {
      text: waits.length === 0 ? "nothing" : waits.join(", "),
      paint: waits.length === 0 ? colour.faint : colour.warn,
    },
  ];
}

function paintOf(state: PairStatus["state"], colour: Style["colour"]): (text: string) => string {
  switch (state) {
    case "ok":
      return colour.ok;
    case "running":
    case "released":
    case "never-run":
      return colour.faint;
    case "paused":
    case "attention":
      return colour.warn;
    case "halted":
    case "error":
      return colour.fail;
  }
}

function callsLine(pair: PairStatus, names: Sided<string>): string {
  const { left, right } = pair.callsThisMonth;
  return `${pair.pair} ${names.left} ${left}, ${names.right} ${right}`;
}

function adviceFor(pair: PairStatus, style: Style): readonly string[] {
  const { colour, width, nowMs } = style;
  const tell = (message: string, remedy: string): string =>
    `\n${colour.strong(pair.pair)}\n${paragraph(oneLine(message), 2, width)}\n${colour.faint(paragraph(oneLine(remedy), 2, width))}`;
  if (pair.halted !== null) {
    const { message, remedy, atMs } = pair.halted;
    return [tell(`Halted ${ago(atMs, nowMs)}: ${message}`, remedy)];
  }
  if (pair.state === "released") {
    return [
      tell(
        "The next run may pass the guard that stopped the last one.",
        `tandem sync ${pair.pair}`,
      ),
    ];
  }
  if (pair.state === "paused") return [tell("Paused.", `tandem pair resume ${pair.pair}`)];
  const error = pair.lastRun?.error ?? null;
  if (pair.state === "error" && error !== null) return [tell(error.message, error.remedy)];
  if (pair.state === "never-run") {
    return [tell("It has never run.", `See what it would do: tandem plan ${pair.pair}`)];
  }
  if (pair.openConflicts > 0) {
    return [tell("Conflicts wait for you.", `tandem conflicts ${pair.pair}`)];
  }
  return [];
}
