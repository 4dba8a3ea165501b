// Ties a loaded worker to its tables: which service stands behind each declared database, and where the
// config, an earlier `attach` or an earlier run says it is. Nothing is read from a service yet.
//
// The config's word comes first, then what `attach` stored; a database of neither is made below the
// worker's parent page, or found again where an earlier run made it.
import type { TableTarget } from "../../config/worker.ts";
import type { ServiceConfig } from "../../config/load.ts";
import { makeAirtableDestination } from "../../connectors/airtable/destination/destination.ts";
import type { Destination } from "../../connectors/destination.ts";
import { makeNotionDestination } from "../../connectors/notion/destination/destination.ts";
import { parseReference } from "../../connectors/notion/reference.ts";
import type { DatabaseDeclaration } from "../../core/oneway/declaration.ts";
import { databaseIdOf } from "../../core/oneway/ids.ts";
import { SyncError } from "../../errors.ts";
import type { OnewayWorker, WorkerTable } from "../../oneway/deps.ts";
import type { Source } from "../../oneway/source.ts";
import type { StoredBinding } from "../../store/oneway-store.ts";
import { makeWorkerSource } from "../../workers/worker-source.ts";
import type { LoadedWorker } from "./catalog.ts";
import type { WorkerContext } from "./context.ts";

/** Destinations made for one piece of work: their request counts start at zero. */
export async function composeWorker(
  app: WorkerContext,
  worker: LoadedWorker,
): Promise<OnewayWorker> {
  const { config, manifest, setting } = worker;
  const stored = await app.store.loadBindings(config.name);
  const tables = new Map<string, WorkerTable>();
  for (const declaration of manifest.databases) {
    const id = databaseIdOf(config.name, declaration.key);
    const before = stored.find((binding) => binding.database === id) ?? null;
    const table = makeTable(app, worker, { declaration, before });
    if (table !== null) tables.set(declaration.key, table);
  }
  const sources = manifest.syncs.map((sync): [string, Source] => [
    sync.key,
    makeWorkerSource({ setting, manifest, sync, zone: config.zone }),
  ]);
  return {
    name: config.name,
    manifest,
    tables,
    sources: new Map(sources),
    sweep: config.sweep,
  };
}

interface TableAt {
  readonly declaration: DatabaseDeclaration;
  readonly before: StoredBinding | null;
}

/** Null: declared as attached, and attached to nothing yet. */
function makeTable(
  app: WorkerContext,
  { config }: LoadedWorker,
  { declaration, before }: TableAt,
): WorkerTable | null {
  const target = config.databases.get(declaration.key) ?? null;
  const owner = databaseIdOf(config.name, declaration.key);
  if (target !== null) {
    const destination = destinationFor(app, target, { declaration, owner, before });
    return { origin: "config", destination };
  }
  if (before?.origin === "command") {
    const attached = { kind: "notion", reference: before.tableId } as const;
    const destination = destinationFor(app, attached, { declaration, owner, before });
    return { origin: "command", destination };
  }
  if (declaration.type === "attached") return null;
  const known = before?.origin === "managed" ? before : null;
  const made = { declaration, owner, binding: known, database: null, parent: config.parent };
  const notion = serviceFor(app, "notion");
  return { origin: "managed", destination: makeNotionDestination({ ...notion, ...made }) };
}

export interface DestinationAt extends TableAt {
  readonly owner: string;
}

/** The table the config or a person names. */
export function destinationFor(
  app: WorkerContext,
  target: TableTarget,
  { declaration, owner, before }: DestinationAt,
): Destination {
  switch (target.kind) {
    case "notion":
      return makeNotionDestination({
        ...serviceFor(app, "notion"),
        declaration,
        owner,
        binding: isMeant(before, target.reference) ? before : null,
        database: target.reference,
        parent: null,
      });
    case "airtable": {
      const { base, table, key, mark } = target;
      return makeAirtableDestination({
        ...serviceFor(app, "airtable"),
        declaration,
        owner,
        binding: before,
        base,
        table,
        key,
        mark,
      });
    }
  }
}

/** Whether what was bound before is what the reference names, so that it need not be looked up again. */
function isMeant(before: StoredBinding | null, reference: string): boolean {
  const id = parseReference(reference);
  return before !== null && id !== null && [before.tableId, before.parentId].includes(id);
}

/** Throws `config_invalid` when the config does not say how to reach the service. */
function serviceFor(
  app: WorkerContext,
  service: "notion" | "airtable",
): ServiceConfig & Pick<WorkerContext, "timing"> {
  const found = app.config.services[service];
  if (found !== null) return { ...found, timing: app.timing };
  throw new SyncError({
    code: "config_invalid",
    message: `A worker's database is in ${service === "notion" ? "Notion" : "Airtable"}, and the config does not say how to reach it.`,
    remedy: `Add ${service}: { token: "\${${service.toUpperCase()}_TOKEN}" }.`,
  });
}
