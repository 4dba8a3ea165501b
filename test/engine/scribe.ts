// Everything an engine does to the world around it, in the order in which it does it: every call to a
// service with what was asked and answered, every transaction with all that is stored. Written down in
// lines that a person can read, so that a whole run can be held against what it is known to do.
import { must } from "../../src/core/assert.ts";
import type { Value } from "../../src/core/value.ts";
import type { Connector, Wanted, WriteOutcome } from "../../src/connectors/connector.ts";
import type { RowReading } from "../../src/core/row.ts";
import { sided, type Side } from "../../src/core/side.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { Store } from "../../src/store/store.ts";
import type { World } from "./world.ts";

const columnsMax = 110;
/** What a call takes, so that no two instants of a run are the same by accident. */
const callMs = 10;
/** Numbers between are instants; they are shown as the time since the world began. */
const [instantsFromMs, instantsToMs] = [1_000_000_000_000, 10_000_000_000_000];
/** What is longer, and was shown under that name as it is, is not shown again. */
const repeatedMin = 60;

export interface Scribe {
  /** Deps of the world, each of which is listened to. */
  readonly deps: EngineDeps;
  readonly say: (line: string, ...details: readonly unknown[]) => void;
  readonly text: () => string;
}

export function makeScribe(world: World): Scribe {
  const lines: string[] = [];
  const startMs = world.nowMs;
  const shown = new Map<string, string>();
  const words = makeWords(startMs);
  const say = (line: string, ...details: readonly unknown[]): void => {
    const told = details.filter((detail) => detail !== "").map(words);
    lines.push(...wrapped([line, ...told].join(" ")));
  };
  const block = (name: string, content: object): void => {
    const parts = Object.entries(content).map(([key, value]) => {
      const part = words(value);
      const isRepeated = part.length >= repeatedMin && shown.get(key) === part;
      shown.set(key, part);
      return `${key}: ${isRepeated ? "as before" : part}`;
    });
    lines.push(...wrapped(`  ${name} ${parts.join(", ")}`));
  };
  const digests: string[] = [];
  const deps = world.deps();
  return {
    say,
    text: () => `${lines.join("\n")}\n`,
    deps: {
      ...deps,
      connectors: sided((side) => heard(side, { connector: world[side], world, say })),
      store: kept(deps.store, { say, block }),
      digest: (content) => {
        if (!digests.includes(content)) digests.push(content);
        return `digest-${digests.indexOf(content)}`;
      },
      flushHistory: async () => {
        say("history: brought up to date");
      },
      onProgress: (progress) => {
        say("progress:", ...Object.values(progress).filter((part) => part !== null));
      },
      onPlanned: (plans) => {
        for (const { link, decision } of plans) say("plan:", link.title, decision);
      },
    },
  };
}

type Say = Scribe["say"];

/** The connector, with each call written down before it is made and after it was answered. */
function heard(
  side: Side,
  at: { readonly connector: Connector; readonly world: World; readonly say: Say },
): Connector {
  const { connector, world, say } = at;
  const call = async <Answer>(
    name: string,
    asked: readonly unknown[],
    act: { readonly send: () => Promise<Answer>; readonly told: (answer: Answer) => unknown },
  ): Promise<Answer> => {
    world.nowMs += callMs;
    say(`${side} ${name}`, ...asked);
    const answer = await act.send();
    say("  ->", act.told(answer));
    return answer;
  };
  /** What rows shall bring along is told where it is not what it was before. */
  let before: Wanted | null = null;
  const news = (wanted: Wanted): unknown => {
    const isSame = before !== null && JSON.stringify(before) === JSON.stringify(wanted);
    before = wanted;
    return isSame ? "" : wanted;
  };
  const outcomes = (all: readonly WriteOutcome[]): unknown =>
    all.map((one) => (one.kind === "done" ? one.row.id : one));
  const states = (all: ReadonlyMap<string, RowReading>): unknown =>
    [...all].map(([id, { state }]) => `${id} ${state}`);
  return {
    get capabilities() {
      return connector.capabilities;
    },
    nowMs: () => connector.nowMs(),
    requests: () => connector.requests(),
    describe: () =>
      call("describe", [], { send: () => connector.describe(), told: ({ name }) => name }),
    async *scan(wanted) {
      say(`${side} scan`, news(wanted));
      const pages = connector.scan(wanted);
      // Bound: the connector ends its own listing.
      for (;;) {
        world.nowMs += callMs;
        const next = await pages.next();
        if (next.done === true) {
          say(`  ${side} ->`, next.value);
          return next.value;
        }
        say(
          `  ${side} ->`,
          next.value.rows.map(({ id }) => id),
        );
        yield next.value;
      }
    },
    read: (ids, wanted, control) =>
      call("read", [ids, { control }, news(wanted)], {
        send: () => connector.read(ids, wanted, control),
        told: states,
      }),
    recheck: (ids, wanted, sinceMs) =>
      call("recheck", [ids, { sinceMs }, news(wanted)], {
        send: () => connector.recheck(ids, wanted, sinceMs),
        told: states,
      }),
    findByMarker: (markers, wanted) =>
      call("findByMarker", [markers, news(wanted)], {
        send: () => connector.findByMarker(markers, wanted),
        told: (rows) => rows.map(({ id }) => id),
      }),
    editedAfter: (questions) =>
      call("editedAfter", [questions], {
        send: () => connector.editedAfter(questions),
        told: (ids) => ids,
      }),
    update: (writes, wanted) =>
      call("update", [writes, news(wanted)], {
        send: () => connector.update(writes, wanted),
        told: outcomes,
      }),
    create: (creates, wanted) =>
      call("create", [creates, news(wanted)], {
        send: () => connector.create(creates, wanted),
        told: outcomes,
      }),
    remove: (ids, wanted) =>
      call("remove", [ids, news(wanted)], {
        send: () => connector.remove(ids, wanted),
        told: outcomes,
      }),
    restore: (ids, wanted) =>
      call("restore", [ids, news(wanted)], {
        send: () => connector.restore(ids, wanted),
        told: outcomes,
      }),
  };
}

/** The store, with each transaction and what becomes of the lease written down. */
function kept(
  store: Store,
  at: { readonly say: Say; readonly block: (name: string, content: object) => void },
): Store {
  const { say, block } = at;
  const heldBy = (lease: object | null): string => (lease === null ? "nobody" : "the run");
  const own: Pick<Store, "commit" | "takeLease" | "renewLease" | "dropLease"> = {
    commit: async (lease, changes) => {
      say(`store, by ${heldBy(lease)}`);
      for (const { kind, ...rest } of changes) {
        const [only, ...more] = Object.values(rest);
        block(kind, more.length === 0 && typeof only === "object" ? must(only, kind) : rest);
      }
      await store.commit(lease, changes);
    },
    takeLease: async (name, holder) => {
      const lease = await store.takeLease(name, holder);
      say("lease: take", { name, holder }, "heldBy" in lease ? lease : "");
      return lease;
    },
    renewLease: (lease) => {
      say("lease: renew");
      return store.renewLease(lease);
    },
    dropLease: (lease) => {
      say("lease: drop");
      return store.dropLease(lease);
    },
  };
  return Object.assign(Object.create(store) as Store, own);
}

/** Values, instants and maps in a few characters each; everything else as it is. */
function makeWords(startMs: number): (value: unknown) => string {
  const words = (value: unknown): string => {
    if (typeof value === "number") {
      return value > instantsFromMs && value < instantsToMs
        ? sinceWords(value - startMs)
        : String(value);
    }
    if (typeof value === "string") return /^[\w.,:~+-]+$/u.test(value) ? value : `"${value}"`;
    if (typeof value === "function") return "a filter";
    if (value === null || typeof value !== "object") return String(value);
    if (value instanceof Set) return `{${[...value].map(words).join(", ")}}`;
    if (Array.isArray(value)) return `[${value.map(words).join(", ")}]`;
    const short = valueWords(value as Value);
    if (short !== null) return short;
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return `{${entries.map(([key, one]) => `${String(key)}: ${words(one)}`).join(", ")}}`;
  };
  return words;
}

function valueWords(value: Value): string | null {
  if (value.kind === "empty") return "-";
  if (value.kind === "text") return `'${value.text}'`;
  return value.kind === "unknown" ? `?${value.why}` : null;
}

function sinceWords(sinceMs: number): string {
  const sign = sinceMs < 0 ? "-" : "+";
  const at = new Date(Math.abs(sinceMs)).toISOString().slice(11, 23);
  return `${sign}${at}`;
}

/** A long line goes on below, further in. */
function wrapped(line: string): readonly string[] {
  const found: string[] = [];
  let rest = line;
  while (rest.length > columnsMax) {
    const at = rest.lastIndexOf(", ", columnsMax);
    if (at < columnsMax / 2) break;
    found.push(rest.slice(0, at + 1));
    rest = `        ${rest.slice(at + 2)}`;
  }
  return [...found, rest];
}
