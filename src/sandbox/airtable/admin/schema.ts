// The owner at work on the schema in the app: bases, tables, fields of any type, options and views, with
// all that the API cannot do.
import { addField, needFreeFieldName, readChoices, type FieldWish } from "../field/make.ts";
import { bareTable, needFreeTableName } from "../field/make-table.ts";
import { defaultOptions } from "../field/options.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Sight } from "../sight.ts";
import {
  inverseField,
  linkedTable,
  type Base,
  type Field,
  type Person,
  type Table,
  type World,
} from "../world.ts";
import { baseOf, fieldOf, sightOf } from "./find.ts";
import { addOption, choiceOf, removeOption } from "./option.ts";
import { retypeCells } from "./retype.ts";
import { undoable, type UndoField } from "./undo-field.ts";
import { addView, type ViewWish } from "./view.ts";

/** A table to be made; the first field becomes the primary one. */
interface TableWish {
  readonly name: string;
  readonly id?: string;
  readonly description?: string;
  readonly fields: readonly FieldWish[];
  readonly primaryFieldId?: string;
  readonly dateDependencySettings?: Json;
  /** Views in place of the usual grid. */
  readonly views?: readonly ViewWish[];
}

export interface BaseWish {
  readonly name: string;
  readonly id?: string;
  readonly permissionLevel?: "read" | "comment" | "edit" | "create";
  readonly tables: readonly TableWish[];
}

/** Ids of what was made, by name. */
interface MadeTable {
  readonly id: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface MadeBase {
  readonly id: string;
  readonly name: string;
  readonly tables: Readonly<Record<string, MadeTable>>;
}

/** The owner's side door to the schema. Tables and fields are named by id or by name. */
export interface SchemaAdmin {
  addBase(wish: BaseWish): MadeBase;
  addTable(base: string, wish: TableWish): MadeTable;
  renameTable(table: string, name: string): void;
  removeTable(table: string): void;
  /** Gives the new field's id. A formula in the options may name fields. */
  addField(table: string, wish: FieldWish): string;
  renameField(table: string, field: string, name: string): void;
  describeField(table: string, field: string, description: string | null): void;
  /**
   * Changes the type and converts the cells as far as they convert; the field keeps its id. Gives what
   * undo does in the app.
   */
  retypeField(table: string, field: string, to: { type: string; options?: JsonObject }): UndoField;
  /** Gives what taking the field back from the trash does. */
  removeField(table: string, field: string): UndoField;
  addOption(table: string, field: string, option: { name: string; color?: string }): string;
  renameOption(table: string, field: string, rename: { from: string; to: string }): void;
  /** Removes an option from the field and from every cell. */
  removeOption(table: string, field: string, name: string): void;
  addView(table: string, wish: ViewWish): string;
  addCollaborator(base: string, person: { id?: string; email: string; name: string }): Person;
}

export function makeSchemaAdmin(world: World): SchemaAdmin {
  const fieldIn = (table: string, field: string): Field => fieldOf(sightOf(world, table), field);
  return {
    addBase: (wish) => addBase(world, wish),
    addTable: (base, wish) => made(addTable(world, baseOf(world, base), wish)),
    renameTable: (table, name) => {
      const sight = sightOf(world, table);
      needFreeTableName(sight.base, name, sight.table);
      sight.table.name = name;
    },
    removeTable: (table) => {
      const sight = sightOf(world, table);
      sight.base.tables = sight.base.tables.filter((each) => each !== sight.table);
    },
    addField: (table, wish) => {
      const sight = sightOf(world, table);
      needFreeFieldName(sight.table, wish.name, null);
      const field = addField(sight, wish);
      numberRows(sight, field);
      return field.id;
    },
    renameField: (table, field, name) => {
      const sight = sightOf(world, table);
      const found = fieldOf(sight, field);
      needFreeFieldName(sight.table, name, found);
      found.name = name;
    },
    describeField: (table, field, description) => {
      fieldIn(table, field).description = description;
    },
    retypeField: (table, field, to) => {
      const sight = sightOf(world, table);
      const found = fieldOf(sight, field);
      return undoable(sight, found, () => retype(sight, found, to));
    },
    removeField: (table, field) => {
      const sight = sightOf(world, table);
      const found = fieldOf(sight, field);
      return undoable(sight, found, () => removeField(sight, found));
    },
    addOption: (table, field, option) => addOption(world, fieldIn(table, field), option),
    renameOption: (table, field, { from, to }) => {
      choiceOf(fieldIn(table, field), from).name = to;
    },
    removeOption: (table, field, name) => {
      const sight = sightOf(world, table);
      removeOption(sight, fieldOf(sight, field), name);
    },
    addView: (table, wish) => addView(sightOf(world, table), wish),
    addCollaborator: (base, person) => {
      const added = {
        id: person.id ?? world.chance.id("usr"),
        email: person.email,
        name: person.name,
      };
      baseOf(world, base).people.push(added);
      return added;
    },
  };
}

function addBase(world: World, wish: BaseWish): MadeBase {
  const base: Base = {
    id: wish.id ?? world.chance.id("app"),
    name: wish.name,
    workspaceId: world.chance.id("wsp"),
    permissionLevel: wish.permissionLevel ?? "create",
    tables: [],
    people: [world.grant.owner],
  };
  world.bases.push(base);
  const tables = wish.tables.map((table) => made(addTable(world, base, table)));
  return {
    id: base.id,
    name: base.name,
    tables: Object.fromEntries(tables.map((table) => [table.name, table])),
  };
}

function addTable(world: World, base: Base, wish: TableWish): Table {
  needFreeTableName(base, wish.name, null);
  const table = bareTable(world, wish);
  base.tables.push(table);
  for (const field of wish.fields) addField({ world, base, table }, field);
  table.primaryFieldId = wish.primaryFieldId ?? table.fields[0]?.id ?? "";
  table.dateDependencySettings = wish.dateDependencySettings ?? null;
  if (wish.views !== undefined) table.views = [];
  for (const view of wish.views ?? []) addView({ world, base, table }, view);
  return table;
}

function made(table: Table): MadeTable {
  const fields = Object.fromEntries(table.fields.map((field) => [field.name, field.id]));
  return { id: table.id, name: table.name, fields };
}

/** A new automatic number counts the rows that are there already, in order of creation. */
function numberRows(sight: Sight, field: Field): void {
  if (field.type !== "autoNumber") return;
  const rows = [...sight.table.rows.values()].sort((left, right) => left.seq - right.seq);
  for (const [index, row] of rows.entries()) {
    row.cells.set(field.id, { kind: "number", number: index + 1 });
  }
  sight.table.nextNumber = Math.max(sight.table.nextNumber, rows.length + 1);
}

function retype(sight: Sight, field: Field, to: { type: string; options?: JsonObject }): void {
  const isSelect = to.type === "singleSelect" || to.type === "multipleSelects";
  const before = retypeCells.read(sight, field);
  field.type = to.type;
  const kept = isSelect ? (field.choices ?? []) : null;
  field.choices =
    isSelect && to.options !== undefined ? readChoices(sight.world, to.options["choices"]) : kept;
  const options = isSelect ? null : { ...defaultOptions[to.type], ...to.options };
  field.options = options === null || Object.keys(options).length === 0 ? null : options;
  retypeCells.write(sight, field, before);
}

function removeField(sight: Sight, field: Field): void {
  const inverse = inverseField(sight.base, field);
  const other = linkedTable(sight.base, field);
  dropField(sight.table, field);
  // The other side of a link stays as a plain text field in the app; here it goes with its link.
  if (inverse !== null && other !== null) dropField(other, inverse);
}

function dropField(table: Table, field: Field): void {
  table.fields = table.fields.filter((each) => each !== field);
  for (const row of table.rows.values()) {
    row.cells.delete(field.id);
    row.late.delete(field.id);
    row.fixed.delete(field.id);
  }
}
