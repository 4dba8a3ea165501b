// The columns of the simulated tables: how each is made on either side, how a person enters a value,
// and how the oracle reads it. Plain text throughout, and no line of the engine's codecs.
import type { Side } from "../../src/core/side.ts";
import type { Json } from "../../src/sandbox/notion/json.ts";
import type { Key } from "./script.ts";

export interface Column {
  readonly key: Key;
  readonly names: { readonly left: string; readonly right: string };
  /** Schema in Notion's API form. */
  readonly left: { readonly [name: string]: Json };
  readonly right: { readonly type: string; readonly options?: { readonly [name: string]: Json } };
  /** What a person enters for the n-th value, as plain text; `""` clears. */
  readonly value: (side: Side, nonce: number) => string;
  /** The plain text in the API form of each side, for the side door. */
  readonly toLeft: (plain: string, isStyled: boolean) => Json;
  readonly toRight: (plain: string) => Json;
  /** Whether two plain texts mean the same on both sides. */
  readonly agree: (left: string, right: string) => boolean;
}

const stages = ["Draft", "Review", "Done", "Later"];
const tags = ["red", "green", "blue", "grey"];

const words = (plain: string, isStyled: boolean): Json =>
  plain === ""
    ? []
    : [{ text: { content: plain }, ...(isStyled ? { annotations: { bold: true } } : {}) }];

const same = (left: string, right: string): boolean => left === right;
const options = (names: readonly string[]): { [name: string]: Json } => ({
  options: names.map((name) => ({ name })),
});
const choices = (names: readonly string[]): { [name: string]: Json } => ({
  choices: names.map((name) => ({ name })),
});
const day = (nonce: number): string => {
  const date = new Date(Date.UTC(2026, 0, 1) + (nonce % 360) * 86_400_000);
  return date.toISOString().slice(0, 10);
};

/** A set of tags as one text; order does not count. */
const tagText = (nonce: number): string =>
  tags.filter((_, at) => ((nonce >> at) & 1) === 1).join("|");

const titled = (plain: string): string => plain;

export const columns: readonly Column[] = [
  {
    key: "title",
    names: { left: "Name", right: "Title" },
    left: { title: {} },
    right: { type: "singleLineText" },
    value: (_side, nonce) => `Row ${nonce}`,
    toLeft: (plain) => ({ title: words(plain, false) }),
    toRight: titled,
    agree: same,
  },
  {
    key: "note",
    names: { left: "Note", right: "Note" },
    left: { rich_text: {} },
    right: { type: "multilineText" },
    value: (_side, nonce) => (nonce % 7 === 0 ? `note ${nonce}\nsecond line` : `note ${nonce}`),
    toLeft: (plain, isStyled) => ({ rich_text: words(plain, isStyled) }),
    toRight: titled,
    agree: same,
  },
  {
    key: "stage",
    names: { left: "Stage", right: "Phase" },
    left: { select: options([...stages, "Archived"]) },
    right: { type: "singleSelect", options: choices([...stages, "Archived"]) },
    // Notion takes no option with a comma in its name.
    value: (side, nonce) =>
      side === "right" && nonce % 9 === 0 ? "yes, but" : (stages[nonce % stages.length] ?? ""),
    toLeft: (plain) => ({ select: plain === "" ? null : { name: plain } }),
    toRight: (plain) => (plain === "" ? null : plain),
    agree: same,
  },
  {
    key: "cost",
    names: { left: "Cost", right: "Cost" },
    left: { number: {} },
    right: { type: "number", options: { precision: 1 } },
    value: (_side, nonce) => String(nonce + (nonce % 3) * 0.04),
    toLeft: (plain) => ({ number: plain === "" ? null : Number(plain) }),
    toRight: (plain) => (plain === "" ? null : Number(plain)),
    agree: (left, right) =>
      left === right ||
      (left !== "" && right !== "" && Number(left).toFixed(1) === Number(right).toFixed(1)),
  },
  {
    key: "due",
    names: { left: "Due", right: "Due" },
    left: { date: {} },
    right: { type: "date", options: { dateFormat: { name: "iso" } } },
    value: (side, nonce) =>
      side === "left" && nonce % 5 === 0 ? `${day(nonce)}/${day(nonce + 3)}` : day(nonce),
    toLeft: (plain) => {
      const [start, end] = plain.split("/");
      return { date: plain === "" ? null : { start: start ?? "", end: end ?? null } };
    },
    toRight: (plain) => (plain === "" ? null : plain.slice(0, 10)),
    agree: (left, right) => left.slice(0, 10) === right.slice(0, 10),
  },
  {
    key: "tags",
    names: { left: "Tags", right: "Labels" },
    left: { multi_select: options(tags) },
    right: { type: "multipleSelects", options: choices(tags) },
    value: (_side, nonce) => tagText(nonce),
    toLeft: (plain) => ({
      multi_select: plain === "" ? [] : plain.split("|").map((name) => ({ name })),
    }),
    toRight: (plain) => (plain === "" ? [] : plain.split("|")),
    agree: same,
  },
  {
    key: "done",
    names: { left: "Done", right: "Done" },
    left: { checkbox: {} },
    right: { type: "checkbox", options: { icon: "check", color: "greenBright" } },
    value: (_side, nonce) => (nonce % 2 === 0 ? "yes" : ""),
    toLeft: (plain) => ({ checkbox: plain === "yes" }),
    toRight: (plain) => plain === "yes",
    agree: same,
  },
  {
    key: "shout",
    names: { left: "Shout", right: "Shout" },
    left: { rich_text: {} },
    right: { type: "formula", options: { formula: "UPPER({Title})" } },
    value: (_side, nonce) => `SHOUT ${nonce}`,
    toLeft: (plain) => ({ rich_text: words(plain, false) }),
    toRight: titled,
    agree: same,
  },
];

export function columnOf(key: Key): Column {
  const found = columns.find((column) => column.key === key);
  if (found === undefined) throw new Error(`no column ${key}`);
  return found;
}

/** What a side door shows of a cell, as the plain text people would compare. */
export function plainOf(shown: unknown): string {
  if (shown === null || shown === undefined || shown === false) return "";
  if (shown === true) return "yes";
  if (typeof shown === "string") return shown.trimEnd();
  if (typeof shown === "number") return String(shown);
  if (Array.isArray(shown)) return shown.map(plainOf).toSorted(byTag).join("|");
  if (typeof shown === "object" && "start" in shown) {
    const end = "end" in shown && typeof shown.end === "string" ? `/${instantOf(shown.end)}` : "";
    return `${instantOf(String(shown.start))}${end}`;
  }
  return JSON.stringify(shown);
}

/** A time of day in one way of writing; there is one only where a column was of another type for a while. */
function instantOf(text: string): string {
  return text.includes("T") ? new Date(text).toISOString() : text;
}

function byTag(one: string, two: string): number {
  const [first, second] = [tags.indexOf(one), tags.indexOf(two)];
  if (first !== second && first !== -1 && second !== -1) return first - second;
  return one < two ? -1 : one > two ? 1 : 0;
}
