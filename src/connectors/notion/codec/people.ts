// People: full users, partial ones (`{object, id}`), bots and groups (Notion docs: Users). An e-mail
// address shows only when the connection may read it; it is what other services know a person by.
import { empty, people, unknown, type Person, type Value } from "../../../core/value.ts";
import { limits } from "../limits.ts";
import {
  asList,
  computedEncode,
  content,
  isRecord,
  refused,
  refusedKind,
  type Codec,
  type EncodeContext,
} from "./codec.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function textOrNull(thing: unknown): string | null {
  return typeof thing === "string" && thing !== "" ? thing : null;
}

/** A user object as a person; null when it is none. */
export function parsePerson(json: unknown): Person | null {
  if (!isRecord(json) || typeof json["id"] !== "string") return null;
  const { id, name, person } = json;
  const email = isRecord(person) ? textOrNull(person["email"]) : null;
  return { id, email: email?.toLowerCase() ?? null, name: textOrNull(name) };
}

function decodePeople(json: unknown): Value {
  const list = asList(json);
  if (list === null) return unknown("undecodable");
  const found: Person[] = [];
  for (const user of list) {
    const person = parsePerson(user);
    if (person === null) return unknown("undecodable");
    found.push(person);
  }
  return people(found);
}

function userId(person: Person, context: EncodeContext): string | null {
  if (uuid.test(person.id)) return person.id;
  return person.email === null ? null : context.userIdOf(person.email.toLowerCase());
}

export const peopleCodec: Codec = {
  decode: decodePeople,
  encode: (value, context) => {
    if (value.kind === "empty") return content([]);
    if (value.kind !== "people") return refusedKind(value, "people");
    if (value.people.length > limits.peopleMax) {
      return refused(`${value.people.length} people, the property takes ${limits.peopleMax}`);
    }
    const ids: string[] = [];
    for (const person of value.people) {
      const id = userId(person, context);
      if (id === null) {
        const who = person.email ?? person.name ?? person.id;
        return refused(
          `nobody with the address ${who} is to be found in the Notion workspace; invite them, or let the connection read user information including e-mail addresses`,
        );
      }
      ids.push(id);
    }
    return content([...new Set(ids)].map((id) => ({ id })));
  },
};

/** `created_by` and `last_edited_by`: one user. */
export const userCodec: Codec = {
  decode: (json) => {
    if (json === null) return empty;
    const person = parsePerson(json);
    return person === null ? unknown("undecodable") : people([person]);
  },
  encode: computedEncode,
};
