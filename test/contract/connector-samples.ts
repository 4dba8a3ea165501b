// Values to write into a field of any kind, for the law that what is written reads back the same.
// Chosen to be awkward: quotes, line ends, signs beyond the basic plane, zero, new options.
import type { Field, Kind } from "../../src/core/schema.ts";
import {
  boolean,
  choice,
  choices,
  day,
  instant,
  number,
  people,
  text,
  type Person,
  type Value,
} from "../../src/core/value.ts";

function textSamples(kind: Kind & { kind: "text" }): readonly string[] {
  switch (kind.format) {
    case "url":
      return ["https://example.com/a?b=c#d"];
    case "email":
      return ["someone@example.com"];
    case "phone":
      return ["+49 30 1234567"];
    case "plain": {
      const short = ["plain", `quotes ' " \\ and {braces}`, "Zürich 👩‍👩‍👧 日本", "*not* _styled_"];
      if (!kind.isMultiline) return short;
      return [...short, "two\nlines", "x".repeat(Math.min(4_500, kind.lengthMax))];
    }
  }
}

function numberSamples(field: Field, decimals: number | null): readonly number[] {
  if (field.type === "rating") return [1, 3];
  const whole = [1, 0, -2, 1_234_567];
  return decimals === 0 ? whole : [...whole, 1.5];
}

const at = Date.UTC(2026, 1, 28, 10, 30);

function dateSamples(kind: Kind & { kind: "date" }): readonly Value[] {
  const days = kind.time === "required" ? [] : [day("2026-02-28")];
  const instants = kind.time === "none" ? [] : [instant(at)];
  if (!kind.hasRange) return [...days, ...instants];
  return [...days, ...instants, day("2026-02-28", "2026-03-02"), instant(at, at + 3_600_000)];
}

/** Awkward but acceptable values; none for kinds that the law cannot be put to without more rows. */
export function samplesFor(field: Field, person: Person): readonly Value[] {
  const { kind } = field;
  switch (kind.kind) {
    case "text":
      return textSamples(kind).map((content) => text(content));
    case "rich":
      return ["**bold** and plain", "- one\n- two"].map((markdown) => ({ kind: "rich", markdown }));
    case "number":
      return numberSamples(field, kind.decimals).map(number);
    case "boolean":
      return [boolean(true), boolean(false)];
    case "date":
      return dateSamples(kind);
    case "choice": {
      const known = kind.options.slice(0, 2).map((option) => choice(option.name));
      return kind.canAddOptions ? [...known, choice("Brand new")] : known;
    }
    case "choices": {
      const names = kind.options.slice(0, 2).map((option) => option.name);
      const known = names.length === 0 ? [] : [choices(names.slice(0, 1)), choices(names)];
      return kind.canAddOptions ? [...known, choices([...names, "Brand new"])] : known;
    }
    case "people":
      return [people([person])];
    case "links":
    case "files":
    case "unsupported":
      return [];
  }
}
