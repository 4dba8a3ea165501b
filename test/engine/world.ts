// A small world for engine tests: two in-memory services, a store in memory, one clock that tests
// move, and ids that count. Times cost nothing and every run is repeatable.
import {
  makeMemoryConnector,
  type MemoryConnector,
} from "../../src/connectors/memory/connector.ts";
import type { Entry } from "../../src/core/entry.ts";
import { fieldId, linkId, opId, pairId, runId, type RecordId } from "../../src/core/ids.ts";
import type { FieldPolicy, PairPolicy } from "../../src/core/policy.ts";
import type { Field, Kind, Schema } from "../../src/core/schema.ts";
import type { Sided } from "../../src/core/side.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { digest } from "../../src/lib/digest.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { OnewayStore } from "../../src/store/oneway-store.ts";
import type { Store } from "../../src/store/store.ts";

const plain: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 10_000 };

function field(name: string, kind: Kind = plain, part: Partial<Field> = {}): Field {
  return {
    id: fieldId(`f-${name}`),
    name,
    type: kind.kind,
    kind,
    isWritable: true,
    isTitle: false,
    ...part,
  };
}

export function mapped(name: string, part: Partial<FieldPolicy> = {}): FieldPolicy {
  return {
    name,
    fields: { left: name, right: name },
    owner: "latest",
    flow: "both",
    drift: "revert",
    renames: [],
    carry: {},
    ...part,
  };
}

const fieldsOf = (extra: readonly Field[]): readonly Field[] => [
  field("Name", plain, { isTitle: true }),
  field("A"),
  field("B"),
  field("Link"),
  field("State"),
  ...extra,
];

export interface WorldOptions {
  readonly policy?: Partial<PairPolicy>;
  readonly fields?: Partial<Sided<readonly Field[]>>;
  readonly pageSize?: number;
  /** Both services tell whether our own token made a row. */
  readonly tellsMaker?: boolean;
  /** The right table keeps the time of each row's last edit. Default true. */
  readonly hasRightStamp?: boolean;
  /** How far each service's clock is ahead of ours. Default 0. */
  readonly aheadMs?: Sided<number>;
}

export interface World {
  readonly left: MemoryConnector;
  readonly right: MemoryConnector;
  readonly store: Store & OnewayStore;
  readonly policy: PairPolicy;
  nowMs: number;
  run(part?: Partial<PairPolicy>): Promise<PairRun>;
  entries(run?: PairRun): Promise<readonly Entry[]>;
  /** Rows of both sides by title, cells as text, sorted: to compare two sides at a glance. */
  picture(): Sided<readonly string[]>;
  deps(): EngineDeps;
}

export const minuteMs = 60_000;

function policyOf(part: Partial<PairPolicy>): PairPolicy {
  return {
    id: pairId("pair"),
    names: { left: "Left", right: "Right" },
    fields: [mapped("Name"), mapped("A"), mapped("B")],
    match: [],
    markers: { left: "Link", right: "Link" },
    lastSynced: { left: null, right: null },
    creates: { left: true, right: true },
    deletes: "archive",
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
    filters: { left: null, right: null },
    guards: {
      maxRemove: { percent: 5, floor: 3, cap: 100 },
      maxCreate: { percent: 20, floor: 25, cap: null },
      massChange: { percent: 50, floor: 20, cap: null },
      massBlank: { percent: 10, floor: 5, cap: null },
      emptySide: "halt",
      hotRowMs: 0,
      settleMs: 120_000,
    },
    ...part,
  };
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const schema = (side: "left" | "right"): Schema => ({
    tableId: `${side}-table`,
    parentId: null,
    name: `${side} table`,
    fields: fieldsOf(options.fields?.[side] ?? []),
  });
  const clock = { nowMs: Date.UTC(2026, 0, 5, 9, 0, 0) };
  const nowMs = (): number => clock.nowMs;
  const page = options.pageSize ?? 100;
  const make = (side: "left" | "right"): MemoryConnector =>
    makeMemoryConnector({
      schema: schema(side),
      nowMs: () => clock.nowMs + (options.aheadMs?.[side] ?? 0),
      idPrefix: side,
      pageSize: page,
      tellsMaker: options.tellsMaker ?? false,
      hasTrash: side === "left",
      stampStepMs: side === "left" ? minuteMs : options.hasRightStamp === false ? null : 1_000,
      writeBatchMax: side === "left" ? 1 : 10,
    });
  const [left, right] = [make("left"), make("right")];
  const store = await openSqliteStore({ path: ":memory:", nowMs });
  const counters = { link: 0, op: 0, run: 0, conflict: 0 };
  const deps = (): EngineDeps => ({
    connectors: { left, right },
    references: { left: "left", right: "right" },
    store,
    nowMs,
    ids: {
      link: () => linkId(`l${(counters.link += 1)}`),
      op: () => opId(`o${(counters.op += 1)}`),
      run: () => runId(`r${(counters.run += 1)}`),
      conflict: () => `c${(counters.conflict += 1)}`,
    },
    digest,
    flushHistory: async () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  const policy = policyOf(options.policy ?? {});
  return {
    left,
    right,
    store,
    policy,
    get nowMs() {
      return clock.nowMs;
    },
    set nowMs(value: number) {
      clock.nowMs = value;
    },
    run: (part = {}) =>
      syncPair({ ...policy, ...part }, { trigger: "cli", holder: "test", restrict: null }, deps()),
    entries: (run) => store.loadEntries(run === undefined ? {} : { run: run.run }),
    picture: () => ({ left: pictureOf(left), right: pictureOf(right) }),
    deps,
  };
}

function cellText(connector: MemoryConnector, id: RecordId, name: string): string {
  const value = connector.admin.cell(id, name);
  return value?.kind === "text" ? value.text : (value?.kind ?? "none");
}

function pictureOf(connector: MemoryConnector): readonly string[] {
  return connector.admin
    .ids()
    .map((id) => ["Name", "A", "B"].map((name) => cellText(connector, id, name)).join(" | "))
    .toSorted();
}
