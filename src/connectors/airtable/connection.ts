// What everything that talks to Airtable with one token shares: transport, budgets, patience and clock.
// Bases and tables are not its business.
import { sharedPacer, type Pacer } from "../pacer.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { makeCaller, type Caller } from "./caller.ts";
import { limits } from "./limits.ts";
import { makeTransport } from "./transport.ts";

export interface ConnectionOptions {
  readonly token: string;
  /** Null for the real API. */
  readonly baseUrl: string | null;
  /** One call from sending to the end of its body. Default 70 s. */
  readonly callMs?: number;
  /** All waiting for one call together. Default 5 minutes. */
  readonly patienceMs?: number;
  /** False for a stand-in server without rate limits. Default true. */
  readonly isPaced?: boolean;
  readonly timing?: Timing;
}

/** The token's budget over all bases, and the base's own. Shared by all of the process. */
function makePacersFor(
  options: ConnectionOptions,
  timing: Timing,
): (base: string | null) => readonly Pacer[] {
  if (options.isPaced === false) return () => [];
  const server = options.baseUrl ?? "";
  const pacer = (scope: string, requests: number, spacingMs = 0): Pacer =>
    sharedPacer({
      service: "airtable",
      token: options.token,
      scope: `${server} ${scope}`,
      budget: { requests, windowMs: limits.windowMs, spacingMs },
      timing,
    });
  const whole = pacer("", limits.tokenRequests);
  const bases = new Map<string, Pacer>();
  return (base) => {
    if (base === null) return [whole];
    const own = bases.get(base) ?? pacer(base, limits.baseRequests, limits.spacingMs);
    bases.set(base, own);
    return [whole, own];
  };
}

export function makeConnection(options: ConnectionOptions): Caller {
  const timing = options.timing ?? systemTiming;
  return makeCaller({
    transport: makeTransport(options),
    pacersFor: makePacersFor(options, timing),
    timing,
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  });
}
