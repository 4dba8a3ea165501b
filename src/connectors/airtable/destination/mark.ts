// Marking instead of deleting: a removed row keeps its content and says in a field of the config's choice
// that it is removed. A marked row counts as lying in the trash: its key is free, and a change that names
// it takes the mark away.
import { fieldId, type FieldId } from "../../../core/ids.ts";
import { SyncError } from "../../../errors.ts";
import type { WireField, WireRecord, WireTable } from "../wire.ts";
import { foldName } from "./column.ts";
import type { FieldWish } from "./field-wish.ts";
import { optionNames } from "./option.ts";

/** The config's words. */
export interface MarkSetting {
  readonly field: string;
  readonly value: string;
}

/** The field a mark is set in. */
export interface Mark {
  readonly id: FieldId;
  /** What a marked row holds there. */
  readonly json: string | number | true;
  /** The select field does not have the option yet. */
  readonly isNewOption: boolean;
}

function jsonOf(field: WireField, { field: name, value }: MarkSetting): Mark["json"] {
  if (["singleLineText", "multilineText", "singleSelect"].includes(field.type)) return value;
  if (field.type === "checkbox") return true;
  if (field.type === "number" && Number.isFinite(Number(value))) return Number(value);
  throw new SyncError({
    code: "config_invalid",
    message: `Removed rows cannot be marked with "${value}" in "${name}", a field of type ${field.type}.`,
    remedy: "Name a text, single select, number or checkbox field in the table's mark.",
  });
}

/** Null when the table lacks the field. Throws `config_invalid` when it cannot hold the mark. */
export function findMark(wire: WireTable, setting: MarkSetting): Mark | null {
  const field = wire.fields.find((one) => foldName(one.name) === foldName(setting.field));
  if (field === undefined) return null;
  const json = jsonOf(field, setting);
  const isNewOption = field.type === "singleSelect" && !optionNames(field).includes(setting.value);
  return { id: fieldId(field.id), json, isNewOption };
}

export function missingMark({ field }: MarkSetting): SyncError {
  return new SyncError({
    code: "config_invalid",
    message: `The table has no field "${field}" to mark removed rows in, and none could be added.`,
    remedy: "Add it by hand as a single line text field, or take the mark out of the config.",
  });
}

/** The field to be made when the table lacks it. */
export function markWish({ field }: MarkSetting): FieldWish {
  return { name: field, type: "singleLineText" };
}

export function isMarked(mark: Mark | null, record: WireRecord): boolean {
  return mark !== null && record.fields[mark.id] === mark.json;
}
