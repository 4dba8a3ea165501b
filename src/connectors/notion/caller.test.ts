// What a call comes to after all its tries: a lost write is never repeated, a lost read always.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { scriptNotionWire, type WireAnswer } from "../../../test/fixture/notion-wire.ts";
import type { Caller } from "./caller.ts";
import type { Call } from "./client.ts";

const body = z.object({ id: z.string() });
const read: Call & { kind: "read" } = { kind: "read", method: "get", path: "pages/p1" };
const write: Call & { kind: "write" } = { kind: "write", method: "post", path: "pages", body: {} };

const good: WireAnswer = { body: { id: "p1" } };
const busy = (status: number): WireAnswer => ({
  status,
  headers: { "retry-after": "2" },
  body: { code: "rate_limited" },
});
const strange: WireAnswer = { body: { id: "p1", object: 1, more: [] } };

interface Made {
  readonly caller: Caller;
  readonly tries: () => number;
  readonly waitedMs: () => number;
}

/** Answers one after the other; the last one stays. */
function make(answers: readonly WireAnswer[], patienceMs?: number): Made {
  const wire = scriptNotionWire((_, at) => answers[Math.min(at, answers.length - 1)]!);
  const { caller } = wire.connect(patienceMs === undefined ? {} : { patienceMs });
  return {
    caller,
    tries: () => wire.requests.length,
    waitedMs: () => wire.timing.atMs - 1_000_000,
  };
}

const down: readonly (readonly [string, WireAnswer])[] = [
  ["500", { status: 500, body: {} }],
  ["502 HTML", { status: 502, body: "<html>" }],
  ["503", { status: 503, body: {} }],
  ["504", { status: 504, body: {} }],
  ["408", { status: 408, body: {} }],
  ["a redirect", { status: 302, body: "moved" }],
  ["an empty answer", { body: "" }],
  ["a broken connection", new Error("reset")],
];

describe("a read", () => {
  test.each(down)("%s: is tried five times, with longer and longer waits", async (_name, bad) => {
    const helped = make([bad, bad, bad, bad, good]);
    expect(await helped.caller.read(read, body)).toEqual({ kind: "ok", body: { id: "p1" } });
    expect([helped.tries(), helped.waitedMs()]).toEqual([5, 7_500]);
    const stuck = make([bad]);
    await expect(stuck.caller.read(read, body)).rejects.toMatchObject({ code: "unavailable" });
    expect(stuck.tries()).toBe(5);
  });

  test.each([409, 429, 529])("%i: is tried nine times, as far apart as asked", async (status) => {
    const { caller, tries, waitedMs } = make([busy(status)]);
    const code = status === 429 ? "rate_limited" : "unavailable";
    await expect(caller.read(read, body)).rejects.toMatchObject({ code });
    expect([tries(), waitedMs()]).toEqual([9, 16_000]);
  });

  test("of an answer in another shape ends as a broken contract that names the place", async () => {
    const odd = make([{ body: { id: 5 } }]);
    await expect(odd.caller.read(read, body)).rejects.toMatchObject({
      code: "contract_broken",
      message: 'Notion\'s answer to pages has an unexpected shape at "id".',
      context: { issue: "invalid_type" },
    });
    expect(odd.tries()).toBe(5);
  });

  test("that is refused is an answer; one with a void token ends the run at once", async () => {
    const gone = make([{ status: 404, body: { code: "object_not_found", message: "No." } }]);
    expect(await gone.caller.read(read, body)).toEqual({
      kind: "refused",
      refusal: { kind: "missing", status: 404, code: "object_not_found", message: "No." },
    });
    const closed = make([{ status: 401, body: { code: "unauthorized" } }]);
    await expect(closed.caller.read(read, body)).rejects.toMatchObject({ code: "unauthorized" });
    expect([gone.tries(), closed.tries()]).toEqual([1, 1]);
  });

  test("waits no longer than the patience set for it", async () => {
    const { caller, tries, waitedMs } = make([busy(429)], 5_000);
    await expect(caller.read(read, body)).rejects.toMatchObject({ code: "rate_limited" });
    expect([tries(), waitedMs()]).toEqual([3, 4_000]);
  });
});

describe("a write", () => {
  test.each(down)("P17: %s: is sent once, and nobody can say", async (_name, bad) => {
    for (const method of ["post", "patch"] as const) {
      const { caller, tries } = make([bad, good]);
      expect(await caller.write({ ...write, method }, body)).toMatchObject({
        kind: "doubt",
        hint: null,
      });
      expect(tries()).toBe(1);
    }
  });

  test.each([409, 429, 529])("%i: is sent again after the time asked for", async (status) => {
    const helped = make([busy(status), busy(status), good]);
    expect(await helped.caller.write(write, body)).toEqual({ kind: "ok", body: { id: "p1" } });
    expect([helped.tries(), helped.waitedMs()]).toEqual([3, 4_000]);
    const stuck = make([busy(status)]);
    expect(await stuck.caller.write(write, body)).toEqual({
      kind: "busy",
      message: `Notion is busy (status ${status}).`,
    });
    expect(stuck.tries()).toBe(9);
  });

  test("P12: in doubt, what it made is named where the service names it", async () => {
    const saved = { additional_data: { committed_resource_id: "p7" } };
    expect(await make([{ status: 503, body: saved }]).caller.write(write, body)).toMatchObject({
      kind: "doubt",
      hint: "p7",
    });
    const whole = z.object({ id: z.string(), object: z.literal("page") });
    const odd = make([strange]);
    expect(await odd.caller.write(write, whole)).toMatchObject({ kind: "doubt", hint: "p1" });
    expect(await make([{ body: [] }]).caller.write(write, whole)).toMatchObject({
      kind: "doubt",
      hint: null,
    });
    expect(odd.tries()).toBe(1);
  });

  test("that is refused is not repeated; one with a void token ends the run", async () => {
    const bad = make([{ status: 400, body: { code: "validation_error", message: "No." } }]);
    expect(await bad.caller.write(write, body)).toEqual({
      kind: "refused",
      refusal: { kind: "invalid", status: 400, code: "validation_error", message: "No." },
    });
    const closed = make([{ status: 401, body: {} }]);
    await expect(closed.caller.write(write, body)).rejects.toMatchObject({ code: "unauthorized" });
    expect([bad.tries(), closed.tries()]).toEqual([1, 1]);
  });
});

test("all calls of a connection share its budget and its pauses", async () => {
  const wire = scriptNotionWire((_, at) => (at === 0 ? busy(429) : good));
  const { caller } = wire.connect({ requestsPerMinute: 2, patienceMs: 1_000_000 });
  await caller.read(read, body);
  expect(wire.timing.atMs).toBe(1_002_000);
  await caller.write(write, body);
  // Two requests went out already, the first of them refused as too many.
  expect(wire.timing.atMs).toBe(1_060_500);
});
