// The two sides of a link field: whatever links one table to another shows in both.
import { stringAt, type JsonObject } from "../json.ts";
import type { Sight } from "../sight.ts";
import type { Field, Table } from "../world.ts";

/** Completes a link's options, and makes the mirroring field in the other table if there is none. */
export function connectLink(sight: Sight, field: Field): void {
  const { base, table, world } = sight;
  const given = field.options ?? {};
  const linkedTableId = stringAt(given, "linkedTableId") ?? "";
  const other = base.tables.find((candidate) => candidate.id === linkedTableId);
  const options: JsonObject = {
    linkedTableId,
    isReversed: given["isReversed"] ?? false,
    prefersSingleRecordLink: given["prefersSingleRecordLink"] ?? false,
  };
  const known = stringAt(given, "inverseLinkFieldId");
  const viewId = stringAt(given, "viewIdForRecordSelection");
  field.options = options;
  if (known !== null) options["inverseLinkFieldId"] = known;
  // A link inside one table has no other side (recorded).
  else if (other !== undefined && other !== table) {
    const inverse: Field = {
      ...field,
      id: world.chance.id("fld"),
      name: freeName(other, table.name),
      description: null,
      options: {
        linkedTableId: table.id,
        isReversed: false,
        prefersSingleRecordLink: false,
        inverseLinkFieldId: field.id,
      },
    };
    other.fields.push(inverse);
    options["inverseLinkFieldId"] = inverse.id;
  }
  if (viewId !== null) options["viewIdForRecordSelection"] = viewId;
}

function freeName(table: Table, wanted: string): string {
  let name = wanted;
  for (let count = 2; isTaken(table, name); count += 1) name = `${wanted} ${count}`;
  return name;
}

function isTaken(table: Table, name: string): boolean {
  const lower = name.toLowerCase();
  return table.fields.some((field) => field.name.toLowerCase() === lower);
}
