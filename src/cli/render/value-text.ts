// A cell's value on one line of a terminal.
import type { Value } from "../../core/value.ts";
import { oneLine } from "../plain.ts";
import { instantText } from "../time.ts";

/** `(empty)` for an empty cell: the parentheses tell it from a text that says so. */
export function valueText(value: Value): string {
  switch (value.kind) {
    case "empty":
      return "(empty)";
    case "text":
      return oneLine(value.text);
    case "rich":
      return oneLine(value.markdown);
    case "number":
      return String(value.number);
    case "boolean":
      return value.isTrue ? "yes" : "no";
    case "day":
      return range(value.start, value.end);
    case "instant":
      return range(
        instantText(value.startMs),
        value.endMs === null ? null : instantText(value.endMs),
      );
    case "choice":
      return oneLine(value.name);
    case "choices":
      return oneLine(value.names.join(", "));
    case "people":
      return oneLine(
        value.people.map((person) => person.name ?? person.email ?? person.id).join(", "),
      );
    case "links":
      return value.ids.join(", ");
    case "files":
      return oneLine(value.files.map((file) => file.name).join(", "));
    case "unknown":
      return `(unreadable: ${value.why})`;
  }
}

function range(start: string, end: string | null): string {
  return end === null ? start : `${start} to ${end}`;
}
