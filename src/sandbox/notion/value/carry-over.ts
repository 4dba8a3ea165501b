// What becomes of a row's value when its column changes type or configuration.
//
// Values that the new type can read are carried over as people see them; the rest go empty
// (Notion docs: Update data source properties).
import type { Property, PropertyConfig } from "../property.ts";
import { plainText, textItems } from "../rich-text.ts";
import { parseMoment, printMoment } from "../time.ts";
import type { World } from "../world.ts";
import { cellKinds, type CellValue } from "./cell.ts";
import { resolveOption } from "./option-value.ts";

/** The cell under the new configuration, the same cell if nothing changes, `null` if it goes empty. */
export function carryOver(
  world: World,
  before: { readonly config: PropertyConfig; readonly cell: CellValue },
  property: Property,
): CellValue | null {
  const { cell } = before;
  const after = property.config;
  if (before.config.type === after.type || cellKinds[after.type] === cell.kind) {
    return keepValid(cell, before.config, after);
  }
  const words = cellWords(world, before.config, cell);
  return words.length === 0 ? null : fromWords(world, property, words);
}

function keepValid(
  cell: CellValue,
  before: PropertyConfig,
  after: PropertyConfig,
): CellValue | null {
  if (cell.kind === "relation") {
    const isSame =
      before.type === "relation" &&
      after.type === "relation" &&
      before.dataSourceId === after.dataSourceId;
    return isSame ? cell : null;
  }
  if (!("options" in after)) return cell;
  const known = new Set(after.options.map(({ id }) => id));
  if (cell.kind === "choice") {
    return cell.optionId === null || known.has(cell.optionId) ? cell : null;
  }
  if (cell.kind === "choices" && cell.optionIds.some((id) => !known.has(id))) {
    return { kind: "choices", optionIds: cell.optionIds.filter((id) => known.has(id)) };
  }
  return cell;
}

function cellWords(world: World, config: PropertyConfig, cell: CellValue): string[] {
  const names = (ids: readonly string[]): string[] =>
    "options" in config
      ? ids.flatMap((id) => config.options.find((option) => option.id === id)?.name ?? [])
      : [];
  switch (cell.kind) {
    case "text":
      return [plainText(world, cell.items)].filter((words) => words !== "");
    case "number":
      return cell.number === null ? [] : [String(cell.number)];
    case "choice":
      return cell.optionId === null ? [] : names([cell.optionId]);
    case "choices":
      return names(cell.optionIds);
    case "date":
      return cell.date === null ? [] : [cell.date.start];
    case "checkbox":
      return [cell.isChecked ? "Yes" : "No"];
    case "string":
      return cell.text === null ? [] : [cell.text];
    case "people":
      return cell.userIds.flatMap((id) => world.users.get(id)?.name ?? []);
    case "files":
    case "relation":
    case "place":
    case "verification":
    case "sequence":
      return [];
  }
}

function fromWords(world: World, property: Property, words: readonly string[]): CellValue | null {
  const joined = words.join(", ");
  const { type } = property.config;
  const option = (name: string): string =>
    resolveOption(world, property, {
      value: { name: name.replaceAll(",", " ") },
      path: property.name,
    });
  switch (cellKinds[type]) {
    case "text":
      return { kind: "text", items: textItems(joined) };
    case "string":
      return { kind: "string", text: joined };
    case "number": {
      const number = Number(joined);
      return joined.trim() === "" || Number.isNaN(number) ? null : { kind: "number", number };
    }
    case "choice":
      return type === "status" ? null : { kind: "choice", optionId: option(words[0] ?? "") };
    case "choices":
      return { kind: "choices", optionIds: words.map(option) };
    case "date": {
      const moment = parseMoment(joined);
      return moment === null
        ? null
        : { kind: "date", date: { start: printMoment(moment), end: null } };
    }
    case "checkbox":
      return { kind: "checkbox", isChecked: joined === "Yes" };
    case "people":
    case "files":
    case "relation":
    case "place":
    case "verification":
    case "sequence":
    case null:
      return null;
  }
}
