// Lists the whole table, or what the pair's filter leaves of it.
import { SyncError } from "../../errors.ts";
import type { ScanEnd, ScanPage, Wanted } from "../connector.ts";
import type { Caller } from "./caller.ts";
import { refusalError, type Refusal } from "./failure.ts";
import { list, type Listing } from "./listing.ts";
import { decodeRow, fieldsToAsk } from "./row.ts";
import type { Table } from "./table.ts";

/** The config's filter on this side is a formula. */
function formulaOf(filter: unknown): string | null {
  if (filter === null || filter === undefined || filter === "") return null;
  if (typeof filter === "string") return filter;
  throw new SyncError({
    code: "config_invalid",
    message: "The pair's Airtable filter is no text.",
    remedy: "Write it as a formula, such as: filter: { airtable: \"{Status} != 'Draft'\" }",
  });
}

/** A listing's only formula is the pair's filter; the connector's own ones are in lookups. */
function refusedScan(table: Table, refusal: Refusal): SyncError {
  if (refusal.kind !== "formula") return refusalError(refusal, `the table "${table.schema.name}"`);
  return new SyncError({
    code: "config_invalid",
    message: `Airtable refuses the pair's filter: ${refusal.message}`,
    remedy: "Correct the pair's filter.airtable in the config.",
  });
}

export async function* scan(
  caller: Caller,
  table: Table,
  wanted: Wanted,
): AsyncGenerator<ScanPage, ScanEnd> {
  const startMs = caller.nowMs();
  const listing: Listing = {
    fields: fieldsToAsk(table, wanted),
    formula: formulaOf(wanted.filter),
  };
  const listed = list(caller, table, listing);
  // Bound: the listing ends itself, after `listingPagesMax` pages a pass at the latest.
  for (;;) {
    const step = await listed.next();
    if (step.done !== true) {
      const { records, window } = step.value;
      yield { rows: records.map((record) => decodeRow(table, record, { wanted, window })) };
      continue;
    }
    const end = step.value;
    if (end.kind === "refused") throw refusedScan(table, end.refusal);
    const window = { startMs, endMs: caller.nowMs() };
    return end.kind === "complete"
      ? { isComplete: true, reason: null, window }
      : { isComplete: false, reason: end.reason, window };
  }
}
