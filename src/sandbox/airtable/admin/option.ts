// The owner at work on the options of a select field. No row counts as edited by any of it; whether the
// service sees it so is not known.
import { colorAt } from "../cell/choice.ts";
import type { Sight } from "../sight.ts";
import type { Choice, Field, World } from "../world.ts";

export function choiceOf(field: Field, name: string): Choice {
  const choice = field.choices?.find((each) => each.name === name);
  if (choice === undefined) throw new Error(`sandbox: field ${field.name} has no option ${name}`);
  return choice;
}

export function addOption(
  world: World,
  field: Field,
  option: { name: string; color?: string },
): string {
  const choices = field.choices ?? [];
  const color = option.color ?? colorAt(choices.length);
  const choice = { id: world.chance.id("sel"), name: option.name, color };
  choices.push(choice);
  return choice.id;
}

export function removeOption(sight: Sight, field: Field, name: string): void {
  const choice = choiceOf(field, name);
  field.choices = (field.choices ?? []).filter((each) => each !== choice);
  for (const row of sight.table.rows.values()) {
    const cell = row.cells.get(field.id);
    if (cell?.kind !== "choices" || !cell.ids.includes(choice.id)) continue;
    const ids = cell.ids.filter((id) => id !== choice.id);
    if (ids.length === 0) row.cells.delete(field.id);
    else row.cells.set(field.id, { kind: "choices", ids });
  }
}
