// What a first sync of 1,000 rows costs in calls, each way, against both local services with their
// request budgets in force. The services' own logs are counted, and the time is what the budgets and
// the waiting for them make of it on the services' clock.
//   npm run bench:cold-create
import { openLocalPair, type LocalPair } from "./parts/local-pair.ts";
import { printFigures, type Figure } from "./parts/table.ts";

const rowCount = 1_000;
/** A create call takes ten rows, a listing shows a hundred, and a few calls find out what is there. */
const airtableCallsMax = 112;

async function measure(what: string, pair: LocalPair): Promise<Figure> {
  const { notion, airtable, clock } = pair.ops;
  const before = { notion: notion.log.length, airtable: airtable.log.length, ms: clock.nowMs() };
  const run = await pair.sync();
  const { created } = run.summary.counts;
  const { requests } = run.summary;
  const calls = {
    notion: notion.log.length - before.notion,
    airtable: airtable.log.length - before.airtable,
  };
  if (created.left + created.right !== rowCount) throw new Error(`${what}: not all rows were made`);
  return [
    what,
    String(calls.notion),
    String(requests.left.write),
    String(calls.airtable),
    String(requests.right.write),
    `${((clock.nowMs() - before.ms) / 1_000).toFixed(0)} s`,
  ];
}

async function intoAirtable(): Promise<Figure> {
  const pair = await openLocalPair({ specCount: rowCount, isLimited: true });
  try {
    return await measure("Notion → Airtable", pair);
  } finally {
    await pair.close();
  }
}

async function intoNotion(): Promise<Figure> {
  const pair = await openLocalPair({ specCount: 0, isLimited: true });
  const { airtable, tableId } = pair.ops;
  try {
    airtable.admin.addRows(
      tableId,
      Array.from({ length: rowCount }, (_, row) => ({
        "Spec Name": `Spec ${row + 1}`,
        Status: "Draft",
        Priority: "P1",
        Sprint: `Sprint ${row % 9}`,
        "Ship Date": "2026-12-01",
      })),
    );
    pair.ops.clock.advance(600_000);
    return await measure("Airtable → Notion", pair);
  } finally {
    await pair.close();
  }
}

const figures = [await intoAirtable(), await intoNotion()];
const header: Figure = ["1,000 rows made", "Notion", "writes", "Airtable", "writes", "time"];
printFigures("Calls of a first sync", header, figures);
const airtableCalls = Number(figures[0]?.[3]);
console.log(`\nInto Airtable: ${airtableCalls} Airtable calls, limit ${airtableCallsMax}.`);
if (airtableCalls > airtableCallsMax) process.exitCode = 1;
