// A value as the text that stands for it where only text has a place: titles of rows, text formulas,
// and lists of looked-up values.
import type { Value } from "../../../core/value.ts";

function isoText(ms: number): string {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

/** Null for what has no text: links, files and what is unknown. */
export function shownText(value: Value): string | null {
  switch (value.kind) {
    case "empty":
      return "";
    case "text":
      return value.text;
    case "rich":
      return value.markdown;
    case "number":
      return String(value.number);
    case "boolean":
      return value.isTrue ? "true" : "false";
    case "day":
      return value.end === null ? value.start : `${value.start} → ${value.end}`;
    case "instant":
      return value.endMs === null
        ? isoText(value.startMs)
        : `${isoText(value.startMs)} → ${isoText(value.endMs)}`;
    case "choice":
      return value.name;
    case "choices":
      return value.names.join(", ");
    case "people":
      return value.people.map((person) => person.name ?? person.email ?? person.id).join(", ");
    case "links":
    case "files":
    case "unknown":
      return null;
  }
}
