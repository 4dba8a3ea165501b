// What people do to the columns of either side: names, options, types, and whole columns that go, come
// back, or make room for another one of the same name. A column that was removed or retyped comes back
// as undo in the apps brings it back: under its id, with the cells it had.
import type { Side } from "../../src/core/side.ts";
import type { Json } from "../../src/sandbox/notion/json.ts";
import type { SchemaAct } from "./acts.ts";
import { columnOf } from "./fields.ts";
import { configuredName, valueOf, type GhostKey, type GhostRow } from "./ghost.ts";
import type { Key } from "./script.ts";
import { markValue } from "./services.ts";
import { pick, type World } from "./world.ts";

/** Whether people find the column as it was made. */
export function hasColumn(world: World, side: Side, key: GhostKey): boolean {
  if (key === "@marker" && side === "left" && !world.setting.hasLeftMarker) return false;
  return !world.ghost.isFrozen(side, key);
}

/** What an act came to, in words; null when there was nothing to do it to. */
export function changeSchema(world: World, act: SchemaAct): string | null {
  const { side } = act;
  switch (act.do) {
    case "rename-field":
      return renameField(world, act);
    case "add-field":
      return addField(world, side);
    case "rename-option":
    case "remove-option":
      return changeOption(world, act.do, side);
    case "remove-field":
    case "retype-field":
      return breakField(world, act);
    case "replace-field":
      return replaceField(world, act);
    case "mend-field":
      return mendField(world, side);
  }
}

function addField(world: World, side: Side): string {
  const { notion, airtable, dataSourceId, tableId } = world.services;
  const name = `Extra ${world.random.int(1_000_000)}`;
  if (side === "left") notion.admin.addProperty(dataSourceId, name, { rich_text: {} });
  else airtable.admin.addField(tableId, { name, type: "singleLineText" });
  return `adds a field "${name}"`;
}

/** A filter is the config's, word for word, and names its field. */
function isInFilter(world: World, key: GhostKey): boolean {
  return key === "stage" && world.setting.filtered !== null;
}

function renameField(world: World, act: SchemaAct): string | null {
  const { notion, airtable, dataSourceId, tableId } = world.services;
  const { side } = act;
  const count = world.random.int(1_000_000);
  const key = pick(world.ghost.keys, act.field);
  if (key === null || !world.isKnown || isInFilter(world, key)) return null;
  if (!hasColumn(world, side, key)) return null;
  const before = world.ghost.nameOf(side, key);
  // Under another name nobody would find a new column: a resync knows it by the config's word for it.
  if (world.replaced !== "no" && before === configuredName(key, side)) return null;
  const name = `${before.split(" v")[0]} v${count}`;
  if (side === "left") notion.admin.renameProperty(dataSourceId, before, name);
  else airtable.admin.renameField(tableId, before, name);
  world.ghost.rename(side, key, name);
  return `renames the field "${before}" to "${name}"`;
}

function changeOption(
  world: World,
  how: "rename-option" | "remove-option",
  side: Side,
): string | null {
  const { notion, airtable, dataSourceId, tableId } = world.services;
  const count = world.random.int(1_000_000);
  if (!hasColumn(world, side, "stage")) return null;
  const row = shownRows(world, side).find((each) => {
    const value = valueOf(each, "stage");
    return value !== "" && value !== markValue;
  });
  if (row === undefined) return null;
  const [from, to] = [valueOf(row, "stage"), `Option ${count}`];
  const property = world.ghost.nameOf(side, "stage");
  if (how === "remove-option") {
    if (side === "left") notion.admin.removeOption({ dataSourceId, property }, from);
    else airtable.admin.removeOption(tableId, property, from);
    return `removes the option "${from}"`;
  }
  if (side === "left") notion.admin.renameOption({ dataSourceId, property }, from, to);
  else airtable.admin.renameOption(tableId, property, { from, to });
  return `renames the option "${from}" to "${to}"`;
}

function shownRows(world: World, side: Side): readonly GhostRow[] {
  return world.ghost.rows(side).filter((row) => row.presence.at(-1)?.state === "live");
}

/** Columns that can go: neither title, nor what is computed, nor what a filter names. */
function loose(world: World, side: Side): readonly GhostKey[] {
  return world.ghost.keys.filter(
    (key) =>
      key !== "title" &&
      (key !== "@mark" || isMarkUsed(world, side)) &&
      (key !== "shout" || side === "left") &&
      !isInFilter(world, key) &&
      hasColumn(world, side, key),
  );
}

function isMarkUsed({ setting }: World, side: Side): boolean {
  return setting.archive[side] === "mark" && setting.deletes === "archive" && !setting.isMarkMapped;
}

/** Another type, which takes the text of the cells, or next to nothing of them. */
function otherType(side: Side, at: { readonly key: Key; readonly count: number }): Json {
  const isNumber = at.key !== "cost" && at.count % 2 === 0;
  if (side === "left") {
    if (isNumber) return { number: {} };
    return at.key === "note" || at.key === "shout" ? { checkbox: {} } : { rich_text: {} };
  }
  if (isNumber) return { type: "number", options: { precision: 0 } };
  return at.key === "note" ? { type: "checkbox" } : { type: "singleLineText" };
}

function breakField(world: World, act: SchemaAct): string | null {
  const { side } = act;
  const { notion, airtable, dataSourceId, tableId } = world.services;
  const isRetyped = act.do === "retype-field";
  const keys = loose(world, side).filter((key) => !isRetyped || isMapped(key));
  const key = pick(keys, act.field);
  if (key === null || !world.isKnown) return null;
  const name = world.ghost.nameOf(side, key);
  const remove = (): (() => void) =>
    side === "left"
      ? notion.admin.removeProperty(dataSourceId, name)
      : airtable.admin.removeField(tableId, name);
  const retype = (mapped: Key): (() => void) => {
    const to = otherType(side, { key: mapped, count: act.field });
    return side === "left"
      ? notion.admin.retypeProperty(dataSourceId, name, to as { [name: string]: Json })
      : airtable.admin.retypeField(tableId, name, to as { type: string });
  };
  const undo = isRetyped && isMapped(key) ? retype(key) : remove();
  world.ghost.freeze(side, key);
  world.breaks.push({ side, key, undo });
  world.everBroken.add(`${side} ${key}`);
  return isRetyped ? `changes the type of the field "${name}"` : `removes the field "${name}"`;
}

function isMapped(key: GhostKey): key is Key {
  return key !== "@marker" && key !== "@mark";
}

/** Takes back what was done first to a column of this side. */
function mendField(world: World, side: Side): string | null {
  const found = world.breaks.find((entry) => entry.side === side);
  if (found === undefined) return null;
  world.breaks.splice(world.breaks.indexOf(found), 1);
  found.undo();
  world.ghost.thaw(side, found.key);
  return `takes back what was done to the field "${world.ghost.nameOf(side, found.key)}"`;
}

/** The new column bears the name that stands in the config, as a resync looks for it. */
function replaceField(world: World, act: SchemaAct): string | null {
  const { side } = act;
  const { notion, airtable, dataSourceId, tableId, fieldKeys } = world.services;
  const keys = loose(world, side).filter(
    (key) => isMapped(key) && !(key === "stage" && world.setting.isMarkMapped),
  );
  const key = pick(keys, act.field);
  if (key === null || !isMapped(key) || !world.isKnown) return null;
  const before = world.ghost.nameOf(side, key);
  const name = configuredName(key, side);
  const column = columnOf(key);
  if (side === "left") {
    notion.admin.removeProperty(dataSourceId, before);
    notion.admin.addProperty(dataSourceId, name, { ...column.left });
  } else {
    airtable.admin.removeField(tableId, before);
    const options = column.right.options;
    const wish = { name, type: column.right.type, ...(options === undefined ? {} : { options }) };
    fieldKeys.set(airtable.admin.addField(tableId, wish), key);
  }
  world.ghost.rename(side, key, name);
  world.replaced = "yes";
  for (const row of world.ghost.rows(side)) world.ruled.add(`${row.id} ${key}`);
  return `puts an empty field in place of "${before}"`;
}
