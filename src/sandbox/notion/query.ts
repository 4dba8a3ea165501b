// Querying a data source: partition, filter, order, page, and the depth cap.
//
// A cursor is `s:<session>:<row id>` and belongs to one filter and one sorting (recorded shape since April
// 2026). A session is no snapshot: rows that change between pages can shift, as they may in the real service.
// At the cap every page of the query says `incomplete` (Notion docs: Query a data source).
import { invalid } from "./errors.ts";
import { compileFilter } from "./filter/filter.ts";
import { stringAt, type Json, type JsonObject } from "./json.ts";
import { readPageSize } from "./paging.ts";
import type { QueryIndex } from "./query-index.ts";
import { compileSorts } from "./sort.ts";
import { isVisible, type DataSource, type Page, type World } from "./world.ts";

interface Session {
  readonly sourceId: string;
  /** Filter, sorts and partition as text; a cursor is good for these only. */
  readonly key: string;
  /** Where the next page began, in case its first row is gone by then. */
  offset: number;
}

export interface QueryDesk {
  readonly index: QueryIndex;
  readonly sessions: Map<string, Session>;
  /** Rows one query may reach. */
  readonly rowsMax: number;
  /** Rows every later page repeats from the page before, as shifting rows do; 0 normally. */
  overlapRows: number;
}

export interface QueryPage {
  readonly rows: readonly Page[];
  readonly nextCursor: string | null;
  readonly isCapped: boolean;
}

const sessionsMax = 1000;
const cursorPattern = /^s:([0-9a-f-]{36}):([0-9a-f-]{36})$/;

export function queryRows(
  world: World,
  desk: QueryDesk,
  request: { readonly source: DataSource; readonly body: JsonObject },
): QueryPage {
  const { source, body } = request;
  const pageSize = readPageSize(body["page_size"], "body");
  const matches = compileFilter(world, source, body["filter"]);
  const order = compileSorts(world, source, body["sorts"]);
  const wantsArchived = body["is_archived"] === true;
  const all = desk.index
    .rowsOf(source)
    .filter((row) => !row.isInTrash && row.isArchived === wantsArchived && isVisible(world, row))
    .filter(matches)
    .sort(order);
  const isCapped = all.length > desk.rowsMax;
  const rows = isCapped ? all.slice(0, desk.rowsMax) : all;
  const key = JSON.stringify([body["filter"] ?? null, body["sorts"] ?? null, wantsArchived]);
  const session = openSession(world, desk, { source, key, cursor: stringAt(body, "start_cursor") });
  const overlap = session.rowId === null ? 0 : Math.min(desk.overlapRows, pageSize - 1);
  const start = Math.max(0, startOf(rows, session) - overlap);
  const end = start + pageSize;
  const next = rows[end];
  session.state.offset = end;
  return {
    rows: rows.slice(start, end),
    nextCursor: next === undefined ? null : `s:${session.id}:${next.id}`,
    isCapped,
  };
}

interface OpenSession {
  readonly id: string;
  readonly state: Session;
  readonly rowId: string | null;
}

function openSession(
  world: World,
  desk: QueryDesk,
  request: { readonly source: DataSource; readonly key: string; readonly cursor: string | null },
): OpenSession {
  const { source, key, cursor } = request;
  if (cursor === null) {
    const id = world.ids.arbitrary();
    const state = { sourceId: source.id, key, offset: 0 };
    desk.sessions.set(id, state);
    if (desk.sessions.size > sessionsMax) {
      const [oldest] = desk.sessions.keys();
      if (oldest !== undefined) desk.sessions.delete(oldest);
    }
    return { id, state, rowId: null };
  }
  const match = cursorPattern.exec(cursor);
  const state = desk.sessions.get(match?.[1] ?? "");
  if (match === null || state === undefined || state.sourceId !== source.id || state.key !== key) {
    throw invalid(`The start_cursor provided is invalid: ${cursor}`);
  }
  return { id: match[1] ?? "", state, rowId: match[2] ?? null };
}

function startOf(rows: readonly Page[], session: OpenSession): number {
  if (session.rowId === null) return 0;
  const found = rows.findIndex((row) => row.id === session.rowId);
  return found === -1 ? session.state.offset : found;
}

/** The list envelope of a query answer. */
export function queryEnvelope(page: QueryPage, results: Json[]): JsonObject {
  return {
    object: "list",
    results,
    next_cursor: page.nextCursor,
    has_more: page.nextCursor !== null,
    type: "page_or_data_source",
    page_or_data_source: {},
    ...(page.isCapped && {
      request_status: {
        type: "incomplete",
        incomplete_reason: "query_result_limit_reached",
      },
    }),
  };
}
