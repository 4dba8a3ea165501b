// Binds a declared database to a data source and brings the schema up to what is declared. Adds only:
// what people made, renamed or retyped stays as they left it, and a declaration that went away leaves its
// column behind. A table that has everything costs one read.
import { SyncError } from "../../../errors.ts";
import type { Binding, Preparation, PrepareHow, SchemaStep } from "../../destination.ts";
import { refusalError } from "../failure.ts";
import { readSource, resolveSource } from "../resolve.ts";
import type { WireDataSource } from "../wire.ts";
import type { Columns } from "./column.ts";
import { findMade, makeDatabase, type NewDatabase } from "./made-database.ts";
import { addOptions } from "./option.ts";
import { entryFor, type SchemaEntry } from "./schema-entry.ts";
import { changeSchema, readDataSource } from "./source-call.ts";
import { adopt, type TableState } from "./table.ts";

export interface Wanted {
  readonly made: NewDatabase;
  /** What it was bound to before. */
  readonly binding: Binding | null;
  /** Link or id of the database to write to instead of making one. */
  readonly database: string | null;
}

interface Change {
  readonly step: SchemaStep;
  readonly key: string;
  readonly entry: SchemaEntry;
}

/** The table remembered, or null with a note when it has to be made anew. */
async function readBound(
  state: TableState,
  wanted: Wanted & { readonly binding: Binding },
  notes: string[],
): Promise<WireDataSource | null> {
  const { caller } = state.connection;
  const { binding } = wanted;
  const isAttached = wanted.database !== null || state.declaration.type === "attached";
  if (isAttached) return readSource(caller, binding.tableId);
  const found = await readDataSource(caller, binding.tableId);
  if (found.kind === "ok" && found.body.in_trash !== true) return found.body;
  if (found.kind === "refused" && found.refusal.kind !== "missing") {
    throw refusalError(found.refusal, `the database "${binding.title}"`);
  }
  const why = found.kind === "ok" ? "is in the trash" : "is gone or no longer shared";
  notes.push(`The database "${binding.title}" ${why}; another one takes its place.`);
  return null;
}

/** The table as it stands; null when there is none and one may be made. */
async function findTable(
  state: TableState,
  wanted: Wanted,
  notes: string[],
): Promise<WireDataSource | null> {
  const { caller } = state.connection;
  const { binding, database, made } = wanted;
  if (binding !== null) {
    const bound = await readBound(state, { ...wanted, binding }, notes);
    if (bound !== null) return bound;
  } else if (database !== null) {
    return readSource(caller, await resolveSource(caller, database));
  } else if (state.declaration.type === "attached") {
    throw new SyncError({
      code: "config_invalid",
      message: `The database ${state.declaration.key} is to be attached and is not yet.`,
      remedy: "Name the database it stands for in the config, or attach it by command.",
    });
  }
  const id = await findMade(caller, made);
  return id === null ? null : readSource(caller, id);
}

/** What the table lacks, as entries of one request. */
function missingParts(state: TableState, wire: WireDataSource, columns: Columns): Change[] {
  const changes: Change[] = [];
  for (const declared of columns.missing) {
    const { name } = declared;
    const message = `Add the property "${name}" (${declared.shape.type}).`;
    changes.push({
      step: { kind: "add-property", property: name, message },
      key: name,
      entry: entryFor(declared),
    });
  }
  for (const { name, shape } of state.declaration.properties) {
    const column = columns.byName.get(name);
    const property = wire.properties.find(({ id }) => id === column?.wireId);
    if (column === undefined || property === undefined) continue;
    const change = addOptions(property, shape);
    if (change === null) continue;
    const message = `Add to "${name}": ${change.added.join(", ")}.`;
    // Options sent without the description would clear it (Notion docs: Update properties).
    const kept = property.description ?? null;
    changes.push({
      step: { kind: "add-options", property: name, message },
      key: property.id,
      entry: {
        [column.type]: { options: change.options },
        ...(kept === null ? {} : { description: kept }),
      },
    });
  }
  return changes;
}

/** Sends all changes in one request; when that is refused, each alone, so that one cannot block others. */
async function carryOut(
  state: TableState,
  wire: WireDataSource,
  changes: readonly Change[],
): Promise<{
  readonly wire: WireDataSource;
  readonly done: readonly Change[];
  readonly notes: readonly string[];
}> {
  const { caller } = state.connection;
  const entries = (some: readonly Change[]): Record<string, SchemaEntry> =>
    Object.fromEntries(some.map(({ key, entry }) => [key, entry]));
  const all = await changeSchema(caller, wire.id, entries(changes));
  if (all.kind === "ok") return { wire: all.body, done: changes, notes: [] };
  if (all.refusal.kind !== "invalid") throw refusalError(all.refusal, "the schema of the database");
  const notes: string[] = [];
  const done: Change[] = [];
  let latest = wire;
  for (const change of changes) {
    const one = await changeSchema(caller, wire.id, entries([change]));
    if (one.kind === "ok") {
      latest = one.body;
      done.push(change);
    } else notes.push(`Notion refused this: ${change.step.message} ${one.refusal.message}`);
  }
  return { wire: latest, done, notes };
}

export async function prepareTable(
  state: TableState,
  wanted: Wanted,
  how: PrepareHow,
): Promise<Preparation> {
  state.connection.checkToken();
  const notes: string[] = [];
  const steps: SchemaStep[] = [];
  let wire = await findTable(state, wanted, notes);
  if (wire === null) {
    const { title } = state.declaration;
    const message = `Make the database "${title}" under the worker's parent page.`;
    steps.push({ kind: "create-table", property: null, message });
    if (how.isPreview) {
      state.table = null;
      return { binding: null, steps, notes };
    }
    const { caller } = state.connection;
    wire = await readSource(caller, await makeDatabase(caller, wanted.made));
  }
  let columns = adopt(state, wire, null);
  const changes = missingParts(state, wire, columns);
  if (changes.length > 0 && !how.isPreview) {
    const carried = await carryOut(state, wire, changes);
    columns = adopt(state, carried.wire, null);
    steps.push(...carried.done.map(({ step }) => step));
    notes.push(...carried.notes);
  } else steps.push(...changes.map(({ step }) => step));
  return { binding: state.table?.binding ?? null, steps, notes: [...notes, ...columns.notes] };
}
