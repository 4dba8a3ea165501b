// What everything that talks to one workspace shares: client, budget, patience, clock and the people
// known. The database is not its business.
import { SyncError } from "../../errors.ts";
import { sharedPacer } from "../pacer.ts";
import { makeServiceClock } from "../service-clock.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { makeCaller, type Caller } from "./caller.ts";
import { makeClient } from "./client.ts";
import { makeDirectory, type Directory } from "./directory.ts";
import { limits } from "./limits.ts";

export interface ConnectionOptions {
  readonly token: string;
  /** Null for the real API. */
  readonly baseUrl: string | null;
  /** Requests a minute of the connection. Default 180; workspaces on Business and up have 600. */
  readonly requestsPerMinute?: number;
  /** Clock, waiting and chance. Default: the system's. */
  readonly timing?: Timing;
  /** All waiting of one call together. Default 5 min. */
  readonly patienceMs?: number;
  /** One request from sending to the end of its body. Default 70 s. */
  readonly callMs?: number;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface Connection {
  readonly caller: Caller;
  readonly directory: Directory;
  /** Throws when the token cannot be one. */
  checkToken(): void;
  requests(): { readonly read: number; readonly write: number };
}

/** A stray character in a token fails inside the request, as if the network were down. */
function checkToken(token: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new SyncError({
    code: "unauthorized",
    message:
      token === "" ? "The Notion token is empty." : "The Notion token holds a stray character.",
    remedy: "Copy the connection's secret again into NOTION_TOKEN, without quotes or line ends.",
  });
}

export function makeConnection(options: ConnectionOptions): Connection {
  const timing = options.timing ?? systemTiming;
  const { baseUrl, callMs, fetch, patienceMs } = options;
  // Blanks come along when a token is pasted.
  const token = options.token.trim();
  const clock = makeServiceClock(timing);
  const client = makeClient({
    token,
    baseUrl,
    clock,
    timing,
    ...(callMs === undefined ? {} : { callMs }),
    ...(fetch === undefined ? {} : { fetch }),
  });
  const pacer = sharedPacer({
    service: "notion",
    token,
    scope: baseUrl ?? "",
    budget: {
      requests: options.requestsPerMinute ?? limits.budgetRequests,
      windowMs: limits.budgetWindowMs,
    },
    timing,
  });
  const caller = makeCaller({
    client,
    pacer,
    clock,
    timing,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  const directory = makeDirectory(caller);
  return {
    caller,
    directory,
    checkToken: () => {
      checkToken(token);
    },
    requests: () => client.requests(),
  };
}
