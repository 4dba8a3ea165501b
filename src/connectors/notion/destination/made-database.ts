// Databases that Tandem makes: under the worker's parent page, with a line in their description that says
// whose they are. By that line a database is found again when what was remembered of it is lost, or when
// the answer to its making was: it is never made twice under one page.
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import { SyncError } from "../../../errors.ts";
import type { Caller, ReadResult } from "../caller.ts";
import { refusalError } from "../failure.ts";
import { limits } from "../limits.ts";
import { parseReference } from "../reference.ts";
import { shownText } from "../codec/shown.ts";
import { richTextCodec } from "../codec/rich-text.ts";
import {
  blockSchema,
  databaseSchema,
  listSchema,
  type WireDatabase,
  type WireList,
} from "../wire.ts";
import { encodeIcon } from "./look.ts";
import { entryFor, type SchemaEntry } from "./schema-entry.ts";

/** Pages of children of the parent page that are looked through; 100 blocks a page. */
const childPagesMax = 20;

export interface NewDatabase {
  readonly declaration: DatabaseDeclaration;
  /** Who it is for: `<worker>/<database key>`. */
  readonly owner: string;
  /** Id or link of the page to make it under. */
  readonly parent: string | null;
}

function ownerLine(owner: string): string {
  return `Kept up to date by Tandem (${owner}).`;
}

/** The id of the page that databases are made under. */
function parentIdOf(made: NewDatabase): string {
  const { parent, declaration } = made;
  const id = parent === null ? null : parseReference(parent);
  if (id !== null) return id;
  throw new SyncError({
    code: "config_invalid",
    message:
      parent === null
        ? `There is no page to make the database "${declaration.title}" under.`
        : `"${parent}" holds no id of a Notion page.`,
    remedy:
      "Share a page with the connection and put its link into the config as the worker's parent.",
  });
}

async function listChildren(caller: Caller, pageId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < childPagesMax; page += 1) {
    const result: ReadResult<WireList> = await caller.read(
      {
        kind: "read",
        method: "get",
        path: `blocks/${pageId}/children`,
        query: { page_size: limits.pageSize, ...(cursor === null ? {} : { start_cursor: cursor }) },
      },
      listSchema,
    );
    if (result.kind === "refused") throw refusalError(result.refusal, "the worker's parent page");
    for (const item of result.body.results) {
      const block = blockSchema.safeParse(item);
      if (block.success && block.data.type === "child_database") ids.push(block.data.id);
    }
    cursor = result.body.next_cursor ?? null;
    if (cursor === null) break;
  }
  return ids;
}

function isOwned(database: WireDatabase, owner: string): boolean {
  const description = shownText(richTextCodec.decode(database.description ?? []));
  return database.in_trash !== true && (description ?? "").includes(ownerLine(owner));
}

/** The data source of the database made before for the same owner; null when there is none. */
export async function findMade(caller: Caller, made: NewDatabase): Promise<string | null> {
  for (const id of await listChildren(caller, parentIdOf(made))) {
    const found = await caller.read(
      { kind: "read", method: "get", path: `databases/${id}` },
      databaseSchema,
    );
    if (found.kind === "ok" && isOwned(found.body, made.owner)) {
      return found.body.data_sources[0]?.id ?? null;
    }
  }
  return null;
}

function schemaOf(declaration: DatabaseDeclaration): Readonly<Record<string, SchemaEntry>> {
  const entries: Record<string, SchemaEntry> = {};
  let hasTitle = false;
  for (const declared of declaration.properties) {
    const isTitle = declared.shape.type === "title";
    if (declared.shape.type === "relation" || (isTitle && hasTitle)) continue;
    hasTitle ||= isTitle;
    entries[declared.name] = entryFor(declared);
  }
  // Every data source has a title; one that nobody declared stays empty.
  if (!hasTitle) entries["Name" in entries ? "Title" : "Name"] = { title: {} };
  return entries;
}

/** Makes the database and gives its data source; without a certain answer it looks what was made. */
export async function makeDatabase(caller: Caller, made: NewDatabase): Promise<string> {
  const { declaration, owner } = made;
  const icon = declaration.icon === null ? null : encodeIcon(declaration.icon);
  const result = await caller.write(
    {
      kind: "write",
      method: "post",
      path: "databases",
      body: {
        parent: { type: "page_id", page_id: parentIdOf(made) },
        title: [{ text: { content: declaration.title } }],
        description: [{ text: { content: ownerLine(owner) } }],
        initial_data_source: { properties: schemaOf(declaration) },
        ...(icon === null ? {} : { icon }),
      },
    },
    databaseSchema,
  );
  if (result.kind === "refused") {
    throw refusalError(result.refusal, `the parent page, to make "${declaration.title}" there`);
  }
  const id = result.kind === "ok" ? result.body.data_sources[0]?.id : await findMade(caller, made);
  if (id !== undefined && id !== null) return id;
  throw new SyncError({
    code: "unavailable",
    message: `The database "${declaration.title}" could not be made${result.kind === "ok" ? "" : `: ${result.message}`}`,
    remedy: "Try again later; the next run looks whether it is there before it makes one.",
  });
}
