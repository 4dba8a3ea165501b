// A page as a test wants to see it: plain values by column name, flags, who and when.
import type { Json } from "./json.ts";
import { pageTitle } from "./render/object.ts";
import { renderTyped } from "./value/render.ts";
import { readCell } from "./value/read.ts";
import { propertiesOf, type Page, type World } from "./world.ts";
import type { Property } from "./property.ts";

export interface RowView {
  readonly id: string;
  readonly title: string;
  /**
   * Text as words, options by name (`[]` of names for multi-selects), dates as `{start, end}`, people and
   * relations as ids, the rest as the API shows it.
   */
  readonly values: Readonly<Record<string, Json>>;
  readonly isInTrash: boolean;
  readonly isArchived: boolean;
  readonly createdAtMs: number;
  readonly createdById: string;
  /** To the millisecond, where answers show minutes. */
  readonly editedAtMs: number;
  readonly editedById: string;
}

export function readRow(world: World, page: Page): RowView {
  const values: Record<string, Json> = {};
  for (const property of propertiesOf(world, page)) {
    values[property.name] = plainValue(world, page, property);
  }
  return {
    id: page.id,
    title: pageTitle(world, page),
    values,
    isInTrash: page.isInTrash,
    isArchived: page.isArchived,
    createdAtMs: page.createdAtMs,
    createdById: page.createdById,
    editedAtMs: page.editedAtMs,
    editedById: page.editedById,
  };
}

function plainValue(world: World, page: Page, property: Property): Json {
  const reading = readCell(world, page, property);
  switch (reading.kind) {
    case "text":
      return reading.text;
    case "number":
      return reading.number;
    case "checkbox":
      return reading.isChecked;
    case "options": {
      const names = reading.options.map(({ name }) => name);
      return property.config.type === "multi_select" ? names : (names[0] ?? null);
    }
    case "date":
      return reading.date === null ? null : { start: reading.date.start, end: reading.date.end };
    case "ids":
      return [...reading.ids];
    case "formula":
      if (reading.result.type === "unsupported" || reading.result.type === "date") {
        return renderTyped(world, page, property);
      }
      return reading.result.value;
    case "files":
    case "rollup":
    case "verification":
    case "nothing":
      return renderTyped(world, page, property);
  }
}
