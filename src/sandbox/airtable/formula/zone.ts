// Time zones through Intl: wall-clock parts of an instant, and the instant of a wall clock.

/** Wall-clock parts; `month` counts from 1, `weekday` from 0 for Sunday. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  readonly weekday: number;
  readonly offsetMinutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the name is a zone; `client` stands for UTC here, and so does `utc`. */
export function isZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const name = zone === "client" || zone === "utc" ? "UTC" : zone;
  const known = formats.get(name);
  if (known !== undefined) return known;
  try {
    const made = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(name, made);
    return made;
  } catch {
    return null;
  }
}

/** The wall clock of an instant; an unknown zone reads as UTC. */
export function wallClock(atMs: number, zone: string): WallClock {
  const parts = new Map<string, number>();
  for (const part of formatOf(zone)?.formatToParts(atMs) ?? []) {
    parts.set(part.type, Number(part.value));
  }
  const utc = new Date(atMs);
  const year = parts.get("year") ?? utc.getUTCFullYear();
  const month = parts.get("month") ?? utc.getUTCMonth() + 1;
  const day = parts.get("day") ?? utc.getUTCDate();
  const hour = parts.get("hour") ?? utc.getUTCHours();
  const minute = parts.get("minute") ?? utc.getUTCMinutes();
  const second = parts.get("second") ?? utc.getUTCSeconds();
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    ms: utc.getUTCMilliseconds(),
    weekday: new Date(asUtcMs).getUTCDay(),
    offsetMinutes: Math.round((asUtcMs - atMs) / 60_000),
  };
}

/** The instant at which a zone's clock shows what UTC shows at `asUtcMs`. */
export function fromWallClock(asUtcMs: number, zone: string): number {
  // Two rounds settle every zone: the first guess may lie on the wrong side of a change of offset.
  let guessMs = asUtcMs;
  for (let round = 0; round < 2; round += 1) {
    guessMs = asUtcMs - wallClock(guessMs, zone).offsetMinutes * 60_000;
  }
  return guessMs;
}
