// Options of select, multi-select and status: their lists in a schema, and finding one from a write.
//
// A schema write replaces the whole list; options are matched by id or name, and neither name nor colour of
// an existing one can change that way (Notion docs: Update data source properties; community reports).
import { invalid } from "./errors.ts";
import type { IdSource } from "./ids.ts";
import { isObject, stringAt, type Json, type JsonObject } from "./json.ts";
import type { Option, StatusGroup } from "./property.ts";
import { tooLong } from "./rich-text.ts";

const optionsMax = 100;
const nameLengthMax = 100;

const optionColors: readonly string[] = [
  "default",
  "gray",
  "brown",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
  "red",
];

/** What a write says about one option. */
interface OptionRequest {
  readonly id: string | null;
  readonly name: string | null;
  readonly color: string | null;
  readonly description: string | null;
  readonly group: string | null;
}

export function readOption(value: Json | undefined): OptionRequest | null {
  if (!isObject(value)) return null;
  return {
    id: stringAt(value, "id"),
    name: stringAt(value, "name"),
    color: stringAt(value, "color"),
    description: stringAt(value, "description"),
    group: stringAt(value, "group"),
  };
}

/** An option by id, else by name; names are unique without regard to case. */
export function findOption(
  options: readonly Option[],
  wanted: { readonly id: string | null; readonly name: string | null },
): Option | null {
  const byId = options.find((option) => option.id === wanted.id);
  if (byId !== undefined) return byId;
  if (wanted.name === null) return null;
  const folded = wanted.name.toLowerCase();
  return (
    options.find((option) => option.name === wanted.name) ??
    options.find((option) => option.name.toLowerCase() === folded) ??
    null
  );
}

/** Refuses what no option may be called. */
export function checkOptionName(name: string, path: string): void {
  if (name.includes(",")) {
    throw invalid(`Invalid select option, commas not allowed: ${name}`);
  }
  if (name.length > nameLengthMax) throw tooLong(`${path}.name`, nameLengthMax, name.length);
}

/** A new option as a page write makes it, in a colour of the service's choosing. */
export function makeOption(ids: IdSource, name: string): Option {
  const color = optionColors[1 + Math.floor(ids.random() * (optionColors.length - 1))] ?? "default";
  return { id: ids.arbitrary(), name, color, description: null };
}

/** The option list after a schema write; `known` is the list before it. */
export function mergeOptions(
  ids: IdSource,
  known: readonly Option[],
  request: { readonly value: Json | undefined; readonly path: string },
): Option[] {
  const { value, path } = request;
  if (value === undefined) return [...known];
  if (!Array.isArray(value)) return [];
  if (value.length > optionsMax) throw tooLong(path, optionsMax, value.length);
  const merged: Option[] = [];
  for (const entry of value) {
    const wanted = readOption(entry);
    if (wanted === null) continue;
    const existing = findOption(known, wanted);
    if (existing !== null) {
      checkColor(existing, wanted.color);
      merged.push({ ...existing, description: wanted.description ?? existing.description });
      continue;
    }
    const name = wanted.name ?? "";
    checkOptionName(name, path);
    if (findOption(merged, { id: null, name }) !== null) continue;
    merged.push({
      id: ids.arbitrary(),
      name,
      color: wanted.color ?? "default",
      description: wanted.description,
    });
  }
  return merged;
}

function checkColor(existing: Option, color: string | null): void {
  if (color !== null && color !== existing.color) {
    throw invalid(
      `Cannot update color of select with name: ${existing.name}. Select option color doesn't match existing.`,
    );
  }
}

/** The three fixed groups of a status, with every option in one of them. */
export function groupOptions(
  ids: IdSource,
  options: readonly Option[],
  groups: { readonly known: readonly StatusGroup[]; readonly requested: Json | undefined },
): StatusGroup[] {
  const base =
    groups.known.length > 0
      ? groups.known
      : [
          { id: ids.arbitrary(), name: "To-do", color: "gray", optionIds: [] },
          { id: ids.arbitrary(), name: "In progress", color: "blue", optionIds: [] },
          { id: ids.arbitrary(), name: "Complete", color: "green", optionIds: [] },
        ];
  const wanted = new Map<string, string>();
  for (const entry of Array.isArray(groups.requested) ? groups.requested : []) {
    const request = readOption(entry);
    const option = request === null ? null : findOption(options, request);
    if (request !== null && request.group !== null && option !== null) {
      wanted.set(option.id, request.group);
    }
  }
  const groupOf = (option: Option): string =>
    wanted.get(option.id) ??
    base.find((group) => group.optionIds.includes(option.id))?.name ??
    base[0]?.name ??
    "To-do";
  return base.map((group) => ({
    ...group,
    optionIds: options
      .filter((option) => groupOf(option) === group.name)
      .map((option) => option.id),
  }));
}

/** An option as page values show it. */
export function renderOption(option: Option): JsonObject {
  return { id: option.id, name: option.name, color: option.color };
}

/** An option as schemas show it. */
export function renderSchemaOption(option: Option): JsonObject {
  return { ...renderOption(option), description: option.description };
}
