// Makes tables, for the API and for the owner in the app.
import { isObject, stringAt, type Json } from "../json.ts";
import { invalidRequest, refusal } from "../refusal.ts";
import type { Base, Table, World } from "../world.ts";
import { kindOf } from "./kind.ts";
import { makeFieldByApi, readFieldWish } from "./make.ts";

/** Table names are unique in a base whatever their case. */
export function needFreeTableName(base: Base, name: string, except: Table | null): void {
  const lower = name.toLowerCase();
  const isFree = base.tables.every(
    (table) => table === except || table.name.toLowerCase() !== lower,
  );
  if (name.trim() !== "" && isFree) return;
  throw refusal(422, "DUPLICATE_TABLE_NAME", `Table names must be unique and not empty: "${name}"`);
}

/** A table without fields; its grid view is there from the start. */
export function bareTable(
  world: World,
  named: { readonly name: string; readonly description?: string | null; readonly id?: string },
): Table {
  return {
    id: named.id ?? world.chance.id("tbl"),
    name: named.name,
    description: named.description ?? null,
    primaryFieldId: "",
    dateDependencySettings: null,
    fields: [],
    views: [gridView(world)],
    rows: new Map(),
    trash: new Map(),
    nextNumber: 1,
  };
}

function gridView(world: World): Table["views"][number] {
  return {
    id: world.chance.id("viw"),
    name: "Grid view",
    type: "grid",
    formula: null,
    sort: [],
    rowOrder: null,
    visibleFieldIds: null,
  };
}

/** Reads and makes a table out of a request body. Nothing is kept of it when a field is refused. */
export function makeTableByApi(world: World, base: Base, body: Json | undefined): Table {
  if (!isObject(body)) throw invalidRequest();
  const name = stringAt(body, "name");
  const fields = body["fields"];
  if (name === null || !Array.isArray(fields) || fields.length === 0) throw invalidRequest();
  needFreeTableName(base, name, null);
  const table = bareTable(world, { name, description: stringAt(body, "description") });
  for (const [index, item] of fields.entries()) {
    const wish = readFieldWish(item);
    if (index === 0 && !kindOf(wish.type).canBePrimary) {
      throw refusal(
        422,
        "INVALID_PRIMARY_FIELD_TYPE",
        `The first field of a table cannot be of type ${wish.type}`,
      );
    }
    makeFieldByApi({ world, base, table }, wish);
  }
  table.primaryFieldId = table.fields[0]?.id ?? "";
  base.tables.push(table);
  return table;
}
