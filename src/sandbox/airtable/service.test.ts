import { describe, expect, test } from "vitest";
import { callSandbox, type Caller } from "../../../test/fixture/airtable-call.ts";
import { allScopes } from "./access.ts";
import type { AirtableSandboxOptions } from "./sandbox.ts";

function makeCaller(options: AirtableSandboxOptions = {}): Caller {
  return callSandbox(
    [
      { name: "My Table/é+", fields: [{ name: "Name", type: "singleLineText" }] },
      { name: "Other", fields: [{ name: "Name", type: "singleLineText" }] },
    ],
    options,
  );
}

const forbidden = [403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"];

function short(called: { status: number; error: string | null }): unknown[] {
  return [called.status, called.error];
}

describe("addresses", () => {
  test("a table by id or encoded name, with and without a slash at the end", () => {
    const caller = makeCaller();
    const id = caller.base.tables["My Table/é+"]?.id ?? "";
    const name = encodeURIComponent("My Table/é+");
    for (const path of [id, name, `${name}/`, `${name}/?`, `${id}?`]) {
      expect(caller.table("GET", path).status).toBe(200);
    }
    expect(short(caller.table("GET", name.toLowerCase()))).toEqual(forbidden);
  });

  test("undefined routes and malformed ids are a bare NOT_FOUND", () => {
    const caller = makeCaller();
    for (const path of [
      "",
      "meta/nothing",
      "bases/appAAAAAAAAAAAAAA/webhooks",
      "junk/Other",
      "a/b/c/d",
    ]) {
      expect(caller.call("GET", path).body).toEqual({ error: "NOT_FOUND" });
    }
    expect(caller.table("GET", "Other/nonsense").body).toEqual({ error: "NOT_FOUND" });
    expect(caller.call("TRACE", `${caller.base.id}/Other`).status).toBe(404);
  });

  test("blanks in queries are + or %20", () => {
    const caller = makeCaller();
    caller.admin.addRow("Other", { Name: "a b" });
    for (const blank of ["+", "%20"]) {
      const listed = caller.table("GET", `Other?filterByFormula={Name}='a${blank}b'`);
      expect(JSON.stringify(listed.body)).toContain("a b");
    }
  });

  test("a record is found from any table of its base", () => {
    const caller = makeCaller();
    const id = caller.admin.addRow("Other", { Name: "a" });
    const name = encodeURIComponent("My Table/é+");
    expect(caller.table("GET", `${name}/${id}`).status).toBe(200);
    expect(short(caller.table("GET", `${name}/${id}?fields[]=Name`))).toEqual([
      422,
      "INVALID_REQUEST_UNKNOWN",
    ]);
    expect(short(caller.table("PATCH", `${name}/${id}`, { fields: {} }))).toEqual(forbidden);
  });

  test("an address of more than 16,000 letters is refused", () => {
    const formula = "x".repeat(16_001);
    expect(makeCaller().table("GET", `Other?filterByFormula=${formula}`).status).toBe(414);
  });
});

describe("rights", () => {
  test("no token, a wrong one, a revoked one", () => {
    const caller = makeCaller();
    const request = {
      method: "GET",
      path: "/v0/meta/whoami",
      query: new URLSearchParams(),
      body: "",
    };
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: caller.token },
    ]) {
      expect(caller.service({ ...request, headers })).toMatchObject({
        status: 401,
        body: { error: { type: "AUTHENTICATION_REQUIRED", message: "Authentication required" } },
      });
    }
    caller.admin.revokeToken();
    expect(caller.call("GET", "meta/whoami").status).toBe(401);
    caller.admin.restoreToken();
    expect(caller.call("GET", "meta/whoami").status).toBe(200);
  });

  test.each([
    ["data.records:read", "GET", "Other", undefined],
    ["data.records:write", "POST", "Other", { fields: {} }],
  ] as const)("without %s, %s is a 403", (scope, method, path, body) => {
    const caller = makeCaller();
    expect(caller.table(method, path, body).status).toBe(200);
    caller.admin.setScopes(allScopes.filter((held) => held !== scope));
    expect(short(caller.table(method, path, body))).toEqual(forbidden);
  });

  test("without schema.bases:read, no schema; in 2022 that was a 404", () => {
    const caller = makeCaller();
    caller.admin.setScopes(["data.records:read"]);
    const path = `meta/bases/${caller.base.id}/tables`;
    expect(short(caller.call("GET", path))).toEqual(forbidden);
    expect(short(caller.call("GET", "meta/bases"))).toEqual(forbidden);
    const then = makeCaller({ dialect: "2022" });
    then.admin.setScopes(["data.records:read"]);
    expect(then.call("GET", `meta/bases/${then.base.id}/tables`).body).toEqual({
      error: { type: "NOT_FOUND" },
    });
  });

  test("a base that was taken away is like none at all", () => {
    const caller = makeCaller();
    caller.admin.revokeBase("Base");
    expect(short(caller.table("GET", "Other"))).toEqual(forbidden);
    expect(short(caller.call("GET", "appAAAAAAAAAAAAAA/Other"))).toEqual(forbidden);
    expect(caller.call("GET", "meta/bases").body).toEqual({ bases: [] });
    caller.admin.restoreBase("Base");
    expect(caller.table("GET", "Other").status).toBe(200);
  });

  test("a reader cannot write, an editor cannot change the schema", () => {
    const caller = makeCaller();
    const tables = [{ name: "T", fields: [{ name: "Name", type: "singleLineText" }] }];
    const reader = caller.admin.addBase({ name: "R", permissionLevel: "read", tables });
    expect(caller.call("GET", `${reader.id}/T`).status).toBe(200);
    expect(caller.call("POST", `${reader.id}/T`, { fields: {} }).error).toBe("INVALID_PERMISSIONS");
    const editor = caller.admin.addBase({ name: "E", permissionLevel: "edit", tables });
    expect(caller.call("POST", `${editor.id}/T`, { fields: {} }).status).toBe(200);
    const body = { name: "N", fields: [{ name: "Name", type: "singleLineText" }] };
    expect(caller.call("POST", `meta/bases/${editor.id}/tables`, body).error).toBe(
      "INVALID_PERMISSIONS",
    );
  });
});

describe("the budget", () => {
  const rateLimit = { requests: 5, windowMs: 1000, lockoutMs: 30_000 };

  test("five a second for a base, then thirty seconds of nothing", () => {
    const caller = makeCaller({ rateLimit });
    for (let count = 0; count < 5; count += 1)
      expect(caller.table("GET", "Other").status).toBe(200);
    const sixth = caller.table("GET", "Other");
    expect([sixth.status, sixth.body]).toEqual([
      429,
      {
        error: {
          type: "RATE_LIMIT_REACHED",
          message: "Rate limit exceeded. Please try again later",
        },
      },
    ]);
    // Asking on does not make it longer.
    caller.clock.advance(29_999);
    expect(caller.table("GET", "Other").status).toBe(429);
    caller.clock.advance(1);
    expect(caller.table("GET", "Other").status).toBe(200);
  });

  test("five a second can go on for ever, metadata of the base included", () => {
    const caller = makeCaller({ rateLimit });
    for (let count = 0; count < 50; count += 1) {
      const path =
        count % 2 === 0 ? `${caller.base.id}/Other` : `meta/bases/${caller.base.id}/tables`;
      expect(caller.call("GET", path).status).toBe(200);
      caller.clock.advance(200);
    }
  });

  test("one base's lock-out is not another's, but the owner has a budget too", () => {
    const caller = makeCaller({ rateLimit });
    const other = caller.admin.addBase({
      name: "B",
      tables: [{ name: "T", fields: [{ name: "Name", type: "singleLineText" }] }],
    });
    for (let count = 0; count < 6; count += 1) caller.table("GET", "Other");
    expect(caller.call("GET", `${other.id}/T`).status).toBe(200);
    caller.clock.advance(60_000);
    const statuses = Array.from({ length: 51 }, () => caller.call("GET", "meta/whoami").status);
    expect(statuses.indexOf(429)).toBe(50);
  });
});
