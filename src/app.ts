// The composition root: the only place that knows which services, which store and which log stand
// behind the ports. Opened once a process, closed once; the command line sees it as `Services`.
import { hostname } from "node:os";
import { applySaved, readSavedPlans } from "./app/apply-saved.ts";
import { conflicts, resolve } from "./app/conflicts.ts";
import { selectAnyPairs, type OpenPair } from "./app/context.ts";
import { doctor } from "./app/doctor.ts";
import { explain } from "./app/explain.ts";
import { checkHistory, history, logNames, toLine } from "./app/history.ts";
import { makeIds } from "./app/names.ts";
import { act } from "./app/pair-actions.ts";
import { serve } from "./app/serve.ts";
import { status } from "./app/status.ts";
import { planPairs, syncPairs } from "./app/sync.ts";
import { undo } from "./app/undo.ts";
import { makeCatalog } from "./app/worker/catalog.ts";
import type { WorkerContext } from "./app/worker/context.ts";
import { makeWorkers } from "./app/workers.ts";
import type { OpenOptions, Services } from "./cli/services.ts";
import type { PairConfig } from "./config/load.ts";
import { makeAirtableConnector } from "./connectors/airtable/connector.ts";
import type { Connector } from "./connectors/connector.ts";
import { systemTiming, type Timing } from "./connectors/timing.ts";
import { makeNotionConnector } from "./connectors/notion/connector.ts";
import type { Side, Sided } from "./core/side.ts";
import { openHistory } from "./history/append.ts";
import { showValue } from "./history/shown.ts";
import { digest } from "./lib/digest.ts";
import { makeRunningExecutions } from "./oneway/running.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";
import type { ResolvedSide } from "./store/store.ts";

/** Opens the store; throws `store_…` errors. Nothing is read from the services yet. */
export async function openServices(options: OpenOptions): Promise<Services> {
  const app = await openContext(options);
  return {
    workers: makeWorkers(app),
    toLine,
    show: showValue,
    plan: (pairs) => planPairs(app, pairs),
    sync: (pairs, trigger) => syncPairs(app, pairs, trigger),
    applySaved: (file) => applySaved(app, readSavedPlans(file)),
    undo: (run, isApplied) => undo(app, { run, isApplied }),
    status: (pairs) => status(app, pairs),
    history: (query) => history(app, query),
    verifyHistory: () => checkHistory(app),
    explain: (query) => explain(app, query),
    conflicts: (pairs) => conflicts(app, pairs),
    resolve: (id, answer) => resolve(app, id, answer),
    doctor: (pairs) => doctor(app, pairs),
    act: (action) => act(app, action),
    serve: (served) => serve(app, served),
    close: () => app.store.close(),
  };
}

async function openContext(options: OpenOptions): Promise<WorkerContext> {
  const { config, signal } = options;
  // An empty config has nothing to open a store for.
  selectAnyPairs(config, []);
  const timing = options.timing ?? systemTiming;
  const nowMs = (): number => timing.nowMs();
  const store = await openSqliteStore({ path: config.storePath, nowMs });
  const sink = openHistory({ path: config.historyPath, names: logNames });
  const flushHistory = (): Promise<void> => store.drainEntries(sink);
  const openPair = async (pair: PairConfig): Promise<OpenPair> => {
    const state = await store.loadPair(pair.id);
    return {
      pair,
      policy: pair.policy,
      deps: {
        connectors: makeConnectors(pair, { resolved: state?.resolved ?? null, timing }),
        references: referencesOf(pair),
        store,
        nowMs,
        ids: makeIds(nowMs),
        digest,
        flushHistory,
        onProgress: (progress) => {
          options.onProgress(progress, pair.id);
        },
        signal,
      },
    };
  };
  const holder = `process ${process.pid} on ${hostname()}`;
  const { onLog } = options;
  const catalog = makeCatalog({
    config,
    signal,
    onLog: (worker, text) => {
      onLog("debug", text, { worker });
    },
  });
  const onSyncProgress: WorkerContext["onSyncProgress"] = ({ sync, ...progress }) => {
    options.onProgress(progress, sync);
  };
  const own = { config, store, nowMs, signal, onLog, holder, openPair, flushHistory };
  const running = makeRunningExecutions();
  return { ...own, catalog, timing, running, onSyncProgress };
}

function referencesOf(pair: PairConfig): Sided<string> {
  return { left: pair.notion.database, right: `${pair.airtable.base} ${pair.airtable.table}` };
}

/** A reference that was looked up before need not be looked up again while the config says the same. */
function makeConnectors(
  pair: PairConfig,
  { resolved, timing }: { readonly resolved: Sided<ResolvedSide> | null; readonly timing: Timing },
): Sided<Connector> {
  const references = referencesOf(pair);
  const knownOf = (side: Side) => {
    const known = resolved?.[side];
    if (known === undefined || known.wanted !== references[side]) return null;
    return { tableId: known.tableId, parentId: known.parentId };
  };
  return {
    left: makeNotionConnector({ ...pair.notion, known: knownOf("left"), timing }),
    right: makeAirtableConnector({ ...pair.airtable, known: knownOf("right"), timing }),
  };
}
