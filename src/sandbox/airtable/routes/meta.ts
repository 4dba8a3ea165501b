// Metadata: who am I, bases, tables, fields (Airtable reference, section 4). There is no call that deletes
// a table or field, makes a view, or changes a type.
import { needBase, needEditor, needScope, needTable } from "../access.ts";
import type { Ask, Desk } from "../desk.ts";
import { makeFieldByApi, needFreeFieldName, readFieldWish } from "../field/make.ts";
import { makeTableByApi, needFreeTableName } from "../field/make-table.ts";
import { showField, showTable } from "../field/show.ts";
import { nameFieldsById } from "../formula/compile.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { forbidden, invalidRequest } from "../refusal.ts";
import type { Base, Field, Table } from "../world.ts";

const basesPageMax = 1000;
const descriptionCharsMax = 20_000;

export function whoami(desk: Desk): Json {
  const { owner, scopes } = desk.world.grant;
  const email = scopes.has("user.email:read") ? { email: owner.email } : {};
  return { id: owner.id, scopes: [...scopes], ...email };
}

/** Bases the token reaches, a thousand a page. */
export function listBases(desk: Desk, ask: Ask): Json {
  if (desk.world.dialect !== "2022") needScope(desk, "schema.bases:read");
  const { lostBaseIds } = desk.world.grant;
  const reached = desk.world.bases.filter((base) => !lostBaseIds.has(base.id));
  const after = stringAt(ask.query, "offset")?.split("/").at(-1) ?? null;
  const start = after === null ? 0 : reached.findIndex((base) => base.id === after) + 1;
  const page = reached.slice(start, start + basesPageMax);
  const bases = page.map(({ id, name, permissionLevel }) => ({ id, name, permissionLevel }));
  const last = page.at(-1);
  if (last === undefined || start + page.length >= reached.length) return { bases };
  return { bases, offset: `${desk.world.chance.id("itr")}/${last.id}` };
}

export function createBase(desk: Desk, ask: Ask): Json {
  needScope(desk, "schema.bases:write");
  if (!isObject(ask.body)) throw invalidRequest();
  const name = stringAt(ask.body, "name");
  const workspaceId = stringAt(ask.body, "workspaceId");
  const tables = ask.body["tables"];
  if (name === null || workspaceId === null || !Array.isArray(tables) || tables.length === 0) {
    throw invalidRequest();
  }
  const base: Base = {
    id: desk.world.chance.id("app"),
    name,
    workspaceId,
    permissionLevel: "create",
    tables: [],
    people: [desk.world.grant.owner],
  };
  for (const table of tables) makeTableByApi(desk.world, base, table);
  desk.world.bases.push(base);
  return { id: base.id, tables: base.tables.map((table) => showTable(table, desk.world)) };
}

export function listTables(desk: Desk, ask: Ask): Json {
  const base = needBase(desk, ask.segments[2] ?? "");
  needScope(desk, "schema.bases:read");
  const include = ask.query["include"];
  const hasVisibleFieldIds = Array.isArray(include) && include.includes("visibleFieldIds");
  return {
    tables: base.tables.map((table) =>
      showTable(table, { dialect: desk.world.dialect, hasVisibleFieldIds }),
    ),
  };
}

export function createTable(desk: Desk, ask: Ask): Json {
  needScope(desk, "schema.bases:write");
  const base = needBase(desk, ask.segments[2] ?? "");
  needEditor(base, true);
  return showTable(makeTableByApi(desk.world, base, ask.body), desk.world);
}

export function updateTable(desk: Desk, ask: Ask): Json {
  needScope(desk, "schema.bases:write");
  const [, , baseId = "", , tableName = ""] = ask.segments;
  const { base, table } = needTable(desk, baseId, tableName);
  needEditor(base, true);
  const body = needKeys(ask.body, ["name", "description", "dateDependencySettings"]);
  const name = stringAt(body, "name");
  if (name !== null) needFreeTableName(base, name, table);
  const settings = body["dateDependencySettings"];
  if (settings !== undefined) table.dateDependencySettings = settings;
  changeText(table, body);
  return showTable(table, { dialect: desk.world.dialect, isChange: true });
}

export function createField(desk: Desk, ask: Ask): Json {
  needScope(desk, "schema.bases:write");
  const [, , baseId = "", , tableName = ""] = ask.segments;
  const sight = needTable(desk, baseId, tableName);
  needEditor(sight.base, true);
  return showField(makeFieldByApi(sight, readFieldWish(ask.body)), desk.world.dialect);
}

export function updateField(desk: Desk, ask: Ask): Json {
  needScope(desk, "schema.bases:write");
  const [, , baseId = "", , tableName = "", , fieldId = ""] = ask.segments;
  const { base, table } = needTable(desk, baseId, tableName);
  needEditor(base, true);
  const field = table.fields.find((candidate) => candidate.id === fieldId);
  if (field === undefined) throw forbidden();
  // Any other key is refused, `type` among them: a field keeps its type.
  const body = needKeys(ask.body, ["name", "description", "options"]);
  const name = stringAt(body, "name");
  if (name !== null) needFreeFieldName(table, name, field);
  const options = body["options"];
  if (options !== undefined) changeFormula(table, field, options);
  changeText(field, body);
  return showField(field, desk.world.dialect);
}

/** The only options that may be changed are a formula's text. */
function changeFormula(table: Table, field: Field, options: Json): void {
  const formula = isObject(options) ? stringAt(options, "formula") : null;
  if (field.type !== "formula" || formula === null) throw invalidRequest();
  field.options = { ...field.options, formula: nameFieldsById(formula, table) };
}

function changeText(thing: { name: string; description: string | null }, body: JsonObject): void {
  const name = stringAt(body, "name");
  const description = stringAt(body, "description");
  if (description !== null && description.length > descriptionCharsMax) throw invalidRequest();
  if (name !== null) thing.name = name;
  if (description !== null) thing.description = description;
}

/** A body with at least one of the keys, and no other. */
function needKeys(body: Json | undefined, keys: readonly string[]): JsonObject {
  if (!isObject(body)) throw invalidRequest();
  const given = Object.keys(body);
  if (given.length === 0 || given.some((key) => !keys.includes(key))) throw invalidRequest();
  for (const key of ["name", "description"]) {
    if (body[key] !== undefined && typeof body[key] !== "string") throw invalidRequest();
  }
  if (body["options"] !== undefined && objectAt(body, "options") === null) throw invalidRequest();
  return body;
}
