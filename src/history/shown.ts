// How a cell is written into the audit log: the plainest JSON that says the same, free of tokens and
// signed addresses. Meant for people; `undo` works from the store, which keeps the values themselves.
import type { Person, Value } from "../core/value.ts";
import { redact } from "../lib/redact.ts";
import type { Shown } from "./line.ts";

/** Last instant that a date can hold: beyond it there is no ISO form, and no line may fail for it. */
const dateMsMax = 8_640_000_000_000_000;

/** An instant as ISO 8601 in UTC with milliseconds. */
export function isoTime(atMs: number): string {
  return Math.abs(atMs) <= dateMsMax ? new Date(atMs).toISOString() : `${atMs} ms`;
}

/** Empty is null, lists are arrays, what is not known says why. */
export function showValue(value: Value): Shown {
  switch (value.kind) {
    case "empty":
      return null;
    case "text":
      return redact(value.text);
    case "rich":
      return redact(value.markdown);
    case "number":
      return value.number;
    case "boolean":
      return value.isTrue;
    case "day":
      return value.end === null ? value.start : { start: value.start, end: value.end };
    case "instant":
      return value.endMs === null
        ? isoTime(value.startMs)
        : { start: isoTime(value.startMs), end: isoTime(value.endMs) };
    case "choice":
      return redact(value.name);
    case "choices":
      return value.names.map(redact);
    case "people":
      return value.people.map(showPerson);
    case "links":
      return value.ids;
    case "files":
      return value.files.map((file) => redact(file.name));
    case "unknown":
      return { unknown: value.why };
  }
}

function showPerson(person: Person): string {
  return person.email ?? person.name ?? person.id;
}
