// Whom the connector knows by e-mail address, and how often it asks for that.
import { describe, expect, test } from "vitest";
import { scriptNotionWire, type WireAnswer } from "../../../test/fixture/notion-wire.ts";
import { number, people, type Value } from "../../core/value.ts";

const who = (email: string | null): Value => people([{ id: "elsewhere", email, name: null }]);
const user = (id: string, email: string | null): unknown => ({
  object: "user",
  id,
  type: email === null ? "bot" : "person",
  ...(email === null ? { bot: {} } : { person: { email } }),
});
const page = (users: readonly unknown[], next: string | null = null): WireAnswer => ({
  body: { object: "list", results: users, next_cursor: next, has_more: next !== null },
});

function make(answers: readonly WireAnswer[]) {
  const wire = scriptNotionWire((_, at) => answers[Math.min(at, answers.length - 1)]!);
  const { directory } = wire.connect();
  return { directory, paths: () => wire.requests.map(({ path }) => path) };
}

describe("people of the workspace", () => {
  test("are listed to the last page, once, and known by address in lower case", async () => {
    const { directory, paths } = make([
      page([user("u1", "Ana@A.example"), user("b1", null)], "c 1"),
      page([user("u2", "bo@b.example"), "odd"]),
    ]);
    await directory.prepare([number(1), who("BO@b.example")]);
    await directory.prepare([who("nobody@example.com")]);
    expect(paths()).toEqual(["users?page_size=100", "users?page_size=100&start_cursor=c+1"]);
    const found = ["ana@a.example", "bo@b.example", "nobody@example.com"].map((email) =>
      directory.userIdOf(email),
    );
    expect(found).toEqual(["u1", "u2", null]);
  });

  test("are not asked for while everybody is known, or has no address", async () => {
    const { directory, paths } = make([page([])]);
    directory.learn(people([{ id: "u1", email: "ana@a.example", name: null }]));
    directory.learn(number(1));
    await directory.prepare([who("Ana@a.example"), who(null), number(1)]);
    expect(paths()).toEqual([]);
    expect(directory.userIdOf("ana@a.example")).toBe("u1");
  });

  test("are asked for by all who wait with one listing", async () => {
    const { directory, paths } = make([page([user("u1", "ana@a.example")])]);
    await Promise.all([1, 2, 3].map(async () => directory.prepare([who("ana@a.example")])));
    expect(paths()).toHaveLength(1);
  });

  test("that may not be read are simply not known, and are not asked for again", async () => {
    const { directory, paths } = make([{ status: 403, body: { code: "restricted_resource" } }]);
    await directory.prepare([who("ana@a.example")]);
    await directory.prepare([who("ana@a.example")]);
    expect(directory.userIdOf("ana@a.example")).toBeNull();
    expect(paths()).toHaveLength(1);
  });

  test("are asked for again after a failure, and the failure is told", async () => {
    const down: WireAnswer = { status: 500, body: {} };
    const { directory } = make([down, down, down, down, down, page([user("u1", "a@a.example")])]);
    await expect(directory.prepare([who("a@a.example")])).rejects.toMatchObject({
      code: "unavailable",
    });
    await directory.prepare([who("a@a.example")]);
    expect(directory.userIdOf("a@a.example")).toBe("u1");
  });

  test("whose list goes in a circle are read until it does", async () => {
    const { directory, paths } = make([page([user("u1", "a@a.example")], "c")]);
    await directory.prepare([who("b@b.example")]);
    expect(paths()).toHaveLength(2);
  });
});
