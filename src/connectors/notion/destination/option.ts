// Options of select, multi-select and status in a schema. An update takes the whole list and deletes
// what it leaves out (Notion docs: Update data source properties), so the present ones always go along,
// by id alone: a name or colour that differs is refused or passed over (community reports).
import type { OptionDeclaration, PropertyShape } from "../../../core/oneway/declaration.ts";
import { asList, isRecord } from "../codec/codec.ts";
import { limits } from "../limits.ts";
import type { WireProperty } from "../wire.ts";
import { headOf } from "./text.ts";

const optionNameMax = 100;

const colors: ReadonlySet<string> = new Set([
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
]);

const groups: ReadonlySet<string> = new Set(["To-do", "In progress", "Complete"]);

/** A name as the service takes it: no comma, and not too long. */
export function fitOptionName(name: string): string {
  // The full-width comma is what authors of workers put there themselves.
  return headOf(name.replaceAll(",", "，").trim(), optionNameMax).trim();
}

interface OptionEntry {
  readonly name: string;
  readonly color?: string;
  readonly group?: string;
}

function entryOf(option: OptionDeclaration, group: string | null): OptionEntry {
  const { color } = option;
  return {
    name: fitOptionName(option.name),
    ...(color !== null && colors.has(color) ? { color } : {}),
    ...(group !== null && groups.has(group) ? { group } : {}),
  };
}

/** The declared options, each name once: names are the same in upper and lower case. */
export function declaredOptions(shape: PropertyShape): readonly OptionEntry[] {
  const all =
    shape.type === "select" || shape.type === "multi-select"
      ? shape.options.map((option) => entryOf(option, null))
      : shape.type === "status"
        ? shape.groups.flatMap((group) =>
            group.options.map((option) => entryOf(option, group.name)),
          )
        : [];
  const seen = new Set<string>([""]);
  return all.filter(({ name }) => {
    const folded = name.toLowerCase();
    return seen.has(folded) ? false : seen.add(folded);
  });
}

function presentOptions(property: WireProperty): readonly { id: string; name: string }[] {
  const { config } = property;
  const list = isRecord(config) ? asList(config["options"]) : null;
  return (list ?? []).flatMap((option) =>
    isRecord(option) && typeof option["id"] === "string" && typeof option["name"] === "string"
      ? [{ id: option["id"], name: option["name"] }]
      : [],
  );
}

export function optionNames(property: WireProperty): readonly string[] {
  return presentOptions(property).map((option) => option.name);
}

export interface OptionChange {
  /** The whole list to send. */
  readonly options: readonly ({ readonly id: string } | OptionEntry)[];
  readonly added: readonly string[];
}

/**
 * What to send so that the declared options are there; null when they are, or when the list is as long
 * as a request may be. What finds no place in it comes with the first row that holds it.
 */
export function addOptions(property: WireProperty, shape: PropertyShape): OptionChange | null {
  const present = presentOptions(property);
  const known = new Set(present.map((option) => option.name.toLowerCase()));
  const wanted = declaredOptions(shape).filter(({ name }) => !known.has(name.toLowerCase()));
  const fresh = wanted.slice(0, Math.max(0, limits.optionsMax - present.length));
  if (fresh.length === 0) return null;
  // A select takes no groups.
  const entries = fresh.map(({ group, ...rest }) =>
    group === undefined || property.type !== "status" ? rest : { ...rest, group },
  );
  return {
    options: [...present.map(({ id }) => ({ id })), ...entries],
    added: fresh.map(({ name }) => name),
  };
}
