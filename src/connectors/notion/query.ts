// One query of the data source, page by page, to its end or to the reason why it has none. A query
// silently stops at 10,000 rows and says so only in `request_status` (Notion docs: Query a data source;
// recorded traffic never shows the key on whole queries). It is sorted by what never moves: a cursor
// stands at a row, and a row that an edit carries to the end of the order takes the query's place along,
// past rows that were not shown yet.
import type { ReadWindow } from "../../core/row.ts";
import { SyncError } from "../../errors.ts";
import type { Wanted } from "../connector.ts";
import type { Caller, ReadResult } from "./caller.ts";
import type { Refusal } from "./failure.ts";
import { limits } from "./limits.ts";
import { askFor, type Reader } from "./row.ts";
import { objectSchema, pageSchema, querySchema, type WirePage, type WireQuery } from "./wire.ts";

export interface Query {
  /** Filter in the API's words, or null. */
  readonly filter: unknown;
  /** Rows in the archive, and no others. Default: no. */
  readonly isArchived?: boolean;
  readonly wanted: Wanted;
}

export interface QueriedPage {
  /** What is in the trash is left out; archived rows are, unless they were asked for. */
  readonly pages: readonly WirePage[];
  readonly window: ReadWindow;
}

export type QueryEnd =
  | { readonly kind: "complete" }
  /** More rows than one query reaches. */
  | { readonly kind: "capped" }
  /** The service does not know its cursor any more. */
  | { readonly kind: "lost" }
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

function parsePages(
  results: readonly unknown[],
  { isArchived: wantsArchived = false }: Query,
): readonly WirePage[] {
  const pages: WirePage[] = [];
  for (const result of results) {
    const kind = objectSchema.safeParse(result);
    // Wikis list data sources among their pages (Notion docs: Query a data source).
    if (kind.success && kind.data.object !== "page") continue;
    const page = pageSchema.safeParse(result);
    if (!page.success) {
      throw new SyncError({
        code: "contract_broken",
        message: "A row in Notion's listing has an unexpected shape.",
        remedy: "Look for a newer version of Tandem, or report this.",
        context: { issue: page.error.issues[0]?.code ?? null },
      });
    }
    const { in_trash: isTrashed, is_archived: isArchived } = page.data;
    if (isTrashed !== true && (isArchived !== true || wantsArchived)) pages.push(page.data);
  }
  return pages;
}

function isCapped(status: { readonly type: string } | null | undefined): boolean {
  return status?.type === "incomplete";
}

async function askOnce(
  caller: Caller,
  source: Reader["source"],
  asked: { readonly query: Query; readonly cursor: string | null },
): Promise<ReadResult<WireQuery>> {
  const { query, cursor } = asked;
  const { filter } = query;
  return caller.read(
    {
      kind: "read",
      method: "post",
      path: `data_sources/${source.id}/query`,
      query: askFor(source, query.wanted),
      body: {
        page_size: limits.pageSize,
        result_type: "page",
        sorts: [{ timestamp: "created_time", direction: "ascending" }],
        ...(filter === null ? {} : { filter }),
        ...(query.isArchived === true ? { is_archived: true } : {}),
        ...(cursor === null ? {} : { start_cursor: cursor }),
      },
    },
    querySchema,
  );
}

export async function* runQuery(
  reader: Reader,
  query: Query,
): AsyncGenerator<QueriedPage, QueryEnd> {
  const { caller, source } = reader;
  const cursors = new Set<string>();
  let cursor: string | null = null;
  let capped = false;
  for (let page = 0; page < limits.queryPagesMax; page += 1) {
    const startMs = caller.nowMs();
    const result = await askOnce(caller, source, { query, cursor });
    if (result.kind === "refused") {
      // The same words were taken for the first page: only the cursor can be wrong.
      if (cursor !== null && result.refusal.kind === "invalid") return { kind: "lost" };
      return result;
    }
    const { results, next_cursor: next, has_more: hasMore, request_status: status } = result.body;
    capped ||= isCapped(status);
    yield { pages: parsePages(results, query), window: { startMs, endMs: caller.nowMs() } };
    if (next === null || next === undefined) {
      if (hasMore === true) {
        return { kind: "incomplete", reason: "Notion spoke of more rows and named no next page" };
      }
      return { kind: capped ? "capped" : "complete" };
    }
    if (cursors.has(next)) {
      return { kind: "incomplete", reason: "Notion gave the same page cursor twice" };
    }
    cursors.add(next);
    cursor = next;
  }
  return { kind: "incomplete", reason: "the listing did not end" };
}
