// Checkbox, number, select, status and multi-select: one text each, read as its column's type.
import { cleared, type Decoded, decoded, isEmpty, shown, unread } from "./decoded.ts";
import { type Tokens, textOf } from "../token.ts";

/** The helpers write exactly `Yes` and `No`; tokens made by hand come in other spellings. */
export function decodeCheckbox(value: Tokens): Decoded {
  const text = textOf(value).trim();
  if (isEmpty(value)) return cleared;
  if (text === "Yes" || text === "No") return decoded({ kind: "boolean", isTrue: text === "Yes" });
  const word = text.toLowerCase();
  const isYes = ["yes", "true", "1"].includes(word);
  if (!isYes && !["no", "false", "0"].includes(word)) {
    return unread(`${shown(text)} is neither Yes nor No.`);
  }
  return decoded(
    { kind: "boolean", isTrue: isYes },
    `${shown(text)} was read as ${isYes ? "Yes" : "No"}.`,
  );
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;

/** Infinity, which the SDK's helper lets through, has no place in a table. */
export function decodeNumber(value: Tokens): Decoded {
  const text = textOf(value).trim();
  if (isEmpty(value) || (text === "" && value.objects.length === 0)) return cleared;
  const number = Number(text);
  if (!decimal.test(text) || !Number.isFinite(number)) {
    return unread(`${shown(text)} is no number that a table can hold.`);
  }
  const isRounded = /^[+-]?\d+$/u.test(text) && BigInt(text) !== BigInt(number);
  const cell = { kind: "number", number: number === 0 ? 0 : number } as const;
  return isRounded ? decoded(cell, `${shown(text)} was rounded to ${number}.`) : decoded(cell);
}

/** For select and status. */
export function decodeChoice(value: Tokens): Decoded {
  const name = textOf(value).trim();
  if (value.objects.length > 0) return unread("It holds an object where a name should be.");
  return name === "" ? cleared : decoded({ kind: "choice", name });
}

/** Names are separated by commas within a token, and by tokens where a module wrote several. */
export function decodeChoices(value: Tokens): Decoded {
  if (value.objects.length > 0) return unread("It holds an object where names should be.");
  const names = value.tokens.flatMap(({ text }) => text.split(",").map((name) => name.trim()));
  const known = [...new Set(names.filter((name) => name !== ""))];
  return known.length === 0 ? cleared : decoded({ kind: "choices", names: known });
}
