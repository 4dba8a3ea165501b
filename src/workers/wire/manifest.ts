// A worker's manifest as its SDK gives it (read in SDK 0.3.0 to 0.9.2), checked and put into our words.
// Lenient where real modules are: what is unknown or cannot run here is left out with a note, and only
// a manifest without a usable shape is refused.
import { z } from "zod";
import type {
  DatabaseDeclaration,
  OtherCapability,
  PacerDeclaration,
  PropertyDeclaration,
  Schedule,
  SyncDeclaration,
  WorkerManifest,
} from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import { parseIcon } from "./icon.ts";
import { parseProperty, type Related } from "./property.ts";

const record = z.record(z.string(), z.unknown());
const keyed = z.object({ key: z.string().min(1), config: record.catch({}) });

const manifestSchema = z.object({
  sdkVersion: z.string().nullish(),
  databases: z.array(keyed).optional(),
  pacers: z.array(keyed).optional(),
  credentials: z.array(z.unknown()).optional(),
  capabilities: z.array(keyed.extend({ _tag: z.string() })),
});

type Keyed = z.infer<typeof keyed>;
type Capability = z.infer<typeof manifestSchema>["capabilities"][number];

const databaseSchema = z.object({
  type: z.enum(["managed", "attached"]).catch("managed"),
  initialTitle: z.string().optional().catch(undefined),
  primaryKeyProperty: z.string().min(1),
  schema: z.object({
    properties: record,
    databaseIcon: z.unknown().optional(),
    subItems: z
      .object({ parentPropertyName: z.string(), childPropertyName: z.string() })
      .optional()
      .catch(undefined),
  }),
});

const syncSchema = z.object({
  databaseKey: z.string().min(1),
  mode: z.enum(["replace", "incremental"]).default("replace"),
  schedule: z
    .discriminatedUnion("type", [
      z.object({ type: z.literal("continuous") }),
      z.object({ type: z.literal("manual") }),
      z.object({ type: z.literal("interval"), intervalMs: z.number().positive() }),
    ])
    .optional(),
});

const pacerSchema = z.object({
  allowedRequests: z.number().positive(),
  intervalMs: z.number().positive(),
});

const titleSchema = z.object({
  title: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  hasVerify: z.boolean().optional().catch(undefined),
});

/** The SDK's own default (SDK 0.9.2, capabilities/sync). */
const everyMsDefault = 30 * 60 * 1_000;

/** `where`: the project's folder, for messages. Throws `config_invalid`. */
export function parseManifest(raw: unknown, where: string): WorkerManifest {
  const parsed = manifestSchema.safeParse(raw);
  if (!parsed.success) throw unusable(where, "it has no manifest of a known shape", parsed.error);
  const { data } = parsed;
  const notes: string[] = [];
  const syncs = data.capabilities.filter((entry) => entry._tag === "sync" && isTable(entry));
  const related: Related = new Map([
    ...syncs.map((entry): [string, string] => [entry.key, readSync(entry, where).database]),
    ...(data.databases ?? []).map((entry): [string, string] => [entry.key, entry.key]),
  ]);
  const credentials = data.credentials?.length ?? 0;
  if (credentials > 0) {
    notes.push(
      `${credentials} credentials are declared. Headers are not put into requests here: hand the values on as environment variables.`,
    );
  }
  const manifest: WorkerManifest = {
    sdkVersion: data.sdkVersion ?? null,
    databases: (data.databases ?? []).map((entry) =>
      readDatabase(entry, { where, related, notes }),
    ),
    syncs: syncs.map((entry) => readSync(entry, where)),
    pacers: (data.pacers ?? []).map((entry) => readPacer(entry, where)),
    others: data.capabilities
      .filter((entry) => !syncs.includes(entry))
      .map((entry) => readOther(entry, notes)),
    notes,
  };
  checkTargets(manifest, where);
  return manifest;
}

interface DatabaseContext {
  readonly where: string;
  readonly related: Related;
  readonly notes: string[];
}

function readDatabase(entry: Keyed, context: DatabaseContext): DatabaseDeclaration {
  const { where, notes } = context;
  const parsed = databaseSchema.safeParse(entry.config);
  if (!parsed.success) throw unusable(where, `database "${entry.key}" is incomplete`, parsed.error);
  const { type, initialTitle, primaryKeyProperty, schema } = parsed.data;
  const properties: PropertyDeclaration[] = [];
  for (const [name, descriptor] of Object.entries(schema.properties)) {
    const read = parseProperty(descriptor, context.related);
    notes.push(...read.notes.map((note) => `Database "${entry.key}", property "${name}": ${note}`));
    if (read.shape !== null) properties.push({ name, shape: read.shape });
  }
  if (!properties.some(({ name }) => name === primaryKeyProperty)) {
    throw unusable(
      where,
      `database "${entry.key}" has no usable property "${primaryKeyProperty}", which is to be its primary key`,
    );
  }
  const { subItems } = schema;
  return {
    key: entry.key,
    type,
    title: initialTitle ?? entry.key,
    primaryKey: primaryKeyProperty,
    properties,
    icon: parseIcon(schema.databaseIcon),
    subItems:
      subItems === undefined
        ? null
        : { parent: subItems.parentPropertyName, child: subItems.childPropertyName },
  };
}

function readSync(entry: Capability, where: string): SyncDeclaration {
  const parsed = syncSchema.safeParse(entry.config);
  if (!parsed.success) {
    const isOld = "schema" in entry.config || "primaryKeyProperty" in entry.config;
    throw unusable(
      where,
      isOld
        ? `sync "${entry.key}" carries its schema itself, as before version 0.3 of the SDK`
        : `sync "${entry.key}" is incomplete`,
      parsed.error,
    );
  }
  const { databaseKey, mode, schedule } = parsed.data;
  return { key: entry.key, database: databaseKey, mode, schedule: readSchedule(schedule) };
}

function readSchedule(schedule: z.infer<typeof syncSchema>["schedule"]): Schedule {
  switch (schedule?.type) {
    case undefined:
      return { kind: "interval", everyMs: everyMsDefault };
    case "continuous":
      return { kind: "continuous" };
    case "manual":
      return { kind: "manual" };
    case "interval":
      return { kind: "interval", everyMs: schedule.intervalMs };
  }
}

function readPacer(entry: Keyed, where: string): PacerDeclaration {
  const parsed = pacerSchema.safeParse(entry.config);
  if (!parsed.success) throw unusable(where, `pacer "${entry.key}" is incomplete`, parsed.error);
  return { key: entry.key, ...parsed.data };
}

/** Syncs into the SDK's large tables name a target in place of a database; those exist hosted only. */
function isTable(entry: Capability): boolean {
  return !("target" in entry.config);
}

function readOther(entry: Capability, notes: string[]): OtherCapability {
  const { title, name, hasVerify } = titleSchema.parse(entry.config);
  if (entry._tag === "sync") {
    notes.push(`Sync "${entry.key}" writes to a large table (XLDB), which exists at Notion only.`);
  }
  return {
    key: entry.key,
    tag: entry._tag === "sync" ? "xldb" : entry._tag,
    title: title ?? name ?? null,
    hasVerify: hasVerify === true,
  };
}

function checkTargets(manifest: WorkerManifest, where: string): void {
  const keys = new Set(manifest.databases.map(({ key }) => key));
  for (const sync of manifest.syncs) {
    if (keys.has(sync.database)) continue;
    throw unusable(where, `sync "${sync.key}" writes to "${sync.database}", which is not declared`);
  }
}

function unusable(where: string, what: string, cause?: unknown): SyncError {
  return new SyncError({
    code: "config_invalid",
    message: `The worker in ${where} cannot be used: ${what}.`,
    remedy:
      "Declare databases and syncs as version 0.3 of @notionhq/workers or a later one asks for.",
    ...(cause === undefined ? {} : { cause }),
  });
}
