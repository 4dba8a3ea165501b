import { describe, expect, test } from "vitest";
import { makeSandboxClock } from "../clock.ts";
import { makeInProcessCall } from "./in-process.ts";
import { makeNotionSandbox } from "./sandbox.ts";

const ok = { authorization: "Bearer ntn_sandbox", "notion-version": "2026-03-11" };

function request(
  path: string,
  more: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return {
    method: more.method ?? "GET",
    path,
    query: new URLSearchParams(),
    headers: more.headers ?? ok,
    body: more.body ?? "",
  };
}

describe("the gate", () => {
  test("a wrong or missing token is a 401 before anything else is looked at", () => {
    const { service } = makeNotionSandbox();
    for (const headers of [{}, { authorization: "Bearer no" }]) {
      expect(service(request("/v1/nowhere", { headers }))).toMatchObject({
        status: 401,
        body: { object: "error", code: "unauthorized", message: "API token is invalid." },
      });
    }
  });

  test("the version must be there and known", () => {
    const { service } = makeNotionSandbox();
    const { authorization } = ok;
    expect(service(request("/v1/users/me", { headers: { authorization } }))).toMatchObject({
      status: 400,
      body: { code: "missing_version", message: expect.stringMatching(/instead was `undefined`/) },
    });
    const strange = { authorization, "notion-version": "2026-01-01" };
    const answer = service(request("/v1/users/me", { headers: strange }));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('or `\\"2026-03-11\\"`');
  });

  test("unknown paths and wrong methods get the same 400", () => {
    const { service } = makeNotionSandbox();
    for (const odd of [
      request("/v1/invalid"),
      request("/v1/pages", { method: "GET" }),
      request("/x"),
    ]) {
      expect(service(odd)).toMatchObject({
        status: 400,
        body: { code: "invalid_request_url", message: "Invalid request URL." },
      });
    }
  });

  test("a broken body is invalid_json, a malformed id the validator's text", () => {
    const { service } = makeNotionSandbox();
    expect(service(request("/v1/search", { method: "POST", body: "{" }))).toMatchObject({
      status: 400,
      body: { code: "invalid_json", message: "Error parsing JSON body." },
    });
    expect(service(request("/v1/pages/AAA"))).toMatchObject({
      status: 400,
      body: {
        message:
          'path failed validation: path.page_id should be a valid uuid, instead was `"AAA"`.',
      },
    });
  });

  test("every body and header carries the same request id", () => {
    const { service } = makeNotionSandbox();
    const answer = service(request("/v1/users/me"));
    expect(answer.body).toMatchObject({ request_id: answer.headers?.["x-notion-request-id"] });
  });

  test("capabilities that are missing are a 403, but users/me always works", () => {
    const workshop = makeNotionSandbox();
    const call = makeInProcessCall(workshop);
    workshop.admin.setCapabilities({ users: "none", insert: false });
    expect(call("GET", "users")).toMatchObject({
      status: 403,
      body: { code: "restricted_resource" },
    });
    expect(call("POST", "pages", {}).status).toBe(403);
    expect(call("GET", "users/me").status).toBe(200);
  });
});

describe("the budget", () => {
  test("180 requests in 60 seconds, then a 429 that says how long to wait", () => {
    const clock = makeSandboxClock(0);
    clock.freeze(1_000_000);
    const call = makeInProcessCall(makeNotionSandbox({ clock }));
    for (let count = 0; count < 180; count += 1) expect(call("GET", "users/me").status).toBe(200);
    clock.advance(20_500);
    const refused = call("GET", "users/me");
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "40" },
      body: {
        code: "rate_limited",
        additional_data: {
          rate_limit_reason: "public_api_request_rate_limit",
          retry_after: "40",
        },
      },
    });
    clock.advance(39_500);
    expect(call("GET", "users/me").status).toBe(200);
  });
});

describe("versions", () => {
  test("`archived` repeats `in_trash` up to 2025-09-03 and is gone, and refused, after", () => {
    const workshop = makeNotionSandbox();
    const id = workshop.admin.createPage({ title: "A" });
    const older = makeInProcessCall(workshop, "2025-09-03");
    const newer = makeInProcessCall(workshop, "2026-03-11");
    expect(older("PATCH", `pages/${id}`, { archived: true }).body).toMatchObject({
      in_trash: true,
      archived: true,
    });
    expect(newer("GET", `pages/${id}`).body).not.toHaveProperty("archived");
    expect(newer("PATCH", `pages/${id}`, { archived: false })).toMatchObject({ status: 400 });
  });
});

describe("the same seed", () => {
  test("and the same calls give the same answers, ids included", () => {
    const play = (): unknown[] => {
      const clock = makeSandboxClock(0);
      clock.freeze(1_000_000);
      const workshop = makeNotionSandbox({ clock, seed: 9 });
      const call = makeInProcessCall(workshop);
      const { dataSourceId } = workshop.admin.createDatabase({ title: "T" });
      return [
        call("POST", "pages", { parent: { data_source_id: dataSourceId }, properties: {} }),
        call("POST", `data_sources/${dataSourceId}/query`, {}),
      ];
    };
    expect(play()).toEqual(play());
  });
});
