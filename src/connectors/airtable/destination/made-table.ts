// Finds the table the config names, and makes a managed one that is missing. Names of tables are unique in
// a base (Airtable docs: Create table), so a table is found again by its name when what was remembered of
// it is lost, or when the answer to its making was; by its id when people renamed it.
import type { PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import { SyncError } from "../../../errors.ts";
import type { Binding } from "../../destination.ts";
import { parseAddress, type Address } from "../address.ts";
import { refusalError } from "../failure.ts";
import { byName, findBaseId, named, readTables } from "../resolve.ts";
import type { WireTable } from "../wire.ts";
import { fieldNameOf, foldName } from "./column.ts";
import { wishFor, wishWords, type FieldWish } from "./field-wish.ts";
import { markWish } from "./mark.ts";
import { createTable, isDenied, schemaRights } from "./schema-call.ts";
import type { TableState } from "./table.ts";

export interface FoundTable {
  readonly baseId: string;
  /** Null: there is none, and one may be made. */
  readonly wire: WireTable | null;
  readonly notes: readonly string[];
}

function noTable(tables: readonly WireTable[], table: Address["table"]): SyncError {
  return new SyncError({
    code: "not_shared",
    message: `The Airtable base has no table ${table.kind === "id" ? table.text : `"${table.text}"`}.`,
    remedy: `Name one of its tables in the config: ${named(tables)}.`,
  });
}

/** Reads the base's schema. Throws `not_shared` when a table that is not ours to make is not there. */
export async function findTable(state: TableState, binding: Binding | null): Promise<FoundTable> {
  const { caller, setting, declaration } = state;
  const { base, table } = parseAddress(setting.base, setting.table);
  const baseId = await findBaseId(caller, base);
  const tables = await readTables(caller, baseId);
  state.tables = tables;
  const meant =
    table.kind === "id"
      ? tables.find((one) => one.id === table.text)
      : byName(tables, table.text)[0];
  if (meant !== undefined) return { baseId, wire: meant, notes: [] };
  if (table.kind === "id") throw noTable(tables, table);
  const isBound = binding !== null && binding.parentId === baseId;
  const bound = isBound ? tables.find((one) => one.id === binding.tableId) : undefined;
  if (bound !== undefined) {
    const renamed = `The table "${table.text}" of the config is called "${bound.name}" by now.`;
    return { baseId, wire: bound, notes: [renamed] };
  }
  if (declaration.type === "attached") throw noTable(tables, table);
  const gone = `The table "${table.text}" is gone; another one takes its place.`;
  return { baseId, wire: null, notes: isBound ? [gone] : [] };
}

/** The primary field comes first: the title, or else the key; neither a link nor a select can be it. */
function inOrder(
  properties: readonly PropertyDeclaration[],
  key: string,
): readonly PropertyDeclaration[] {
  const rank = ({ name, shape }: PropertyDeclaration): number => {
    if (shape.type === "title") return 0;
    const isText = ["text", "url", "email", "phone"].includes(shape.type);
    return isText ? (name === key ? 1 : 2) : 3;
  };
  return properties.toSorted((one, two) => rank(one) - rank(two));
}

/** The fields of a new table. Links come later, when every table is there. */
function fieldsFor({ declaration, setting }: TableState): readonly FieldWish[] {
  const plain = declaration.properties.filter(({ shape }) => shape.type !== "relation");
  const ordered = inOrder(plain, declaration.primaryKey);
  const wishes = ordered.map((declared) => {
    const name = fieldNameOf(declared, { declaration, key: setting.key });
    return wishFor(declared, { name, declaration });
  });
  if (setting.mark !== null) wishes.push(markWish(setting.mark));
  const first = ordered[0]?.shape.type;
  const hasPrimary =
    first !== undefined && ["title", "text", "url", "email", "phone"].includes(first);
  const all: FieldWish[] = hasPrimary
    ? wishes
    : [{ name: "Name", type: "singleLineText" }, ...wishes];
  // The first of a name stays in its place: another one in front would become the primary field.
  const firsts = new Map<string, FieldWish>();
  for (const wish of all) {
    const folded = foldName(wish.name);
    if (!firsts.has(folded)) firsts.set(folded, wish);
  }
  return [...firsts.values()];
}

/** Makes the table; without a certain answer it looks what was made. */
export async function makeTable(
  state: TableState,
  baseId: string,
  owner: string,
): Promise<WireTable> {
  const { caller, setting } = state;
  const name = parseAddress(setting.base, setting.table).table.text;
  const fields = fieldsFor(state);
  const description = `Kept up to date by Tandem (${owner}).`;
  const result = await createTable(caller, baseId, { name, description, fields });
  if (result.kind === "done") return result.body;
  if (result.kind === "refused" && isDenied(result.refusal)) {
    throw new SyncError({
      code: "forbidden",
      message: `The token may not make the table "${name}" in the base.`,
      remedy: `Either ${schemaRights}; or make the table by hand with these fields: ${fields.map(wishWords).join(", ")}.`,
    });
  }
  if (result.kind === "refused")
    throw refusalError(result.refusal, `the base, to make "${name}" there`);
  state.tables = await readTables(caller, baseId);
  const [made] = byName(state.tables, name);
  if (made !== undefined) return made;
  throw new SyncError({
    code: "unavailable",
    message: `The table "${name}" could not be made: ${result.message}`,
    remedy: "Try again later; the next run looks whether it is there before it makes one.",
  });
}
