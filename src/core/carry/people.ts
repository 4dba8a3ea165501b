// People are the same when their e-mail address is the same: the services number their users apart.
// A person whose address is hidden cannot be named to the other service, and is refused with a reason.
import type { Bridge, BridgeInput, Carried } from "../bridge.ts";
import type { Kind } from "../schema.ts";
import { sided } from "../side.ts";
import { empty, people, personKey, valueKey, type Person, type Value } from "../value.ts";
import { fitText, plainText } from "./text.ts";

function named(value: Value): readonly Person[] | null {
  if (value.kind === "empty") return [];
  if (value.kind === "people") return value.people;
  const content = plainText(value);
  if (content === null) return null;
  return content
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => ({
      id: part,
      email: part.includes("@") ? part.toLowerCase() : null,
      name: part,
    }));
}

/** A name without the characters that part one person from the next in a text. */
function oneLabel(name: string): string {
  return name
    .normalize("NFC")
    .replaceAll(/\s*[,;\r\n]+\s*/g, " ")
    .trim();
}

function fitPeople(kind: Kind, list: readonly Person[]): Carried {
  if (kind.kind !== "people") return { kind: "refused", why: "the field takes no people" };
  const hidden = list.find((person) => person.email === null);
  if (hidden !== undefined) {
    return {
      kind: "refused",
      why: `no e-mail address is known for ${hidden.name ?? hidden.id}, so nobody can be found there`,
    };
  }
  if (!kind.isMany && list.length > 1) {
    return { kind: "refused", why: `${list.length} people, the field takes one` };
  }
  if (list.length > kind.countMax) {
    return { kind: "refused", why: `${list.length} people, the field takes ${kind.countMax}` };
  }
  return { kind: "value", value: people(list), isLossy: false };
}

export function bridgePeople(input: BridgeInput): Bridge {
  const kinds = { left: input.left, right: input.right };
  const isText = input.left.kind === "text" || input.right.kind === "text";
  const byName = isText && input.carry.people === "name";
  const label = (person: Person): string => {
    const { id, email, name } = person;
    const labels = (byName ? [name, email] : [email, name]).map((entry) => oneLabel(entry ?? ""));
    return labels.find((entry) => entry !== "") ?? id;
  };
  const canonOf = (value: Value): string => {
    const list = named(value);
    if (list === null) return valueKey(value);
    const keys = list.map((person) => (isText ? label(person).toLowerCase() : personKey(person)));
    return keys.length === 0 ? "" : JSON.stringify([...new Set(keys)].toSorted());
  };
  return {
    grade: byName ? "lossy" : "exact",
    loss: byName ? "who is meant, where two people share a name" : null,
    canon: sided(() => canonOf),
    carry: (to, value) => {
      const list = named(value);
      if (list === null) return { kind: "refused", why: "the value names nobody" };
      if (list.length === 0) return { kind: "value", value: empty, isLossy: false };
      const target = kinds[to];
      if (target.kind === "people") return fitPeople(target, list);
      return fitText(list.map(label).join(", "), target, false);
    },
  };
}
