// Relations, in a pass of their own: every database must be there first. The other end of a two-way
// relation comes under a name of the service's choosing and is renamed by a second request (recorded,
// ultimate-notion). Two-way relations of a database to itself have failed through the API or silently
// become one-way (community reports); one-way is what is left then.
import type { PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import { SyncError } from "../../../errors.ts";
import type { Binding, Preparation, PrepareHow, SchemaStep } from "../../destination.ts";
import { isRecord } from "../codec/codec.ts";
import { refusalError, type Refusal } from "../failure.ts";
import { isPageId } from "../lookup.ts";
import { readSource } from "../resolve.ts";
import type { WireDataSource, WireProperty } from "../wire.ts";
import { relatedId, type Columns } from "./column.ts";
import { relationEntry, type SchemaEntry } from "./schema-entry.ts";
import { changeSchema } from "./source-call.ts";
import { adopt, type TableState } from "./table.ts";

interface Wish {
  readonly name: string;
  readonly target: Binding;
  /** Name of the other end; null for a one-way relation. */
  readonly twoWay: string | null;
}

/** The other end of a two-way relation, as the schema tells of it; null for a one-way one. */
function otherEnd(property: WireProperty): { readonly id: string; readonly name: string } | null {
  const { config } = property;
  const dual = isRecord(config) ? config["dual_property"] : null;
  if (!isRecord(dual)) return null;
  const { synced_property_id: id, synced_property_name: name } = dual;
  return typeof id === "string" && typeof name === "string" ? { id, name } : null;
}

function wishOf(declared: PropertyDeclaration, related: ReadonlyMap<string, Binding>): Wish | null {
  const { name, shape } = declared;
  if (shape.type !== "relation") return null;
  const target = related.get(shape.database);
  return target === undefined ? null : { name, target, twoWay: shape.twoWay };
}

function addStep(wish: Wish): SchemaStep {
  const other = wish.twoWay === null ? "" : `, and "${wish.twoWay}" back from there`;
  const message = `Add the relation "${wish.name}" to "${wish.target.title}"${other}.`;
  return { kind: "add-relation", property: wish.name, message };
}

function plainStep(name: string): SchemaStep {
  return { kind: "add-relation", property: name, message: `Add the relation "${name}".` };
}

interface Work {
  readonly state: TableState;
  readonly steps: SchemaStep[];
  readonly notes: string[];
  /** The schema as the last answer showed it. */
  wire: WireDataSource;
}

function property(work: Work, name: string): WireProperty | null {
  return work.wire.properties.find((one) => one.name === name) ?? null;
}

async function change(
  work: Work,
  entries: Readonly<Record<string, SchemaEntry>>,
): Promise<Refusal | null> {
  const { caller } = work.state.connection;
  const result = await changeSchema(caller, work.wire.id, entries);
  if (result.kind === "refused") return result.refusal;
  work.wire = result.body;
  return null;
}

/** All relations to other databases at once; when that is refused, each alone. */
async function addPlain(work: Work, wishes: readonly Wish[]): Promise<void> {
  if (wishes.length === 0) return;
  const entry = (wish: Wish): SchemaEntry =>
    relationEntry(wish.target.tableId, wish.twoWay !== null);
  const all = Object.fromEntries(wishes.map((wish) => [wish.name, entry(wish)]));
  const refusal = await change(work, all);
  if (refusal === null) {
    work.steps.push(...wishes.map(addStep));
    return;
  }
  if (refusal.kind === "forbidden") throw refusalError(refusal, "the schema of the database");
  for (const wish of wishes) {
    const refused = await change(work, { [wish.name]: entry(wish) });
    if (refused === null) work.steps.push(addStep(wish));
    else work.notes.push(`Notion refused the relation "${wish.name}": ${refused.message}`);
  }
}

/** Whether a two-way relation of the database to itself could be made, one way at least. */
async function trySelf(work: Work, wish: Wish): Promise<boolean> {
  try {
    return (await change(work, { [wish.name]: relationEntry(work.wire.id, true) })) === null;
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== "unavailable") throw error;
    work.wire = await readSource(work.state.connection.caller, work.wire.id);
    return property(work, wish.name) !== null;
  }
}

async function addSelf(work: Work, wish: Wish): Promise<void> {
  if (!(await trySelf(work, wish))) {
    const refusal = await change(work, { [wish.name]: relationEntry(work.wire.id, false) });
    if (refusal !== null) {
      work.notes.push(`Notion refused the relation "${wish.name}": ${refusal.message}`);
      return;
    }
  }
  work.steps.push(addStep(wish));
}

/** The schema as it is after the other end, in another table, was renamed. */
function withOtherEnd(wire: WireDataSource, wish: Wish): WireDataSource {
  const properties = wire.properties.map((one): WireProperty => {
    const { config } = one;
    if (one.name !== wish.name || !isRecord(config) || !isRecord(config["dual_property"]))
      return one;
    const dual = { ...config["dual_property"], synced_property_name: wish.twoWay };
    return { ...one, config: { ...config, dual_property: dual } };
  });
  return { ...wire, properties };
}

/** Gives the other end its name, if it still has the one the service chose. */
async function nameOtherEnd(work: Work, wish: Wish, how: PrepareHow): Promise<void> {
  const found = property(work, wish.name);
  if (wish.twoWay === null || found === null || relatedId(found) !== wish.target.tableId) return;
  const other = otherEnd(found);
  if (other === null) {
    work.notes.push(`"${wish.name}" is a one-way relation here, without "${wish.twoWay}".`);
    return;
  }
  const isChosen = other.name.startsWith("Related to ") && other.name.includes(`(${wish.name})`);
  if (other.name === wish.twoWay || !isChosen) return;
  const message = `Rename "${other.name}" in "${wish.target.title}" to "${wish.twoWay}".`;
  if (!how.isPreview) {
    const { caller } = work.state.connection;
    const entry = { [other.id]: { name: wish.twoWay } };
    const renamed = await changeSchema(caller, wish.target.tableId, entry);
    if (renamed.kind === "refused") {
      work.notes.push(`"${other.name}" keeps its name: ${renamed.refusal.message}`);
      return;
    }
    work.wire = wish.target.tableId === work.wire.id ? renamed.body : withOtherEnd(work.wire, wish);
  }
  work.steps.push({ kind: "rename-property", property: wish.name, message });
}

function missing(columns: Columns, wishes: readonly Wish[]): readonly Wish[] {
  const names = new Set(columns.missing.map(({ name }) => name));
  return wishes.filter(({ name }) => names.has(name));
}

async function addMissing(
  work: Work,
  wishes: readonly Wish[],
  related: ReadonlyMap<string, Binding>,
): Promise<void> {
  // Another database's pass may just have made the other end here.
  work.wire = await readSource(work.state.connection.caller, work.wire.id);
  const still = missing(adopt(work.state, work.wire, related), wishes);
  const isSelf = (wish: Wish): boolean =>
    wish.twoWay !== null && wish.target.tableId === work.wire.id;
  await addPlain(
    work,
    still.filter((wish) => !isSelf(wish)),
  );
  for (const wish of still.filter(isSelf)) {
    // Both ends may be declared: then the first one brought the second along, already renamed.
    if (property(work, wish.name) !== null) continue;
    await addSelf(work, wish);
    await nameOtherEnd(work, wish, { isPreview: false });
  }
}

/** Declared relations whose target nobody knows: to be told, or, in a preview, still to come. */
function tellUnrelated(
  work: Work,
  declared: readonly PropertyDeclaration[],
  how: PrepareHow,
): void {
  for (const { name, shape } of declared) {
    if (shape.type !== "relation" || property(work, name) !== null) continue;
    if (how.isPreview) work.steps.push(plainStep(name));
    else work.notes.push(`"${name}" is not written: there is no table for ${shape.database}.`);
  }
}

export async function prepareRelations(
  state: TableState,
  all: ReadonlyMap<string, Binding>,
  how: PrepareHow,
): Promise<Preparation> {
  // The config may have put a related database into another service, where no relation leads.
  const related = new Map([...all].filter(([, binding]) => isPageId(binding.tableId)));
  const declared = state.declaration.properties.filter(({ shape }) => shape.type === "relation");
  const { table } = state;
  if (table === null) {
    return { binding: null, steps: declared.map(({ name }) => plainStep(name)), notes: [] };
  }
  const wishes = declared.flatMap((one) => wishOf(one, related) ?? []);
  const work: Work = { state, steps: [], notes: [], wire: table.wire };
  const lacking = missing(adopt(state, table.wire, related), wishes);
  if (lacking.length > 0 && how.isPreview) work.steps.push(...lacking.map(addStep));
  else if (lacking.length > 0) await addMissing(work, wishes, related);
  for (const wish of wishes) await nameOtherEnd(work, wish, how);
  tellUnrelated(
    work,
    declared.filter((one) => wishOf(one, related) === null),
    how,
  );
  const columns = adopt(state, work.wire, related);
  const notes = [...new Set([...work.notes, ...columns.notes])];
  return { binding: state.table?.binding ?? null, steps: work.steps, notes };
}
