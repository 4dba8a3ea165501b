// The sandbox without sockets: a `fetch` that calls the service in the same process, for the real client,
// and a bare call for tests. Both are as deterministic as the service.
import type { SandboxAnswer, SandboxRequest } from "../wire.ts";
import { isObject, parseJson, type Json, type JsonObject } from "./json.ts";
import type { NotionWorkshop } from "./sandbox.ts";

/** What one bare call came to. */
export interface InProcessAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** Calls an endpoint below `/v1/`, e.g. `("PATCH", "pages/…", {in_trash: true})`. */
export type InProcessCall = (method: string, path: string, body?: Json) => InProcessAnswer;

/** Makes a bare call with the sandbox's token. `version` defaults to the newest. */
export function makeInProcessCall(workshop: NotionWorkshop, version = "2026-03-11"): InProcessCall {
  return (method, path, body) => {
    const mark = path.indexOf("?");
    const answer = workshop.service({
      method,
      path: `/v1/${mark === -1 ? path : path.slice(0, mark)}`,
      query: new URLSearchParams(mark === -1 ? "" : path.slice(mark + 1)),
      headers: { authorization: `Bearer ${workshop.token}`, "notion-version": version },
      body: body === undefined ? "" : JSON.stringify(body),
    });
    const parsed = parseJson(JSON.stringify(answer.body));
    return {
      status: answer.status,
      headers: answer.headers ?? {},
      body: isObject(parsed) ? parsed : {},
    };
  };
}

/** A `fetch` for the client's `fetch` option; `baseUrl` may then be anything. */
export function makeInProcessFetch(
  service: (request: SandboxRequest) => SandboxAnswer,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const answer = service({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
    const { body } = answer;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), {
      status: answer.status,
      headers: {
        "content-type": typeof body === "string" ? "text/html" : "application/json",
        ...answer.headers,
      },
    });
  };
}
