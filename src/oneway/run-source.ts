// One call of a source: its share of the budgets, its log, and a lease that tells other processes that
// it runs. Budgets are shared anew whenever an execution of the worker begins or ends anywhere.
import { SyncError } from "../errors.ts";
import type { RunId } from "../core/ids.ts";
import type { OnewayChange, StoredLogLine } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";
import { leaseName, type Leases } from "./leases.ts";
import { pacerEntries } from "./running.ts";
import type { Executed, PacerEntry, SourceState } from "./source.ts";

export interface SourceCall {
  readonly worker: OnewayWorker;
  readonly sync: string;
  readonly state: SourceState | null;
  readonly run: RunId;
  readonly deps: OnewayDeps;
  readonly leases: Leases;
  /** A preview may run beside a run. */
  readonly isPreview: boolean;
}

/** How often other processes are counted, the leases kept and the log stored. */
const beatMs = 2_000;
const linesMax = 2_000;

/** Runs one execution to its end. Never throws for what the worker's code does. */
export async function runSource(call: SourceCall): Promise<Executed> {
  const { worker, deps, leases } = call;
  const source = worker.sources.get(call.sync);
  if (source === undefined) throw noSource(call);
  const prefix = `execution-${worker.name}/`;
  const own = leaseName(
    "execution",
    `${worker.name}/${call.sync}${call.isPreview ? "~preview" : ""}`,
    deps.digest,
  );
  const lines: StoredLogLine[] = [];
  const flush = async (): Promise<void> => {
    const changes = logChanges(call.run, lines.splice(0));
    if (changes.length > 0) await deps.store.commitOneway(leases.held(), changes);
  };
  const sharing = await makeSharing(call, prefix);
  const member = deps.running.join(worker.name, () => {
    sharing.renew();
  });
  // A sign and no fence: whoever has the sync's lease may run it. Without budgets there is nothing to share.
  const isShared = worker.manifest.pacers.length > 0;
  if (isShared) await leases.wait(own);
  try {
    if (isShared && (await sharing.recount())) await deps.sleep(beatMs, deps.signal);
    const halt = new AbortController();
    const execution = source.execute({
      state: call.state,
      pacers: sharing.entries(),
      signal: AbortSignal.any([deps.signal, halt.signal]),
      onLog: (line) => {
        if (lines.length < linesMax) lines.push(line);
      },
      onShare: (tell) => {
        sharing.listen(tell);
      },
    });
    const beat = async (): Promise<void> => {
      await leases.keep();
      // Nothing is written while the source works.
      await leases.giveWay(leaseName("write", worker.name, deps.digest));
      if (isShared) await sharing.recount();
      await flush();
    };
    return await beating(execution, { deps, halt, beat });
  } finally {
    member.leave();
    await flush();
    await leases.drop(own);
  }
}

interface Beating {
  readonly deps: OnewayDeps;
  /** Ends the execution. */
  readonly halt: AbortController;
  readonly beat: () => Promise<void>;
}

/** Waits for the execution, with a beat now and then. One that fails ends the execution, and throws. */
async function beating(execution: Promise<Executed>, at: Beating): Promise<Executed> {
  const { deps, halt, beat } = at;
  const end = new AbortController();
  const beats = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await deps.sleep(beatMs, end.signal);
      // A source that was asked to stop comes to its end by itself.
      if (end.signal.aborted || deps.signal.aborted) return;
      await beat();
    }
  };
  const beaten = beats().catch((error: unknown) => {
    halt.abort();
    return { error };
  });
  const result = await execution.finally(() => {
    end.abort();
  });
  const failure = await beaten;
  if (failure !== undefined) throw failure.error;
  return result;
}

interface Sharing {
  entries(): ReadonlyMap<string, PacerEntry>;
  /** Called within this process, whenever somebody joins or leaves. */
  renew(): void;
  /** Counts other processes too; true when there are any. */
  recount(): Promise<boolean>;
  listen(tell: (pacers: ReadonlyMap<string, PacerEntry>) => void): void;
}

async function makeSharing({ worker, deps }: SourceCall, prefix: string): Promise<Sharing> {
  const stored = await deps.store.loadPacers(worker.name);
  const listeners: ((pacers: ReadonlyMap<string, PacerEntry>) => void)[] = [];
  let elsewhere = 0;
  let told = 0;
  const among = (): number => deps.running.count(worker.name) + elsewhere;
  const entries = (): ReadonlyMap<string, PacerEntry> =>
    pacerEntries({
      declared: worker.manifest.pacers,
      stored,
      among: among(),
      nowMs: deps.nowMs(),
    });
  const renew = (): void => {
    if (among() === told) return;
    told = among();
    for (const tell of listeners) tell(entries());
  };
  return {
    entries,
    renew,
    recount: async () => {
      const everywhere = await deps.store.countLeases(prefix);
      elsewhere = Math.max(0, everywhere - deps.running.count(worker.name));
      renew();
      return elsewhere > 0;
    },
    listen: (tell) => {
      listeners.push(tell);
    },
  };
}

function logChanges(run: RunId, lines: readonly StoredLogLine[]): readonly OnewayChange[] {
  return lines.length === 0 ? [] : [{ kind: "log", run, lines }];
}

/** What is remembered of the pacers after an execution. */
export function pacerChanges(
  worker: string,
  pacers: ReadonlyMap<string, PacerEntry>,
): readonly OnewayChange[] {
  return [...pacers].map(([pacer, { lastScheduledAtMs }]) => ({
    kind: "pacer",
    worker,
    pacer,
    // Reservations of a slow pacer can be fractions of a millisecond.
    lastScheduledAtMs: Math.ceil(lastScheduledAtMs),
  }));
}

function noSource({ worker, sync }: SourceCall): SyncError {
  return new SyncError({
    code: "usage",
    message: `The worker ${worker.name} has no sync ${sync}.`,
    remedy: "See `tandem worker list` for the keys there are.",
  });
}
