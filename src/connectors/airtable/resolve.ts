// Finds the base and the table the config means, and reads the table's schema. Names are not unique in
// Airtable (recorded for bases): one that fits twice is refused rather than guessed.
import type { z } from "zod";
import { SyncError } from "../../errors.ts";
import { parseAddress, type Address } from "./address.ts";
import type { Caller } from "./caller.ts";
import { refusalError } from "./failure.ts";
import { limits } from "./limits.ts";
import { makeTable, type Table } from "./table.ts";
import { basesSchema, tablesSchema, type WireTable } from "./wire.ts";

export interface Asked {
  /** The config's words: an id, a name, or a pasted address. */
  readonly base: string;
  readonly table: string;
  /** What an earlier run resolved them to; saves the look-up by name. */
  readonly known: { readonly tableId: string; readonly parentId: string | null } | null;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

async function getMeta<T>(
  caller: Caller,
  path: string,
  query: { readonly schema: z.ZodType<T>; readonly offset: string | null; readonly what: string },
): Promise<T> {
  const result = await caller.read(
    {
      kind: "read",
      method: "GET",
      stem: "meta",
      path,
      ...(query.offset === null ? {} : { query: { offset: query.offset } }),
    },
    query.schema,
  );
  if (result.kind === "refused") throw refusalError(result.refusal, query.what);
  return result.body;
}

async function listBases(caller: Caller): Promise<readonly Named[]> {
  const bases: Named[] = [];
  let offset: string | null = null;
  for (let page = 0; page < limits.basePagesMax; page += 1) {
    const answer: z.infer<typeof basesSchema> = await getMeta(caller, "/bases", {
      schema: basesSchema,
      offset,
      what: "the list of bases",
    });
    bases.push(...answer.bases);
    offset = answer.offset ?? null;
    if (offset === null) break;
  }
  return bases;
}

const namesShownMax = 20;

/** A list of things as a person can choose from it. */
export function named(list: readonly Named[]): string {
  const shown = list.slice(0, namesShownMax).map(({ id, name }) => `"${name}" (${id})`);
  const rest = list.length - shown.length;
  return shown.length === 0 ? "none" : shown.join(", ") + (rest > 0 ? `, and ${rest} more` : "");
}

/** Things of that name: exactly so, or else without regard to case. */
export function byName<T extends Named>(list: readonly T[], name: string): readonly T[] {
  const exact = list.filter((one) => one.name === name);
  if (exact.length > 0) return exact;
  return list.filter((one) => one.name.trim().toLowerCase() === name.toLowerCase());
}

/** The base's id, looked up by its name when the config gives none. */
export async function findBaseId(caller: Caller, base: Address["base"]): Promise<string> {
  if (base.kind === "id") return base.text;
  const bases = await listBases(caller);
  const [found, ...others] = byName(bases, base.text);
  if (found !== undefined && others.length === 0) return found.id;
  if (found !== undefined) {
    throw new SyncError({
      code: "config_invalid",
      message: `Several Airtable bases are called "${base.text}".`,
      remedy: `Give the base's id instead of its name: ${named([found, ...others])}.`,
    });
  }
  throw new SyncError({
    code: "not_shared",
    message: `No Airtable base called "${base.text}" is within the token's reach.`,
    remedy: `Give the token access to the base, or correct the name. Within reach: ${named(bases)}.`,
  });
}

/** Every table of the base, with its fields. */
export async function readTables(caller: Caller, baseId: string): Promise<readonly WireTable[]> {
  const { tables } = await getMeta(caller, `/bases/${baseId}/tables`, {
    schema: tablesSchema,
    offset: null,
    what: `the base ${baseId}`,
  });
  return tables;
}

function findTable(tables: readonly WireTable[], table: Address["table"]): WireTable {
  const found =
    table.kind === "id"
      ? tables.find((one) => one.id === table.text)
      : byName(tables, table.text)[0];
  if (found !== undefined) return found;
  throw new SyncError({
    code: "config_invalid",
    message: `The Airtable base has no table ${table.kind === "id" ? table.text : `"${table.text}"`}.`,
    remedy: `Name one of its tables: ${named(tables)}.`,
  });
}

/** Reads the table's schema, looking up by name only what no earlier run has settled. */
export async function resolveTable(caller: Caller, asked: Asked): Promise<Table> {
  const address = parseAddress(asked.base, asked.table);
  const baseId = asked.known?.parentId ?? (await findBaseId(caller, address.base));
  const tables = await readTables(caller, baseId);
  const wanted: Address["table"] =
    asked.known === null ? address.table : { kind: "id", text: asked.known.tableId };
  return makeTable(baseId, findTable(tables, wanted));
}
