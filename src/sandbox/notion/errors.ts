// What the sandbox refuses, in the real service's words.
//
// Texts come from recorded traffic where a recording exists, else from community reports; the list with
// its sources is section 8 of the Notion reference. A `NotionError` is thrown anywhere in the world and
// turned into a body once, in service.ts.
import type { Json, JsonObject } from "./json.ts";

interface NotionErrorParts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly additionalData?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal: its HTTP status, Notion's `code` and message. */
export class NotionError extends Error {
  readonly status: number;
  readonly code: string;
  readonly additionalData: JsonObject | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(parts: NotionErrorParts) {
    super(parts.message);
    this.name = "NotionError";
    this.status = parts.status;
    this.code = parts.code;
    this.additionalData = parts.additionalData ?? null;
    this.headers = parts.headers ?? {};
  }
}

/** 400 `validation_error` with a ready message. */
export function invalid(message: string): NotionError {
  return new NotionError({ status: 400, code: "validation_error", message });
}

/** 400 in the words of the schema validator: `body failed validation: body.x should be …`. */
export function failedValidation(path: string, should: string, was: Json | undefined): NotionError {
  const place = path.split(/[.[]/, 1)[0] ?? path;
  const shown = was === undefined ? "undefined" : JSON.stringify(was);
  return invalid(
    `${place} failed validation: ${path} should be ${should}, instead was \`${shown}\`.`,
  );
}

/** What a 404 calls the missing thing; a missing data source is called a database (recorded). */
export type Noun =
  | "page"
  | "database"
  | "block"
  | "user"
  | "comment"
  | "file upload"
  | "async task";

/** 404 in the real words, which name the integration and say nothing about whether the id exists. */
export function notFound(
  noun: Noun,
  id: string,
  integration: { readonly id: string; readonly name: string },
): NotionError {
  return new NotionError({
    status: 404,
    code: "object_not_found",
    message: `Could not find ${noun} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "${integration.name}".`,
    additionalData: { integration_id: integration.id },
  });
}

export function invalidUrl(): NotionError {
  return new NotionError({
    status: 400,
    code: "invalid_request_url",
    message: "Invalid request URL.",
  });
}

export function invalidJson(): NotionError {
  return new NotionError({
    status: 400,
    code: "invalid_json",
    message: "Error parsing JSON body.",
  });
}

export function unauthorized(): NotionError {
  return new NotionError({
    status: 401,
    code: "unauthorized",
    message: "API token is invalid.",
  });
}

/** 403: the token lacks a capability. */
export function restricted(): NotionError {
  return new NotionError({
    status: 403,
    code: "restricted_resource",
    message: "API token does not have access to this resource.",
  });
}

/** 400: the object, or something above it, lies in the trash. */
export function inTrash(where: "self" | "ancestor"): NotionError {
  return invalid(
    where === "self"
      ? "Can't edit block that is archived. You must unarchive the block before editing."
      : "Can't edit page on block with an archived ancestor. You must unarchive the ancestor before editing.",
  );
}

/** 400: a database was named where one of its several data sources is meant. */
export function multipleSources(databaseId: string, sourceIds: readonly string[]): NotionError {
  return new NotionError({
    status: 400,
    code: "validation_error",
    message: "Databases with multiple data sources are not supported in this API version.",
    additionalData: {
      error_type: "multiple_data_sources_for_database",
      database_id: databaseId,
      child_data_source_ids: [...sourceIds],
    },
  });
}

/** 429 of the connection's budget; `Retry-After` in whole seconds. */
export function rateLimited(retryAfterSeconds: number): NotionError {
  return new NotionError({
    status: 429,
    code: "rate_limited",
    message: "You have been rate limited. Please try again in a few minutes.",
    additionalData: {
      rate_limit_reason: "public_api_request_rate_limit",
      retry_after: String(retryAfterSeconds),
    },
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}
