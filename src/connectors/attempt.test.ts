import { expect, test } from "vitest";
import { SyncError } from "../errors.ts";
import { attempt, type Try } from "./attempt.ts";
import { makePacer, type Pacer } from "./pacer.ts";
import type { Timing } from "./timing.ts";

function steppedTiming(): Timing & { atMs: number } {
  const timing = {
    atMs: 1_000_000,
    nowMs: () => timing.atMs,
    sleep: (delayMs: number) => {
      timing.atMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  return timing;
}
const error = new SyncError({ code: "unavailable", message: "down", remedy: "wait" });
const doubt: Try<string> = { kind: "doubt", error };
const busy = (retryAfterMs: number | null, isForToken = true): Try<string> => ({
  kind: "busy",
  retryAfterMs,
  isForToken,
  error,
});

/** Runs `tries` one after the other; the last one stays. */
async function run(
  kind: "read" | "write",
  tries: readonly Try<string>[],
  more: { patienceMs?: number } = {},
): Promise<{ result: string; calls: number; waitedMs: number; pacer: Pacer }> {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1_000, windowMs: 1_000 }, timing);
  let calls = 0;
  const once = (): Promise<Try<string>> => {
    calls += 1;
    return Promise.resolve(tries[Math.min(calls, tries.length) - 1]!);
  };
  const attempted = await attempt({ kind, once, pacers: [pacer], timing, ...more });
  const result = attempted.kind === "answer" ? attempted.answer : attempted.kind;
  return { result, calls, waitedMs: timing.atMs - 1_000_000, pacer };
}
const good: Try<string> = { kind: "answer", answer: "good" };

test("a read is tried again after a doubtful answer, four times at most", async () => {
  expect(await run("read", [doubt, doubt, good])).toMatchObject({ result: "good", calls: 3 });
  expect(await run("read", [doubt])).toMatchObject({ result: "doubt", calls: 5, waitedMs: 7_500 });
});

test("a write is never tried again after a doubtful answer", async () => {
  expect(await run("write", [doubt, good])).toMatchObject({ result: "doubt", calls: 1 });
});

test("a write is tried again while the service is busy, after the time it asked for", async () => {
  const done = await run("write", [busy(7_000), busy(1_000), good]);
  expect(done).toMatchObject({ result: "good", calls: 3, waitedMs: 8_000 });
});

test("waiting has a bound: a longer wait is not even begun", async () => {
  expect(await run("write", [busy(301_000), good])).toMatchObject({ result: "busy", waitedMs: 0 });
  const slow = await run("read", [busy(4_000)], { patienceMs: 10_000 });
  expect(slow).toMatchObject({ result: "busy", calls: 3, waitedMs: 8_000 });
});

test("a pause holds for the token's other calls, a conflict only for its own call", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1_000, windowMs: 1_000 }, timing);
  const call = (tries: readonly Try<string>[]) => {
    let calls = 0;
    return attempt({
      kind: "read",
      once: () => Promise.resolve(tries[calls++]!),
      pacers: [pacer],
      timing,
      patienceMs: 10_000,
    });
  };
  await call([busy(400_000)]);
  expect(await pacer.take(timing.atMs + 300_000)).toBe(false);
  expect((await call([good])).kind).toBe("busy");
  timing.atMs += 400_001;
  await call([busy(900_000, false)]);
  expect((await call([good])).kind).toBe("answer");
});

test("an error that a try throws ends the call", async () => {
  const timing = steppedTiming();
  const thrown = attempt({
    kind: "read",
    once: () => Promise.reject(error),
    pacers: [],
    timing,
  });
  await expect(thrown).rejects.toBe(error);
});
