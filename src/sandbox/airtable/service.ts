// The whole service as one function from request to answer: authentication, budget, routing, refusals.
import type { SandboxAnswer, SandboxRequest, SandboxService } from "../wire.ts";
import type { Ask, Desk } from "./desk.ts";
import { parseJson } from "./json.ts";
import type { Limiter } from "./limiter.ts";
import { nestQuery } from "./list/query.ts";
import { notFound, Refusal, refusal, unauthenticated } from "./refusal.ts";
import { budgetBaseId, route } from "./router.ts";
import type { Grant } from "./world.ts";

/** Longer addresses are refused (Airtable documentation: List records). */
const urlCharsMax = 16_000;

const headers: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "DELETE,GET,OPTIONS,PATCH,POST,PUT",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export function makeService(desk: Desk, limiter: Limiter): SandboxService {
  return (request) => {
    try {
      return { status: 200, headers, body: answer(desk, limiter, request) };
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  };
}

function refused({ status, body }: Refusal): SandboxAnswer {
  return { status, headers, body };
}

function answer(desk: Desk, limiter: Limiter, request: SandboxRequest): unknown {
  const segments = splitPath(request.path);
  if (!isAuthentic(request, desk.world.grant)) throw unauthenticated();
  const exceeded = limiter.admit(budgetBaseId(segments));
  if (exceeded !== null) throw exceeded;
  if (request.path.length + request.query.toString().length > urlCharsMax) {
    throw refusal(414, "URI_TOO_LONG", "The requested URL is too long");
  }
  return route(desk, askOf(request, segments));
}

function askOf(request: SandboxRequest, segments: readonly string[]): Ask {
  return {
    method: request.method,
    segments,
    query: nestQuery(request.query),
    // GET and DELETE carry a JSON content type and no body (recorded from the npm client).
    body: request.body === "" ? undefined : parseJson(request.body),
  };
}

function isAuthentic(request: SandboxRequest, grant: Grant): boolean {
  const match = /^Bearer (\S+)$/.exec(request.headers["authorization"] ?? "");
  return match !== null && match[1] === grant.token && !grant.isRevoked;
}

/** Decoded segments after the version; a slash at the end counts for nothing. */
function splitPath(path: string): string[] {
  const [version, ...rest] = path.replace(/^\//, "").replace(/\/$/, "").split("/");
  if (version !== "v0" || rest.length === 0) throw notFound();
  return rest.map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      throw notFound();
    }
  });
}
