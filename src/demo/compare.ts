// Holds both sides of the demonstration against each other: read through the services' own side doors,
// compared by rules of its own. It shares nothing with the sync, so it cannot share its mistakes.
import type { ProductOps } from "../sandbox/product-ops.ts";

export interface Comparison {
  readonly rows: number;
  readonly cells: number;
  /** Pages in the trash whose record is put away. */
  readonly archived: number;
  /** A sentence each. */
  readonly differences: readonly string[];
}

/** Property in Notion (by any of its names) and field in Airtable. */
const mapped: readonly (readonly [properties: readonly string[], field: string])[] = [
  [["Name"], "Spec Name"],
  [["Status"], "Status"],
  [["Priority"], "Priority"],
  [["Owner"], "Owner"],
  [["Target Quarter"], "Target Quarter"],
  [["Sprint"], "Sprint"],
  [["Launch Date", "Ship Date"], "Ship Date"],
  [["Blockers"], "Blockers"],
];

type Cell = string | null;
type Page = ReturnType<ProductOps["notion"]["admin"]["rows"]>[number];
type AirtableRow = ReturnType<ProductOps["airtable"]["admin"]["rows"]>[number];

export function compareSides(ops: ProductOps): Comparison {
  const pages = ops.notion.admin.rows(ops.dataSourceId, { withTrash: true });
  const records = ops.airtable.admin.rows(ops.tableId);
  const emails = new Map(ops.people.map((person) => [person.notionId, person.email]));
  const differences: string[] = [];
  let rows = 0;
  let archived = 0;
  for (const page of pages) {
    const mine = records.filter((record) => textOf(record.fields["Notion Page ID"]) === page.id);
    const [record] = mine;
    if (page.isInTrash) {
      const isAway = mine.every((one) => textOf(one.fields["Status"]) === "Archived");
      if (!isAway) differences.push(`${page.title} is in the trash, its record is not archived.`);
      else archived += mine.length;
      continue;
    }
    if (record === undefined || mine.length > 1) {
      differences.push(`${page.title} has ${mine.length} records.`);
      continue;
    }
    rows += 1;
    differences.push(...cellDifferences(page, record, emails));
  }
  const known = new Set(pages.map((page) => page.id));
  for (const record of records) {
    if (known.has(textOf(record.fields["Notion Page ID"]) ?? "")) continue;
    differences.push(`${textOf(record.fields["Spec Name"]) ?? record.id} has no page.`);
  }
  return { rows, cells: rows * mapped.length, archived, differences };
}

function cellDifferences(
  page: Page,
  record: AirtableRow,
  emails: ReadonlyMap<string, string>,
): readonly string[] {
  return mapped.flatMap(([properties, field]) => {
    const property = properties.find((name) => name in page.values) ?? field;
    const left = notionCell(page.values[property], emails);
    const right = textOf(record.fields[field]);
    if (left === right) return [];
    return [
      `${page.title}, ${field}: ${left ?? "empty"} in Notion, ${right ?? "empty"} in Airtable.`,
    ];
  });
}

function notionCell(value: unknown, emails: ReadonlyMap<string, string>): Cell {
  if (!Array.isArray(value)) return textOf(value);
  const ids: readonly unknown[] = value;
  return textOf(ids.map((id) => emails.get(String(id)) ?? String(id)).join(", "));
}

/** Text, dates by their start, people by their address; null for nothing. */
function textOf(value: unknown): Cell {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string") return value;
  if (typeof value !== "object") return JSON.stringify(value);
  if ("start" in value) return textOf(value.start);
  if ("email" in value) return textOf(value.email);
  return JSON.stringify(value);
}
