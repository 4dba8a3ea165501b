// A row's values as page answers and property items carry them.
//
// Key order: `id type <type>`, relations add `has_more` last (recorded). A page shows at most 25 related
// ids; the property-item endpoint shows them all.
import { encodePropertyId } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { renderOption } from "../option.ts";
import type { Property } from "../property.ts";
import { renderRichText } from "../rich-text.ts";
import { renderUser } from "../render/user.ts";
import { minuteStamp } from "../time.ts";
import type { Page, World } from "../world.ts";
import type { DateValue } from "./cell.ts";
import { renderFile } from "./files.ts";
import { chosenOptions } from "./option-value.ts";
import { readCell } from "./read.ts";
import type { FormulaResult, Rollup, RollupItem } from "./reading.ts";
import { rollupItems } from "./rollup.ts";
import { visibleRelated } from "./relation.ts";

const relatedMax = 25;

/** One entry of a page's `properties`. */
export function renderValue(world: World, page: Page, property: Property): JsonObject {
  const { type } = property.config;
  const entry: JsonObject = { id: encodePropertyId(property.id), type };
  if (type === "relation") {
    const ids = visibleRelated(world, page, property);
    entry[type] = ids.slice(0, relatedMax).map((id) => ({ id }));
    entry["has_more"] = ids.length > relatedMax;
    return entry;
  }
  entry[type] = renderTyped(world, page, property);
  return entry;
}

/** The bare value that stands under the property's type. */
export function renderTyped(world: World, page: Page, property: Property): Json {
  const { config } = property;
  const cell = page.values.get(property.id);
  switch (config.type) {
    case "title":
    case "rich_text":
      return cell?.kind === "text" ? renderRichText(world, cell.items) : [];
    case "number":
      return cell?.kind === "number" ? cell.number : null;
    case "checkbox":
      return cell?.kind === "checkbox" && cell.isChecked;
    case "url":
    case "email":
    case "phone_number":
      return cell?.kind === "string" ? cell.text : null;
    case "select":
    case "status": {
      const option = chosenOptions(config, cell)[0];
      return option === undefined ? null : renderOption(option);
    }
    case "multi_select":
      return chosenOptions(config, cell).map(renderOption);
    case "date":
      return renderDate(cell?.kind === "date" ? cell.date : null);
    case "people":
      return (cell?.kind === "people" ? cell.userIds : []).map((id) => renderUser(world, id));
    case "files":
      return (cell?.kind === "files" ? cell.files : []).map((file) => renderFile(world, file));
    case "relation":
      return visibleRelated(world, page, property).map((id) => ({ id }));
    case "place":
      return cell?.kind === "place" && cell.place !== null ? { ...cell.place } : null;
    case "button":
      return {};
    case "unique_id":
      return { prefix: config.prefix, number: cell?.kind === "sequence" ? cell.number : null };
    case "created_time":
      return minuteStamp(page.createdAtMs);
    case "last_edited_time":
      return minuteStamp(page.editedAtMs);
    case "created_by":
      return renderUser(world, page.createdById);
    case "last_edited_by":
      return renderUser(world, page.editedById);
    case "verification":
      return renderVerification(world, page, property);
    case "formula":
    case "rollup":
      return renderComputed(world, page, property);
  }
}

function renderDate(date: DateValue | null): Json {
  return date === null ? null : { start: date.start, end: date.end, time_zone: null };
}

/** What the property-item endpoint says of a rollup: its result, and every item behind it. */
export function rollupSummary(
  world: World,
  page: Page,
  property: Property,
): { readonly result: JsonObject; readonly items: readonly RollupItem[] } {
  const reading = readCell(world, page, property);
  if (reading.kind !== "rollup" || property.config.type !== "rollup")
    return { result: {}, items: [] };
  const items = rollupItems({
    world,
    page,
    config: property.config,
    read: (other, column) => readCell(world, other, column),
  });
  const { rollup } = reading;
  // An array's elements are the list's results; the envelope keeps the empty array (recorded).
  const shown: Rollup = rollup.type === "array" ? { type: "array", items: [] } : rollup;
  return { result: renderRollup(world, shown, property.config.function), items: items ?? [] };
}

function renderVerification(world: World, page: Page, property: Property): JsonObject {
  const cell = page.values.get(property.id);
  const verification = cell?.kind === "verification" ? cell.verification : null;
  return {
    state: verification?.state ?? "unverified",
    verified_by:
      verification === null || verification.byId === null
        ? null
        : renderUser(world, verification.byId),
    date: renderDate(verification?.date ?? null),
  };
}

function renderComputed(world: World, page: Page, property: Property): JsonObject {
  const reading = readCell(world, page, property);
  if (reading.kind === "formula") return renderFormula(reading.result);
  if (reading.kind === "rollup" && property.config.type === "rollup") {
    return renderRollup(world, reading.rollup, property.config.function);
  }
  return {};
}

function renderFormula(result: FormulaResult): JsonObject {
  switch (result.type) {
    case "unsupported":
      return { type: "unsupported", unsupported: {} };
    case "date":
      return { type: "date", date: renderDate(result.value) };
    case "string":
    case "number":
    case "boolean":
      return { type: result.type, [result.type]: result.value };
  }
}

function renderRollup(world: World, rollup: Rollup, name: string): JsonObject {
  switch (rollup.type) {
    case "number":
      return { type: "number", number: rollup.number, function: name };
    case "date":
      return { type: "date", date: renderDate(rollup.date), function: name };
    case "unsupported":
      return { type: "unsupported", unsupported: {}, function: name };
    case "array":
      return {
        type: "array",
        array: rollup.items.map((item) => {
          const { type } = item.property.config;
          return { type, [type]: renderTyped(world, item.page, item.property) };
        }),
        function: name,
      };
  }
}
