// Puts webhooks together: an address, the worker behind each hook, and the queue between the two.
import { randomUUID } from "node:crypto";
import { setTimeout as sleepFor } from "node:timers/promises";
import type { ServeOptions } from "../../../cli/services.ts";
import { SyncError } from "../../../errors.ts";
import { runCapability } from "../../../workers/run-capability.ts";
import { makeIds } from "../../names.ts";
import type { LoadedWorker } from "../catalog.ts";
import type { WorkerContext } from "../context.ts";
import { webhookPath } from "../list.ts";
import { makeAdmission } from "./admission.ts";
import { answerCall, type AnswerDeps, type WebhookCall } from "./answer.ts";
import { makeDelivery, type DeliverDeps } from "./deliver.ts";
import { makeHookHealth, type Hook } from "./hook.ts";
import { listenForWebhooks, type Listening } from "./listen.ts";

/** A caller waits for it. */
const verifySecondsMax = 10;
const pollMs = 500;

export interface ServedWebhooks {
  readonly facts: readonly string[];
  readonly ended: Promise<void>;
}

/** Listens only when there is a webhook. Throws `config_invalid` when the address cannot be had. */
export async function serveWebhooks(
  app: WorkerContext,
  workers: readonly LoadedWorker[],
  options: ServeOptions,
): Promise<ServedWebhooks> {
  const hooks = workers.flatMap(hooksOf);
  if (hooks.length === 0) return { facts: [], ended: Promise.resolve() };
  const health = makeHookHealth();
  const deps = answerDeps(app, health);
  const listening = await listenForWebhooks({
    ...app.config.serve,
    hooks,
    answer: (hook, call) => answerCall(deps, hook, call),
    onError: (error) => {
      app.onLog("error", "a webhook call could not be kept", { error: String(error) });
    },
  });
  const facts = hooks.map(
    ({ worker, key }) => `POST ${listening.url}${webhookPath(worker.config.name, key)}`,
  );
  return { facts, ended: deliverUntil(app, { hooks, health, listening, options }) };
}

function hooksOf(worker: LoadedWorker): readonly Hook[] {
  return worker.manifest.others.flatMap(({ key, tag, hasVerify }) =>
    tag === "webhook" ? [{ id: `${worker.config.name}/${key}`, key, worker, hasVerify }] : [],
  );
}

function answerDeps(app: WorkerContext, health: DeliverDeps["health"]): AnswerDeps {
  let count = 0;
  return {
    admission: makeAdmission(app.nowMs),
    health,
    deliveryId: randomUUID,
    verify: ({ worker, key }: Hook, request: WebhookCall) => {
      const { setting } = worker;
      const seconds = Math.min(verifySecondsMax, setting.limits.seconds);
      const quick = { ...setting, limits: { ...setting.limits, seconds } };
      const input = { request };
      return runCapability(quick, { key, input, signal: app.signal, onLog: () => undefined });
    },
    enqueue: async ({ id: hook }, event) => {
      const nowMs = app.nowMs();
      count += 1;
      // Sorted like the calls: of one moment by their count.
      const id = `${String(count).padStart(9, "0")}-${event.deliveryId}`;
      const queued = { id, hook, json: event, attempts: 0, notBeforeMs: nowMs };
      await app.store.commitOneway([], [{ kind: "event", event: queued }]);
    },
    onLog: (text) => {
      app.onLog("warn", text);
    },
  };
}

interface Delivering {
  readonly hooks: readonly Hook[];
  readonly health: DeliverDeps["health"];
  readonly listening: Listening;
  readonly options: ServeOptions;
}

async function deliverUntil(
  app: WorkerContext,
  { hooks, health, listening, options }: Delivering,
): Promise<void> {
  const ids = makeIds(app.nowMs);
  const deps: DeliverDeps = {
    store: app.store,
    hooks: new Map(hooks.map((hook) => [hook.id, hook])),
    health,
    run: ({ worker, key }, events, onLog) =>
      runCapability(worker.setting, { key, input: events, signal: app.signal, onLog }),
    nowMs: app.nowMs,
    runId: () => ids.run(),
    onDelivered: options.onDelivered,
  };
  const delivery = makeDelivery(deps);
  const tell = (error: unknown): void => {
    if (!(error instanceof SyncError)) throw error;
    app.onLog("error", "queued webhook calls wait", { error: error.message });
  };
  // Bound by the signal.
  while (!app.signal.aborted) {
    await delivery.startDue().catch(tell);
    await sleepFor(pollMs, null, { signal: app.signal }).catch(() => null);
  }
  await listening.close();
  await delivery.settled().catch(tell);
}
