// Times as a person at a terminal reads them: how long ago, how long it took. Exact instants are in
// the JSON output and in the history.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * `just now`, `3 min ago`, `5 h ago`, `12 days ago`. Things that happened may carry a service's time
 * that is ahead of ours: they happened just now.
 */
export function ago(atMs: number, nowMs: number): string {
  const pastMs = nowMs - atMs;
  return pastMs < 45_000 ? "just now" : `${span(pastMs)} ago`;
}

function span(sizeMs: number): string {
  if (sizeMs < hourMs) return `${Math.max(1, Math.round(sizeMs / minuteMs))} min`;
  if (sizeMs < 2 * dayMs) return `${Math.round(sizeMs / hourMs)} h`;
  return `${Math.round(sizeMs / dayMs)} days`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(lengthMs: number): string {
  if (lengthMs < 10_000) return `${(lengthMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(lengthMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-11-21 14:02 UTC`. */
export function instantText(atMs: number): string {
  if (Math.abs(atMs) > 8_640_000_000_000_000) return `${atMs} ms`;
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const units: Readonly<Record<string, number>> = {
  m: minuteMs,
  min: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
};

/** A point in the past: `2h`, `3d`, `2026-11-01`, or an instant. Null when it is none of them. */
export function parseSince(text: string, nowMs: number): number | null {
  const parts = /^(?<count>\d{1,6})\s*(?<unit>min|[mhdw])$/u.exec(text.trim())?.groups;
  const unitMs = units[parts?.["unit"] ?? ""];
  if (unitMs !== undefined) return nowMs - Number(parts?.["count"]) * unitMs;
  if (!/^\d{4}-\d{2}-\d{2}/u.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}
