// One listing of the table, page by page, to its end or to the reason why it has none. Relies on the
// service for order and membership and so checks what it can: a lost iterator starts the listing anew,
// an offset that comes twice or a runaway length ends it as incomplete, no row is given out twice.
import type { ReadWindow } from "../../core/row.ts";
import type { Caller, ReadResult } from "./caller.ts";
import type { Refusal } from "./failure.ts";
import { limits } from "./limits.ts";
import type { Call } from "./transport.ts";
import type { Table } from "./table.ts";
import { pageSchema, type WirePage, type WireRecord } from "./wire.ts";

export interface Listing {
  /** Fields to bring along, by id. Not empty: no field at all would mean every one. */
  readonly fields: readonly string[];
  readonly formula: string | null;
}

export interface ListedPage {
  readonly records: readonly WireRecord[];
  readonly window: ReadWindow;
}

export type ListingEnd =
  | { readonly kind: "complete" }
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

type Parameters = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** As long as it will be in an address, where apostrophes are encoded too. */
function encoded(content: string): string {
  return encodeURIComponent(content).replaceAll("'", "%27");
}

function queryChars(parameters: Parameters): number {
  let chars = 0;
  for (const [name, value] of Object.entries(parameters)) {
    const values = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    for (const one of values) chars += encoded(`${name}[]=${one}&`).length;
  }
  return chars;
}

/** A page's call: in the address while that is short enough, else as a POST with the same words. */
function pageCall(table: Table, listing: Listing, offset: string | null): Call {
  const parameters: Parameters = {
    pageSize: limits.pageSize,
    returnFieldsByFieldId: true,
    fields: listing.fields,
    ...(listing.formula === null ? {} : { filterByFormula: listing.formula }),
  };
  const page: Parameters = offset === null ? parameters : { ...parameters, offset };
  const isLong = queryChars(parameters) > limits.urlCharsMax;
  return isLong
    ? {
        kind: "read",
        method: "POST",
        stem: table.baseId,
        path: `/${table.tableId}/listRecords`,
        // The offset belongs into the body too; left in the address it would be passed over and the
        // first page would come for ever (pyairtable issue 415).
        body: page,
      }
    : { kind: "read", method: "GET", stem: table.baseId, path: `/${table.tableId}`, query: page };
}

type PassEnd = ListingEnd | { readonly kind: "lost" };

/** One pass from the first page on. Rows in `seen` are left out, and new ones are added to it. */
async function* pass(
  caller: Caller,
  table: Table,
  state: { readonly listing: Listing; readonly seen: Set<string> },
): AsyncGenerator<ListedPage, PassEnd> {
  const offsets = new Set<string>();
  let offset: string | null = null;
  for (let page = 0; page < limits.listingPagesMax; page += 1) {
    const startMs = caller.nowMs();
    const result: ReadResult<WirePage> = await caller.read(
      pageCall(table, state.listing, offset),
      pageSchema,
    );
    if (result.kind === "refused") {
      return result.refusal.kind === "iterator" ? { kind: "lost" } : result;
    }
    const records = result.body.records.filter((record) => !state.seen.has(record.id));
    for (const record of records) state.seen.add(record.id);
    yield { records, window: { startMs, endMs: caller.nowMs() } };
    offset = result.body.offset ?? null;
    if (offset === null) return { kind: "complete" };
    if (offsets.has(offset)) {
      return { kind: "incomplete", reason: "Airtable gave the same page offset twice" };
    }
    offsets.add(offset);
  }
  return { kind: "incomplete", reason: "the listing did not end" };
}

/** The rows of a listing. A second pass after a lost iterator only gives out what the first had not. */
export async function* list(
  caller: Caller,
  table: Table,
  listing: Listing,
): AsyncGenerator<ListedPage, ListingEnd> {
  const seen = new Set<string>();
  for (let restart = 0; restart <= limits.listingRestartsMax; restart += 1) {
    const end = yield* pass(caller, table, { listing, seen });
    if (end.kind !== "lost") return end;
  }
  return { kind: "incomplete", reason: "Airtable lost its place in the listing again and again" };
}

/** A listing held whole: for lookups, whose size is bounded by their formula. */
export async function listAll(
  caller: Caller,
  table: Table,
  listing: Listing,
): Promise<{ readonly pages: readonly ListedPage[]; readonly end: ListingEnd }> {
  const pages: ListedPage[] = [];
  const listed = list(caller, table, listing);
  // Bound: the listing ends itself, after `listingPagesMax` pages a pass at the latest.
  for (;;) {
    const step = await listed.next();
    if (step.done === true) return { pages, end: step.value };
    pages.push(step.value);
  }
}
