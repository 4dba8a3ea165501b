// How many executions of a worker run at the moment, so that each is given an even share of the budgets
// for upstream calls. Within the process everybody is told at once; other processes show up as leases
// and are counted now and then.
import { shareOf } from "../core/oneway/share.ts";
import type { PacerDeclaration } from "../core/oneway/declaration.ts";
import type { PacerEntry } from "./source.ts";

export interface RunningExecutions {
  /** Joins; `onCount` is told whenever the number of members of that worker changes. */
  join(worker: string, onCount: () => void): { leave(): void };
  count(worker: string): number;
}

export function makeRunningExecutions(): RunningExecutions {
  const members = new Map<string, Set<() => void>>();
  const tell = (worker: string): void => {
    for (const onCount of members.get(worker) ?? []) onCount();
  };
  return {
    join: (worker, onCount) => {
      const group = members.get(worker) ?? new Set();
      members.set(worker, group);
      group.add(onCount);
      tell(worker);
      return {
        leave: () => {
          if (group.delete(onCount)) tell(worker);
        },
      };
    },
    count: (worker) => members.get(worker)?.size ?? 0,
  };
}

export interface Sharing {
  readonly declared: readonly PacerDeclaration[];
  /** Last reservations as stored, by pacer key. */
  readonly stored: ReadonlyMap<string, number>;
  readonly among: number;
  readonly nowMs: number;
}

/** What one of the executions is handed. All declared pacers, as the SDK knows all or none. */
export function pacerEntries(sharing: Sharing): ReadonlyMap<string, PacerEntry> {
  const { declared, stored, among, nowMs } = sharing;
  return new Map(
    declared.map((pacer) => {
      const last = stored.get(pacer.key) ?? 0;
      // Beside others the first call waits for a step, since one of them may just have made its own.
      const lastScheduledAtMs = among > 1 ? Math.max(last, nowMs) : last;
      return [pacer.key, { lastScheduledAtMs, ...shareOf(pacer, among) }];
    }),
  );
}
