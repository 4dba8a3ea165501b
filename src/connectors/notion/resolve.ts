// From the config's reference to one data source, and from there to the schema. A database is a
// container of data sources; the id in a link is the container's (Notion docs: Upgrade guide 2025-09-03).
import type { FieldId } from "../../core/ids.ts";
import { SyncError } from "../../errors.ts";
import type { Caller } from "./caller.ts";
import { isRecord } from "./codec/codec.ts";
import { formulaKind } from "./codec/computed.ts";
import { refusalError } from "./failure.ts";
import type { FormulaKind } from "./property-type.ts";
import { parseReference } from "./reference.ts";
import { decodeId } from "./source.ts";
import {
  databaseSchema,
  dataSourceSchema,
  pageSchema,
  querySchema,
  selfSchema,
  type WireDatabase,
  type WireDataSource,
} from "./wire.ts";

function trashed(what: string): SyncError {
  return new SyncError({
    code: "not_shared",
    message: `${what} is in Notion's trash.`,
    remedy: "Restore it from the trash in Notion, or name another database in the config.",
  });
}

function onlySource(database: WireDatabase): string {
  const { data_sources: sources } = database;
  const [first, ...others] = sources;
  if (first === undefined) {
    throw new SyncError({
      code: "not_shared",
      message: "The database shows no data source to the connection.",
      remedy:
        "A linked database has no rows of its own: share the original database with the connection and put its link into the config.",
    });
  }
  if (others.length > 0) {
    const list = sources.map(({ id, name }) => `"${name ?? ""}" ${id}`).join(", ");
    throw new SyncError({
      code: "config_invalid",
      message: `The database has ${sources.length} data sources: ${list}.`,
      remedy: "Put the id of the one that is meant into the config in place of the link.",
    });
  }
  return first.id;
}

/** The id of the data source a reference means. */
export async function resolveSource(caller: Caller, reference: string): Promise<string> {
  const id = parseReference(reference);
  if (id === null) {
    throw new SyncError({
      code: "config_invalid",
      message: `"${reference}" holds no id of a Notion database.`,
      remedy:
        "Open the database in Notion as a full page, copy its link, and put that into the config.",
    });
  }
  const found = await caller.read(
    { kind: "read", method: "get", path: `databases/${id}` },
    databaseSchema,
  );
  if (found.kind === "ok") {
    if (found.body.in_trash === true) throw trashed("The database");
    return onlySource(found.body);
  }
  switch (found.refusal.kind) {
    case "missing":
      return id; /* a data source's own id, or nothing: the next call tells */
    case "forbidden":
    case "trashed":
      throw refusalError(found.refusal, "the database");
    case "invalid":
      throw new SyncError({
        code: "config_invalid",
        message: `Notion knows no database by "${reference}": ${found.refusal.message}`,
        remedy:
          "The link may be that of a page: open the database itself as a full page and copy its link.",
      });
  }
}

/** The data source as it is now. */
export async function readSource(caller: Caller, id: string): Promise<WireDataSource> {
  const result = await caller.read(
    { kind: "read", method: "get", path: `data_sources/${id}` },
    dataSourceSchema,
  );
  if (result.kind === "refused") throw refusalError(result.refusal, "the database");
  if (result.body.in_trash === true) throw trashed("The data source");
  return result.body;
}

/**
 * The bot behind the token; null when edits by it cannot be told from edits by people: a personal
 * token acts as its user, and a failed look-up only costs that knowledge.
 */
export async function readBotId(caller: Caller): Promise<string | null> {
  try {
    const self = await caller.read({ kind: "read", method: "get", path: "users/me" }, selfSchema);
    return self.kind === "ok" && self.body.type === "bot" ? self.body.id : null;
  } catch (error) {
    if (error instanceof SyncError && error.code === "unauthorized") throw error;
    if (error instanceof SyncError) return null;
    throw error;
  }
}

/** Rows looked at for the kinds of formulas. One would do, were no formula ever unsupported. */
const sampleRows = 5;

/** The kinds of the formulas, as a few rows show them: the schema does not tell. */
export async function readFormulaKinds(
  caller: Caller,
  wire: WireDataSource,
): Promise<ReadonlyMap<FieldId, FormulaKind>> {
  const kinds = new Map<FieldId, FormulaKind>();
  const formulas = wire.properties.filter(({ type }) => type === "formula");
  if (formulas.length === 0) return kinds;
  const result = await caller.read(
    {
      kind: "read",
      method: "post",
      path: `data_sources/${wire.id}/query`,
      query: { filter_properties: formulas.map(({ id }) => encodeURIComponent(decodeId(id))) },
      body: { page_size: sampleRows, result_type: "page" },
    },
    querySchema,
  );
  if (result.kind === "refused") return kinds;
  for (const item of result.body.results) {
    const page = pageSchema.safeParse(item);
    for (const property of Object.values(page.data?.properties ?? {})) {
      if (!isRecord(property) || property["type"] !== "formula") continue;
      const kind = formulaKind(property["formula"]);
      if (kind !== null && typeof property["id"] === "string") {
        kinds.set(decodeId(property["id"]), kind);
      }
    }
  }
  return kinds;
}
