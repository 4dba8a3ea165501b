// The Product Ops pair as a small world of its own: specs in a local Notion, a delivery tracker in a
// local Airtable, people on both sides, and the config that ties them. The demo and the end-to-end
// tests live in it.
import { startAirtableSandbox, type AirtableSandbox } from "./airtable/sandbox.ts";
import { startNotionSandbox, type NotionSandbox } from "./notion/sandbox.ts";
import { makeSandboxClock, type SandboxClock } from "./clock.ts";

export interface ProductOps {
  readonly notion: NotionSandbox;
  readonly airtable: AirtableSandbox;
  readonly clock: SandboxClock;
  readonly databaseId: string;
  readonly dataSourceId: string;
  readonly baseId: string;
  readonly tableId: string;
  readonly pageIds: readonly string[];
  /** The team, on both sides by the same address. */
  readonly people: readonly {
    readonly name: string;
    readonly email: string;
    readonly notionId: string;
  }[];
  /** The config file's text. */
  config(options?: ProductOpsConfig): string;
  close(): Promise<void>;
}

export interface ProductOpsConfig {
  /** Lines of YAML under `guards:`, without indentation. */
  readonly guards?: readonly string[];
  /** Further lines of YAML under the pair, without indentation. */
  readonly extra?: readonly string[];
  readonly directory?: string;
}

export interface ProductOpsOptions {
  /** Specs in Notion at the start; 47 by default. */
  readonly specCount?: number;
  /** False lifts both services' request budgets. Default true. */
  readonly isLimited?: boolean;
  /** 0, the default, takes any free port. */
  readonly ports?: { readonly notion: number; readonly airtable: number };
  readonly clock?: SandboxClock;
}

const areas = [
  "Checkout",
  "Search",
  "Billing",
  "Onboarding",
  "Mobile app",
  "Notifications",
  "Reporting",
  "Permissions",
  "Import",
  "Export",
  "Integrations",
  "Audit trail",
];
const themes = ["redesign", "performance", "self-service", "localisation", "accessibility"];
const statuses = ["Draft", "In review", "Approved", "In progress", "Shipped"];
const priorities = ["P0", "P1", "P2", "P3"];
const quarters = ["2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4"];
const people = [
  { name: "Mara Lindqvist", email: "mara@acme.example" },
  { name: "Jonas Weber", email: "jonas@acme.example" },
  { name: "Aiko Tanaka", email: "aiko@acme.example" },
];

const options = (names: readonly string[]) => ({ options: names.map((name) => ({ name })) });
const choices = (names: readonly string[]) => ({ choices: names.map((name) => ({ name })) });

function at<T>(list: readonly T[], index: number): T {
  const value = list[index % list.length];
  if (value === undefined) throw new Error("an empty list in the Product Ops world");
  return value;
}

function words(content: string): { text: { content: string } }[] {
  return content === "" ? [] : [{ text: { content } }];
}

/** Properties of the n-th spec, in the form of Notion's API. */
function specProperties(index: number, userIds: readonly string[]) {
  const month = String((index % 12) + 1).padStart(2, "0");
  const day = String((index % 27) + 1).padStart(2, "0");
  return {
    Name: {
      title: words(`${at(areas, index)} ${at(themes, Math.floor(index / 12))} ${index + 1}`),
    },
    Status: { select: { name: at(statuses, index) } },
    Priority: { select: { name: at(priorities, index) } },
    Owner: { people: index % 5 === 4 ? [] : [{ id: at(userIds, index) }] },
    "Target Quarter": { select: { name: at(quarters, index) } },
    Sprint: { rich_text: words(index % 3 === 0 ? "" : `Sprint ${(index % 9) + 1}`) },
    "Ship Date": { date: index % 4 === 3 ? null : { start: `2026-${month}-${day}` } },
    Blockers: { rich_text: words(index % 6 === 5 ? "Waits for legal\nand for the vendor" : "") },
  };
}

async function startNotion(given: ProductOpsOptions, clock: SandboxClock) {
  const notion = await startNotionSandbox({
    clock,
    port: given.ports?.notion ?? 0,
    workspaceName: "Acme",
    integrationName: "Tandem",
    ...(given.isLimited === false ? { rateLimit: null } : {}),
  });
  const { databaseId, dataSourceId } = notion.admin.createDatabase({
    title: "Product Specs",
    properties: {
      Name: { title: {} },
      Status: { select: options([...statuses, "Archived"]) },
      Priority: { select: options(priorities) },
      Owner: { people: {} },
      "Target Quarter": { select: options(quarters) },
      Sprint: { rich_text: {} },
      "Ship Date": { date: {} },
      Blockers: { rich_text: {} },
      "Airtable Record ID": { rich_text: {} },
    },
  });
  const members = people.map((person) => ({ ...person, notionId: notion.admin.addUser(person) }));
  const userIds = members.map((member) => member.notionId);
  const pageIds = Array.from({ length: given.specCount ?? 47 }, (_, index) => {
    clock.advance(60_000);
    return notion.admin.createPage({
      parent: { dataSourceId },
      properties: specProperties(index, userIds),
    });
  });
  return { notion, databaseId, dataSourceId, pageIds, people: members };
}

async function startAirtable(given: ProductOpsOptions, clock: SandboxClock) {
  const airtable = await startAirtableSandbox({
    clock,
    port: given.ports?.airtable ?? 0,
    ...(given.isLimited === false ? { rateLimit: null } : {}),
  });
  const iso = { dateFormat: { name: "iso" } };
  const time = { ...iso, timeFormat: { name: "24hour" }, timeZone: "utc" };
  const base = airtable.admin.addBase({
    name: "Product Ops",
    tables: [
      {
        name: "Delivery Tracker",
        fields: [
          { name: "Spec Name", type: "singleLineText" },
          { name: "Status", type: "singleSelect", options: choices([...statuses, "Archived"]) },
          { name: "Priority", type: "singleSelect", options: choices(priorities) },
          { name: "Owner", type: "singleCollaborator" },
          { name: "Target Quarter", type: "singleSelect", options: choices(quarters) },
          { name: "Notion URL", type: "url" },
          { name: "Sprint", type: "singleLineText" },
          { name: "Ship Date", type: "date", options: iso },
          { name: "Blockers", type: "multilineText" },
          { name: "Notion Page ID", type: "singleLineText" },
          { name: "Last Synced", type: "dateTime", options: time },
          {
            name: "Last Modified",
            type: "lastModifiedTime",
            options: { referencedFieldIds: [], result: { type: "dateTime", options: time } },
          },
        ],
      },
    ],
  });
  for (const person of people) airtable.admin.addCollaborator(base.id, person);
  const tableId = base.tables["Delivery Tracker"]?.id ?? "";
  return { airtable, baseId: base.id, tableId };
}

/** Both services on loopback ports, filled. The clock stands some hours in the future at the end. */
export async function startProductOps(given: ProductOpsOptions = {}): Promise<ProductOps> {
  const clock = given.clock ?? makeSandboxClock();
  const made = await startNotion(given, clock);
  const table = await startAirtable(given, clock);
  clock.advance(600_000);
  return {
    ...made,
    ...table,
    clock,
    config: (part = {}) => configText({ ...made, ...table }, part),
    close: async () => {
      await Promise.all([made.notion.close(), table.airtable.close()]);
    },
  };
}

function configText(
  made: Pick<ProductOps, "notion" | "airtable" | "databaseId" | "baseId">,
  part: ProductOpsConfig,
): string {
  const directory = part.directory ?? ".";
  const indent = (lines: readonly string[], by: string): string =>
    lines.map((line) => `${by}${line}\n`).join("");
  return `version: 1
store: sqlite:${directory}/data/tandem.db
history: ${directory}/sync_history.jsonl
notion: { token: "\${NOTION_TOKEN}", baseUrl: "${made.notion.url}" }
airtable: { token: "\${AIRTABLE_TOKEN}", baseUrl: "${made.airtable.url}" }
pairs:
  product-specs:
    schedule: "*/15 * * * *"
    notion: { database: "${made.databaseId}" }
    airtable: { base: ${made.baseId}, table: "Delivery Tracker" }
    link: { airtable: "Notion Page ID", notion: "Airtable Record ID" }
    match: [{ notion: Name, airtable: "Spec Name" }]
    fields:
      - { notion: Name, airtable: Spec Name, owner: notion }
      - { notion: Status, airtable: Status, owner: airtable }
      - { notion: Priority, airtable: Priority, owner: notion }
      - { notion: Owner, airtable: Owner }
      - { notion: Target Quarter, airtable: Target Quarter }
      - { notion: "@url", airtable: Notion URL, direction: toAirtable }
      - { notion: Sprint, airtable: Sprint, owner: airtable }
      - { notion: Ship Date, airtable: Ship Date, owner: airtable }
      - { notion: Blockers, airtable: Blockers }
    lastSynced: { airtable: Last Synced }
    deletes: archive
    archive:
      airtable: { field: Status, value: Archived }
      notion: trash
${part.guards === undefined ? "" : `    guards:\n${indent(part.guards, "      ")}`}${indent(part.extra ?? [], "    ")}`;
}
