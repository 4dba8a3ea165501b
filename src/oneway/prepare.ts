// Gets a worker's tables ready: finds or makes each, adds what is declared and missing, then the
// relations between them, and fills the index of keys once from a table that already has rows. A table
// that cannot be used stands in the way of its own syncs only.
import type { Binding, KeysEnd, Preparation, SchemaStep } from "../connectors/destination.ts";
import type { DatabaseDeclaration } from "../core/oneway/declaration.ts";
import { databaseIdOf, type DatabaseId } from "../core/oneway/ids.ts";
import { SyncError } from "../errors.ts";
import type { OnewayChange, StoredBinding } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayWorker, WorkerTable } from "./deps.ts";
import { forgetParts, indexTable } from "./index-table.ts";
import type { Leases } from "./leases.ts";
import type { Notes } from "./notes.ts";

/** A table that can be written to. */
export interface ReadyTable {
  readonly id: DatabaseId;
  readonly declaration: DatabaseDeclaration;
  readonly destination: WorkerTable["destination"];
  readonly binding: StoredBinding;
}

export interface ReadyTables {
  /** By database key. */
  readonly tables: ReadonlyMap<string, ReadyTable>;
  readonly broken: ReadonlyMap<string, SyncError>;
  readonly steps: readonly (SchemaStep & { readonly database: string })[];
}

export interface PrepareAt {
  readonly deps: OnewayDeps;
  readonly leases: Leases;
  readonly notes: Notes;
  /** Rows indexed so far, of a table. */
  readonly onIndexed: (done: number) => void;
}

/** Prepares all tables. Writes nothing when nothing is missing. */
export async function prepareTables(worker: OnewayWorker, at: PrepareAt): Promise<ReadyTables> {
  const stored = new Map(
    (await at.deps.store.loadBindings(worker.name)).map((one) => [one.database, one]),
  );
  const found = await forEachTable(worker, async (declaration, table) => {
    await at.leases.keep();
    const preparation = await table.destination.prepareTable({ isPreview: false });
    const id = databaseIdOf(worker.name, declaration.key);
    const binding = await bind({ id, table, preparation, before: stored.get(id) ?? null }, at);
    return { preparation, ready: { id, declaration, destination: table.destination, binding } };
  });
  const related = new Map(
    [...found.done].map(([key, { ready }]) => [key, bindingOf(ready.binding)]),
  );
  const linked = await forEachTable(worker, async (declaration, table) => {
    if (!found.done.has(declaration.key)) return null;
    await at.leases.keep();
    return table.destination.prepareRelations(related, { isPreview: false });
  });
  const tables = new Map<string, ReadyTable>();
  const steps: (SchemaStep & { readonly database: string })[] = [];
  for (const [key, { preparation, ready }] of found.done) {
    const relations = linked.done.get(key);
    if (relations === undefined) continue;
    for (const part of [preparation, relations]) {
      if (part === null) continue;
      steps.push(...part.steps.map((step) => ({ ...step, database: key })));
      for (const note of part.notes) at.notes.add(`${ready.id}: ${note}`);
    }
    const isMade = preparation.steps.some((step) => step.kind === "create-table");
    const added = isMade ? [] : addedProperties([preparation, relations]);
    if (added.length > 0) await forgetParts(ready.id, added, at);
    tables.set(key, await indexed(ready, at));
  }
  return { tables, broken: new Map([...found.broken, ...linked.broken]), steps };
}

function addedProperties(preparations: readonly (Preparation | null)[]): readonly string[] {
  const steps = preparations.flatMap((one) => one?.steps ?? []);
  return steps.flatMap(({ kind, property }) =>
    (kind === "add-property" || kind === "add-relation") && property !== null ? [property] : [],
  );
}

/** What preparing would do. Writes nothing, neither there nor here. */
export async function previewTables(worker: OnewayWorker): Promise<{
  readonly preparations: ReadonlyMap<string, Preparation>;
  readonly relations: ReadonlyMap<string, Preparation>;
  readonly broken: ReadonlyMap<string, SyncError>;
}> {
  const how = { isPreview: true };
  const found = await forEachTable(worker, (_, table) => table.destination.prepareTable(how));
  const related = new Map(
    [...found.done].flatMap(([key, { binding }]) => (binding === null ? [] : [[key, binding]])),
  );
  const linked = await forEachTable(worker, (_, table) =>
    table.destination.prepareRelations(related, how),
  );
  return {
    preparations: found.done,
    relations: linked.done,
    broken: new Map([...found.broken, ...linked.broken]),
  };
}

/** Each declared table in turn; what a `SyncError` stops, stops no other. */
async function forEachTable<T>(
  worker: OnewayWorker,
  act: (declaration: DatabaseDeclaration, table: WorkerTable) => Promise<T>,
): Promise<{ readonly done: Map<string, T>; readonly broken: Map<string, SyncError> }> {
  const done = new Map<string, T>();
  const broken = new Map<string, SyncError>();
  for (const declaration of worker.manifest.databases) {
    const table = worker.tables.get(declaration.key);
    try {
      if (table === undefined) throw unattached(worker, declaration);
      done.set(declaration.key, await act(declaration, table));
    } catch (error) {
      if (!(error instanceof SyncError) || error.code === "lease_lost") throw error;
      broken.set(declaration.key, error);
    }
  }
  return { done, broken };
}

function unattached(worker: OnewayWorker, { key }: DatabaseDeclaration): SyncError {
  return new SyncError({
    code: "config_invalid",
    message: `The database ${key} of the worker ${worker.name} has no table yet.`,
    remedy: `Name one under workers.${worker.name}.databases, or run \`tandem worker databases attach ${key} DATABASE\`.`,
  });
}

function bindingOf({ tableId, parentId, title, url }: StoredBinding): Binding {
  return { tableId, parentId, title, url };
}

interface Bind {
  readonly id: DatabaseId;
  readonly table: WorkerTable;
  readonly preparation: Preparation;
  readonly before: StoredBinding | null;
}

/** Stores what the database is bound to. Another table than before makes the index start anew. */
async function bind(
  { id, table, preparation, before }: Bind,
  at: PrepareAt,
): Promise<StoredBinding> {
  const { binding } = preparation;
  if (binding === null) {
    throw new SyncError({
      code: "contract_broken",
      message: `The table of ${id} was prepared, but nobody knows where it is.`,
      remedy: "Try again; if it happens again, please report it.",
    });
  }
  const isSame = before?.tableId === binding.tableId;
  const isMade = preparation.steps.some((step) => step.kind === "create-table");
  const isManaged = table.origin === "managed";
  const next: StoredBinding = {
    database: id,
    ...binding,
    origin: table.origin,
    isIndexed: isMade || (isSame && before.isIndexed),
    // A table that was just made holds nothing that could be lost.
    maySweep: isManaged || isMade || (isSame && before.maySweep),
  };
  if (JSON.stringify(before) === JSON.stringify(next)) return next;
  const changes: OnewayChange[] = [];
  if (before !== null && !isSame) {
    changes.push({ kind: "binding-drop", database: id });
    at.notes.add(
      `${id} is another table than before; its rows are looked up anew. An incremental sync writes old rows there only after \`tandem worker state reset\`.`,
    );
  }
  changes.push({ kind: "binding", binding: next });
  await at.deps.store.commitOneway(at.leases.held(), changes);
  return next;
}

async function indexed(ready: ReadyTable, at: PrepareAt): Promise<ReadyTable> {
  if (ready.binding.isIndexed) return ready;
  const end = await indexTable(ready, at);
  if (!end.isComplete) {
    at.notes.add(cutShort(ready, end));
    return ready;
  }
  const binding: StoredBinding = {
    ...ready.binding,
    isIndexed: true,
    // An empty table holds nothing that could be lost.
    maySweep: ready.binding.maySweep || end.rows === 0,
  };
  await at.deps.store.commitOneway(at.leases.held(), [{ kind: "binding", binding }]);
  return { ...ready, binding };
}

function cutShort({ id }: ReadyTable, end: KeysEnd): string {
  return `${id} could not be listed in full (${end.reason ?? "no reason given"}): each new key is searched before its row is made.`;
}
