// Faults a sandbox can be told to commit, and the plan that says which request they strike.
//
// `when` is the heart of it: `before` means the service did nothing, `after` means it did all of it
// and only the answer is lost or replaced. A client cannot tell the two apart, and must not guess.
import type { LoggedRequest, SandboxAnswer } from "./wire.ts";

export type FaultMoment = "before" | "after";

export type Fault =
  /** An answer in place of the true one, such as a 429, a 500 or an HTML 502. */
  | { readonly kind: "answer"; readonly when: FaultMoment; readonly answer: SandboxAnswer }
  /** The connection is closed without an answer. */
  | { readonly kind: "cut"; readonly when: FaultMoment }
  /** No answer until the client gives up (or `forMs` have passed, then the line is cut). */
  | { readonly kind: "hang"; readonly when: FaultMoment; readonly forMs: number }
  /** The true answer, late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** The true answer, cut off in the middle of its body, with a length header that fits the rest. */
  | { readonly kind: "truncated" }
  /** Status 200 with an empty body; the request was carried out. */
  | { readonly kind: "empty" };

/** Strikes the requests that `matches`; the first `skip` of them pass, then `times` are struck. */
export interface FaultRule {
  readonly name: string;
  readonly fault: Fault;
  readonly matches?: (request: LoggedRequest) => boolean;
  readonly skip?: number;
  readonly times?: number;
}

export interface FaultPlan {
  add(rule: FaultRule): void;
  clear(): void;
  /** Takes the fault for a request, and counts it. At most one rule strikes a request. */
  take(request: LoggedRequest): { readonly name: string; readonly fault: Fault } | null;
}

export function makeFaultPlan(): FaultPlan {
  let rules: { rule: FaultRule; skip: number; times: number }[] = [];
  return {
    add: (rule) => {
      rules.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
    },
    clear: () => {
      rules = [];
    },
    take: (request) => {
      for (const entry of rules) {
        if (entry.times <= 0 || !(entry.rule.matches?.(request) ?? true)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.times -= 1;
        return { name: entry.rule.name, fault: entry.rule.fault };
      }
      return null;
    },
  };
}
