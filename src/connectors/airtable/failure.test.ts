import { describe, expect, test } from "vitest";
import { judge, refusalError, type Refusal } from "./failure.ts";
import { limits } from "./limits.ts";
import type { Reply } from "./transport.ts";

const answer = (status: number, type = "", retryAfterMs: number | null = null): Reply => ({
  kind: "answer",
  status,
  body: type === "" ? {} : { error: { type, message: `about ${type}` } },
  dateMs: null,
  retryAfterMs,
});

const kindOf = (reply: Reply): string => {
  const judged = judge(reply);
  return judged.kind === "refused" ? `refused: ${judged.refusal.kind}` : judged.kind;
};

describe("judge", () => {
  test.each([
    [200, "", "ok"],
    [299, "", "ok"],
    [401, "AUTHENTICATION_REQUIRED", "fatal"],
    [403, "INVALID_PERMISSIONS", "refused: forbidden"],
    [403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "refused: denied"],
    [404, "NOT_FOUND", "refused: missing"],
    [404, "", "refused: missing"],
    [413, "REQUEST_TOO_LARGE", "refused: too-large"],
    [422, "INVALID_VALUE_FOR_COLUMN", "refused: content"],
    [422, "ROW_DOES_NOT_EXIST", "refused: missing"],
    [403, "MODEL_ID_NOT_FOUND", "refused: missing"],
    [422, "UNKNOWN_FIELD_NAME", "refused: field"],
    [422, "INVALID_FILTER_BY_FORMULA", "refused: formula"],
    [422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE", "refused: iterator"],
    [422, "INVALID_OFFSET_VALUE", "refused: iterator"],
    [422, "constructor", "refused: content"],
    [429, "RATE_LIMIT_REACHED", "busy"],
    [429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED", "spent"],
    [500, "SERVER_ERROR", "doubt"],
    [502, "", "doubt"],
    [503, "", "doubt"],
  ])("%i %s is %s", (status, type, expected) => {
    expect(kindOf(answer(status, type))).toBe(expected);
  });

  test("a lock-out lasts as long as the service says, else half a minute", () => {
    expect(judge(answer(429, "", 7_000))).toMatchObject({ retryAfterMs: 7_000 });
    expect(judge(answer(429))).toMatchObject({ retryAfterMs: limits.lockOutMs });
    expect(judge(answer(429, "", 0))).toMatchObject({ retryAfterMs: 0 });
  });

  test("P17: a success whose body was cut may have been done; so may one that got no answer", () => {
    const unreadable = (status: number): Reply =>
      ({ ...answer(status), kind: "unreadable" }) as Reply;
    expect(kindOf(unreadable(200))).toBe("doubt");
    expect(kindOf(unreadable(502))).toBe("doubt");
    expect(kindOf(unreadable(404))).toBe("refused: missing");
    expect(judge({ kind: "timeout" })).toMatchObject({ kind: "doubt", error: { code: "timeout" } });
    expect(judge({ kind: "network", message: "reset" })).toMatchObject({
      kind: "doubt",
      error: { code: "unavailable" },
    });
  });

  test("a refusal keeps what the service said", () => {
    expect(judge(answer(422, "INVALID_VALUE"))).toMatchObject({
      refusal: { status: 422, type: "INVALID_VALUE", message: "about INVALID_VALUE" },
    });
  });
});

test.each<[Refusal["kind"], string]>([
  ["denied", "not_shared"],
  ["missing", "not_shared"],
  ["forbidden", "forbidden"],
  ["field", "schema_changed"],
  ["content", "rejected"],
  ["iterator", "rejected"],
  ["formula", "rejected"],
  ["too-large", "rejected"],
])("a %s refusal of the table ends the run as %s", (kind, code) => {
  const error = refusalError({ kind, status: 422, type: "T", message: "no" }, "the table");
  expect(error).toMatchObject({ code, context: { status: 422, type: "T" } });
});
