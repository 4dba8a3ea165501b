// Ready-made faults with Notion's own bodies, to be put into a fault plan.
//
// Which of them a client may retry, and which leave the outcome of a write open, is the point of having
// them all: `before` did nothing, `after` did everything.
import type { Fault, FaultMoment } from "../fault.ts";
import type { JsonObject } from "./json.ts";

const requestId = "00000000-0000-4000-8000-00000000fa17";

function answer(
  status: number,
  code: string,
  more: {
    readonly message: string;
    readonly when?: FaultMoment;
    readonly headers?: Readonly<Record<string, string>>;
    readonly additionalData?: JsonObject;
  },
): Fault {
  const additional = more.additionalData;
  return {
    kind: "answer",
    when: more.when ?? "before",
    answer: {
      status,
      headers: { "x-notion-request-id": requestId, ...more.headers },
      body: {
        object: "error",
        status,
        code,
        message: more.message,
        ...(additional !== undefined && { additional_data: additional }),
        request_id: requestId,
      },
    },
  };
}

/** Why a 429 was given (Notion docs: Request limits). `blocked` is for good. */
type RateLimitReason = "connection" | "workspace" | "endpoint" | "blocked";

const reasons: Readonly<Record<RateLimitReason, string>> = {
  connection: "public_api_request_rate_limit",
  workspace: "public_api_space_request_rate_limit",
  endpoint: "public_api_endpoint_rate_limit",
  blocked: "public_api_request_blocked",
};

/** 429; `retryAfterSeconds` goes into header and body. */
export function rateLimitFault(
  retryAfterSeconds: number,
  reason: RateLimitReason = "connection",
): Fault {
  return answer(429, "rate_limited", {
    message: "You have been rate limited. Please try again in a few minutes.",
    headers: { "retry-after": String(retryAfterSeconds) },
    additionalData: { rate_limit_reason: reasons[reason], retry_after: String(retryAfterSeconds) },
  });
}

/** 529: treat like a 429. */
function overloadFault(retryAfterSeconds: number): Fault {
  return answer(529, "service_overload", {
    message: "Notion is overloaded, please try again later.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}

/**
 * 503 after the write was saved. What a create made is named only by the side door's `commitThenFail`, as a
 * ready-made answer cannot know it.
 */
const committedFault: Fault = answer(503, "service_unavailable", {
  when: "after",
  message:
    "Your change was saved, but the response could not be built in time. Read the resource to see it.",
  additionalData: {
    retry_guidance: ["Do not repeat the request.", "Retrieve the resource to see its state."],
  },
});

/** 500, 504 and 502 may be set to strike before or after the service did its work. */
function internalErrorFault(when: FaultMoment): Fault {
  return answer(500, "internal_server_error", { when, message: "Unexpected error occurred." });
}

function gatewayTimeoutFault(when: FaultMoment): Fault {
  return answer(504, "gateway_timeout", { when, message: "Gateway Timeout" });
}

/** HTML from the edge, without a Notion body. */
function badGatewayFault(when: FaultMoment): Fault {
  return {
    kind: "answer",
    when,
    answer: {
      status: 502,
      headers: { "cf-ray": "a126077a7fef3441-AMS", "content-type": "text/html" },
      body: "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
    },
  };
}

const conflictFault: Fault = answer(409, "conflict_error", {
  message: "Conflict occurred while saving. Please try again.",
});

const unavailableFault: Fault = answer(503, "service_unavailable", {
  message: "Notion is unavailable, please try again later.",
});

/** 403: a free workspace has used up its blocks; creates fail, updates still work. */
const blockLimitFault: Fault = answer(403, "restricted_resource", {
  message: "This workspace has reached its block limit.",
  additionalData: { block_limit: "block_creation" },
});

const unauthorizedFault: Fault = answer(401, "unauthorized", {
  message: "API token is invalid.",
});

/** Names of the ready-made faults: the status, and what is special about it. */
export type NotionFaultName =
  | "429"
  | "429 workspace"
  | "429 blocked"
  | "529"
  | "409"
  | "500"
  | "500 after commit"
  | "502 html"
  | "502 html after commit"
  | "503"
  | "503 committed"
  | "504"
  | "504 after commit"
  | "403 block limit"
  | "401";

/** The ready-made faults, for single use and for tests that try them all. */
export const notionFaults: Readonly<Record<NotionFaultName, Fault>> = {
  "429": rateLimitFault(1),
  "429 workspace": rateLimitFault(1, "workspace"),
  "429 blocked": rateLimitFault(1, "blocked"),
  "529": overloadFault(1),
  "409": conflictFault,
  "500": internalErrorFault("before"),
  "500 after commit": internalErrorFault("after"),
  "502 html": badGatewayFault("before"),
  "502 html after commit": badGatewayFault("after"),
  "503": unavailableFault,
  "503 committed": committedFault,
  "504": gatewayTimeoutFault("before"),
  "504 after commit": gatewayTimeoutFault("after"),
  "403 block limit": blockLimitFault,
  "401": unauthorizedFault,
};
