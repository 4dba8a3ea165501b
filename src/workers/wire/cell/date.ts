// Dates: tokens of the SDK's helpers, and plain text where a module wrote one into a date column (real
// modules do). A text says its offset itself, so nothing about its instant is guessed.
import { utcMidnightMs } from "../../../core/calendar.ts";
import { type Tokens, textOf } from "../token.ts";
import { readDateValue } from "./date-value.ts";
import { cleared, type Decoded, type DecodeContext, isEmpty, shown, unread } from "./decoded.ts";

export function decodeDate(value: Tokens, context: DecodeContext): Decoded {
  if (isEmpty(value)) return cleared;
  const token = value.tokens.find(({ date }) => date !== null);
  if (token !== undefined) return readDateValue(token.date, context.zone);
  const [object] = value.objects;
  if (object !== undefined) return readDateValue(object, context.zone);
  const text = textOf(value).trim();
  return text === "" ? cleared : readDateText(text, context.zone);
}

const dateText =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2})(?::\d{2}(?:[.,]\d+)?)?(?<offset>Z|z|[+-]\d{2}:?\d{2})?)?$/u;

function readDateText(text: string, zone: string | null): Decoded {
  const parts = dateText.exec(text)?.groups;
  if (parts === undefined) return unread(`The text ${shown(text)} is no date.`);
  const { day = "", time, offset } = parts;
  if (offset === undefined) return readDateValue({ start_date: day, start_time: time }, zone);
  const atMs = Date.parse(`${day}T${time}:00${isoOffset(offset)}`);
  // `Date.parse` takes February 30 for a day in March.
  if (Number.isNaN(atMs) || utcMidnightMs(day) === null)
    return unread(`The text ${shown(text)} is no date.`);
  const utc = new Date(atMs).toISOString();
  return readDateValue(
    { start_date: utc.slice(0, 10), start_time: utc.slice(11, 16), time_zone: "UTC" },
    zone,
  );
}

function isoOffset(offset: string): string {
  if (offset.length === 1) return "Z";
  return offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
}
