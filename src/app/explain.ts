// Why a cell holds what it holds: the base, what both sides show now, who owns it, what the next run
// would do, and the rule and run behind the present value.
import type { ExplainedCell, Explanation, ExplainResult } from "../cli/services.ts";
import type { ChangeEntry, Entry } from "../core/entry.ts";
import { findingsOf } from "../core/findings.ts";
import { idText } from "../core/fingerprint.ts";
import { recordId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import { reconcile, type RowPlan } from "../core/reconcile.ts";
import type { RowReading } from "../core/row.ts";
import type { Mapping, PairSetup } from "../core/setup.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { SyncError } from "../errors.ts";
import { wantedOf } from "../engine/observe.ts";
import { freshState, prepareSetup } from "../engine/prepare.ts";
import { conflictView } from "./conflicts.ts";
import { selectPairs, type AppContext, type OpenPair } from "./context.ts";

export interface ExplainQuery {
  /** An id or address of either row, or (the start of) its title. */
  readonly row: string;
  readonly field: string | null;
  readonly pair: string | null;
}

const entriesMax = 2_000;

/** Throws `usage` when nothing fits. */
export async function explain(app: AppContext, query: ExplainQuery): Promise<ExplainResult> {
  const found = await findRow(app, query);
  if (found.length > 1) {
    return {
      kind: "several",
      rows: found.map(({ link, pair }) => ({ pair: pair.id, title: link.title, ids: link.ids })),
    };
  }
  const [only] = found;
  if (only === undefined) {
    throw new SyncError({
      code: "usage",
      message: `No linked row is called, or has the id, "${query.row}".`,
      remedy: "Name the row by its title, or by its id or address on either side.",
    });
  }
  const open = await app.openPair(only.pair);
  return { kind: "row", explanation: await explainLink(app, { link: only.link, open, query }) };
}

async function explainLink(
  app: AppContext,
  at: { readonly link: Link; readonly open: OpenPair; readonly query: ExplainQuery },
): Promise<Explanation> {
  const { link, open, query } = at;
  const state = (await app.store.loadPair(open.pair.id)) ?? freshState(open.policy);
  const { setup } = await prepareSetup(open.policy, state, open.deps);
  const readings = await readBoth(link, open, setup);
  const entries = await app.store.loadEntries({
    link: link.id,
    types: ["change"],
    isNewestFirst: true,
    countMax: entriesMax,
  });
  const plan = planOf({ link, readings, open, setup });
  const mappings = chosenMappings(setup, open, query.field);
  const conflicts = await app.store.loadConflicts(open.pair.id, ["open"]);
  return {
    pair: open.pair.id,
    names: open.policy.names,
    title: link.title,
    state: link.state,
    ids: link.ids,
    urls: sided((side) => {
      const reading = readings[side];
      return reading?.state === "live" ? reading.row.url : null;
    }),
    bornAtMs: link.bornAtMs,
    cells: mappings.map((mapping) => explainCell(mapping, { link, readings, plan, entries })),
    conflicts: conflicts
      .filter((conflict) => conflict.link === link.id)
      .map((conflict) => conflictView(conflict, { link, names: open.policy.names })),
    waiting: findingsOf(plan).problems,
  };
}

function chosenMappings(
  setup: PairSetup,
  open: OpenPair,
  field: string | null,
): readonly Mapping[] {
  const mappings = setup.mappings.filter(
    (mapping) =>
      field === null ||
      [mapping.name, mapping.fields.left.name, mapping.fields.right.name].includes(field),
  );
  if (mappings.length > 0) return mappings;
  throw new SyncError({
    code: "usage",
    message: `The pair ${open.pair.id} has no field "${field ?? ""}".`,
    remedy: `It has: ${setup.mappings.map((mapping) => mapping.name).join(", ")}.`,
  });
}

/** What the next run would decide, from what was just read. */
function planOf(at: {
  readonly link: Link;
  readonly readings: Sided<RowReading | null>;
  readonly open: OpenPair;
  readonly setup: PairSetup;
}): RowPlan {
  const { connectors } = at.open.deps;
  return reconcile(
    { link: at.link, rows: at.readings, isFrozen: false, answers: [], laterSaid: new Map() },
    {
      setup: at.setup,
      prefer: null,
      lastScans: { left: null, right: null },
      stampSteps: sided((side) => connectors[side].capabilities.stampStepMs),
      canRestore: sided((side) => connectors[side].capabilities.hasTrash),
      nowMs: sided((side) => connectors[side].nowMs()),
    },
  );
}

function explainCell(
  mapping: Mapping,
  at: {
    readonly link: Link;
    readonly readings: Sided<RowReading | null>;
    readonly plan: RowPlan;
    readonly entries: readonly Entry[];
  },
): ExplainedCell {
  const base = at.link.cells.get(mapping.key) ?? null;
  const planned = at.plan.cells.find((cell) => cell.mapping.key === mapping.key);
  return {
    field: mapping.name,
    fields: sided((side) => mapping.fields[side].name),
    owner: mapping.policy.owner,
    flow: mapping.policy.flow,
    base: base === null ? null : { left: base.left, right: base.right },
    agreed: base === null ? null : { rule: base.rule, run: base.run, atMs: base.atMs },
    now: sided((side) => {
      const reading = at.readings[side];
      if (reading?.state !== "live") return null;
      const value = reading.row.cells.get(mapping.fields[side].id);
      if (value === undefined) return null;
      return { value, editedAtMs: planned?.times[side] ?? null };
    }),
    next:
      planned === undefined
        ? null
        : { rule: planned.decision.rule, side: planned.writes[0]?.side ?? null },
    lastChange: lastChange(at.entries, mapping.name),
  };
}

function lastChange(entries: readonly Entry[], field: string): ExplainedCell["lastChange"] {
  for (const { body, run, atMs } of entries) {
    const change: ChangeEntry | null = body.type === "change" ? body : null;
    const cell = change?.fields[field];
    if (change === null || cell === undefined) continue;
    return {
      run,
      atMs,
      side: change.side,
      before: cell.before,
      after: cell.after,
      rule: cell.rule,
    };
  }
  return null;
}

async function readBoth(
  link: Link,
  open: OpenPair,
  setup: PairSetup,
): Promise<Sided<RowReading | null>> {
  const readOne = async (side: Side): Promise<RowReading | null> => {
    const id = link.ids[side];
    if (id === null) return null;
    const found = await open.deps.connectors[side].read([id], wantedOf(setup, side), null);
    return found.get(id) ?? null;
  };
  const [left, right] = await Promise.all([readOne("left"), readOne("right")]);
  return { left, right };
}

interface Found {
  readonly link: Link;
  readonly pair: OpenPair["pair"];
}

/** Ids are tried first, as they stand and as part of an address; then titles, whole and begun. */
async function findRow(app: AppContext, query: ExplainQuery): Promise<readonly Found[]> {
  const matches: Found[] = [];
  for (const pair of selectPairs(app.config, query.pair === null ? [] : [query.pair])) {
    for (const id of idsIn(query.row)) {
      const link = await app.store.findLink(pair.id, recordId(id));
      if (link !== null) return [{ link, pair }];
    }
    const found = await app.store.searchLinks(pair.id, query.row);
    matches.push(...found.map((link) => ({ link, pair })));
  }
  const exact = matches.filter((match) => match.link.title === query.row);
  return exact.length === 1 ? exact : matches;
}

/** The text itself, record ids in it, and page ids in it with dashes as the service writes them. */
function idsIn(row: string): readonly string[] {
  const records = row.match(/rec[A-Za-z0-9]{14}/g) ?? [];
  const pages = (idText(row).match(/[0-9a-f]{32}/g) ?? []).map((id) =>
    [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-"),
  );
  return [row, ...records, ...pages];
}
