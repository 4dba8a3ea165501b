// Relations, in a pass of their own: every table must be there first. A link makes its other end by
// itself, under the name of the table it comes from, and there is none within one table (recorded); the
// other end of a declared two-way relation is renamed by a second request. Links reach no further than
// their base: a relation to a table elsewhere is the keys of its rows, as text.
import type { PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import type { Binding, Preparation, PrepareHow, SchemaStep } from "../../destination.ts";
import { readTables } from "../resolve.ts";
import type { WireField } from "../wire.ts";
import { foldName, type Columns } from "./column.ts";
import { linkWish, wishFor } from "./field-wish.ts";
import { addFields, type Addition } from "./prepare.ts";
import { renameField } from "./schema-call.ts";
import { adopt, preparedTable, type TableState } from "./table.ts";

interface Wish {
  readonly declared: PropertyDeclaration;
  readonly target: Binding;
  /** Name of the other end; null for a one-way relation. */
  readonly twoWay: string | null;
}

function wishOf(
  declared: PropertyDeclaration,
  related: ReadonlyMap<string, Binding>,
): readonly Wish[] {
  const { shape } = declared;
  if (shape.type !== "relation") return [];
  const target = related.get(shape.database);
  return target === undefined ? [] : [{ declared, target, twoWay: shape.twoWay }];
}

function plainStep(name: string): SchemaStep {
  return { kind: "add-relation", property: name, message: `Add the relation "${name}".` };
}

function additionFor(state: TableState, { declared, target, twoWay }: Wish): Addition {
  const { name } = declared;
  const { declaration } = state;
  if (target.parentId !== preparedTable(state).baseId) {
    const message = `Add the field "${name}" for the keys of "${target.title}", as text.`;
    return {
      step: { kind: "add-relation", property: name, message },
      wish: wishFor(declared, { name, declaration }),
    };
  }
  const other = twoWay === null ? "" : `, and "${twoWay}" back from there`;
  const message = `Add the link "${name}" to "${target.title}"${other}.`;
  return {
    step: { kind: "add-relation", property: name, message },
    wish: linkWish(name, target.tableId),
  };
}

function lacking(columns: Columns, wishes: readonly Wish[]): readonly Wish[] {
  const names = new Set(columns.missing.map(({ name }) => name));
  return wishes.filter(({ declared }) => names.has(declared.name));
}

async function readAgain(
  state: TableState,
  related: ReadonlyMap<string, Binding>,
): Promise<Columns> {
  const { baseId, wire } = preparedTable(state);
  state.tables = await readTables(state.caller, baseId);
  const latest = state.tables.find((one) => one.id === wire.id) ?? wire;
  return adopt(state, { baseId, wire: latest }, related);
}

/** The field in the other table that mirrors a link; null for a link within the table. */
function otherEnd(state: TableState, { declared, target }: Wish): WireField | null {
  const column = preparedTable(state).columns.get(declared.name);
  const field = preparedTable(state).wire.fields.find(({ id }) => id === column?.id);
  const inverse = field?.options?.["inverseLinkFieldId"];
  const other = state.tables.find(({ id }) => id === target.tableId);
  return other?.fields.find(({ id }) => id === inverse) ?? null;
}

interface Told {
  readonly steps: SchemaStep[];
  readonly notes: string[];
}

/** Whether the service gave the other end its name: the table's, with a number when that was taken. */
function isChosenName(name: string, table: string): boolean {
  const [own, from] = [foldName(name), foldName(table)];
  return own === from || (own.startsWith(`${from} `) && /^\d+$/.test(own.slice(from.length + 1)));
}

/** Gives the other end its name, if it still has the one the service chose. */
async function nameOtherEnd(
  state: TableState,
  wish: Wish,
  { steps, notes, isPreview }: Told & PrepareHow,
): Promise<void> {
  const { twoWay, target } = wish;
  const { name } = wish.declared;
  const { baseId, wire, columns } = preparedTable(state);
  const isLink = columns.get(name)?.type === "multipleRecordLinks";
  // A link reaches no further than its base, so the other end is in it.
  if (twoWay === null || !isLink) return;
  const other = otherEnd(state, wish);
  if (other === null) {
    notes.push(`"${name}" is a one-way link here, without "${twoWay}".`);
    return;
  }
  const isChosen = isChosenName(other.name, wire.name);
  if (foldName(other.name) === foldName(twoWay) || !isChosen) return;
  const message = `Rename "${other.name}" in "${target.title}" to "${twoWay}".`;
  if (!isPreview) {
    const at = { baseId, tableId: target.tableId, fieldId: other.id };
    const renamed = await renameField(state.caller, at, twoWay);
    if (renamed.kind === "refused") {
      notes.push(`"${other.name}" keeps its name: ${renamed.refusal.message}`);
      return;
    }
  }
  steps.push({ kind: "rename-property", property: name, message });
}

/** Declared relations whose target nobody knows: to be told, or, in a preview, still to come. */
function tellUnrelated(
  state: TableState,
  declared: readonly PropertyDeclaration[],
  { steps, notes, isPreview }: Told & PrepareHow,
): void {
  for (const { name, shape } of declared) {
    if (shape.type !== "relation") continue;
    if (!isPreview)
      notes.push(`"${name}" is not written: there is no table for ${shape.database}.`);
    else if (!preparedTable(state).wire.fields.some((field) => field.name === name)) {
      steps.push(plainStep(name));
    }
  }
}

function tellTexts(state: TableState, wishes: readonly Wish[], notes: string[]): void {
  const { columns } = preparedTable(state);
  for (const { declared, target } of wishes) {
    const column = columns.get(declared.name);
    if (column === undefined || column.type === "multipleRecordLinks") continue;
    notes.push(`"${declared.name}" holds the keys of "${target.title}" as text, and no links.`);
  }
}

export async function prepareRelations(
  state: TableState,
  related: ReadonlyMap<string, Binding>,
  how: PrepareHow,
): Promise<Preparation> {
  const declared = state.declaration.properties.filter(({ shape }) => shape.type === "relation");
  const { table } = state;
  if (table === null) {
    return { binding: null, steps: declared.map(({ name }) => plainStep(name)), notes: [] };
  }
  const wishes = declared.flatMap((one) => wishOf(one, related));
  const told: Told & PrepareHow = { steps: [], notes: [], ...how };
  let columns = adopt(state, table, related);
  if (lacking(columns, wishes).length > 0 && !how.isPreview) {
    // Another table's pass may just have made the other end here.
    columns = await readAgain(state, related);
    const missing = lacking(columns, wishes);
    const added = await addFields(
      state,
      missing.map((wish) => additionFor(state, wish)),
    );
    told.steps.push(...added.steps);
    told.notes.push(...added.notes);
    if (added.steps.length > 0) columns = await readAgain(state, related);
  } else {
    told.steps.push(...lacking(columns, wishes).map((wish) => additionFor(state, wish).step));
  }
  for (const wish of wishes) await nameOtherEnd(state, wish, told);
  const unrelated = declared.filter((one) => wishOf(one, related).length === 0);
  tellUnrelated(state, unrelated, told);
  tellTexts(state, wishes, told.notes);
  const notes = [...new Set([...told.notes, ...columns.notes])];
  return { binding: preparedTable(state).binding, steps: told.steps, notes };
}
