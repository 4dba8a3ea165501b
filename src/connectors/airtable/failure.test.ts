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
    // A way station answered, and not the service: nothing was done.
    [302, "", "refused: content"],
    [399, "", "refused: content"],
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
    [499, "", "refused: content"],
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

describe("what a person is told", () => {
  const told = (reply: Reply): unknown => {
    const judged = judge(reply);
    if (!("error" in judged)) return judged;
    const { code, message, remedy, context } = judged.error;
    return { code, message, remedy, context };
  };
  const rest =
    "Let other programs that use this base rest (5 requests a second a base), and look at the workspace's monthly API calls in Airtable (1,000 on the Free plan): wait for the new month or raise the plan.";

  test.each<readonly [string, Reply, object]>([
    [
      "a bad token",
      answer(401, "AUTHENTICATION_REQUIRED"),
      {
        code: "unauthorized",
        message: "Airtable does not accept the token.",
        remedy:
          "Make a personal access token at airtable.com/create/tokens and put it in AIRTABLE_TOKEN.",
        context: { status: 401, type: "AUTHENTICATION_REQUIRED" },
      },
    ],
    [
      "a lock-out",
      answer(429, "RATE_LIMIT_REACHED"),
      {
        code: "rate_limited",
        message: "Airtable keeps answering 429 (too many requests).",
        remedy: rest,
        context: expect.objectContaining({ type: "RATE_LIMIT_REACHED" }) as object,
      },
    ],
    [
      "a used-up month",
      answer(429, "PUBLIC_API_BILLING_LIMIT_EXCEEDED"),
      {
        code: "rate_limited",
        message: "Airtable's monthly number of API calls for this workspace is used up.",
        remedy: rest,
        context: expect.objectContaining({ type: "PUBLIC_API_BILLING_LIMIT_EXCEEDED" }) as object,
      },
    ],
    [
      "no usable answer",
      answer(503),
      {
        code: "unavailable",
        message: "Airtable gave no usable answer (status 503).",
        remedy: "Try again later; see status.airtable.com and the way out of this network.",
        context: { status: 503 },
      },
    ],
    [
      "a cut answer",
      { kind: "unreadable", status: 200 },
      {
        code: "unavailable",
        message: "Airtable gave no usable answer (an unreadable body).",
        remedy: expect.any(String) as string,
        context: { status: 200 },
      },
    ],
    [
      "no connection",
      { kind: "network", message: "reset" },
      {
        code: "unavailable",
        message: "Airtable gave no usable answer (reset).",
        remedy: expect.any(String) as string,
        context: { status: null },
      },
    ],
    [
      "no answer in time",
      { kind: "timeout" },
      {
        code: "timeout",
        message: "Airtable gave no usable answer (no answer in time).",
        remedy: expect.any(String) as string,
        context: { status: null },
      },
    ],
  ])("of %s", (_what, reply, expected) => {
    expect(told(reply)).toEqual(expected);
  });

  test.each<readonly [Refusal["kind"], string]>([
    ["denied", "Airtable does not let the token reach the table, or it is not there."],
    ["missing", "Airtable does not let the token reach the table, or it is not there."],
    ["forbidden", "Airtable does not permit this on the table: no"],
    ["field", "A mapped field is not in the table any more: no"],
    ["content", "Airtable refused a request to the table: no"],
    ["formula", "Airtable refused a request to the table: no"],
  ])("of a %s refusal", (kind, message) => {
    const error = refusalError({ kind, status: 422, type: "T", message: "no" }, "the table");
    expect(error.message).toBe(message);
    const isAboutRights = ["denied", "missing", "forbidden"].includes(kind);
    expect(/data\.records:read.*data\.records:write.*schema\.bases:read/.test(error.remedy)).toBe(
      isAboutRights,
    );
  });
});

describe("an answer's error in each of its forms", () => {
  test.each<readonly [string, unknown, object]>([
    ["a bare word", { error: "NOT_FOUND" }, { type: "NOT_FOUND", message: "NOT_FOUND" }],
    ["a type", { error: { type: "A" } }, { type: "A", message: "A" }],
    ["a type and words", { error: { type: "A", message: "b" } }, { type: "A", message: "b" }],
    ["a list", { errors: [{ error: "A", message: "b" }] }, { type: "A", message: "b" }],
    [
      "a list of several",
      { errors: [{ error: "A" }, { error: "B", message: "b" }] },
      { type: "A", message: "A" },
    ],
    ["nothing known", { oops: true }, { type: "", message: "" }],
  ])("%s", (_what, body, expected) => {
    const reply: Reply = { kind: "answer", status: 422, body, dateMs: null, retryAfterMs: null };
    expect(judge(reply)).toEqual({
      kind: "refused",
      refusal: { kind: "content", status: 422, ...expected },
    });
  });
});
