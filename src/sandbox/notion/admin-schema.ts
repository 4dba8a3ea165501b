// The side door's hand on schemas: columns and options as people change them in the app.
import { invalid } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { findOption } from "./option.ts";
import { findProperty, type Option, type Property } from "./property.ts";
import {
  changeSchema,
  removeProperty,
  renameProperty,
  type SchemaChange,
} from "./schema-change.ts";
import { renderProperty } from "./schema.ts";
import { undoable, type UndoProperty } from "./undo-property.ts";
import { carryOver } from "./value/carry-over.ts";
import { touch, type DataSource, type World } from "./world.ts";

/** Columns are named by id or by name, options likewise. */
export interface SchemaDoor {
  /** Adds a column: `{number: {format: "euro"}}`. Returns its raw id. */
  addProperty(dataSourceId: string, name: string, config: JsonObject): string;
  renameProperty(dataSourceId: string, property: string, name: string): void;
  /** Changes type or configuration. Gives what undo does in the app. */
  retypeProperty(dataSourceId: string, property: string, config: JsonObject): UndoProperty;
  /** Gives what taking the property back from the deleted ones does. */
  removeProperty(dataSourceId: string, property: string): UndoProperty;
  addOption(
    at: OptionPlace,
    option: { readonly name: string; readonly color?: string; readonly group?: string },
  ): string;
  /** The id stays, so every row shows the new name. */
  renameOption(at: OptionPlace, option: string, name: string): void;
  /** Rows that hold it lose it. */
  removeOption(at: OptionPlace, option: string): void;
  /** A column as the API would show it, `null` when it is not there. */
  readProperty(dataSourceId: string, property: string): JsonObject | null;
}

interface OptionPlace {
  readonly dataSourceId: string;
  readonly property: string;
}

export function makeSchemaDoor(world: World, personId: string): SchemaDoor {
  const changing = (id: string): SchemaChange => {
    const source = world.dataSources.get(id);
    if (source === undefined) throw invalid(`The sandbox has no data source ${id}.`);
    touch(world, source, personId);
    return { world, source, isAdmin: true };
  };
  return {
    addProperty: (dataSourceId, name, config) => {
      const change = changing(dataSourceId);
      changeSchema(change, { [name]: config });
      return needProperty(change.source, name).id;
    },
    renameProperty: (dataSourceId, property, name) => {
      const change = changing(dataSourceId);
      renameProperty(change, needProperty(change.source, property), name);
    },
    retypeProperty: (dataSourceId, property, config) => {
      const change = changing(dataSourceId);
      const found = needProperty(change.source, property);
      return undoable(change, found, () => changeSchema(change, { [found.id]: config }));
    },
    removeProperty: (dataSourceId, property) => {
      const change = changing(dataSourceId);
      const found = needProperty(change.source, property);
      return undoable(change, found, () => removeProperty(change, found));
    },
    addOption: (at, option) => {
      const property = needProperty(changing(at.dataSourceId).source, at.property);
      return addOption(world, property, option);
    },
    renameOption: (at, option, name) => {
      const property = needProperty(changing(at.dataSourceId).source, at.property);
      const { config, found } = needOption(property, option);
      const options = config.options.map((other) => (other === found ? { ...other, name } : other));
      property.config = { ...config, options };
    },
    removeOption: (at, option) => {
      const { source } = changing(at.dataSourceId);
      removeOption(world, { source, property: needProperty(source, at.property) }, option);
    },
    readProperty: (dataSourceId, name) => {
      const source = world.dataSources.get(dataSourceId);
      const property = source === undefined ? null : findProperty(source.properties, name);
      return source === undefined || property === null
        ? null
        : renderProperty(world, source, property);
    },
  };
}

function needProperty(source: DataSource, key: string): Property {
  const property = findProperty(source.properties, key);
  if (property === null) throw invalid(`The data source has no property ${key}.`);
  return property;
}

type WithOptions = Extract<Property["config"], { options: readonly Option[] }>;

function needOption(
  property: Property,
  key: string,
): { readonly config: WithOptions; readonly found: Option } {
  const { config } = property;
  if (!("options" in config)) throw invalid(`${property.name} has no options.`);
  const found = findOption(config.options, { id: key, name: key });
  if (found === null) throw invalid(`${property.name} has no option ${key}.`);
  return { config, found };
}

function addOption(
  world: World,
  property: Property,
  wanted: { readonly name: string; readonly color?: string; readonly group?: string },
): string {
  const { config } = property;
  if (!("options" in config)) throw invalid(`${property.name} has no options.`);
  const option: Option = {
    id: world.ids.arbitrary(),
    name: wanted.name,
    color: wanted.color ?? "default",
    description: null,
  };
  const options = [...config.options, option];
  if (config.type !== "status") {
    property.config = { ...config, options };
    return option.id;
  }
  const groupName = wanted.group ?? config.groups[0]?.name;
  const groups = config.groups.map((group) =>
    group.name === groupName ? { ...group, optionIds: [...group.optionIds, option.id] } : group,
  );
  property.config = { ...config, options, groups };
  return option.id;
}

function removeOption(
  world: World,
  at: { readonly source: DataSource; readonly property: Property },
  key: string,
): void {
  const { config, found } = needOption(at.property, key);
  const options = config.options.filter((option) => option !== found);
  if (config.type === "status") {
    const groups = config.groups.map((group) => ({
      ...group,
      optionIds: group.optionIds.filter((id) => id !== found.id),
    }));
    at.property.config = { ...config, options, groups };
  } else at.property.config = { ...config, options };
  for (const id of at.source.rowIds) {
    const row = world.pages.get(id);
    const cell = row?.values.get(at.property.id);
    if (row === undefined || cell === undefined) continue;
    const carried = carryOver(world, { config, cell }, at.property);
    if (carried === cell) continue;
    if (carried === null) row.values.delete(at.property.id);
    else row.values.set(at.property.id, carried);
    world.onPageChange(row);
  }
}
