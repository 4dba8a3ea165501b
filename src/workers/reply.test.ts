import { describe, expect, test } from "vitest";
import { readReply } from "./reply.ts";
import type { ChildEnd } from "./run-child.ts";

const limits = { seconds: 300, memoryMb: 512 };
const quiet: ChildEnd = {
  message: undefined,
  code: 0,
  exitSignal: null,
  ended: null,
  isOutOfMemory: false,
  lastWords: [],
};
const read = (end: Partial<ChildEnd>) =>
  readReply({ ...quiet, ...end }, limits, (text) => text.replace("key", "***"));

test("an answer is JSON", () => {
  expect(read({ message: { kind: "done", json: '{"a":1}' } })).toEqual({
    kind: "done",
    json: { a: 1 },
  });
});

test("an answer counts although the process was ended just after it", () => {
  expect(read({ message: { kind: "done", json: "1" }, exitSignal: "SIGKILL" })).toEqual({
    kind: "done",
    json: 1,
  });
});

const failure = {
  kind: "failed",
  stage: "run",
  reason: null,
  name: "Error",
  message: "bad key",
  stack: "at key",
  retryAfterSeconds: null,
  pacers: { api: { lastScheduledAtMs: 1, allowedRequests: 2, intervalMs: 3 } },
};

test("a failure is masked, and odd pacers in it do no harm", () => {
  expect(read({ message: failure })).toMatchObject({
    kind: "told",
    failure: { message: "bad ***", stack: "at ***", pacers: failure.pacers },
  });
  expect(read({ message: { ...failure, pacers: "x" } })).toMatchObject({ failure: { pacers: {} } });
  expect(read({ message: { ...failure, name: "keyError", stack: null } })).toEqual({
    kind: "told",
    failure: { ...failure, name: "***Error", message: "bad ***", stack: null },
  });
});

describe("what is no message of ours is told as such", () => {
  test.each([
    [null],
    ["done"],
    [{}],
    [{ kind: "done", json: 7 }],
    [{ kind: "done", json: "{" }],
    [{ ...failure, stage: "x" }],
  ])("%j", (message) => {
    expect(read({ message })).toMatchObject({ kind: "ended", why: "contract" });
  });
});

describe("silence is told by how the process ended", () => {
  test.each([
    [{ ended: "aborted" }, "aborted", /stopped/u],
    [
      { ended: "timeout", exitSignal: "SIGTERM" },
      "timeout",
      /more than 300 seconds .* limits\.seconds/u,
    ],
    [{ ended: "timeout", isOutOfMemory: true }, "timeout", /more than 300 seconds/u],
    [{ ended: "aborted", isOutOfMemory: true }, "aborted", /stopped/u],
    [{ code: null }, "crashed", /exit code unknown/u],
    [
      { isOutOfMemory: true, exitSignal: "SIGABRT" },
      "memory",
      /more than 512 MB .* limits\.memoryMb/u,
    ],
    [{ code: 7 }, "crashed", /exit code 7/u],
    [{ code: null, exitSignal: "SIGSEGV" }, "crashed", /by SIGSEGV/u],
  ] as const)("%j", (end, why, message) => {
    expect(read(end)).toEqual({
      kind: "ended",
      why,
      message: expect.stringMatching(message),
      stack: null,
    });
  });

  test("its last words stand in for a stack", () => {
    expect(read({ code: 1, lastWords: ["a", "b"] })).toMatchObject({ stack: "a\nb" });
  });
});
