import { expect, test } from "vitest";
import { steppedTiming } from "../../test/fixture/stepped-timing.ts";
import { SyncError } from "../errors.ts";
import { attempt, type Try } from "./attempt.ts";
import { makePacer, type Pacer } from "./pacer.ts";

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

test("a busy service is asked eight times more at most, and doubts are counted apart from that", async () => {
  expect(await run("write", [busy(0)])).toMatchObject({ result: "busy", calls: 9, waitedMs: 0 });
  const mixed = [busy(0), doubt, busy(0), doubt, busy(0), doubt, busy(0), doubt, good];
  expect(await run("read", mixed)).toMatchObject({ result: "good", calls: 9 });
  // Without a word from the service the waits grow: 0.5 s, 1, 2, 4, and then 8 each time.
  expect(await run("write", [busy(null)])).toMatchObject({ calls: 9, waitedMs: 39_500 });
});

test("waiting has a bound: a longer wait is not even begun", async () => {
  expect(await run("write", [busy(301_000), good])).toMatchObject({ result: "busy", waitedMs: 0 });
  const just = await run("write", [busy(5_000), good], { patienceMs: 5_000 });
  expect(just).toMatchObject({ result: "good", waitedMs: 5_000 });
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
  // Without a word from the service the token rests for as long as the call does.
  let rests: boolean | null = null;
  await attempt({
    kind: "read",
    once: () => Promise.resolve(busy(null)),
    pacers: [pacer],
    timing: {
      ...timing,
      nowMs: () => timing.atMs,
      sleep: async (delayMs) => {
        rests ??= !(await pacer.take(timing.atMs + delayMs - 1));
        timing.atMs += delayMs;
      },
    },
    busyMax: 1,
  });
  expect(rests).toBe(true);
});

test("a pause holds for every budget that the call counts against", async () => {
  const timing = steppedTiming();
  const pacers = [1, 2].map(() => makePacer({ requests: 1_000, windowMs: 1_000 }, timing));
  const patienceMs = 10_000;
  await attempt({
    kind: "write",
    once: () => Promise.resolve(busy(400_000)),
    pacers,
    timing,
    patienceMs,
  });
  for (const pacer of pacers) expect(await pacer.take(timing.atMs + 399_999)).toBe(false);
});

test("every try takes a turn of its own, in every budget", async () => {
  const timing = steppedTiming();
  const taken = [0, 0];
  const pacers = taken.map((_, at) => ({
    take: () => {
      taken[at] = (taken[at] ?? 0) + 1;
      return Promise.resolve(true);
    },
    pause: () => undefined,
  }));
  await attempt({ kind: "read", once: () => Promise.resolve(doubt), pacers, timing });
  expect(taken).toEqual([5, 5]);
});

test("a budget used up beyond the patience sends nothing, and says so", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1, windowMs: 60_000 }, timing);
  await pacer.take(timing.atMs);
  let calls = 0;
  const attempted = await attempt({
    kind: "write",
    once: () => {
      calls += 1;
      return Promise.resolve(good);
    },
    pacers: [pacer],
    timing,
    patienceMs: 59_999,
  });
  expect(attempted).toMatchObject({ kind: "busy", error: { code: "rate_limited" } });
  expect(calls).toBe(0);
});

test("what a call gave up over is told as the service told it last", async () => {
  const timing = steppedTiming();
  const last = new SyncError({ code: "timeout", message: "last", remedy: "wait" });
  const tries: readonly Try<string>[] = [
    doubt,
    doubt,
    doubt,
    doubt,
    { kind: "doubt", error: last },
  ];
  let calls = 0;
  const attempted = await attempt({
    kind: "read",
    once: () => Promise.resolve(tries[calls++]!),
    pacers: [],
    timing,
  });
  expect(attempted).toEqual({ kind: "doubt", error: last });
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
