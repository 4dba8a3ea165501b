// Lists the whole data source, or what the pair's filter leaves of it. Sorted by creation, which no
// edit moves, and read in windows of creation time where one query does not reach all rows. Rows on the
// edge of a window come twice and are given out once.
import type { Row } from "../../core/row.ts";
import { SyncError } from "../../errors.ts";
import type { ScanEnd, ScanPage, Wanted } from "../connector.ts";
import { isRecord, asList } from "./codec/codec.ts";
import { refusalError, type Refusal } from "./failure.ts";
import { completeRow } from "./long-list.ts";
import { runQuery, type QueriedPage, type QueryEnd } from "./query.ts";
import { decodeRow, type Reader } from "./row.ts";
import { decodeId, isPseudo } from "./source.ts";
import { dataSourceSchema } from "./wire.ts";

/** Times a listing whose cursor was lost starts anew. */
const restartsMax = 1;

/** The config's filter on this side is an API filter object; `{}` filters nothing. */
function filterOf(wanted: Wanted): unknown {
  const { filter } = wanted;
  if (filter === null || filter === undefined) return null;
  if (isRecord(filter)) return Object.keys(filter).length === 0 ? null : filter;
  throw new SyncError({
    code: "config_invalid",
    message: "The pair's Notion filter is no filter object.",
    remedy:
      "Write it as in the Notion API: filter: { notion: { property: Done, checkbox: { equals: false } } }",
  });
}

/** Both filters, without a level of nesting more than needed: the API takes two. */
function both(filter: unknown, extra: unknown): unknown {
  if (filter === null) return extra;
  const parts = isRecord(filter) && Object.keys(filter).length === 1 ? asList(filter["and"]) : null;
  return { and: [...(parts ?? [filter]), extra] };
}

function createdFrom(iso: string): unknown {
  return { timestamp: "created_time", created_time: { on_or_after: iso } };
}

/** Why a first page was refused: a property went away, or the filter is wrong, or neither. */
export async function refusedQuery(
  reader: Reader,
  wanted: Wanted,
  refusal: Refusal,
): Promise<SyncError> {
  const { caller, source } = reader;
  const what = `the database "${source.schema.name}"`;
  if (refusal.kind !== "invalid") return refusalError(refusal, what);
  const now = await caller.read(
    { kind: "read", method: "get", path: `data_sources/${source.id}` },
    dataSourceSchema,
  );
  if (now.kind === "refused") return refusalError(now.refusal, what);
  const ids = new Set(now.body.properties.map((property) => decodeId(property.id)));
  const asked = wanted.marker === null ? wanted.fields : [...wanted.fields, wanted.marker];
  const gone = asked.find((id) => !isPseudo(id) && !ids.has(id));
  if (gone !== undefined) {
    const name = source.properties.get(gone)?.field.name ?? gone;
    return new SyncError({
      code: "schema_changed",
      message: `The property "${name}" is not in ${what} any more.`,
      remedy: "Restore the property in Notion, or take it out of the pair's fields in the config.",
    });
  }
  if (filterOf(wanted) === null) return refusalError(refusal, what);
  return new SyncError({
    code: "config_invalid",
    message: `Notion refuses the pair's filter: ${refusal.message}`,
    remedy: "Correct the pair's filter.notion in the config.",
  });
}

interface Sweep {
  readonly reader: Reader;
  readonly wanted: Wanted;
  readonly seen: Set<string>;
}

/** The page without rows that were given out before. */
function newOnly(sweep: Sweep, page: QueriedPage): QueriedPage {
  const pages = page.pages.filter((wire) => !sweep.seen.has(wire.id));
  for (const wire of pages) sweep.seen.add(wire.id);
  return { ...page, pages };
}

/** One window, from a creation time on. Tells besides how it ended the last creation time in it. */
async function* sweepFrom(
  sweep: Sweep,
  since: string | null,
): AsyncGenerator<QueriedPage, { readonly end: QueryEnd; readonly last: string | null }> {
  const { reader, wanted } = sweep;
  const filter = filterOf(wanted);
  const queried = runQuery(reader, {
    filter: since === null ? filter : both(filter, createdFrom(since)),
    wanted,
  });
  let last = since;
  // Bound: the query's own number of pages.
  for (;;) {
    const step = await queried.next();
    if (step.done === true) return { end: step.value, last };
    last = step.value.pages.at(-1)?.created_time ?? last;
    yield newOnly(sweep, step.value);
  }
}

/** Every row once, as pages of the API. */
export async function* listPages(
  reader: Reader,
  wanted: Wanted,
): AsyncGenerator<QueriedPage, ScanEnd> {
  const { caller } = reader;
  const startMs = caller.nowMs();
  const sweep: Sweep = { reader, wanted, seen: new Set() };
  const ended = (reason: string | null): ScanEnd => ({
    isComplete: reason === null,
    reason,
    window: { startMs, endMs: caller.nowMs() },
  });
  let since: string | null = null;
  let restarts = 0;
  // Bound: restarts are counted, and every further window begins at a later minute.
  for (;;) {
    const { end, last }: { readonly end: QueryEnd; readonly last: string | null } =
      yield* sweepFrom(sweep, since);
    switch (end.kind) {
      case "complete":
        return ended(null);
      case "incomplete":
        return ended(end.reason);
      case "lost":
        if (restarts >= restartsMax) return ended("Notion lost its place in the listing again");
        restarts += 1;
        break;
      case "capped":
        // One minute with more rows than a query reaches cannot be split by time.
        if (last === null || last === since) {
          return ended("more rows were created within one minute than Notion lists");
        }
        since = last;
        break;
      case "refused":
        if (since !== null && end.refusal.kind === "invalid") {
          return ended(
            "more rows than Notion lists at once, and a filter nested too deep to split",
          );
        }
        throw await refusedQuery(reader, wanted, end.refusal);
    }
  }
}

export async function* scan(reader: Reader, wanted: Wanted): AsyncGenerator<ScanPage, ScanEnd> {
  const listed = listPages(reader, wanted);
  // Bound: the listing's own.
  for (;;) {
    const step = await listed.next();
    if (step.done === true) return step.value;
    const { pages, window } = step.value;
    const rows: Row[] = [];
    for (const page of pages) {
      rows.push(await completeRow(reader, decodeRow(reader, page, { wanted, window })));
    }
    yield { rows };
  }
}
