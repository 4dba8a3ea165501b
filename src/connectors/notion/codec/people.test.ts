import { expect, test } from "vitest";
import { empty, people } from "../../../core/value.ts";
import { parsePerson, peopleCodec, userCodec } from "./people.ts";

const uuid = "00000000-0000-4000-8000-000000000001";
const ids = new Map([["ana@a.example", uuid]]);
const context = { userIdOf: (email: string) => ids.get(email) ?? null };
const ana = { id: "elsewhere", email: "ana@a.example", name: "Ana" };

test("P15: an address is the same in any case", () => {
  const user = { id: uuid, name: "Ana", person: { email: "Ana@A.example" } };
  expect(parsePerson(user)).toEqual({ id: uuid, email: "ana@a.example", name: "Ana" });
  expect(parsePerson({ id: uuid, name: "" })).toEqual({ id: uuid, email: null, name: null });
  expect(parsePerson({ name: "Ana" })).toBeNull();
  expect(peopleCodec.encode(people([{ ...ana, email: "ANA@a.example" }]), context)).toEqual({
    kind: "content",
    content: [{ id: uuid }],
  });
});

test("people are written by id, once each, found by address where the id is another service's", () => {
  const twice = people([ana, { id: uuid, email: null, name: null }]);
  expect(peopleCodec.encode(twice, context)).toEqual({ kind: "content", content: [{ id: uuid }] });
  expect(peopleCodec.encode(empty, context)).toEqual({ kind: "content", content: [] });
});

test("F19: somebody who is not to be found is refused by name, and nobody is left out", () => {
  const bo = { id: "x", email: "bo@b.example", name: "Bo" };
  const encoded = peopleCodec.encode(people([ana, bo]), context);
  expect(encoded).toMatchObject({ kind: "refused", why: expect.stringContaining("bo@b.example") });
  expect(peopleCodec.encode(people([{ ...bo, email: null }]), context).kind).toBe("refused");
});

test("P25: one user nobody understands makes the whole cell unknown", () => {
  expect(peopleCodec.decode([{ id: uuid }, { object: "user" }]).kind).toBe("unknown");
  expect(peopleCodec.decode(null).kind).toBe("unknown");
  expect(userCodec.decode({ object: "user" }).kind).toBe("unknown");
  expect(userCodec.decode(null)).toEqual(empty);
});
