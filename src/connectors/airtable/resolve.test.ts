// Bases by their names, where the list of them goes over several pages, and tables by theirs.
import { describe, expect, test } from "vitest";
import { answeringCaller, type AnsweringCaller } from "../../../test/fixture/airtable-answers.ts";
import { limits } from "./limits.ts";
import { byName, findBaseId, named, resolveTable } from "./resolve.ts";

const pages: Readonly<Record<string, unknown>> = {
  first: { bases: [{ id: "app1", name: "Plans" }], offset: "second" },
  second: { bases: [{ id: "app2", name: "Delivery" }], offset: "third" },
  third: { bases: [{ id: "app3", name: "Plans" }] },
};

/** Answers each offset with its page, and the call without one with the first. */
function makeCaller(): AnsweringCaller {
  return answeringCaller((call) => ({
    body: pages[String(call.query?.["offset"] ?? "first")],
  }));
}

test("a base on the second page of the list is found by its name, in any case", async () => {
  const { caller, calls } = makeCaller();
  expect(await findBaseId(caller, { kind: "name", text: "delivery" })).toBe("app2");
  const call = { kind: "read", method: "GET", stem: "meta", path: "/bases" };
  expect(calls).toEqual([
    call,
    { ...call, query: { offset: "second" } },
    { ...call, query: { offset: "third" } },
  ]);
});

test("a name that stands on two pages is refused rather than guessed", async () => {
  await expect(
    findBaseId(makeCaller().caller, { kind: "name", text: "Plans" }),
  ).rejects.toMatchObject({
    code: "config_invalid",
    remedy: expect.stringMatching(/app1.*app3/u),
  });
});

test("an id is looked up nowhere", async () => {
  const { caller, calls } = makeCaller();
  expect(await findBaseId(caller, { kind: "id", text: "app9" })).toBe("app9");
  expect(calls).toEqual([]);
});

test("a list of bases that never ends is given up after ten pages", async () => {
  const { caller, calls } = answeringCaller((_call, nth) => ({
    body: { bases: [{ id: `app${nth}`, name: `Base ${nth}` }], offset: `o${nth}` },
  }));
  await expect(findBaseId(caller, { kind: "name", text: "Base 10" })).rejects.toMatchObject({
    code: "not_shared",
    message: 'No Airtable base called "Base 10" is within the token\'s reach.',
    remedy: expect.stringContaining('"Base 9" (app9).'),
  });
  expect(calls).toHaveLength(limits.basePagesMax);
  expect(limits.basePagesMax).toBe(10);
  expect(await findBaseId(caller, { kind: "name", text: "Base 19" })).toBe("app19");
});

test("a token without the right to list bases is told which it lacks", async () => {
  const { caller } = answeringCaller(() => ({ refusal: { kind: "denied", status: 403 } }));
  await expect(findBaseId(caller, { kind: "name", text: "Plans" })).rejects.toMatchObject({
    code: "not_shared",
    message: "Airtable does not let the token reach the list of bases, or it is not there.",
  });
});

test("the exact name goes before one in another case, and blanks around a name do not count", () => {
  const [exact, other] = [
    { id: "1", name: "Tasks" },
    { id: "2", name: " tasks " },
  ];
  expect(byName([other, exact], "Tasks")).toEqual([exact]);
  expect(byName([other, exact], "TASKS")).toEqual([other, exact]);
  expect(byName([other, exact], "Task")).toEqual([]);
});

test("a list to choose from shows twenty, and says how many more there are", () => {
  const list = (count: number) => Array.from({ length: count }, () => ({ id: "1", name: "a" }));
  const shown = (count: number): string =>
    Array.from({ length: count }, () => '"a" (1)').join(", ");
  expect(named([])).toBe("none");
  expect(named(list(20))).toBe(shown(20));
  expect(named(list(22))).toBe(`${shown(20)}, and 2 more`);
});

describe("a table", () => {
  const table = (id: string, name: string) => ({ id, name, primaryFieldId: "fld1", fields: [] });
  const tables = [table("tbl1", "Plans"), table("tblAAAAAAAAAAAAAA", "Tasks")];
  const find = async (asked: { table: string; known?: string }): Promise<unknown> => {
    const { known } = asked;
    const { caller, calls } = answeringCaller((call) => ({
      body: call.path === "/bases" ? { bases: [{ id: "app1", name: "Base" }] } : { tables },
    }));
    const found = await resolveTable(caller, {
      base: "Base",
      table: asked.table,
      known: known === undefined ? null : { tableId: known, parentId: "app1" },
    }).catch((error: unknown) => error);
    const { length } = calls;
    if (found instanceof Error) return found;
    return [(found as { tableId: string }).tableId, length];
  };

  test("is found by its name, its id, or what an earlier run found, which saves a call", async () => {
    expect(await find({ table: "tasks" })).toEqual(["tblAAAAAAAAAAAAAA", 2]);
    expect(await find({ table: "tblAAAAAAAAAAAAAA" })).toEqual(["tblAAAAAAAAAAAAAA", 2]);
    expect(await find({ table: "Other", known: "tbl1" })).toEqual(["tbl1", 1]);
  });

  test("that is not there is no other one, and those that are there are named", async () => {
    const there = '"Plans" (tbl1), "Tasks" (tblAAAAAAAAAAAAAA).';
    const error = { code: "config_invalid", remedy: `Name one of its tables: ${there}` };
    const message = "The Airtable base has no table";
    expect(await find({ table: "Nope" })).toMatchObject({
      ...error,
      message: `${message} "Nope".`,
    });
    expect(await find({ table: "Plans", known: "tbl9" })).toMatchObject({
      ...error,
      message: `${message} tbl9.`,
    });
  });
});
