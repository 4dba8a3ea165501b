// The whole API as one function: gate, route, answer.
//
// The gate's order is token, version, budget, route, capability. An unknown path and a wrong method get the
// same 400, never a 404 or 405 (recorded, notion-sdk-py test_client_request).
import type { SandboxAnswer, SandboxRequest, SandboxService } from "../wire.ts";
import type { Call, Route } from "./call.ts";
import {
  failedValidation,
  invalidJson,
  invalidUrl,
  NotionError,
  restricted,
  unauthorized,
} from "./errors.ts";
import { isObject, parseJson, stringAt, type JsonObject } from "./json.ts";
import type { Limiter } from "./limiter.ts";
import type { QueryDesk } from "./query.ts";
import { blockRoutes } from "./routes/blocks.ts";
import { commentRoutes } from "./routes/comments.ts";
import { databaseRoutes } from "./routes/databases.ts";
import { dataSourceRoutes } from "./routes/data-sources.ts";
import { fileUploadRoutes } from "./routes/file-uploads.ts";
import { markdownRoutes } from "./routes/markdown.ts";
import { pagePropertyRoutes } from "./routes/page-property.ts";
import { pageRoutes } from "./routes/pages.ts";
import { searchRoutes } from "./routes/search.ts";
import { userRoutes } from "./routes/users.ts";
import type { World } from "./world.ts";

const routes: readonly Route[] = [
  ...userRoutes,
  ...searchRoutes,
  ...databaseRoutes,
  ...dataSourceRoutes,
  ...pageRoutes,
  ...pagePropertyRoutes,
  ...blockRoutes,
  ...markdownRoutes,
  ...commentRoutes,
  ...fileUploadRoutes,
];

/** What the real service accepted in July 2026; nothing was ever withdrawn (community report). */
const knownVersions: readonly string[] = [
  "2021-05-11",
  "2021-05-13",
  "2021-08-16",
  "2022-02-22",
  "2022-06-28",
  "2025-09-03",
  "2026-03-11",
];

export interface ServiceParts {
  readonly world: World;
  readonly desk: QueryDesk;
  readonly limiter: Limiter;
  /** The token that opens the door; read at every request, so it can be changed. */
  readonly token: () => string;
  /** Whether the answer to a create is to be lost after the fact. */
  readonly takeCommitFailure: () => boolean;
}

export function makeService(parts: ServiceParts): SandboxService {
  return (request) => {
    const requestId = parts.world.ids.arbitrary();
    try {
      const { body, isBare } = answerOf(parts, request);
      return {
        // Work that was only taken on answers 202.
        status: body["object"] === "async_task" && body["status"] === "queued" ? 202 : 200,
        headers: { "x-notion-request-id": requestId },
        body: isBare ? body : { ...body, request_id: requestId },
      };
    } catch (error) {
      if (error instanceof NotionError) return errorAnswer(error, requestId);
      throw error;
    }
  };
}

function errorAnswer(error: NotionError, requestId: string): SandboxAnswer {
  return {
    status: error.status,
    headers: { "x-notion-request-id": requestId, ...error.headers },
    body: {
      object: "error",
      status: error.status,
      code: error.code,
      message: error.message,
      ...(error.additionalData !== null && { additional_data: error.additionalData }),
      request_id: requestId,
    },
  };
}

function answerOf(
  parts: ServiceParts,
  request: SandboxRequest,
): { readonly body: JsonObject; readonly isBare: boolean } {
  if (request.headers["authorization"] !== `Bearer ${parts.token()}`) throw unauthorized();
  const version = needVersion(request);
  parts.limiter.take();
  const found = findRoute(request);
  if (found === null) throw invalidUrl();
  checkCapability(parts.world, found.route);
  const call: Call = {
    world: parts.world,
    desk: parts.desk,
    version,
    params: found.params,
    query: request.query,
    body: readBody(request),
    rawBody: request.body,
  };
  refuseArchivedKey(call);
  const body = found.route.handler(call);
  if (
    found.route.method === "POST" &&
    found.route.needs === "insert" &&
    parts.takeCommitFailure()
  ) {
    throw committed(body);
  }
  return { body, isBare: found.route.isBare ?? false };
}

/** From 2026-03-11 `in_trash` is the only name of the trash (Notion docs: Upgrade guide 2026-03-11). */
function refuseArchivedKey(call: Call): void {
  if (call.version < "2026-03-11" || !("archived" in call.body)) return;
  throw failedValidation("body.archived", "not present", call.body["archived"]);
}

/** 503 after the fact, naming what was made (Notion docs: Request limits). */
function committed(body: JsonObject): NotionError {
  return new NotionError({
    status: 503,
    code: "service_unavailable",
    message:
      "Your change was saved, but the response could not be built in time. Read the resource to see it.",
    additionalData: {
      retry_guidance: ["Do not repeat the request.", "Retrieve the resource to see its state."],
      committed_resource_id: stringAt(body, "id") ?? "",
    },
  });
}

function needVersion(request: SandboxRequest): string {
  const version = request.headers["notion-version"];
  if (version !== undefined && knownVersions.includes(version)) return version;
  const names = knownVersions.map((known) => `\`"${known}"\``);
  const shown = version === undefined ? "undefined" : `"${version}"`;
  throw new NotionError({
    status: 400,
    code: "missing_version",
    message:
      version === undefined
        ? "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`."
        : `Notion-Version header failed validation: Notion-Version header should be ${names.slice(0, -1).join(", ")}, or ${names.at(-1) ?? ""}, instead was \`${shown}\`.`,
  });
}

function findRoute(
  request: SandboxRequest,
): { readonly route: Route; readonly params: Record<string, string> } | null {
  if (!request.path.startsWith("/v1/")) return null;
  const parts = request.path.slice("/v1/".length).split("/");
  for (const route of routes) {
    if (route.method !== request.method) continue;
    const pattern = route.path.split("/");
    if (pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((name, index) => {
      const part = parts[index] ?? "";
      if (!name.startsWith(":")) return name === part;
      params[name.slice(1)] = part;
      return part !== "";
    });
    if (fits) return { route, params };
  }
  return null;
}

function checkCapability(world: World, route: Route): void {
  const { capabilities } = world;
  switch (route.needs) {
    case "none":
      return;
    case "users":
      if (capabilities.users === "none") throw restricted();
      return;
    case "read":
    case "insert":
    case "update":
      if (!capabilities[route.needs]) throw restricted();
  }
}

function readBody(request: SandboxRequest): JsonObject {
  const type = request.headers["content-type"] ?? "";
  if (request.body === "" || type.startsWith("multipart/")) return {};
  const body = parseJson(request.body);
  if (!isObject(body)) throw invalidJson();
  return body;
}
