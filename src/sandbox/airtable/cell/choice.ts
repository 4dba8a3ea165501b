// Select cells: written by exact name, stored by id.
import type { Json } from "../json.ts";
import { invalidValue, unknownChoice } from "../refusal.ts";
import type { Field } from "../world.ts";
import type { WriteBatch } from "./batch.ts";
import type { Cell } from "./cell.ts";

const hues = ["blue", "cyan", "teal", "green", "yellow", "orange", "red", "pink", "purple", "gray"];
const shades = ["Light2", "Light1", "Bright", "Dark1"];

/** All forty colour names. */
export const colors: readonly string[] = shades.flatMap((shade) =>
  hues.map((hue) => `${hue}${shade}`),
);

/** The colour of the n-th option that was given none. */
export function colorAt(index: number): string {
  return colors[index % colors.length] ?? "blueLight2";
}

/** One choice; `""` and null clear. */
export function readChoice(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null || value === "") return null;
  const name = choiceNameOf(batch, value);
  if (name === null) throw invalidValue(field.name);
  return { kind: "choices", ids: [choiceId(batch, field, name)] };
}

/** A set of choices; `[]` and null clear. With typecast, text is split at commas. */
export function readChoices(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  const items =
    typeof value === "string" && batch.isTypecast
      ? value.split(",").map((part) => part.trim())
      : value;
  if (!Array.isArray(items)) throw invalidValue(field.name);
  const names = items.map((item) => {
    const name = choiceNameOf(batch, item);
    if (name === null) throw invalidValue(field.name);
    return name;
  });
  const ids = new Set(
    names.filter((name) => name !== "").map((name) => choiceId(batch, field, name)),
  );
  return ids.size === 0 ? null : { kind: "choices", ids: [...ids] };
}

function choiceNameOf(batch: WriteBatch, value: Json): string | null {
  if (typeof value === "string") return value;
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return isPlain && batch.isTypecast ? String(value) : null;
}

function choiceId(batch: WriteBatch, field: Field, name: string): string {
  const known =
    field.choices?.find((choice) => choice.name === name) ??
    batch.newChoices.find((made) => made.field === field && made.choice.name === name)?.choice;
  if (known !== undefined) return known.id;
  if (!batch.isTypecast) throw unknownChoice(name);
  const made = batch.newChoices.filter((candidate) => candidate.field === field).length;
  const color = colorAt((field.choices?.length ?? 0) + made);
  const choice = { id: batch.sight.world.chance.id("sel"), name, color };
  batch.newChoices.push({ field, choice });
  return choice.id;
}
