// The shapes of Notion's answers, parsed here once and never cast again. Additive keys appear under
// every API version (Notion docs: Versioning), so unknown keys pass, and whatever is not needed may be
// missing. Property values stay `unknown`: codecs read them.
import { z } from "zod";

const listed = z.array(z.unknown());
const idObject = z.object({ id: z.string() });

const parentSchema = z.object({
  type: z.string().nullish(),
  database_id: z.string().nullish(),
  data_source_id: z.string().nullish(),
});

export interface WirePage {
  readonly id: string;
  readonly created_time?: string | null | undefined;
  readonly last_edited_time?: string | null | undefined;
  readonly created_by?: { readonly id: string } | null | undefined;
  readonly last_edited_by?: { readonly id: string } | null | undefined;
  readonly parent?:
    | {
        readonly type?: string | null | undefined;
        readonly database_id?: string | null | undefined;
        readonly data_source_id?: string | null | undefined;
      }
    | null
    | undefined;
  readonly in_trash?: boolean | null | undefined;
  readonly is_archived?: boolean | null | undefined;
  readonly icon?: unknown;
  readonly url?: string | null | undefined;
  /** By name. Missing in a partial page, which a token without the read capability gets. */
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export const pageSchema: z.ZodType<WirePage> = z.object({
  object: z.literal("page"),
  id: z.string(),
  created_time: z.string().nullish(),
  last_edited_time: z.string().nullish(),
  created_by: idObject.nullish(),
  last_edited_by: idObject.nullish(),
  parent: parentSchema.nullish(),
  in_trash: z.boolean().nullish(),
  is_archived: z.boolean().nullish(),
  icon: z.unknown().optional(),
  url: z.string().nullish(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export interface WireQuery {
  /** Pages, and in wikis data sources too. */
  readonly results: readonly unknown[];
  readonly next_cursor?: string | null | undefined;
  readonly has_more?: boolean | null | undefined;
  readonly request_status?: { readonly type: string } | null | undefined;
}

export const querySchema: z.ZodType<WireQuery> = z.object({
  object: z.literal("list"),
  results: listed,
  next_cursor: z.string().nullish(),
  has_more: z.boolean().nullish(),
  request_status: z.object({ type: z.string() }).nullish(),
});

/** Anything in a listing tells what it is. */
export const objectSchema: z.ZodType<{ readonly object: string }> = z.object({
  object: z.string(),
});

export interface WireProperty {
  /** Percent-encoded, as the service gives and takes it. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description?: string | null;
  /** What stands under the type's key. */
  readonly config: unknown;
}

export interface WireDataSource {
  readonly id: string;
  readonly title: readonly unknown[];
  readonly parent?: { readonly database_id?: string | null | undefined } | null | undefined;
  readonly in_trash?: boolean | null | undefined;
  readonly url?: string | null | undefined;
  readonly properties: readonly WireProperty[];
}

const propertySchema = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    description: z.string().nullish(),
  })
  .transform((property): WireProperty => ({
    id: property.id,
    name: property.name,
    type: property.type,
    description: property.description ?? null,
    config: property[property.type],
  }));

export const dataSourceSchema: z.ZodType<WireDataSource> = z.object({
  object: z.literal("data_source"),
  id: z.string(),
  title: listed.nullish().transform((title) => title ?? []),
  parent: parentSchema.nullish(),
  in_trash: z.boolean().nullish(),
  url: z.string().nullish(),
  properties: z
    .record(z.string(), propertySchema)
    .transform((properties) => Object.values(properties)),
});

export interface WireDatabase {
  readonly id: string;
  readonly in_trash?: boolean | null | undefined;
  readonly description?: readonly unknown[] | null | undefined;
  readonly data_sources: readonly {
    readonly id: string;
    readonly name?: string | null | undefined;
  }[];
}

export const databaseSchema: z.ZodType<WireDatabase> = z.object({
  object: z.literal("database"),
  id: z.string(),
  in_trash: z.boolean().nullish(),
  description: listed.nullish(),
  data_sources: z.array(z.object({ id: z.string(), name: z.string().nullish() })),
});

export const selfSchema: z.ZodType<{
  readonly id: string;
  readonly type?: string | null | undefined;
}> = z.object({ id: z.string(), type: z.string().nullish() });

export interface WireList {
  readonly results: readonly unknown[];
  readonly next_cursor?: string | null | undefined;
}

export const listSchema: z.ZodType<WireList> = z.object({
  object: z.literal("list"),
  results: listed,
  next_cursor: z.string().nullish(),
});

/** A block among the children of a page. A database's block goes by the database's own id. */
export const blockSchema: z.ZodType<{ readonly id: string; readonly type: string }> = z.object({
  id: z.string(),
  type: z.string(),
});

/** A page's content as Markdown. Only that it came is of interest. */
export const markdownSchema: z.ZodType<{ readonly object: string }> = z.object({
  object: z.literal("page_markdown"),
});

/** The error envelope. `additional_data` holds texts and lists of texts. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  readonly additional: Readonly<Record<string, unknown>>;
}

const errorSchema = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  request_id: z.string().nullish(),
  additional_data: z.record(z.string(), z.unknown()).nullish(),
});

/** Total: an answer that is no error envelope has an empty code and message. */
export function parseError(body: unknown): WireError {
  const parsed = errorSchema.safeParse(body);
  const error = parsed.success ? parsed.data : {};
  return {
    code: error.code ?? "",
    message: error.message ?? "",
    requestId: error.request_id ?? null,
    additional: error.additional_data ?? {},
  };
}
