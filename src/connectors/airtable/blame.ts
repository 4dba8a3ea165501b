// Which field a refusal is about. The API gives no code for it, only a sentence such as
// `Field "Due" cannot accept the provided value`; so the sentence is searched for the names and ids of
// the fields that were written, here and nowhere else. Finding none is an answer too.
import type { FieldId } from "../../core/ids.ts";
import type { Table } from "./table.ts";

/** The longest name in the message wins, because one name may be part of another. */
export function blamedField(
  table: Table,
  written: Iterable<FieldId>,
  message: string,
): FieldId | null {
  let blamed: { readonly id: FieldId; readonly length: number } | null = null;
  for (const id of written) {
    const name = table.fields.get(id)?.field.name ?? "";
    for (const word of [id, name]) {
      if (word === "" || !message.includes(word)) continue;
      if (blamed === null || word.length > blamed.length) blamed = { id, length: word.length };
    }
  }
  return blamed?.id ?? null;
}
