// The JSON of a stored cell, as the record API reads it (Airtable reference, section 5.1).
import type { Json } from "../json.ts";
import type { Sight } from "../sight.ts";
import type { Field } from "../world.ts";
import { showAttachment } from "./attachment.ts";
import type { Cell } from "./cell.ts";

export function showCell(sight: Sight, field: Field, cell: Cell): Json {
  switch (cell.kind) {
    case "text":
      return cell.text;
    case "number":
      return cell.number;
    case "checked":
      return true;
    case "instant":
      return new Date(cell.ms).toISOString();
    case "choices": {
      const names = cell.ids.flatMap(
        (id) => field.choices?.find((choice) => choice.id === id)?.name ?? [],
      );
      return field.type === "singleSelect" ? (names[0] ?? null) : names;
    }
    case "links":
      return [...cell.ids];
    case "people": {
      const people = cell.ids.flatMap((id) => {
        const person = sight.base.people.find((candidate) => candidate.id === id);
        return person === undefined
          ? []
          : { id: person.id, email: person.email, name: person.name };
      });
      return field.type === "singleCollaborator" ? (people[0] ?? null) : people;
    }
    case "files":
      return cell.files.map((file) => showAttachment(sight.world, file));
    case "barcode":
      return cell.type === null ? { text: cell.text } : { text: cell.text, type: cell.type };
  }
}
