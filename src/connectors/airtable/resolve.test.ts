// Bases by their names, where the list of them goes over several pages.
import { expect, test } from "vitest";
import type { z } from "zod";
import type { Caller, ReadResult } from "./caller.ts";
import { findBaseId } from "./resolve.ts";
import type { Call } from "./transport.ts";

const pages: Readonly<Record<string, unknown>> = {
  first: { bases: [{ id: "app1", name: "Plans" }], offset: "second" },
  second: { bases: [{ id: "app2", name: "Delivery" }], offset: "third" },
  third: { bases: [{ id: "app3", name: "Plans" }] },
};

/** Answers each offset with its page, and the call without one with the first. */
function makeCaller(calls: Call[]): Caller {
  return {
    read: <T>(call: Call, schema: z.ZodType<T>): Promise<ReadResult<T>> => {
      calls.push(call);
      const page = pages[String(call.query?.["offset"] ?? "first")];
      return Promise.resolve({ kind: "done", body: schema.parse(page) });
    },
    write: () => Promise.reject(new Error("a lookup writes nothing")),
    nowMs: () => 0,
    requests: () => ({ read: calls.length, write: 0 }),
  };
}

test("a base on the second page of the list is found by its name, in any case", async () => {
  const calls: Call[] = [];
  expect(await findBaseId(makeCaller(calls), { kind: "name", text: "delivery" })).toBe("app2");
  expect(calls).toHaveLength(3);
});

test("a name that stands on two pages is refused rather than guessed", async () => {
  await expect(findBaseId(makeCaller([]), { kind: "name", text: "Plans" })).rejects.toMatchObject({
    code: "config_invalid",
    remedy: expect.stringMatching(/app1.*app3/u),
  });
});

test("an id is looked up nowhere", async () => {
  const calls: Call[] = [];
  expect(await findBaseId(makeCaller(calls), { kind: "id", text: "app9" })).toBe("app9");
  expect(calls).toEqual([]);
});
