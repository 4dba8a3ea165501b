// Every id the sandbox hands out, and the reading of ids it is handed.
//
// The source is seeded, so two sandboxes with one seed and one history give the same ids. Shapes follow
// recorded traffic: pages share a prefix and carry version 8, databases are random version 4, property ids
// are four characters from ":" to "~".
import { failedValidation } from "./errors.ts";

/** A seeded source of numbers in [0, 1) and of ids. */
export interface IdSource {
  random(): number;
  /** Version-8 look with the workspace's shared prefix, as new pages and blocks have. */
  sequential(): string;
  /** Version-4 look, as databases, options and requests have. */
  arbitrary(): string;
  /** A raw property id that `taken` does not hold. */
  property(taken: ReadonlySet<string>): string;
  /** An opaque token of five letters, as property-item cursors have. */
  token(): string;
}

export function makeIdSource(seed: number): IdSource {
  let state = seed >>> 0;
  // mulberry32: small, and good enough for ids that must only be distinct and repeatable.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const hex = (length: number): string => {
    let text = "";
    while (text.length < length) text += Math.floor(random() * 16).toString(16);
    return text;
  };
  const variant = (): string => "89ab".charAt(Math.floor(random() * 4));
  const prefix = `${hex(8)}-${hex(4)}`;
  const letters = (length: number, alphabet: string): string => {
    let text = "";
    while (text.length < length) text += alphabet.charAt(Math.floor(random() * alphabet.length));
    return text;
  };
  return {
    random,
    sequential: () => `${prefix}-8${hex(3)}-${variant()}${hex(3)}-${hex(12)}`,
    arbitrary: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${variant()}${hex(3)}-${hex(12)}`,
    property: (taken) => {
      let id = letters(4, propertyAlphabet);
      while (taken.has(id)) id = letters(4, propertyAlphabet);
      return id;
    },
    token: () => letters(6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
  };
}

const propertyAlphabet = Array.from({ length: 0x7e - 0x3a + 1 }, (_, index) =>
  String.fromCharCode(0x3a + index),
).join("");

const uuidPattern =
  /^([0-9a-f]{8})-?([0-9a-f]{4})-?([1-8][0-9a-f]{3})-?([89ab][0-9a-f]{3})-?([0-9a-f]{12})$/;
const nilPattern = /^0{8}-?(0{4}-?){3}0{12}$/;

/** A dashed lower-case uuid, or `null`: version and variant bits are checked, the nil id passes. */
export function parseUuid(text: string): string | null {
  const lower = text.toLowerCase();
  if (nilPattern.test(lower)) return "00000000-0000-0000-0000-000000000000";
  const match = uuidPattern.exec(lower);
  return match === null ? null : match.slice(1).join("-");
}

/** Reads an id out of a path or body, or throws the validator's 400. */
export function needUuid(text: string, path: string): string {
  const id = parseUuid(text);
  if (id === null) throw failedValidation(path, "a valid uuid", text);
  return id;
}

/** A property id as answers carry it. */
export function encodePropertyId(raw: string): string {
  return encodeURIComponent(raw);
}

/** Undoes `encodePropertyId`; text that is not an encoded id comes back as it is. */
export function decodePropertyId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
