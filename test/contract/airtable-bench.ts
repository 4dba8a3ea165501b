// A kitchen-sink table in the Airtable sandbox, and a connector on it, for contract tests.
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import type { Connector } from "../../src/connectors/connector.ts";
import type { FieldWish } from "../../src/sandbox/airtable/field/make.ts";
import { startAirtableSandbox, type AirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";
import { must } from "../../src/core/assert.ts";
import type { Person } from "../../src/core/value.ts";

export interface AirtableBench {
  readonly sandbox: AirtableSandbox;
  readonly connector: Connector;
  readonly baseId: string;
  readonly tableId: string;
  readonly person: Person;
}

export interface BenchOptions {
  /** Whether the table has a field that tells the time of the last edit. Default true. */
  readonly hasStamp?: boolean;
  readonly callMs?: number;
}

const choices = [{ name: "Todo" }, { name: "In progress" }, { name: "Done" }];
const dateFormat = { name: "iso" };
const timeFormat = { name: "24hour" };
const dateTime = { dateFormat, timeFormat, timeZone: "utc" };

const fields: readonly FieldWish[] = [
  { name: "Name", type: "singleLineText" },
  { name: "Notes", type: "multilineText" },
  { name: "Count", type: "number", options: { precision: 2 } },
  { name: "Done", type: "checkbox", options: { icon: "check", color: "greenBright" } },
  { name: "Key", type: "singleLineText" },
  { name: "Story", type: "richText" },
  { name: "Mail", type: "email" },
  { name: "Site", type: "url" },
  { name: "Phone", type: "phoneNumber" },
  { name: "Share", type: "percent", options: { precision: 0 } },
  { name: "Price", type: "currency", options: { precision: 2, symbol: "€" } },
  { name: "Spent", type: "duration", options: { durationFormat: "h:mm" } },
  { name: "Stars", type: "rating", options: { max: 5, icon: "star", color: "yellowBright" } },
  { name: "Status", type: "singleSelect", options: { choices } },
  { name: "Tags", type: "multipleSelects", options: { choices } },
  { name: "Due", type: "date", options: { dateFormat } },
  { name: "Meeting", type: "dateTime", options: dateTime },
  { name: "Owner", type: "singleCollaborator" },
  { name: "Crew", type: "multipleCollaborators" },
  { name: "Number", type: "autoNumber" },
  {
    name: "Born",
    type: "createdTime",
    options: { result: { type: "dateTime", options: dateTime } },
  },
];

const stampField: FieldWish = {
  name: "Touched",
  type: "lastModifiedTime",
  options: {
    isValid: true,
    referencedFieldIds: [],
    result: { type: "dateTime", options: dateTime },
  },
};

export async function openAirtableBench(options: BenchOptions = {}): Promise<AirtableBench> {
  const sandbox = await startAirtableSandbox({ rateLimit: null, order: "shuffled" });
  const base = sandbox.admin.addBase({
    name: "Contract",
    tables: [
      { name: "Sink", fields: options.hasStamp === false ? [...fields] : [...fields, stampField] },
    ],
  });
  const person = sandbox.admin.addCollaborator(base.id, { email: "p@example.com", name: "P" });
  const table = must(base.tables["Sink"], "the bench has no table");
  const connector = makeAirtableConnector({
    token: sandbox.token,
    baseUrl: sandbox.url,
    base: base.id,
    table: "Sink",
    known: null,
    isPaced: false,
    callMs: options.callMs ?? 5_000,
  });
  return { sandbox, connector, baseId: base.id, tableId: table.id, person };
}
