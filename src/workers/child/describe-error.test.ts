import { expect, test } from "vitest";
import { describeError, isWrapped } from "./describe-error.ts";

function named(name: string, message: string, extra: object = {}): Error {
  return Object.assign(new Error(message), { name }, extra);
}

test("the SDK's wrapper gives way to what it wraps", () => {
  const cause = new TypeError("no luck");
  expect(
    describeError(named("ExecutionError", "Error during worker execution", { cause }), "run"),
  ).toMatchObject({
    stage: "run",
    reason: null,
    name: "TypeError",
    message: "no luck",
    stack: cause.stack,
  });
});

test("a webhook that refuses keeps its name, with the words it was given", () => {
  const error = named("WebhookVerificationError", "Error during worker execution: bad signature", {
    cause: "bad signature",
  });
  expect(describeError(error, "run")).toMatchObject({
    name: "WebhookVerificationError",
    message: "bad signature",
  });
});

test("a rate limit is known by its name, also inside another copy's wrapper", () => {
  const limit = named("RateLimitError", "wrapped", { cause: "slow down", retryAfter: 30 });
  for (const error of [limit, named("ExecutionError", "wrapped", { cause: limit })]) {
    expect(describeError(error, "run")).toMatchObject({
      reason: "rate-limited",
      name: "RateLimitError",
      message: "slow down",
      retryAfterSeconds: 30,
    });
  }
  expect(
    describeError(named("RateLimitError", "x", { retryAfter: "soon" }), "run").retryAfterSeconds,
  ).toBeNull();
});

test("a cause is told along, once", () => {
  const failed = (cause: unknown) =>
    describeError(new TypeError("fetch failed", { cause }), "run").message;
  expect(failed(new Error("connect ECONNREFUSED 127.0.0.1:9"))).toBe(
    "fetch failed: connect ECONNREFUSED 127.0.0.1:9",
  );
  expect(failed(named("AggregateError", "", { code: "ECONNREFUSED" }))).toBe(
    "fetch failed: ECONNREFUSED",
  );
  expect(failed(new Error("fetch failed"))).toBe("fetch failed");
  expect(failed(undefined)).toBe("fetch failed");
});

test("while loading, codes and structure tell what is wrong", () => {
  expect(describeError(named("Error", "x", { code: "ERR_MODULE_NOT_FOUND" }), "load").reason).toBe(
    "missing-module",
  );
  expect(describeError(named("Error", "x", { errors: [] }), "load").reason).toBe("syntax");
  expect(describeError(new SyntaxError("x"), "load").reason).toBe("syntax");
  expect(describeError(new Error("Cannot find module"), "load").reason).toBeNull();
  expect(describeError(new SyntaxError("Unexpected end of JSON input"), "run").reason).toBeNull();
});

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["words", "words"],
  [7, "7"],
  [{ a: 1 }, "{ a: 1 }"],
  [Symbol("s"), "Symbol(s)"],
])("%s that was thrown has words", (thrown, message) => {
  expect(describeError(thrown, "run")).toMatchObject({ name: "Error", message, stack: null });
});

test("only the SDK's own wrappers count as such", () => {
  expect(isWrapped(named("ExecutionError", "x"))).toBe(true);
  expect(isWrapped(new Error("x"))).toBe(false);
});
