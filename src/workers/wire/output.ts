// What one execution gave back (SDK 0.3.0 to 0.9.2: `changes`, `hasMore`, `nextUserContext`,
// `nextPacerStates`), decoded into a batch. One bad change never loses the others; only an answer
// without the parts that steer a cycle is unusable as a whole.
import { z } from "zod";
import type { Batch, Change, ChangeNote } from "../../core/oneway/change.ts";
import type { SyncDeclaration, WorkerManifest } from "../../core/oneway/declaration.ts";
import type { PacerEntry, SourceState } from "../../oneway/source.ts";
import { type DeclaredDatabase, parseChange } from "./change.ts";
import { isRecord } from "./token.ts";

export interface OutputOptions {
  readonly manifest: WorkerManifest;
  readonly sync: SyncDeclaration;
  /** IANA name for times that were said without a zone; null leaves them to the table, as UTC. */
  readonly zone: string | null;
}

export type ParsedOutput =
  | {
      readonly kind: "output";
      readonly batch: Batch;
      readonly hasMore: boolean;
      readonly nextState: SourceState | null;
      /** Only entries that can be read. */
      readonly pacers: ReadonlyMap<string, PacerEntry>;
    }
  | { readonly kind: "broken"; readonly message: string };

export function parseOutput(raw: unknown, options: OutputOptions): ParsedOutput {
  if (!isRecord(raw)) return broken("it gave no object");
  const { changes, hasMore } = raw;
  if (!Array.isArray(changes)) return broken("`changes` is no list");
  // Some modules leave it out at the end; any other word is a mistake that could end a cycle early.
  if (hasMore !== undefined && hasMore !== null && typeof hasMore !== "boolean") {
    return broken("`hasMore` is neither true nor false");
  }
  const state: unknown = raw["nextUserContext"];
  return {
    kind: "output",
    batch: parseBatch(changes, options),
    hasMore: hasMore === true,
    nextState: state === undefined ? null : { json: state },
    pacers: parsePacers(raw["nextPacerStates"]),
  };
}

/** Two changes of one key: the last one counts (Notion's guide for syncs). */
function parseBatch(changes: readonly unknown[], options: OutputOptions): Batch {
  const { manifest, sync, zone } = options;
  const notes: ChangeNote[] = [];
  const context = {
    databases: declaredDatabases(manifest),
    ownDatabase: sync.database,
    zone,
    note: (entry: ChangeNote) => void notes.push(entry),
  };
  const byRow = new Map<string, Change>();
  for (const raw of changes) {
    const change = parseChange(raw, context);
    if (change === null) continue;
    const row = JSON.stringify([change.database, change.key]);
    // Taken out first, so that it stands where it was said last.
    byRow.delete(row);
    byRow.set(row, change);
  }
  return { changes: [...byRow.values()], notes };
}

function declaredDatabases(manifest: WorkerManifest): ReadonlyMap<string, DeclaredDatabase> {
  return new Map(
    manifest.databases.map((declaration) => [
      declaration.key,
      { declaration, properties: new Map(declaration.properties.map((at) => [at.name, at])) },
    ]),
  );
}

const pacerSchema = z.object({
  lastScheduledAtMs: z.number(),
  allowedRequests: z.number(),
  intervalMs: z.number(),
});

function parsePacers(raw: unknown): ReadonlyMap<string, PacerEntry> {
  const entries = Object.entries(isRecord(raw) ? raw : {});
  return new Map(
    entries.flatMap(([key, entry]) => {
      const parsed = pacerSchema.safeParse(entry).data;
      return parsed === undefined ? [] : [[key, parsed]];
    }),
  );
}

function broken(what: string): ParsedOutput {
  return {
    kind: "broken",
    message: `What \`execute\` gave back cannot be read: ${what}. It must give { changes, hasMore, nextState }.`,
  };
}
