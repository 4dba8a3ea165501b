// Every status a reply can have, against what may follow from it. The doubtful ones matter most: a
// write that is taken for undone and repeated makes a duplicate.
import { describe, expect, test } from "vitest";
import type { Reply } from "./client.ts";
import { judge, refusalError } from "./failure.ts";

function answer(status: number, body: Record<string, unknown> = {}): Reply {
  return { kind: "answer", status, body, retryAfterMs: null };
}
const unreadable = (status: number): Reply => ({
  kind: "unreadable",
  status,
  rayId: "r-AMS",
  retryAfterMs: null,
});

describe("judge", () => {
  const kinds: readonly (readonly [string, Reply, string])[] = [
    ["200", answer(200), "ok"],
    ["200 without a body", unreadable(200), "doubt"],
    ["301", unreadable(301), "doubt"],
    ["302 with a body", answer(302), "doubt"],
    ["201", answer(201), "ok"],
    ["400", answer(400, { code: "validation_error", message: "x" }), "refused"],
    ["401", answer(401), "fatal"],
    ["403", answer(403), "refused"],
    ["403 from the edge", unreadable(403), "refused"],
    ["404", answer(404), "refused"],
    ["408", answer(408), "doubt"],
    ["409 conflict", answer(409, { code: "conflict_error" }), "busy"],
    ["409 full", answer(409, { code: "row_limit_exceeded" }), "refused"],
    ["413", unreadable(413), "refused"],
    ["429", answer(429), "busy"],
    ["500", answer(500), "doubt"],
    ["502 HTML", unreadable(502), "doubt"],
    ["503", answer(503), "doubt"],
    ["504", answer(504), "doubt"],
    ["529", answer(529), "busy"],
    ["network", { kind: "network", message: "ECONNRESET" }, "doubt"],
    ["timeout", { kind: "timeout" }, "doubt"],
  ];
  test.each(kinds)("%s", (_name, reply, kind) => {
    expect(judge(reply).kind).toBe(kind);
  });

  const body = { code: "some_code", message: "Some words.", request_id: "req-1" };
  const facts = (status: number): unknown => ({ status, code: "some_code", requestId: "req-1" });
  test.each([
    [401, "fatal", "unauthorized"],
    [409, "busy", "unavailable"],
    [429, "busy", "rate_limited"],
    [529, "busy", "unavailable"],
  ])("%i names the service's own code and the id of the request", (status, kind, code) => {
    expect(judge(answer(status, body))).toMatchObject({
      kind,
      error: { code, context: facts(status) },
    });
  });

  test.each([
    [400, "invalid"],
    [403, "forbidden"],
    [404, "missing"],
    [405, "invalid"],
    [413, "invalid"],
    [422, "invalid"],
  ] as const)("%i is refused as %s, in the service's words", (status, kind) => {
    expect(judge(answer(status, body))).toEqual({
      kind: "refused",
      refusal: { kind, status, code: "some_code", message: "Some words." },
    });
    // Without words of its own, the status has to do; the edge names its id of the exchange.
    expect(judge(answer(status))).toMatchObject({
      refusal: { kind, code: "", message: `status ${status}` },
    });
    expect(judge(unreadable(status))).toMatchObject({
      refusal: {
        kind,
        message: `refused before it reached Notion's API (status ${status}, ray r-AMS)`,
      },
    });
  });

  test.each<[string, Reply, string, string]>([
    ["a failure", answer(500, body), "unavailable", "status 500"],
    ["half an answer", unreadable(200), "unavailable", "an unreadable body"],
    ["no way there", { kind: "network", message: "ECONNRESET" }, "unavailable", "ECONNRESET"],
    ["no answer in time", { kind: "timeout" }, "timeout", "no answer in time"],
  ])("%s is a doubt that says why", (_name, reply, code, why) => {
    expect(judge(reply)).toMatchObject({
      kind: "doubt",
      hint: null,
      error: { code, message: `Notion gave no usable answer (${why}).` },
    });
  });

  test("no status at all goes unjudged", () => {
    for (let status = 200; status < 600; status += 1) {
      expect(["ok", "refused", "busy", "doubt", "fatal"]).toContain(judge(answer(status)).kind);
      const blind = judge(unreadable(status)).kind;
      expect(blind).not.toBe("ok");
    }
  });

  test("the trash is told from bad content", () => {
    const message =
      "Can't edit block that is archived. You must unarchive the block before editing.";
    expect(judge(answer(400, { code: "validation_error", message }))).toMatchObject({
      refusal: { kind: "trashed" },
    });
    const inTrash = "Can't edit page on block with an archived ancestor.";
    expect(judge(answer(400, { message: inTrash }))).toMatchObject({
      refusal: { kind: "trashed" },
    });
    for (const other of [
      "Cost is expected to be number.",
      "The option archived is not known.",
      "Cost: Can't edit page that is archived.",
      "Can't edit page whose title is too long.",
    ]) {
      expect(judge(answer(400, { message: other }))).toMatchObject({
        refusal: { kind: "invalid" },
      });
    }
    // Only bad content may be that: another status is judged by itself.
    expect(judge(answer(403, { message: inTrash }))).toMatchObject({
      refusal: { kind: "forbidden" },
    });
  });

  test("a pause comes from the header, else from the body, and a block is for good", () => {
    const additional = { rate_limit_reason: "public_api_request_rate_limit", retry_after: "7" };
    const reply = answer(429, { code: "rate_limited", additional_data: additional });
    expect(judge(reply)).toMatchObject({ kind: "busy", retryAfterMs: 7_000, isForToken: true });
    expect(judge({ ...reply, retryAfterMs: 3_000 } as Reply)).toMatchObject({
      retryAfterMs: 3_000,
    });
    expect(judge(answer(409))).toMatchObject({ isForToken: false, retryAfterMs: null });
    expect(judge(answer(529))).toMatchObject({ isForToken: true, retryAfterMs: null });
    for (const odd of ["soon", "-1", 7, null]) {
      const told = answer(429, { additional_data: { retry_after: odd } });
      expect(judge(told)).toMatchObject({ retryAfterMs: null });
    }
    const edge: Reply = { kind: "unreadable", status: 429, rayId: null, retryAfterMs: 4_000 };
    expect(judge(edge)).toMatchObject({ kind: "busy", retryAfterMs: 4_000 });
    const blocked = { rate_limit_reason: "public_api_request_blocked" };
    expect(judge(answer(429, { additional_data: blocked }))).toMatchObject({
      kind: "fatal",
      error: { code: "forbidden" },
    });
  });

  test("a saved change names what it made", () => {
    const saved = answer(503, { additional_data: { committed_resource_id: "page-1" } });
    expect(judge(saved)).toMatchObject({ kind: "doubt", hint: "page-1" });
  });
});

test.each([
  ["missing", "not_shared"],
  ["forbidden", "forbidden"],
  ["trashed", "rejected"],
  ["invalid", "rejected"],
] as const)("a refusal as %s ends a run with its facts", (kind, code) => {
  const refusal = { kind, status: 404, code: "object_not_found", message: "Not for you." };
  const error = refusalError(refusal, "the database");
  expect(error).toMatchObject({ code, context: { status: 404, code: "object_not_found" } });
  expect(error.message).toContain("the database");
});

test("a refusal that ends a run says what to do", () => {
  const refusal = { status: 404, code: "object_not_found", message: "m" };
  const missing = refusalError({ ...refusal, kind: "missing" }, "the database");
  expect(missing).toMatchObject({ code: "not_shared" });
  expect(missing.remedy).toMatch(/Connections/);
  expect(refusalError({ ...refusal, kind: "forbidden" }, "x").code).toBe("forbidden");
  expect(refusalError({ ...refusal, kind: "invalid" }, "x").code).toBe("rejected");
});
