// A pair of two large tables without a network: in-memory services, a real store file, ten mapped
// fields of the kinds that product tables have. Listings can be recorded, so that what a bench
// measures is the planning and not the making of rows.
import {
  makeMemoryConnector,
  type MemoryConnector,
} from "../../src/connectors/memory/connector.ts";
import type { Connector, ScanEnd, ScanPage, Wanted } from "../../src/connectors/connector.ts";
import { fieldId, linkId, opId, pairId, runId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import type { Field, Kind, Schema } from "../../src/core/schema.ts";
import { sided, type Side, type Sided } from "../../src/core/side.ts";
import * as values from "../../src/core/value.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import { digest } from "../../src/lib/digest.ts";
import type { Store } from "../../src/store/store.ts";

const plain: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 100_000 };
const options = ["Draft", "In progress", "Shipped"].map((name) => ({ id: name, name }));
const labels = ["alpha", "beta", "gamma", "delta"].map((name) => ({ id: name, name }));

const kinds: Readonly<Record<string, Kind>> = {
  Name: plain,
  Status: { kind: "choice", options, canAddOptions: true, refuses: [], blankOption: null },
  Effort: { kind: "number", decimals: null },
  "Ship Date": { kind: "date", time: "optional", stepMs: 60_000, hasRange: false },
  Public: { kind: "boolean" },
  Owner: { kind: "people", isMany: true, countMax: 100 },
  Labels: { kind: "choices", options: labels, canAddOptions: true, refuses: [], countMax: 100 },
  Link: { ...plain, format: "url" },
  Starts: { kind: "date", time: "optional", stepMs: 60_000, hasRange: false },
  Remarks: plain,
};
const names = Object.keys(kinds);

function rowValues(row: number): Readonly<Record<string, values.Value>> {
  return {
    Name: values.text(`Specification number ${row}, with a title of usual length`),
    Status: values.choice(options[row % 3]?.name ?? ""),
    Effort: values.number(row / 3),
    "Ship Date": values.day(`2026-11-${String((row % 27) + 1).padStart(2, "0")}`),
    Public: values.boolean(row % 2 === 0),
    Owner: values.people([
      { id: `usr${row % 40}`, email: `person${row % 40}@example.com`, name: "A Person" },
    ]),
    Labels: values.choices(["alpha", "beta", "gamma"]),
    Link: values.text(`https://www.example.com/some/page/of/the/product/${row}`),
    Starts: values.instant(1_795_000_000_000 + (row % 10_000) * 60_000),
    Remarks: values.text("A remark of a sentence or two. ".repeat(4)),
  };
}

function schemaOf(side: Side): Schema {
  const make = (name: string, kind: Kind): Field => ({
    id: fieldId(`${side}-${name}`),
    name,
    type: kind.kind,
    kind,
    isWritable: true,
    isTitle: name === "Name",
  });
  const fields = [...names.map((name) => make(name, kinds[name] ?? plain)), make("Marker", plain)];
  return { tableId: `${side}-table`, parentId: null, name: `${side} table`, fields };
}

const noLimit = { percent: 100, floor: 1_000_000, cap: null };

export const policy: PairPolicy = {
  id: pairId("bench"),
  names: { left: "Left", right: "Right" },
  fields: names.map((name) => ({
    name,
    fields: { left: name, right: name },
    owner: "latest",
    flow: "both",
    drift: "revert",
    renames: [],
    carry: {},
  })),
  match: [],
  markers: { left: "Marker", right: "Marker" },
  lastSynced: { left: null, right: null },
  creates: { left: true, right: true },
  deletes: "archive",
  archive: { left: { kind: "remove" }, right: { kind: "remove" } },
  filters: { left: null, right: null },
  guards: {
    maxRemove: noLimit,
    maxCreate: noLimit,
    massChange: noLimit,
    massBlank: noLimit,
    emptySide: "halt",
    hotRowMs: 0,
    settleMs: 120_000,
  },
};

export interface BigPair {
  readonly services: Sided<MemoryConnector>;
  /** Lets time pass. */
  wait(forMs: number): void;
  deps(store: Store, connectors?: Sided<Connector>): EngineDeps;
}

/** The left table filled, the right one empty. */
export function makeBigPair(rowCount: number): BigPair {
  const clock = { nowMs: Date.UTC(2026, 0, 5, 9, 0, 0) };
  const nowMs = (): number => clock.nowMs;
  const services = sided((side) =>
    makeMemoryConnector({ schema: schemaOf(side), nowMs, idPrefix: side, writeBatchMax: 10 }),
  );
  for (let row = 0; row < rowCount; row += 1) services.left.admin.add(rowValues(row));
  const count = { id: 0 };
  const next = (prefix: string): string => `${prefix}${(count.id += 1)}`;
  return {
    services,
    wait: (forMs) => {
      clock.nowMs += forMs;
    },
    deps: (store, connectors = services) => ({
      connectors,
      references: { left: "left", right: "right" },
      store,
      nowMs,
      ids: {
        link: () => linkId(next("l")),
        op: () => opId(next("o")),
        run: () => runId(next("r")),
        conflict: () => next("c"),
      },
      digest,
      flushHistory: () => Promise.resolve(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }),
  };
}

/** The service with its listing as it is now, at no cost. */
export function withRecordedScan(service: MemoryConnector): Connector {
  const recorded = new Map<string, { readonly pages: ScanPage[]; readonly end: ScanEnd }>();
  return {
    ...service,
    scan: async function* scan(wanted: Wanted): AsyncGenerator<ScanPage, ScanEnd> {
      const key = JSON.stringify(wanted);
      const known = recorded.get(key) ?? (await record(service, wanted));
      recorded.set(key, known);
      yield* known.pages;
      return known.end;
    },
  };
}

async function record(
  service: MemoryConnector,
  wanted: Wanted,
): Promise<{ readonly pages: ScanPage[]; readonly end: ScanEnd }> {
  const pages: ScanPage[] = [];
  const listing = service.scan(wanted);
  // Bound: the listing in memory ends after its last row.
  for (;;) {
    const next = await listing.next();
    if (next.done === true) return { pages, end: next.value };
    pages.push(next.value);
  }
}
