// New options of select fields come into being only by writing a row with `typecast: true`; there is
// no other documented call (Airtable docs: Update field). Under typecast, text for a link would make
// rows in other tables and attachment objects were refused (n8n issue 22999), so it is used for nothing
// but a write that names an option the field does not have, and only if every cell of the call is of a
// type that typecast leaves as it is.
import type { FieldId } from "../../core/ids.ts";
import type { Value } from "../../core/value.ts";
import type { Table } from "./table.ts";

type Cells = ReadonlyMap<FieldId, Value>;

/** Option names a field is known to have: those of the schema, and those made since. */
export interface KnownOptions {
  has(field: FieldId, name: string): boolean;
  /** Remembers the options of a write that succeeded. */
  learn(cells: Cells): void;
}

function namesIn(value: Value): readonly string[] {
  if (value.kind === "choice") return [value.name];
  return value.kind === "choices" ? value.names : [];
}

export function makeKnownOptions(table: Table): KnownOptions {
  const names = new Map<FieldId, Set<string>>();
  for (const [id, { type }] of table.fields) {
    if (type.kind.kind !== "choice" && type.kind.kind !== "choices") continue;
    names.set(id, new Set(type.kind.options.map((option) => option.name)));
  }
  return {
    has: (field, name) => names.get(field)?.has(name) ?? false,
    learn: (cells) => {
      for (const [field, value] of cells) {
        for (const name of namesIn(value)) names.get(field)?.add(name);
      }
    },
  };
}

/** Whether the cells name an option that is not known yet. */
export function hasNewOption(known: KnownOptions, cells: Cells): boolean {
  for (const [field, value] of cells) {
    if (namesIn(value).some((name) => !known.has(field, name))) return true;
  }
  return false;
}

/** Whether typecast would leave all cells as they are. */
export function isTypecastSafe(table: Table, cells: Cells): boolean {
  return [...cells.keys()].every((field) => table.fields.get(field)?.type.isTypecastSafe === true);
}
