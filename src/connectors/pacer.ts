// Spaces the requests of one token, so that its budget is kept and a pause the service asks for holds
// for every call with that token. Turns are given in the order they were asked for.
//
// Keeps the budget over every window of its length, sliding, which satisfies a service that counts
// in fixed windows too. Other processes with the same token are not seen: their share shows up as 429,
// and that as a pause.
import { createHash } from "node:crypto";
import { systemTiming, type Timing } from "./timing.ts";

/** At most `requests` in any `windowMs`. */
export interface Budget {
  readonly requests: number;
  readonly windowMs: number;
  /**
   * Least time between two requests. A budget of few requests in a short window is spread evenly, so
   * that commands that follow each other closely do not overrun it together.
   */
  readonly spacingMs?: number;
}

export interface Pacer {
  /** Waits for a turn; false, without having waited it out, when none comes before `deadlineMs`. */
  take(deadlineMs: number): Promise<boolean>;
  /** No turn for anybody before this instant. A pause is only ever made longer. */
  pause(untilMs: number): void;
}

/** Waits for one turn: a few end early, or are made longer by a pause; a clock that stands still is a fault. */
const waitsMax = 1_000;

export function makePacer(budget: Budget, timing: Timing): Pacer {
  let turns: number[] = [];
  let pausedUntilMs = 0;
  let tail: Promise<unknown> = Promise.resolve();

  const nextAtMs = (nowMs: number): number => {
    // A clock that was set back would otherwise keep everybody waiting for the old future.
    if ((turns.at(-1) ?? 0) > nowMs) turns = [];
    turns = turns.filter((atMs) => atMs > nowMs - budget.windowMs);
    const blocking = turns.at(-budget.requests);
    const freeAtMs = blocking === undefined ? nowMs : blocking + budget.windowMs;
    const lastAtMs = turns.at(-1);
    const spacedAtMs = lastAtMs === undefined ? nowMs : lastAtMs + (budget.spacingMs ?? 0);
    return Math.max(nowMs, freeAtMs, spacedAtMs, pausedUntilMs);
  };

  const turn = async (deadlineMs: number): Promise<boolean> => {
    for (let wait = 0; wait < waitsMax; wait += 1) {
      const nowMs = timing.nowMs();
      const atMs = nextAtMs(nowMs);
      if (atMs > deadlineMs) return false;
      if (atMs <= nowMs) {
        turns.push(nowMs);
        return true;
      }
      await timing.sleep(atMs - nowMs);
    }
    return false;
  };

  return {
    take: (deadlineMs) => {
      const mine = tail.then(() => turn(deadlineMs));
      tail = mine.catch(() => false);
      return mine;
    },
    pause: (untilMs) => {
      pausedUntilMs = Math.max(pausedUntilMs, untilMs);
    },
  };
}

const shared = new Map<string, Pacer>();

export interface SharedPacerOptions {
  readonly service: string;
  readonly token: string;
  /** What else the budget is counted by: a base, or the address of a stand-in server. */
  readonly scope: string;
  readonly budget: Budget;
  readonly timing: Timing;
}

/**
 * The one pacer of this process for a service, token and scope; the first caller's budget holds.
 * With a clock of one's own the pacer is one's own too. The token is kept only as a hash.
 */
export function sharedPacer(options: SharedPacerOptions): Pacer {
  if (options.timing !== systemTiming) return makePacer(options.budget, options.timing);
  const secret = createHash("sha256").update(options.token).digest("base64url");
  const key = `${options.service} ${options.scope} ${secret}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = makePacer(options.budget, options.timing);
  shared.set(key, made);
  return made;
}
