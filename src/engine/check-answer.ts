// A person's answer held against the two fields before it is stored: what cannot be carried out is
// refused while the person is still there, and a value is given back in the words of the field.
import { inLeftWords } from "../core/follow-answer.ts";
import { mayWrite, type Mapping, type PairSetup } from "../core/setup.ts";
import { other, sides, type Side } from "../core/side.ts";
import { text, type Value } from "../core/value.ts";
import { SyncError } from "../errors.ts";
import { nearest } from "../lib/nearest.ts";
import type { Conflict, ConflictAnswer } from "../store/store.ts";

export interface CheckedAnswer {
  /** As it is to be stored: an option with the name it has. */
  readonly answer: ConflictAnswer;
  /** The value that will be on both sides, in the left one's words; null for a whole row. */
  readonly value: Value | null;
}

/** Throws `usage` for an answer that no run could carry out. */
export function checkAnswer(
  conflict: Conflict,
  answer: ConflictAnswer,
  setup: PairSetup,
): CheckedAnswer {
  if (conflict.cell === null) return { answer, value: null };
  const mapping = setup.mappings.find((entry) => entry.key === conflict.cell);
  if (mapping === undefined) {
    throw refused(
      `${conflict.field ?? "The field"} is not synced any more.`,
      "Put its mapping back into the config; or leave the matter, and the next sync closes it.",
    );
  }
  switch (answer.keep) {
    case "left":
    case "right":
      return { answer, value: checkSide(conflict, answer.keep, { mapping, setup }) };
    case "value":
      return checkTyped(conflict, answer.text, { mapping, setup });
    case "both":
      throw refused(
        "Two values of one cell cannot both be kept.",
        "Answer with a side, or with a value.",
      );
  }
}

interface Place {
  readonly mapping: Mapping;
  readonly setup: PairSetup;
}

function refused(message: string, remedy: string): SyncError {
  return new SyncError({ code: "usage", message, remedy });
}

function checkSide(conflict: Conflict, keep: Side, { mapping, setup }: Place): Value | null {
  const target = other(keep);
  const { names } = setup.policy;
  if (!mayWrite(mapping, target)) {
    throw refused(
      `${mapping.name} only flows from ${names[target]} to ${names[keep]}; what ${names[keep]} holds cannot be carried back.`,
      `Answer with --keep ${names[target].toLowerCase()}, or edit it in ${names[target]}.`,
    );
  }
  const value = conflict.values[keep];
  if (value === null || value.kind === "unknown") return null;
  const carried = mapping.bridge.carry(target, value);
  if (carried.kind === "refused") {
    throw refused(
      `The value in ${names[keep]} does not fit into ${names[target]}: ${carried.why}.`,
      `Answer with --keep ${names[target].toLowerCase()}, or with a value that fits both.`,
    );
  }
  return keep === "left" ? value : carried.value;
}

function checkTyped(conflict: Conflict, typed: string, place: Place): CheckedAnswer {
  const { mapping, setup } = place;
  const { names } = setup.policy;
  const found = inLeftWords(mapping, text(typed));
  const unknownOption = strayOption(mapping, typed, found.kind === "value" ? found.value : null);
  if (unknownOption !== null) throw noSuchOption(mapping, unknownOption);
  if (found.kind === "refused") {
    throw refused(
      `"${typed}" does not fit into ${mapping.name}: ${found.why}.`,
      remedyFor(mapping),
    );
  }
  const there = mapping.bridge.carry("right", found.value);
  if (there.kind === "refused") {
    throw refused(
      `"${typed}" does not fit into ${mapping.name} in ${names.right}: ${there.why}.`,
      remedyFor(mapping),
    );
  }
  const canon = mapping.bridge.canon.left(found.value);
  for (const side of sides) {
    const now = conflict.values[side];
    const isThere =
      now !== null && now.kind !== "unknown" && mapping.bridge.canon[side](now) === canon;
    if (isThere || mayWrite(mapping, side)) continue;
    throw refused(
      `${mapping.name} only flows from ${names[side]}, so a new value has to be entered there.`,
      `Answer with --keep ${names[side].toLowerCase()}, or edit it in ${names[side]}.`,
    );
  }
  return { answer: { keep: "value", text: spelled(found.value) ?? typed }, value: found.value };
}

function optionNames(value: Value | null): readonly string[] | null {
  if (value?.kind === "choice") return [value.name];
  return value?.kind === "choices" ? value.names : null;
}

/** Options as the field spells them; null for what is no option. */
function spelled(value: Value): string | null {
  return optionNames(value)?.join(", ") ?? null;
}

/**
 * An option that neither side has. A write could add it, which is what a slip of the pen would do: a
 * new option is made in the service first.
 */
function strayOption(mapping: Mapping, typed: string, value: Value | null): string | null {
  const known = knownOptions(mapping);
  if (known.length === 0 || typed.trim() === "") return null;
  const names = optionNames(value) ?? [typed.trim()];
  const folded = new Set(known.map((name) => name.toLowerCase()));
  return names.find((name) => !folded.has(name.toLowerCase())) ?? null;
}

/** Every option that one of the two fields has, by its own name there. */
function knownOptions(mapping: Mapping): readonly string[] {
  const names = sides.flatMap((side) => {
    const { kind } = mapping.fields[side];
    const isChoice = kind.kind === "choice" || kind.kind === "choices";
    return isChoice ? kind.options.map((option) => option.name) : [];
  });
  return [...new Set(names)];
}

function noSuchOption(mapping: Mapping, name: string): SyncError {
  const known = knownOptions(mapping);
  const near = nearest(name, known);
  const hint = near === null ? "" : ` Did you mean "${near}"?`;
  return refused(
    `${mapping.name} has no option "${name}".${hint}`,
    `It has: ${known.join(", ")}. Add a new one in the service first.`,
  );
}

function remedyFor(mapping: Mapping): string {
  const known = knownOptions(mapping);
  if (known.length > 0) return `It has: ${known.join(", ")}.`;
  return "Answer with a side, or with a value of the field's type.";
}
