// The shapes of Airtable's answers, parsed here once and never cast again. Adding keys, members and
// field types is no breaking change there (Airtable docs: Versioning), so unknown keys pass and
// unknown field types stay text. Cell values are left as `unknown`: codecs read them.
import { z } from "zod";

const optionsSchema = z.record(z.string(), z.unknown());

export const fieldSchema: z.ZodType<WireField> = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  // `options` is null on some undocumented types (recorded: manualSort).
  options: optionsSchema.nullish(),
});

/** One field of a table's schema. */
export interface WireField {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly options?: Readonly<Record<string, unknown>> | null | undefined;
}

export const tableSchema: z.ZodType<WireTable> = z.object({
  id: z.string(),
  name: z.string(),
  primaryFieldId: z.string(),
  fields: z.array(fieldSchema),
});

export interface WireTable {
  readonly id: string;
  readonly name: string;
  readonly primaryFieldId: string;
  readonly fields: readonly WireField[];
}

export const tablesSchema: z.ZodType<{ readonly tables: readonly WireTable[] }> = z.object({
  tables: z.array(tableSchema),
});

const offset = z.string().nullish();

export interface WireBases {
  readonly bases: readonly { readonly id: string; readonly name: string }[];
  readonly offset?: string | null | undefined;
}

export const basesSchema: z.ZodType<WireBases> = z.object({
  bases: z.array(z.object({ id: z.string(), name: z.string() })),
  offset,
});

export const recordSchema: z.ZodType<WireRecord> = z.object({
  id: z.string(),
  createdTime: z.string().nullish(),
  fields: z.record(z.string(), z.unknown()),
});

/** One record, its cells keyed by field id. Empty cells are left out by the service. */
export interface WireRecord {
  readonly id: string;
  readonly createdTime?: string | null | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface WirePage {
  readonly records: readonly WireRecord[];
  readonly offset?: string | null | undefined;
}

export const pageSchema: z.ZodType<WirePage> = z.object({ records: z.array(recordSchema), offset });

export interface WireWritten {
  readonly records: readonly WireRecord[];
  /** Only in the answer to an upsert. */
  readonly createdRecords?: readonly string[] | null | undefined;
}

export const writtenSchema: z.ZodType<WireWritten> = z.object({
  records: z.array(recordSchema),
  createdRecords: z.array(z.string()).nullish(),
});

export interface WireDeleted {
  readonly records: readonly { readonly id: string; readonly deleted: true }[];
}

export const deletedSchema: z.ZodType<WireDeleted> = z.object({
  records: z.array(z.object({ id: z.string(), deleted: z.literal(true) })),
});

const errorItem = z.object({ error: z.string(), message: z.string().nullish() });

const errorSchema = z.union([
  z.object({ error: z.string() }).transform(({ error }) => ({ type: error, message: "" })),
  z
    .object({ error: z.object({ type: z.string(), message: z.string().nullish() }) })
    .transform(({ error }) => ({ type: error.type, message: error.message ?? "" })),
  // The monthly quota answers in this form (community reports since December 2024).
  z
    .object({ errors: z.tuple([errorItem], errorItem) })
    .transform(({ errors: [first] }) => ({ type: first.error, message: first.message ?? "" })),
]);

export interface WireError {
  readonly type: string;
  readonly message: string;
}

/** The error in an answer's body, in any of its three forms; null when there is none. */
export function parseError(body: unknown): WireError | null {
  const parsed = errorSchema.safeParse(body);
  return parsed.success ? parsed.data : null;
}
