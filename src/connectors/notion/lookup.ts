// Looks rows up: by id, by what changed since, by marker. A 404 never proves that a row is gone: it is
// also what a row answers that is no longer shared (Notion docs: Status codes).
import { recordId, type RecordId } from "../../core/ids.ts";
import type { Row, RowReading } from "../../core/row.ts";
import { SyncError } from "../../errors.ts";
import type { Wanted } from "../connector.ts";
import { floorToStep } from "./codec/date.ts";
import { limits } from "./limits.ts";
import { completeRow } from "./long-list.ts";
import { eachOf } from "./parallel.ts";
import { runQuery, type Query, type QueryEnd } from "./query.ts";
import { askFor, decodeRow, type Reader } from "./row.ts";
import { refusedQuery } from "./scan.ts";
import { pageSchema, type WirePage } from "./wire.ts";

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Whether a text can be an id at all; anything else must not get into a path. */
export function isPageId(id: string): boolean {
  return uuid.test(id);
}

function stateOf(reader: Reader, page: WirePage, row: Row): RowReading {
  if (page.in_trash === true) return { state: "trashed", row };
  const { parent } = page;
  // A row's parent is its data source; after a move it is another one, or a page.
  if (parent !== null && parent !== undefined && parent.data_source_id !== reader.source.id) {
    return { state: "left", why: "moved", row };
  }
  if (page.is_archived === true) return { state: "left", why: "archived", row };
  return { state: "live", row };
}

/** One row by its id, for certain. */
export async function readOne(reader: Reader, id: RecordId, wanted: Wanted): Promise<RowReading> {
  if (!isPageId(id)) return { state: "unknown", why: `"${id}" is no id of a Notion page` };
  const { caller, source } = reader;
  const startMs = caller.nowMs();
  const result = await caller.read(
    { kind: "read", method: "get", path: `pages/${id}`, query: askFor(source, wanted) },
    pageSchema,
  );
  if (result.kind === "refused") {
    const { refusal } = result;
    const why = refusal.kind === "missing" ? "not found or no longer shared" : refusal.message;
    return { state: "unknown", why };
  }
  const window = { startMs, endMs: caller.nowMs() };
  const decoded = decodeRow(reader, result.body, { wanted, window });
  return stateOf(reader, result.body, await completeRow(reader, decoded));
}

export async function readRows(
  reader: Reader,
  ids: readonly RecordId[],
  wanted: Wanted,
): Promise<ReadonlyMap<RecordId, RowReading>> {
  const readings = new Map<RecordId, RowReading>();
  await eachOf(ids, limits.parallelMax, async (id) => {
    readings.set(id, await readOne(reader, id, wanted));
  });
  return readings;
}

/**
 * Those of `ids` that were edited since, in two queries where that is cheaper than a call a row: archived
 * rows take edits like live ones, and are in a listing of their own. A row that went to the trash
 * meanwhile is in neither and so counts as unchanged; a write to it is then refused as trashed.
 */
export async function recheckRows(
  reader: Reader,
  asked: { readonly ids: readonly RecordId[]; readonly wanted: Wanted; readonly sinceMs: number },
): Promise<ReadonlyMap<RecordId, RowReading>> {
  const { ids, wanted, sinceMs } = asked;
  if (ids.length <= 2) return readRows(reader, ids, wanted);
  const since = new Date(floorToStep(sinceMs)).toISOString();
  const filter = { timestamp: "last_edited_time", last_edited_time: { on_or_after: since } };
  const open = new Set(ids);
  const readings = new Map<RecordId, RowReading>();
  // Live rows first: one that is archived between the two queries is in one of them all the same.
  for (const isArchived of [false, true]) {
    const edited = await readEdited(reader, { filter, isArchived, wanted }, open);
    for (const [id, reading] of edited.readings) readings.set(id, reading);
    if (edited.isWhole) continue;
    // Too many edits, or a query that did not end: what was not met yet is read row by row.
    for (const [id, reading] of await readRows(reader, [...open], wanted)) {
      readings.set(id, reading);
    }
    return readings;
  }
  return readings;
}

/** Takes what the query shows out of `open`. `isWhole`: it showed all there is. */
async function readEdited(
  reader: Reader,
  query: Query,
  open: Set<RecordId>,
): Promise<{ readonly readings: ReadonlyMap<RecordId, RowReading>; readonly isWhole: boolean }> {
  const { wanted } = query;
  const readings = new Map<RecordId, RowReading>();
  const queried = runQuery(reader, query);
  for (let count = 0; count < limits.recheckPagesMax; count += 1) {
    const step = await queried.next();
    if (step.done === true) {
      return { readings, isWhole: isWhole(query, step.value) };
    }
    const { pages, window } = step.value;
    for (const page of pages) {
      const id = recordId(page.id);
      if (!open.delete(id)) continue;
      const row = await completeRow(reader, decodeRow(reader, page, { wanted, window }));
      readings.set(id, stateOf(reader, page, row));
    }
  }
  return { readings, isWhole: false };
}

/** Whether a query showed all there is. Archives come with some plans only; others know of none. */
function isWhole(query: Query, end: QueryEnd): boolean {
  const hasNone =
    query.isArchived === true && end.kind === "refused" && end.refusal.kind === "invalid";
  return end.kind === "complete" || hasNone;
}

/** Filter keys of the property types a marker can stand in. */
const markerFilters: Readonly<Record<string, string>> = {
  title: "title",
  rich_text: "rich_text",
  url: "url",
  email: "email",
  phone_number: "phone_number",
};

/**
 * Rows whose marker is one of `markers`, letter by letter: the service's own filter ignores case. Markers
 * of no live row are looked for in the archive.
 */
export async function findMarked(
  reader: Reader,
  markers: readonly string[],
  wanted: Wanted,
): Promise<readonly Row[]> {
  const property = wanted.marker === null ? undefined : reader.source.properties.get(wanted.marker);
  if (property === undefined || markers.length === 0) return [];
  const key = markerFilters[property.field.type];
  if (key === undefined) {
    throw new SyncError({
      code: "config_invalid",
      message: `The property "${property.field.name}" of type ${property.field.type} cannot hold the marker.`,
      remedy: "Use a text property for link.notion, or leave it out.",
    });
  }
  const rows = new Map<RecordId, Row>();
  for (const isArchived of [false, true]) {
    const met = new Set([...rows.values()].map((row) => row.marker));
    const open = markers.filter((marker) => !met.has(marker));
    for (let start = 0; start < open.length; start += limits.filterConditionsMax) {
      const some = open.slice(start, start + limits.filterConditionsMax);
      const or = some.map((marker) => ({ property: property.wireId, [key]: { equals: marker } }));
      for (const row of await readMarked(reader, { filter: { or }, isArchived, wanted }, some)) {
        rows.set(row.id, row);
      }
    }
  }
  return [...rows.values()];
}

async function readMarked(
  reader: Reader,
  query: Query,
  markers: readonly string[],
): Promise<readonly Row[]> {
  const { wanted } = query;
  const rows: Row[] = [];
  const queried = runQuery(reader, query);
  // Bound: the query's own number of pages.
  for (;;) {
    const step = await queried.next();
    if (step.done === true) {
      if (step.value.kind !== "complete" && !isWhole(query, step.value)) {
        throw await unfinished(reader, wanted, step.value);
      }
      return rows;
    }
    for (const page of step.value.pages) {
      const decoded = decodeRow(reader, page, { wanted, window: step.value.window });
      if (decoded.row.marker === null || !markers.includes(decoded.row.marker)) continue;
      rows.push(await completeRow(reader, decoded));
    }
  }
}

async function unfinished(
  reader: Reader,
  wanted: Wanted,
  end: Parameters<typeof describeEnd>[0],
): Promise<SyncError> {
  if (end.kind === "refused") return refusedQuery(reader, wanted, end.refusal);
  return new SyncError({
    code: "unavailable",
    message: `A lookup by marker did not come to its end: ${describeEnd(end)}.`,
    remedy: "Nothing is lost; the next run tries again.",
  });
}

type Unfinished =
  | { readonly kind: "capped" }
  | { readonly kind: "lost" }
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "refused"; readonly refusal: Parameters<typeof refusedQuery>[2] };

function describeEnd(end: Unfinished): string {
  switch (end.kind) {
    case "capped":
      return "more rows carry these markers than Notion lists";
    case "lost":
      return "Notion lost its place in the listing";
    case "incomplete":
      return end.reason;
    case "refused":
      return end.refusal.message;
  }
}
