// The canonical value of one cell. Codecs turn a service's wire value into one of these, already in
// normal form, so that two values are the same exactly when their keys are the same text.
//
// `empty` is a known empty cell. A cell that was not asked for is absent from the row altogether, and
// a cell whose content is not known is `unknown` with the reason: it never reads as empty.

/** Somebody a cell names. `email` in lower case, or `null` when the service does not tell it. */
export interface Person {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
}

/** A file's identity: signed addresses change at every read and are no part of it. */
export interface FileRef {
  readonly name: string;
  readonly identity: string;
}

export type UnknownWhy =
  | "undecodable" /* the service sent what no codec understands */
  | "incomplete" /* a list was cut short and could not be completed */
  | "error" /* the service holds an error in place of a value */
  | "unsupported" /* a type that Tandem does not carry yet */
  | "suspect"; /* the reading may be older than one already accepted */

export type Value =
  | { readonly kind: "empty" }
  /** `isStyled`: carries formatting, links or mentions that plain text cannot hold. */
  | { readonly kind: "text"; readonly text: string; readonly isStyled: boolean }
  /** Formatted text as Markdown. */
  | { readonly kind: "rich"; readonly markdown: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "boolean"; readonly isTrue: boolean }
  /** Calendar days `YYYY-MM-DD`, without a zone. `end` is null for a single day. */
  | { readonly kind: "day"; readonly start: string; readonly end: string | null }
  /** Milliseconds since 1970 UTC. `endMs` is null for a single instant. */
  | { readonly kind: "instant"; readonly startMs: number; readonly endMs: number | null }
  | { readonly kind: "choice"; readonly name: string }
  | { readonly kind: "choices"; readonly names: readonly string[] }
  | { readonly kind: "people"; readonly people: readonly Person[] }
  | { readonly kind: "links"; readonly ids: readonly string[] }
  | { readonly kind: "files"; readonly files: readonly FileRef[] }
  | { readonly kind: "unknown"; readonly why: UnknownWhy };

export const empty: Value = { kind: "empty" };

export function unknown(why: UnknownWhy): Value {
  return { kind: "unknown", why };
}

/** Text in normal form (NFC, LF line ends); no characters at all is `empty`. */
export function text(content: string, isStyled = false): Value {
  const normal = content.normalize("NFC").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  return normal === "" ? empty : { kind: "text", text: normal, isStyled };
}

/** A number; what is not finite is unknown, because neither service can hold it. */
export function number(value: number): Value {
  if (!Number.isFinite(value)) return unknown("error");
  return { kind: "number", number: value === 0 ? 0 : value };
}

export function boolean(isTrue: boolean): Value {
  return { kind: "boolean", isTrue };
}

export function day(start: string, end: string | null = null): Value {
  return { kind: "day", start, end };
}

export function instant(startMs: number, endMs: number | null = null): Value {
  return { kind: "instant", startMs, endMs };
}

export function choice(name: string): Value {
  return name === "" ? empty : { kind: "choice", name: name.normalize("NFC") };
}

/** Several options. Order as given is kept for writing, and does not count when comparing. */
export function choices(names: readonly string[]): Value {
  const unique = [...new Set(names.map((name) => name.normalize("NFC")).filter((n) => n !== ""))];
  return unique.length === 0 ? empty : { kind: "choices", names: unique };
}

export function people(list: readonly Person[]): Value {
  return list.length === 0 ? empty : { kind: "people", people: list };
}

/** The text that stands for a person when comparing: the address where known, else the id. */
export function personKey(person: Person): string {
  return person.email ?? `id:${person.id}`;
}

/** A text that is the same for two values exactly when they are the same value. */
export function valueKey(value: Value): string {
  switch (value.kind) {
    case "empty":
      return "";
    case "text":
      return `t${value.isStyled ? "*" : ""}:${value.text}`;
    case "rich":
      return `r:${value.markdown}`;
    case "number":
      return `n:${value.number}`;
    case "boolean":
      return value.isTrue ? "b:1" : "b:0";
    case "day":
      return `d:${value.start}/${value.end ?? ""}`;
    case "instant":
      return `i:${value.startMs}/${value.endMs ?? ""}`;
    case "choice":
      return `c:${value.name}`;
    case "choices":
      return `s:${JSON.stringify(value.names.toSorted())}`;
    case "people":
      return `p:${JSON.stringify(value.people.map(personKey).toSorted())}`;
    case "links":
      return `l:${JSON.stringify(value.ids.toSorted())}`;
    case "files":
      return `f:${JSON.stringify(value.files.map((file) => file.identity))}`;
    case "unknown":
      return `?:${value.why}`;
  }
}

export function isSame(one: Value, two: Value): boolean {
  return one === two || (one.kind === two.kind && valueKey(one) === valueKey(two));
}

/** Nothing would be lost by overwriting it: empty, or an unticked box. */
export function isBlank(value: Value): boolean {
  return value.kind === "empty" || (value.kind === "boolean" && !value.isTrue);
}
