// Words that several answers about workers share: schedules, health labels, what a run came to.
import type { Health } from "../../../core/oneway/health.ts";
import type { Schedule } from "../../../core/oneway/declaration.ts";
import type { OnewayCounts, OnewayRun } from "../../../store/oneway-store.ts";
import type { Style } from "../style.ts";

type Paint = (text: string) => string;

const minuteMs = 60_000;

/** `every 15m`, `continuous`, `by hand`. */
export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case "continuous":
      return "continuous";
    case "manual":
      return "by hand";
    case "interval":
      return `every ${intervalText(schedule.everyMs)}`;
  }
}

/** In the largest unit that is exact: `90m`, `6h`, `1d`. */
function intervalText(everyMs: number): string {
  const minutes = Math.round(everyMs / minuteMs);
  if (minutes % (24 * 60) === 0) return `${minutes / (24 * 60)}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** `now`, `in 40 s`, `in 12 min`, `in 3 h`. */
export function until(atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / 1000);
  if (seconds <= 0) return "now";
  if (seconds < 90) return `in ${seconds} s`;
  if (seconds < 90 * 60) return `in ${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `in ${Math.round(seconds / 3600)} h`;
  return `in ${Math.round(seconds / 86_400)} days`;
}

export function healthPaint(health: Health, { colour }: Style): Paint {
  switch (health) {
    case "HEALTHY":
      return colour.ok;
    case "INITIALIZING":
    case "DISABLED":
      return colour.faint;
    case "PAUSED":
    case "WARNING":
      return colour.warn;
    case "ERROR":
      return colour.fail;
  }
}

export function runPaint(status: OnewayRun["status"], { colour }: Style): Paint {
  switch (status) {
    case "ok":
      return colour.ok;
    case "running":
    case "stopped":
      return colour.faint;
    case "attention":
    case "rate-limited":
      return colour.warn;
    case "held":
    case "failed":
      return colour.fail;
  }
}

const countWords: readonly (readonly [keyof OnewayCounts, string])[] = [
  ["created", "created"],
  ["updated", "updated"],
  ["revived", "brought back"],
  ["removed", "removed"],
  ["failed", "refused"],
  ["skipped", "older"],
  ["unchanged", "unchanged"],
];

/** `3 created, 1 removed, 40 unchanged`; what did not happen is left out. */
export function countsText(counts: OnewayCounts): string {
  const parts = countWords.flatMap(([key, word]) =>
    counts[key] > 0 ? [`${counts[key]} ${word}`] : [],
  );
  return parts.length === 0 ? "no changes" : parts.join(", ");
}

/** `12 reads, 3 writes`; empty when there was no call. */
export function requestsText({ read, write }: OnewayRun["requests"]): string {
  const parts = [
    ...(read > 0 ? [`${read} ${read === 1 ? "read" : "reads"}`] : []),
    ...(write > 0 ? [`${write} ${write === 1 ? "write" : "writes"}`] : []),
  ];
  return parts.join(", ");
}

/** Milliseconds a run took, or has taken so far. */
export function runLengthMs(run: OnewayRun, nowMs: number): number {
  return Math.max(0, (run.finishedAtMs ?? nowMs) - run.startedAtMs);
}
