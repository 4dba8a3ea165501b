// Options of choice fields, and options written into text fields. Names count without case, because
// writing `high` where `High` exists resolves to `High` on the one service and would then come back
// as an edit from the other.
import type { Bridge, BridgeInput, Carried } from "../bridge.ts";
import type { Kind } from "../schema.ts";
import { other, sided, sides, type Side, type Sided } from "../side.ts";
import { choice, choices, empty, valueKey, type Value } from "../value.ts";
import { fitText, joinLines, plainText } from "./text.ts";

const separator = ", ";

function fold(name: string): string {
  return joinLines(name).trim().toLowerCase();
}

/** Option names in a value of a side; null when the value is of a kind that has none. */
function namesIn(value: Value, isMany: boolean): readonly string[] | null {
  if (value.kind === "choice") return [value.name];
  if (value.kind === "choices") return value.names;
  const content = plainText(value);
  if (content === null) return null;
  if (!isMany) return content.trim() === "" ? [] : [joinLines(content).trim()];
  return content
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function blankOptionOf(kind: Kind): string | null {
  return kind.kind === "choice" ? kind.blankOption : null;
}

function knownName(kind: Kind, name: string): string | null {
  if (kind.kind !== "choice" && kind.kind !== "choices") return null;
  return kind.options.find((option) => fold(option.name) === fold(name))?.name ?? null;
}

/** Why a field cannot take an option name; null when it can. */
function refusal(kind: Kind, name: string, isMany: boolean): string | null {
  if (kind.kind !== "choice" && kind.kind !== "choices") {
    // In a text the name would come back as two.
    return isMany && /[,\n]/.test(name)
      ? `the option "${name}" has a comma or a line break, which part options in a text`
      : null;
  }
  const sign = kind.refuses.find((character) => name.includes(character));
  if (sign !== undefined) {
    return `option names cannot contain "${sign}" there ("${name}"); give it another name with map:`;
  }
  if (knownName(kind, name) === null && !kind.canAddOptions) {
    return `the option "${name}" does not exist there; add it, or rename it on the way with map:`;
  }
  return null;
}

function fitNames(kind: Kind, names: readonly string[], isMany: boolean): Carried {
  for (const name of names) {
    const why = refusal(kind, name, isMany);
    if (why !== null) return { kind: "refused", why };
  }
  // A text may name an option twice: it counts once.
  const spelled = [...new Set(names.map((name) => knownName(kind, name) ?? name))];
  if (kind.kind === "choices") {
    if (spelled.length > kind.countMax) {
      return {
        kind: "refused",
        why: `${spelled.length} options, the field takes ${kind.countMax}`,
      };
    }
    return { kind: "value", value: choices(spelled), isLossy: false };
  }
  if (kind.kind === "choice") {
    if (spelled.length > 1) return { kind: "refused", why: "several options, the field takes one" };
    return { kind: "value", value: choice(spelled[0] ?? ""), isLossy: false };
  }
  return fitText(spelled.join(separator), kind, false);
}

/** A name of one side as the other side calls it. */
function renamer(renames: readonly Sided<string>[]): (from: Side, name: string) => string {
  const byName = sided(
    (from) => new Map(renames.map((pair) => [fold(pair[from]), pair[other(from)]] as const)),
  );
  return (from, name) => byName[from].get(fold(name)) ?? name;
}

export function bridgeChoices(input: BridgeInput): Bridge {
  const kinds: Sided<Kind> = { left: input.left, right: input.right };
  const isMany = input.left.kind === "choices" || input.right.kind === "choices";
  const rename = renamer(input.renames);
  const inRightWords = (side: Side, name: string): string =>
    fold(side === "left" ? rename("left", name) : name);
  // A service that turns a cleared cell into its default option cannot tell the two apart; so both
  // mean the same here, or every blank would come back as an edit.
  const blanks = new Set(sides.map((side) => inRightWords(side, blankOptionOf(kinds[side]) ?? "")));
  blanks.add("");
  return {
    grade: "exact",
    loss: null,
    canon: sided((side) => (value: Value) => {
      const names = namesIn(value, isMany);
      if (names === null) return valueKey(value);
      const canon = names.map((name) => inRightWords(side, name)).filter((n) => !blanks.has(n));
      return canon.length === 0 ? "" : JSON.stringify([...new Set(canon)].toSorted());
    }),
    carry: (to, value) => {
      if (value.kind === "empty") return { kind: "value", value: empty, isLossy: false };
      const names = namesIn(value, isMany);
      if (names === null) return { kind: "refused", why: "the value is no option" };
      // A name that map: gives away to another option cannot stand for itself any more.
      const stray = names.find(
        (name) => inRightWords(to, rename(other(to), name)) !== inRightWords(other(to), name),
      );
      if (stray !== undefined) {
        const why = `map: gives the name "${stray}" another meaning there; name it in map: too`;
        return { kind: "refused", why };
      }
      const renamed = names.map((name) => rename(other(to), name));
      return fitNames(kinds[to], renamed, isMany);
    },
  };
}
