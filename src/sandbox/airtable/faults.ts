// Ready-made faults in Airtable's own words, for the fault plan.
import type { Fault, FaultMoment } from "../fault.ts";
import type { SandboxAnswer } from "../wire.ts";

function answering(when: FaultMoment, answer: SandboxAnswer): Fault {
  return { kind: "answer", when, answer };
}

/** 429 of the rate limit; the service did nothing. */
export const rateLimitFault: Fault = answering("before", {
  status: 429,
  body: {
    error: {
      type: "RATE_LIMIT_REACHED",
      message: "Rate limit exceeded. Please try again later",
    },
  },
});

/** 429 of the month's quota: another shape, and no use in trying again. */
export const quotaFault: Fault = answering("before", {
  status: 429,
  body: {
    errors: [
      {
        error: "PUBLIC_API_BILLING_LIMIT_EXCEEDED",
        message:
          "API billing plan limit exceeded. You've reached the maximum number of requests allowed for this month.",
      },
    ],
  },
});

/** 500; `after` means the write was carried out all the same. */
export function serverErrorFault(when: FaultMoment): Fault {
  return answering(when, {
    status: 500,
    body: { error: { type: "SERVER_ERROR", message: "Server error" } },
  });
}

/** 502 as HTML from the edge. */
export function badGatewayFault(when: FaultMoment): Fault {
  return answering(when, {
    status: 502,
    body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
  });
}

/** 503 that says it is safe to retry, with a `Retry-After` in seconds when one is given. */
export function retriableFault(retryAfterSeconds: number | null): Fault {
  return answering("before", {
    status: 503,
    ...(retryAfterSeconds === null
      ? {}
      : { headers: { "retry-after": String(retryAfterSeconds) } }),
    body: {
      error: {
        type: "RETRIABLE_ERROR",
        message:
          "Server encountered an error while processing your request, and it is safe to retry the request",
      },
    },
  });
}

/** 422 of an iterator that is gone: the listing must start again. */
export const iteratorLossFault: Fault = answering("before", {
  status: 422,
  body: { error: { type: "LIST_RECORDS_ITERATOR_NOT_AVAILABLE" } },
});

/** 422 for a valid request, as seen during outages (public reports). */
export const outageFault: Fault = answering("before", {
  status: 422,
  body: { error: { type: "INVALID_REQUEST", message: "Invalid request" } },
});
