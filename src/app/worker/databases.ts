// Where declared databases are, and what a person can do about it: bind one to a database that exists,
// or forget a binding. Neither touches a row; attaching reads the database to see that it can be used.
import type { DatabaseDeclaration } from "../../core/oneway/declaration.ts";
import { databaseIdOf, syncIdOf, type DatabaseId } from "../../core/oneway/ids.ts";
import { SyncError } from "../../errors.ts";
import { digest } from "../../lib/digest.ts";
import { leaseName } from "../../oneway/leases.ts";
import type { OnewayChange, StoredBinding } from "../../store/oneway-store.ts";
import type { LoadedWorker } from "./catalog.ts";
import { destinationFor } from "./compose.ts";
import type { WorkerContext } from "./context.ts";
import type { DatabaseView } from "./view.ts";

export async function listDatabases(app: WorkerContext): Promise<readonly DatabaseView[]> {
  const views: DatabaseView[] = [];
  for (const { config, loaded } of await app.catalog.loadAll()) {
    if (loaded instanceof SyncError) continue;
    const bindings = await app.store.loadBindings(config.name);
    for (const declaration of loaded.manifest.databases) {
      const id = databaseIdOf(config.name, declaration.key);
      const binding = bindings.find((each) => each.database === id) ?? null;
      views.push({
        database: id,
        type: declaration.type,
        binding,
        rows: await app.store.countRows(id),
        note: binding === null ? noteFor(loaded, declaration) : null,
      });
    }
  }
  return views;
}

function noteFor({ config }: LoadedWorker, { key, type }: DatabaseDeclaration): string {
  if (config.databases.has(key)) return "named in the config; its first cycle binds it.";
  if (type === "attached") {
    return `attach it: tandem worker databases attach ${config.name}/${key} DATABASE`;
  }
  return config.parent === null
    ? `set workers.${config.name}.parent, or attach it to a database that exists.`
    : "its first cycle makes it below the worker's parent page.";
}

export async function attachDatabase(
  app: WorkerContext,
  key: string,
  reference: string,
): Promise<string> {
  const at = await locate(app, key);
  refuseConfigured(at);
  const { id, declaration, before } = at;
  const target = { kind: "notion", reference } as const;
  const destination = destinationFor(app, target, { declaration, owner: id, before: null });
  const { binding, steps } = await destination.prepareTable({ isPreview: true });
  if (binding === null) {
    throw new SyncError({
      code: "not_shared",
      message: `There is no database at ${reference}.`,
      remedy: "Copy its link in Notion, and share it with the connection.",
    });
  }
  const isSame = before?.tableId === binding.tableId && before.origin === "command";
  if (isSame) return `${id} is bound to "${binding.title}" already.`;
  const next: StoredBinding = {
    database: id,
    ...binding,
    origin: "command",
    isIndexed: false,
    maySweep: false,
  };
  await commit(app, at, [
    ...(before === null ? [] : [{ kind: "binding-drop", database: id } as const]),
    { kind: "binding", binding: next },
  ]);
  const columns =
    steps.length === 0
      ? "It has every column."
      : `The next cycle adds: ${steps.map((step) => step.message).join(" ")}`;
  return `${id} is bound to "${binding.title}". ${columns} Rows whose key is known are taken over.`;
}

export async function detachDatabase(app: WorkerContext, key: string): Promise<string> {
  const at = await locate(app, key);
  refuseConfigured(at);
  const { id, before } = at;
  if (before === null) return `${id} is bound to nothing.`;
  await commit(app, at, [{ kind: "binding-drop", database: id }]);
  return `${id} is not bound to "${before.title}" any more. The database and its rows stay as they are.`;
}

interface At {
  readonly worker: LoadedWorker;
  readonly declaration: DatabaseDeclaration;
  readonly id: DatabaseId;
  readonly before: StoredBinding | null;
}

async function locate(app: WorkerContext, key: string): Promise<At> {
  const { worker, found } = await app.catalog.locate(key, "database", ({ databases }) => databases);
  const id = databaseIdOf(worker.config.name, found.key);
  const bindings = await app.store.loadBindings(worker.config.name);
  const before = bindings.find((binding) => binding.database === id) ?? null;
  return { worker, declaration: found, id, before };
}

function refuseConfigured({ worker: { config }, declaration: { key }, id }: At): void {
  if (!config.databases.has(key)) return;
  throw new SyncError({
    code: "usage",
    message: `The config says where ${id} is.`,
    remedy: `Change or take out workers.${config.name}.databases.${key} there.`,
  });
}

/** Under the leases of the worker's syncs that write there, so that no run is in the middle of it. */
async function commit(
  app: WorkerContext,
  { worker: { config, manifest } }: At,
  changes: readonly OnewayChange[],
): Promise<void> {
  const { store, holder } = app;
  const taken = [];
  try {
    for (const sync of manifest.syncs) {
      const lease = await store.takeLease(
        leaseName("sync", syncIdOf(config.name, sync.key), digest),
        holder,
      );
      if ("heldBy" in lease) {
        throw new SyncError({
          code: "lease_held",
          message: `A sync of ${config.name} is at work (${lease.heldBy}).`,
          remedy: "Wait for it to end, or pause it, and try again.",
        });
      }
      taken.push(lease);
    }
    await store.commitOneway(taken, changes);
  } finally {
    for (const lease of taken) await store.dropLease(lease);
  }
}
