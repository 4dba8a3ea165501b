// One life of a process as the engine's ports see it: every call to a service, every transaction of the
// store and every write to the audit log is a step that can be the last one. From the kill on, nothing
// has any effect; what the services and the files hold at that moment is what the next life finds.
import type { Connector, ScanEnd, ScanPage } from "../../src/connectors/connector.ts";
import type { Side, Sided } from "../../src/core/side.ts";
import type { EntrySink, Store } from "../../src/store/store.ts";

/** What a killed process throws out of its ports. */
export class Killed extends Error {}

/** A call can die before it is sent, once it was carried out, and before its answer is stored. */
export const callPositions = ["before send", "after commit", "before journal"] as const;
export const storePositions = ["before transaction", "after transaction"] as const;

export type Position = (typeof callPositions)[number] | (typeof storePositions)[number];

export interface Step {
  readonly kind: "call" | "transaction";
  /** `right create`, `store commit`, `history write`. */
  readonly op: string;
}

/** `step` counts from 1. */
export interface Kill {
  readonly step: number;
  readonly position: Position;
}

export interface Life {
  /** Since it was armed last. */
  readonly steps: readonly Step[];
  /** From now on steps are counted, up to the one at which it dies; without a kill it only counts. */
  arm(kill: Kill | null): void;
  isDead(): boolean;
  connectors(connectors: Sided<Connector>): Sided<Connector>;
  /** The same for calls that are counted elsewhere: it only keeps the dead from calling. */
  guard(connectors: Sided<Connector>): Sided<Connector>;
  /** A call seen from the service's end: where the line to it is cut, or null. */
  strike(op: string): "before" | "after" | null;
  /** The audit log that the store is drained into dies with it. */
  store(store: Store): Store;
}

interface Heart {
  readonly refuse: () => void;
  readonly begin: (step: Step) => Position | null;
  readonly die: () => never;
  /** Set by a kill between an answer and its journal: the next commit is not made. */
  isArmed: boolean;
}

export function makeLife(): Life {
  let steps: Step[] = [];
  let kill: Kill | null = null;
  let isDead = false;
  const heart: Heart = {
    isArmed: false,
    refuse: () => {
      if (isDead) throw new Killed();
    },
    begin: (step) => {
      heart.refuse();
      steps.push(step);
      return kill?.step === steps.length ? kill.position : null;
    },
    die: () => {
      isDead = true;
      throw new Killed();
    },
  };
  return {
    get steps() {
      return steps;
    },
    arm: (wanted) => {
      steps = [];
      kill = wanted;
    },
    isDead: () => isDead,
    connectors: ({ left, right }) => ({
      left: mortalConnector(left, "left", heart),
      right: mortalConnector(right, "right", heart),
    }),
    guard: ({ left, right }) => ({ left: guarded(left, heart), right: guarded(right, heart) }),
    strike: (op) => {
      if (isDead) return "before";
      const here = heart.begin({ kind: "call", op });
      if (here === "before journal") heart.isArmed = true;
      if (here !== "before send" && here !== "after commit") return null;
      isDead = true;
      return here === "before send" ? "before" : "after";
    },
    store: (store) => mortalStore(store, heart),
  };
}

function guarded(connector: Connector, heart: Heart): Connector {
  return new Proxy(connector, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        heart.refuse();
        const result: unknown = Reflect.apply(value, target, args);
        if (!(result instanceof Promise)) return result;
        return result.finally(() => {
          heart.refuse();
        });
      };
    },
  });
}

async function call<T>(heart: Heart, op: string, act: () => Promise<T>): Promise<T> {
  const here = heart.begin({ kind: "call", op });
  if (here === "before send") heart.die();
  const answer = await act();
  if (here === "after commit") heart.die();
  heart.refuse();
  if (here === "before journal") heart.isArmed = true;
  return answer;
}

async function transaction<T>(heart: Heart, op: string, act: () => Promise<T>): Promise<T> {
  heart.refuse();
  if (heart.isArmed) heart.die();
  const here = heart.begin({ kind: "transaction", op });
  if (here === "before transaction") heart.die();
  const result = await act();
  if (here === "after transaction") heart.die();
  heart.refuse();
  return result;
}

function mortalConnector(connector: Connector, side: Side, heart: Heart): Connector {
  const named = (name: string): string => `${side} ${name}`;
  return {
    // A getter, because the first `describe` settles what a service can do.
    get capabilities() {
      return connector.capabilities;
    },
    nowMs: () => connector.nowMs(),
    requests: () => connector.requests(),
    describe: () => call(heart, named("describe"), () => connector.describe()),
    scan: (wanted) => mortalScan(connector.scan(wanted), named("scan"), heart),
    read: (...args) => call(heart, named("read"), () => connector.read(...args)),
    recheck: (...args) => call(heart, named("recheck"), () => connector.recheck(...args)),
    findByMarker: (...args) => call(heart, named("find"), () => connector.findByMarker(...args)),
    editedAfter: (asked) => call(heart, named("order"), () => connector.editedAfter(asked)),
    update: (...args) => call(heart, named("update"), () => connector.update(...args)),
    create: (...args) => call(heart, named("create"), () => connector.create(...args)),
    remove: (...args) => call(heart, named("remove"), () => connector.remove(...args)),
    restore: (...args) => call(heart, named("restore"), () => connector.restore(...args)),
  };
}

/** Each page is a call of its own. */
async function* mortalScan(
  pages: AsyncGenerator<ScanPage, ScanEnd>,
  op: string,
  heart: Heart,
): AsyncGenerator<ScanPage, ScanEnd> {
  // Bound: the connector ends every listing.
  for (;;) {
    const next = await call(heart, op, () => pages.next());
    if (next.done === true) return next.value;
    yield next.value;
  }
}

function mortalStore(store: Store, heart: Heart): Store {
  return {
    ...store,
    commit: (...args) => transaction(heart, "store commit", () => store.commit(...args)),
    takeLease: (...args) => transaction(heart, "store take lease", () => store.takeLease(...args)),
    renewLease: (lease) => transaction(heart, "store renew lease", () => store.renewLease(lease)),
    dropLease: (lease) => transaction(heart, "store drop lease", () => store.dropLease(lease)),
    drainEntries: (sink) =>
      transaction(heart, "store drain", () => store.drainEntries(mortalSink(sink, heart))),
  };
}

/** Its writes happen inside a transaction of the store, which a kill takes back. */
function mortalSink(sink: EntrySink, heart: Heart): EntrySink {
  return {
    lastSeq: () => sink.lastSeq(),
    holds: (entry) => sink.holds(entry),
    probe: () => {
      sink.probe();
    },
    write: (entries) => {
      const here = heart.begin({ kind: "call", op: "history write" });
      if (here === "before send") heart.die();
      sink.write(entries);
      if (here === "after commit" || here === "before journal") heart.die();
    },
  };
}

/** Every kill there can be in a life that took these steps. */
export function killsOf(steps: readonly Step[]): readonly Kill[] {
  return steps.flatMap(({ kind }, at): Kill[] => {
    const positions = kind === "call" ? callPositions : storePositions;
    return positions.map((position) => ({ step: at + 1, position }));
  });
}
