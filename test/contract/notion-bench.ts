// A database in the Notion sandbox, and a connector on it whose waiting costs no time, for contract
// tests of what is Notion's own.
import type { Connector, ScanEnd, Wanted } from "../../src/connectors/connector.ts";
import {
  makeNotionConnector,
  type NotionConnectorOptions,
} from "../../src/connectors/notion/connector.ts";
import type { Timing } from "../../src/connectors/timing.ts";
import { must } from "../../src/core/assert.ts";
import { recordId, type FieldId, type RecordId } from "../../src/core/ids.ts";
import type { Row } from "../../src/core/row.ts";
import { findField, type Schema } from "../../src/core/schema.ts";
import { makeSandboxClock } from "../../src/sandbox/clock.ts";
import type { JsonObject } from "../../src/sandbox/notion/json.ts";
import {
  startNotionSandbox,
  type NotionSandbox,
  type NotionSandboxOptions,
} from "../../src/sandbox/notion/sandbox.ts";

/** A clock that sleeping moves on at once. */
function hurriedTiming(): Timing & { readonly sleptMs: () => number } {
  let sleptMs = 0;
  return {
    nowMs: () => Date.now() + sleptMs,
    elapsedMs: () => performance.now() + sleptMs,
    sleep: (delayMs) => {
      sleptMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
    sleptMs: () => sleptMs,
  };
}

export const properties: JsonObject = {
  Name: { title: {} },
  Notes: { rich_text: {} },
  Count: { number: {} },
  Done: { checkbox: {} },
  Status: { status: {} },
  Stage: { select: { options: [{ name: "Todo" }] } },
  Crew: { people: {} },
  Key: { rich_text: {} },
  Twice: { formula: { expression: 'prop("Count") * 2' } },
};

export interface NotionBench {
  readonly sandbox: NotionSandbox;
  readonly databaseId: string;
  readonly dataSourceId: string;
  readonly timing: ReturnType<typeof hurriedTiming>;
  /** Another connector on the same database. */
  connect(options?: Partial<NotionConnectorOptions>): Connector;
}

export async function openNotionBench(options: NotionSandboxOptions = {}): Promise<NotionBench> {
  const clock = makeSandboxClock();
  clock.freeze(Date.parse("2026-06-01T10:00:30Z"));
  const sandbox = await startNotionSandbox({ rateLimit: null, clock, ...options });
  const { databaseId, dataSourceId } = sandbox.admin.createDatabase({ title: "Specs", properties });
  const timing = hurriedTiming();
  const connect = (more: Partial<NotionConnectorOptions> = {}): Connector =>
    makeNotionConnector({
      token: sandbox.token,
      baseUrl: sandbox.url,
      database: databaseId,
      known: null,
      requestsPerMinute: 1_000_000,
      timing,
      ...more,
    });
  return { sandbox, databaseId, dataSourceId, timing, connect };
}

export interface Described {
  readonly connector: Connector;
  readonly schema: Schema;
  readonly wanted: Wanted;
  readonly id: (name: string) => FieldId;
}

export async function describeTable(connector: Connector): Promise<Described> {
  const schema = await connector.describe();
  const id = (name: string): FieldId => must(findField(schema, name), `no field ${name}`).id;
  const fields = schema.fields.map((field) => field.id).filter((field) => field !== id("Key"));
  return { connector, schema, id, wanted: { fields, marker: id("Key"), filter: null } };
}

export async function scanAll(
  connector: Connector,
  wanted: Wanted,
): Promise<{ readonly rows: readonly Row[]; readonly end: ScanEnd; readonly pages: number }> {
  const rows: Row[] = [];
  const scan = connector.scan(wanted);
  // Bound: the scan ends itself.
  for (let pages = 0; ; pages += 1) {
    const step = await scan.next();
    if (step.done === true) return { rows, end: step.value, pages };
    rows.push(...step.value.rows);
  }
}

/** Rows made by a person, named `row 0` and so on. */
export function addRows(bench: NotionBench, count: number, minutesApart = 0): readonly RecordId[] {
  const { admin, clock } = bench.sandbox;
  return Array.from({ length: count }, (_, index) => {
    clock.advance(minutesApart * 60_000);
    const parent = { dataSourceId: bench.dataSourceId };
    return recordId(admin.createPage({ parent, title: `row ${index}` }));
  });
}
