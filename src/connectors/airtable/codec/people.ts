// Collaborators: one, or a list that may also hold user groups. Written by Airtable's own user id
// where that is known, else by e-mail address; somebody without access to the base is refused by the
// service with a message that names nobody.
import { empty, people, type Person, type Value } from "../../../core/value.ts";
import { cell, isRecord, oddCell, refused, refusedKind, type Codec } from "./codec.ts";

/** Ids of users and of user groups; anything else is another service's id. */
const ownId = /^(?:usr|ugp)[A-Za-z0-9]{14}$/;

function parsePerson(content: unknown): Person | null {
  if (!isRecord(content) || typeof content["id"] !== "string") return null;
  const { email, name } = content;
  return {
    id: content["id"],
    email: typeof email === "string" && email !== "" ? email.toLowerCase() : null,
    name: typeof name === "string" && name !== "" ? name : null,
  };
}

function decodePeople(content: unknown): Value {
  const list: readonly unknown[] = Array.isArray(content) ? content : [content];
  const found: Person[] = [];
  for (const one of list) {
    const person = parsePerson(one);
    if (person === null) return oddCell(one);
    found.push(person);
  }
  return people(found);
}

type Address = { readonly id: string } | { readonly email: string };

function addressOf(person: Person): Address | null {
  if (ownId.test(person.id)) return { id: person.id };
  return person.email === null ? null : { email: person.email };
}

function nameless(person: Person): string {
  return `${person.name ?? person.id} has no visible e-mail address to find them by in Airtable`;
}

export const personCodec: Codec = {
  absent: empty,
  decode: decodePeople,
  encode: (value) => {
    if (value.kind === "empty") return cell(null);
    if (value.kind !== "people") return refusedKind(value, "one person");
    const [person, ...others] = value.people;
    if (person === undefined) return cell(null);
    if (others.length > 0) return refused("several people, the field takes one");
    const address = addressOf(person);
    return address === null ? refused(nameless(person)) : cell(address);
  },
};

export const peopleCodec: Codec = {
  absent: empty,
  decode: decodePeople,
  encode: (value) => {
    if (value.kind === "empty") return cell([]);
    if (value.kind !== "people") return refusedKind(value, "people");
    const addresses: Address[] = [];
    for (const person of value.people) {
      const address = addressOf(person);
      if (address === null) return refused(nameless(person));
      addresses.push(address);
    }
    return cell(addresses);
  },
};
