// Both tables, listed page by page and held against the links. A row that is as the base says leaves
// nothing behind but the mark that it was seen; only rows that differ are kept. So a large table in
// step costs little memory, however many pages it has.
import type { Connector, ScanEnd, Wanted } from "../connectors/connector.ts";
import { rowFingerprint } from "../core/fingerprint.ts";
import type { LinkId, RecordId } from "../core/ids.ts";
import type { LinkIndexEntry } from "../core/link.ts";
import type { Row } from "../core/row.ts";
import { wantedFields, type PairSetup } from "../core/setup.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { isBlank, type Value } from "../core/value.ts";
import type { EngineDeps } from "./deps.ts";

export interface Observation {
  readonly index: ReadonlyMap<LinkId, LinkIndexEntry>;
  readonly byRow: Sided<ReadonlyMap<RecordId, LinkIndexEntry>>;
  /** Rows that need a look: changed, of a link that is not plainly live, or of no link. */
  readonly kept: Sided<Map<RecordId, Row>>;
  /** Archive marks of quiet rows, where no mapping (and so no base) carries the field. */
  readonly marks: Sided<ReadonlyMap<RecordId, Value>>;
  /** Links whose row was in the listing. */
  readonly seen: Sided<ReadonlySet<LinkId>>;
  /** Any row seen, as a control for lookups. */
  readonly control: Sided<RecordId | null>;
  readonly ends: Sided<ScanEnd>;
}

export interface ObserveInput {
  readonly setup: PairSetup;
  readonly index: readonly LinkIndexEntry[];
  /** Links that are looked at whatever their rows hold. */
  readonly always: ReadonlySet<LinkId>;
}

/** What a scan or a read of a side shall bring. */
export function wantedOf(setup: PairSetup, side: Side): Wanted {
  return {
    fields: wantedFields(setup, side).map((field) => field.id),
    marker: setup.markers[side]?.id ?? null,
    filter: setup.policy.filters[side],
  };
}

export async function observe(input: ObserveInput, deps: EngineDeps): Promise<Observation> {
  const byRow = sided((side) => {
    const rows = new Map<RecordId, LinkIndexEntry>();
    for (const entry of input.index) {
      const id = entry.ids[side];
      if (id !== null) rows.set(id, entry);
    }
    return rows;
  });
  let pages = 0;
  const onPage = (): void => {
    pages += 1;
    deps.onProgress({ stage: "scan", done: pages, total: null });
  };
  const [left, right] = await Promise.all([
    scanSide("left", { ...input, byRow: byRow.left, onPage }, deps),
    scanSide("right", { ...input, byRow: byRow.right, onPage }, deps),
  ]);
  return {
    index: new Map(input.index.map((entry) => [entry.id, entry])),
    byRow,
    kept: { left: left.kept, right: right.kept },
    marks: { left: left.marks, right: right.marks },
    seen: { left: left.seen, right: right.seen },
    control: { left: left.control, right: right.control },
    ends: { left: left.end, right: right.end },
  };
}

interface SideScan {
  readonly kept: Map<RecordId, Row>;
  readonly marks: Map<RecordId, Value>;
  readonly seen: Set<LinkId>;
  readonly control: RecordId | null;
  readonly end: ScanEnd;
}

async function scanSide(
  side: Side,
  input: ObserveInput & {
    readonly byRow: ReadonlyMap<RecordId, LinkIndexEntry>;
    readonly onPage: () => void;
  },
  deps: EngineDeps,
): Promise<SideScan> {
  const connector: Connector = deps.connectors[side];
  const kept = new Map<RecordId, Row>();
  const marks = new Map<RecordId, Value>();
  const seen = new Set<LinkId>();
  const markField = input.setup.marks[side]?.field.id ?? null;
  let control: RecordId | null = null;
  const pages = connector.scan(wantedOf(input.setup, side));
  // Bound: the connector ends every listing, after its own limit of pages at the latest.
  for (;;) {
    deps.signal.throwIfAborted();
    await deps.onAlive?.();
    const next = await pages.next();
    if (next.done === true) return { kept, marks, seen, control, end: next.value };
    input.onPage();
    for (const row of next.value.rows) {
      control ??= row.id;
      const entry = input.byRow.get(row.id);
      if (entry === undefined) {
        kept.set(row.id, row);
        continue;
      }
      seen.add(entry.id);
      if (!isQuiet(entry, { side, row, input }, deps)) {
        kept.set(row.id, row);
        continue;
      }
      kept.delete(row.id);
      const mark = markField === null ? undefined : row.cells.get(markField);
      if (mark !== undefined && !isBlank(mark)) marks.set(row.id, mark);
    }
  }
}

/** Nothing about the row differs from what both sides agreed on, and nothing about the link is open. */
function isQuiet(
  entry: LinkIndexEntry,
  at: { readonly side: Side; readonly row: Row; readonly input: ObserveInput },
  deps: EngineDeps,
): boolean {
  if (entry.state !== "live" || entry.isFlagged || at.input.always.has(entry.id)) return false;
  const fingerprint = rowFingerprint(at.input.setup, at.side, at.row);
  return deps.digest(fingerprint) === entry.hashes[at.side];
}
