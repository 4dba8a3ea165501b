// Rows that a complete listing should have shown and did not. Each is looked up by its id before
// anything follows from its absence; an incomplete listing is asked nothing.
import { must } from "../core/assert.ts";
import { plainText } from "../core/carry/text.ts";
import type { FieldId, LinkId, RecordId } from "../core/ids.ts";
import { empty, isSame, type Value } from "../core/value.ts";
import type { Link } from "../core/link.ts";
import { clockErrorMs, readLagMs } from "../core/order.ts";
import type { Row, RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { other, sided, sides, type Side, type Sided } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";
import { wantedOf, type Observation } from "./observe.ts";

/** Lookups one run may send to a side; what is beyond stays unknown until the next run, which begins
 * where this one ended. */
export const lookupsMax = 500;

export type Readings = ReadonlyMap<LinkId, Sided<RowReading | null>>;

/** Lookups between two signs of life: one service answers them one call at a time. */
const lookupPartMax = 100;

/** The last row that was looked up a side, where there were more than one run may ask about. */
export type LookedUpTo = Sided<RecordId | null>;

export interface LookedUp {
  readonly readings: Readings;
  readonly lookedUpTo: LookedUpTo;
}

export interface LookUpInput {
  readonly setup: PairSetup;
  readonly observation: Observation;
  /** Where the run before ended. */
  readonly lookedUpTo: LookedUpTo;
}

/** What is known of both rows of each link, after looking up what the listings left open. */
export async function lookUp(
  links: readonly Link[],
  input: LookUpInput,
  deps: EngineDeps,
): Promise<LookedUp> {
  const known = new Map(links.map((link) => [link.id, listedReadings(link, input)]));
  const found = sided(() => new Map<RecordId, RowReading>());
  const ends: { left: RecordId | null; right: RecordId | null } = { left: null, right: null };
  const askedMs = sided((side) => deps.connectors[side].nowMs());
  for (const side of sides) {
    const all = links
      .filter((link) =>
        needsLookup(link, side, must(known.get(link.id), "a link without readings")),
      )
      .flatMap((link) => link.ids[side] ?? []);
    const missing = nextInTurn(all, input.lookedUpTo[side]);
    if (missing.length < all.length) ends[side] = missing.at(-1) ?? null;
    if (missing.length === 0) continue;
    deps.onProgress({ stage: "lookup", done: missing.length, total: null });
    for (let at = 0; at < missing.length; at += lookupPartMax) {
      await deps.onAlive?.();
      const readings = await deps.connectors[side].read(
        missing.slice(at, at + lookupPartMax),
        wantedOf(input.setup, side),
        input.observation.control[side],
      );
      for (const [id, reading] of readings) {
        found[side].set(id, unlisted(reading, input.setup, side));
      }
    }
  }
  const readings = new Map(
    links.map((link) => [
      link.id,
      sided((side) => {
        const listed = must(known.get(link.id), "a link without readings")[side];
        const id = link.ids[side];
        const read = id === null ? null : (found[side].get(id) ?? null);
        return listed ?? (read === null ? null : ripe(read, link, askedMs[side]));
      }),
    ]),
  );
  return { readings, lookedUpTo: ends };
}

/**
 * As many rows as one run may ask about, in the order of their ids, from behind the last one asked
 * about before: rows that stay missing (a filter hides them) must not keep others from their turn.
 */
function nextInTurn(ids: readonly RecordId[], after: RecordId | null): readonly RecordId[] {
  if (ids.length <= lookupsMax) return ids;
  const sorted = ids.toSorted();
  const start = after === null ? 0 : sorted.findIndex((id) => id > after);
  const from = Math.max(0, start);
  return [...sorted.slice(from), ...sorted.slice(0, from)].slice(0, lookupsMax);
}

/**
 * A row that was made, linked or brought back a moment ago cannot be seen to be gone: the reading may
 * show the time before (spec 1.3, youth).
 */
function ripe(reading: RowReading, link: Link, askedMs: number): RowReading {
  if (reading.state !== "gone" && reading.state !== "trashed") return reading;
  if (askedMs >= link.wokenAtMs + readLagMs + clockErrorMs) return reading;
  return { state: "unknown", why: "it was there a moment ago, and may be so still" };
}

/**
 * What was put away or found removed a moment ago cannot be seen to be back: the reading may show the
 * time before. Who really brought it back so soon is heard by the first run after that.
 */
function rested(reading: RowReading, link: Link): RowReading {
  if (reading.state !== "live") return reading;
  if (link.state !== "archived" && link.state !== "tombstone") return reading;
  if (reading.row.window.startMs >= link.wokenAtMs + readLagMs + clockErrorMs) return reading;
  return { state: "unknown", why: "it was away a moment ago, and may be so still" };
}

/**
 * A row that a lookup finds alive although the complete listing left it out: with a filter it has left
 * the scope, without one the listing lags behind, and the next run will see it.
 */
function unlisted(reading: RowReading, setup: PairSetup, side: Side): RowReading {
  if (reading.state !== "live") return reading;
  const filter = setup.policy.filters[side];
  if (filter !== null && filter !== undefined) {
    return { state: "left", why: "filtered", row: reading.row };
  }
  return { state: "unknown", why: "it is there, but the listing did not show it" };
}

function listedReadings(
  link: Link,
  input: { readonly setup: PairSetup; readonly observation: Observation },
): Sided<RowReading | null> {
  const { observation, setup } = input;
  return sided((side): RowReading | null => {
    const id = link.ids[side];
    if (id === null) return null;
    const row = observation.kept[side].get(id);
    if (row !== undefined) return rested({ state: "live", row }, link);
    if (observation.seen[side].has(link.id)) {
      return rested({ state: "live", row: rowFromBase(link, side, { setup, observation }) }, link);
    }
    if (!observation.ends[side].isComplete)
      return { state: "unknown", why: "the listing was cut short" };
    return null;
  });
}

/** A row that was listed exactly as the base says, and so was not kept. */
function rowFromBase(
  link: Link,
  side: Side,
  input: { readonly setup: PairSetup; readonly observation: Observation },
): Row {
  const id = must(link.ids[side], "a listed row without an id");
  const cells = new Map<FieldId, Value>();
  const mark = input.setup.marks[side];
  if (mark !== null) cells.set(mark.field.id, input.observation.marks[side].get(id) ?? empty);
  for (const mapping of input.setup.mappings) {
    const base = link.cells.get(mapping.key);
    if (base !== undefined) cells.set(mapping.fields[side].id, base[side]);
  }
  return {
    id,
    title: baseTitle(link, side, input.setup) ?? link.title,
    url: null,
    createdAtMs: null,
    stampMs: link.stamps[side],
    editedBy: "unknown",
    marker: side === "right" ? link.ids[other(side)] : null,
    cells,
    window: input.observation.ends[side].window,
  };
}

/** The title that both sides agreed on: what the link is called may be from before that. */
function baseTitle(link: Link, side: Side, { mappings }: PairSetup): string | null {
  const mapping = mappings.find((entry) => entry.fields[side].isTitle);
  const base = mapping === undefined ? undefined : link.cells.get(mapping.key);
  return base === undefined ? null : plainText(base[side]);
}

/** Absence is only worth a call where something could follow from it. */
function needsLookup(link: Link, side: Side, readings: Sided<RowReading | null>): boolean {
  if (link.ids[side] === null || readings[side] !== null) return false;
  const facing = readings[other(side)];
  switch (link.state) {
    case "live":
    case "creating":
      return true;
    case "tombstone":
      return facing?.state === "live";
    case "archived":
      return isStirred(link, facing);
    case "detached":
      return false;
  }
}

/** The other row of an archived link is listed, and not merely lying in our archive. */
function isStirred(link: Link, facing: RowReading | null): boolean {
  const archival = link.archival;
  if (facing?.state !== "live" || archival === null) return false;
  const isPutRow = facing.row.id === link.ids[archival.side];
  if (!isPutRow || archival.how.kind === "removed") return true;
  const value = facing.row.cells.get(archival.how.field);
  return value !== undefined && !isSame(value, archival.how.value);
}
