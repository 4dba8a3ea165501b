// How often a one-way sync runs, as a person writes it: `continuous`, `manual`, or a whole number of
// minutes, hours or days. The bounds are the ones the workers' own SDK sets.
import type { Schedule } from "../core/oneway/declaration.ts";

const minuteMs = 60_000;
const intervalMsMin = minuteMs;
const intervalMsMax = 7 * 24 * 60 * minuteMs;

const unitsMs: Readonly<Record<string, number>> = {
  m: minuteMs,
  h: 60 * minuteMs,
  d: 24 * 60 * minuteMs,
};

/** Null for what is no schedule, or out of bounds. */
export function parseInterval(text: string): Schedule | null {
  if (text === "continuous" || text === "manual") return { kind: text };
  const parts = /^(?<count>\d{1,6})(?<unit>[mhd])$/u.exec(text)?.groups;
  const everyMs = Number(parts?.["count"]) * (unitsMs[parts?.["unit"] ?? ""] ?? Number.NaN);
  const isInBounds = everyMs >= intervalMsMin && everyMs <= intervalMsMax;
  return isInBounds ? { kind: "interval", everyMs } : null;
}
