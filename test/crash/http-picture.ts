// What both sandboxes hold, read through their side doors, and what the store thinks of it, in words
// that do not depend on ids.
import type { Entry } from "../../src/core/entry.ts";
import type { HttpBench } from "./http-bench.ts";

const fields = [
  "Name",
  "Status",
  "Priority",
  "Target Quarter",
  "Sprint",
  "Ship Date",
  "Blockers",
] as const;

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && "start" in value) return String(value.start);
  return typeof value === "string" ? value : JSON.stringify(value);
}

export interface HttpPicture {
  readonly notion: readonly string[];
  readonly trashed: number;
  readonly airtable: readonly string[];
  readonly links: readonly string[];
  readonly conflicts: readonly string[];
  readonly intents: number;
}

function notionRows({ ops }: HttpBench): readonly string[] {
  return ops.notion.admin
    .rows(ops.dataSourceId)
    .map((row) =>
      fields
        .map((name) => shown(name === "Name" ? row.title : row.values[name]))
        .concat(shown(row.values["Owner"]) === "[]" ? "nobody" : "somebody")
        .join("|"),
    )
    .toSorted();
}

function airtableRows({ ops }: HttpBench): readonly string[] {
  return ops.airtable.admin
    .rows(ops.tableId)
    .map((row) =>
      fields
        .map((name) => shown(row.fields[name === "Name" ? "Spec Name" : name]))
        .concat(row.fields["Owner"] === undefined ? "nobody" : "somebody")
        .join("|"),
    )
    .toSorted();
}

export async function httpPicture(bench: HttpBench): Promise<HttpPicture> {
  const { ops, policy } = bench;
  const store = bench.store();
  const index = await store.loadLinkIndex(policy.id);
  const links = await store.loadLinks(index.map((entry) => entry.id));
  const conflicts = await store.loadConflicts(policy.id, ["open"]);
  const all = ops.notion.admin.rows(ops.dataSourceId, { withTrash: true }).length;
  return {
    notion: notionRows(bench),
    trashed: all - ops.notion.admin.rows(ops.dataSourceId).length,
    airtable: airtableRows(bench),
    links: links.map((link) => `${link.title} ${link.state}`).toSorted(),
    conflicts: conflicts.map(({ kind, title, field }) => `${kind} ${title} ${field}`).toSorted(),
    intents: (await store.loadIntents(policy.id)).length,
  };
}

/** Ids of all rows, those in the trash too. */
export function idsOf({ ops }: HttpBench): ReadonlySet<string> {
  const pages = ops.notion.admin.rows(ops.dataSourceId, { withTrash: true });
  return new Set([...pages, ...ops.airtable.admin.rows(ops.tableId)].map(({ id }) => id));
}

/** Rows that came into being without exactly one line that tells it. */
export function untold(
  bench: HttpBench,
  before: ReadonlySet<string>,
  entries: readonly Entry[],
): readonly string[] {
  const told = entries.flatMap(({ body }) =>
    body.type === "change" && body.op === "create" ? [String(body.ids[body.side])] : [],
  );
  return [...idsOf(bench)].filter(
    (id) => !before.has(id) && told.filter((one) => one === id).length !== 1,
  );
}
