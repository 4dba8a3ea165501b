// Binds a declared database to a table and brings its fields up to what is declared. Adds only: what
// people made, renamed or retyped stays as they left it, and a declaration that went away leaves its field
// behind. A table that has everything costs one read, two when the config names the base by its name.
import type { Binding, Preparation, PrepareHow, SchemaStep } from "../../destination.ts";
import type { WireTable } from "../wire.ts";
import { fieldNameOf, foldName, type Columns } from "./column.ts";
import { wishFor, wishWords, type FieldWish } from "./field-wish.ts";
import { findTable, makeTable } from "./made-table.ts";
import { markWish, missingMark } from "./mark.ts";
import { createField, isDenied, schemaRights } from "./schema-call.ts";
import { adopt, preparedTable, unusableKey, type TableState } from "./table.ts";

/** A field to be added, and what it is added for. */
export interface Addition {
  readonly step: SchemaStep;
  readonly wish: FieldWish;
}

export interface Added {
  readonly wire: WireTable;
  readonly steps: readonly SchemaStep[];
  readonly notes: readonly string[];
}

function additionFor(property: string, wish: FieldWish): Addition {
  const message = `Add the field ${wishWords(wish)}.`;
  return { step: { kind: "add-property", property, message }, wish };
}

/** What the table lacks, relations excepted. */
function missingFields(state: TableState, columns: Columns): readonly Addition[] {
  const { declaration, setting } = state;
  const additions = columns.missing.map((declared) => {
    const name = fieldNameOf(declared, { declaration, key: setting.key });
    return additionFor(declared.name, wishFor(declared, { name, declaration }));
  });
  const { mark } = setting;
  const isPlanned =
    mark !== null && additions.some(({ wish }) => foldName(wish.name) === foldName(mark.field));
  return mark === null || isPlanned || preparedTable(state).mark !== null
    ? additions
    : [...additions, additionFor(mark.field, markWish(mark))];
}

/** Adds the fields one by one: the API has no call for several. What may not be added is told. */
export async function addFields(state: TableState, additions: readonly Addition[]): Promise<Added> {
  const { baseId, wire: before } = preparedTable(state);
  const at = { baseId, tableId: before.id };
  const steps: SchemaStep[] = [];
  const notes: string[] = [];
  const byHand: FieldWish[] = [];
  let wire = before;
  for (const { step, wish } of additions) {
    if (byHand.length > 0) {
      byHand.push(wish);
      continue;
    }
    const result = await createField(state.caller, at, wish);
    if (result.kind === "done") {
      wire = { ...wire, fields: [...wire.fields, result.body] };
      steps.push(step);
    } else if (isDenied(result.refusal)) byHand.push(wish);
    else notes.push(`Airtable refused the field ${wishWords(wish)}: ${result.refusal.message}`);
  }
  if (byHand.length > 0) {
    const list = byHand.map(wishWords).join(", ");
    notes.push(`Not written until they are there: ${list}. Add them by hand, or ${schemaRights}.`);
  }
  return { wire, steps, notes };
}

export async function prepareTable(
  state: TableState,
  wanted: { readonly binding: Binding | null; readonly owner: string },
  how: PrepareHow,
): Promise<Preparation> {
  const found = await findTable(state, wanted.binding);
  const { baseId } = found;
  const notes = [...found.notes];
  const steps: SchemaStep[] = [];
  let { wire } = found;
  if (wire === null) {
    const message = `Make the table "${state.setting.table.trim()}" in the base.`;
    steps.push({ kind: "create-table", property: null, message });
    if (how.isPreview) {
      state.table = null;
      return { binding: null, steps, notes };
    }
    wire = await makeTable(state, baseId, wanted.owner);
  }
  let columns = adopt(state, { baseId, wire }, null);
  const additions = missingFields(state, columns);
  if (additions.length > 0 && !how.isPreview) {
    const added = await addFields(state, additions);
    columns = adopt(state, { baseId, wire: added.wire }, null);
    steps.push(...added.steps);
    notes.push(...added.notes);
    const { key, mark } = preparedTable(state);
    if (key === null) throw unusableKey(state, added.notes);
    if (state.setting.mark !== null && mark === null) throw missingMark(state.setting.mark);
  } else steps.push(...additions.map(({ step }) => step));
  return { binding: preparedTable(state).binding, steps, notes: [...notes, ...columns.notes] };
}
