// Finding or making the option a page write names.
//
// select and multi_select grow a new option for an unknown name; status never does (Notion docs: Status).
import { failedValidation, invalid } from "../errors.ts";
import type { Json } from "../json.ts";
import { checkOptionName, findOption, makeOption, readOption } from "../option.ts";
import type { Option, Property, PropertyConfig } from "../property.ts";
import type { World } from "../world.ts";
import type { CellValue } from "./cell.ts";

/** The id of the option a write means; may add the option to the property. */
export function resolveOption(
  world: World,
  property: Property,
  write: { readonly value: Json; readonly path: string },
): string {
  const { config } = property;
  const wanted = readOption(write.value);
  if (wanted === null || (wanted.id === null && wanted.name === null)) {
    throw failedValidation(`${write.path}.name`, "defined", undefined);
  }
  if (!("options" in config)) throw invalid(`${property.name} has no options.`);
  const found = findOption(config.options, wanted);
  if (found !== null) return found.id;
  if (wanted.name === null) {
    throw invalid(`${config.type} option "${wanted.id ?? ""}" does not exist.`);
  }
  if (config.type === "status") {
    throw invalid(`Invalid status option. Status option "${wanted.name}" does not exist".`);
  }
  checkOptionName(wanted.name, write.path);
  const made = makeOption(world.ids, wanted.name);
  property.config = { ...config, options: [...config.options, made] };
  return made.id;
}

type WithOptions = Extract<PropertyConfig, { type: "select" | "multi_select" | "status" }>;

/** The options a cell holds. An empty status reads as its default, the first option. */
export function chosenOptions(config: WithOptions, cell: CellValue | undefined): readonly Option[] {
  const ids =
    cell?.kind === "choice" ? [cell.optionId] : cell?.kind === "choices" ? cell.optionIds : [];
  const found = ids.flatMap((id) => config.options.find((option) => option.id === id) ?? []);
  return config.type === "status" && found.length === 0 ? config.options.slice(0, 1) : found;
}
