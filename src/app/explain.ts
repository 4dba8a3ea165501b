// Why a cell holds what it holds: the base, what both sides show now, who owns it, what the next run
// would do, and the rule and run behind the present value.
import type { Explanation, ExplainResult } from "../cli/services.ts";
import { findingsOf } from "../core/findings.ts";
import { idText } from "../core/fingerprint.ts";
import { recordId, type LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import {
  reconcile,
  type ReconcileContext,
  type RowFacts,
  type RowPlan,
} from "../core/reconcile.ts";
import type { RowReading } from "../core/row.ts";
import type { Mapping, PairSetup } from "../core/setup.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { SyncError } from "../errors.ts";
import { wantedOf } from "../engine/observe.ts";
import { answersOf, freshState, prepareSetup } from "../engine/prepare.ts";
import type { PairState } from "../store/store.ts";
import { conflictView } from "./conflicts.ts";
import { selectPairs, type AppContext, type OpenPair } from "./context.ts";
import { explainCell } from "./explain-cell.ts";
import { explainRow, rowNotes } from "./explain-row.ts";
import { explainUnlinked } from "./explain-unlinked.ts";

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
    const unlinked = await explainUnlinked(app, query, idsIn(query.row));
    if (unlinked !== null) return { kind: "row", explanation: unlinked };
    throw new SyncError({
      code: "usage",
      message: `No row that Tandem knows is called, or has the id, "${query.row}".`,
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
  const { store } = app;
  const pair = open.pair.id;
  const [stored, entries, conflicts, intents, quarantine] = await Promise.all([
    store.loadPair(pair),
    store.loadEntries({
      link: link.id,
      types: ["change", "conflict"],
      isNewestFirst: true,
      countMax: entriesMax,
    }),
    store.loadConflicts(pair, ["open", "answered"]),
    store.loadIntents(pair),
    store.loadQuarantine(pair),
  ]);
  const state = stored ?? freshState(open.policy);
  const { setup } = await prepareSetup(open.policy, state, open.deps);
  const rows = await readBoth(link, open, setup);
  const mine = <T extends { readonly link: LinkId }>(items: readonly T[]): readonly T[] =>
    items.filter((item) => item.link === link.id);
  const facts: RowFacts = {
    link,
    rows,
    isFrozen: mine(intents).length > 0,
    answers: answersOf(mine(conflicts)).get(link.id) ?? [],
    laterSaid: new Map(),
  };
  const context = contextOf(open, setup, state);
  const plan = reconcile(facts, context);
  const mappings = chosenMappings(setup, open, query.field);
  const opened = mine(conflicts).filter((conflict) => conflict.status === "open");
  return {
    pair,
    names: open.policy.names,
    title: link.title,
    state: link.state,
    ids: link.ids,
    urls: sided((side) => {
      const reading = rows[side];
      return reading?.state === "live" ? reading.row.url : null;
    }),
    bornAtMs: link.bornAtMs,
    rows: sided((side) => explainRow(rows[side])),
    rowRule: { rule: plan.decision.rule, side: sideOf(plan) },
    notes: rowNotes({
      link,
      policy: open.policy,
      intents: mine(intents),
      quarantine: mine(quarantine),
    }),
    cells: mappings.map((mapping) => explainCell(mapping, { facts, context, plan, entries })),
    conflicts: opened.map((conflict) => conflictView(conflict, { link, names: open.policy.names })),
    waiting: findingsOf(plan).problems,
  };
}

/** The side that a row's rule is told of, as that of a write. */
function sideOf({ decision, actions }: RowPlan): Side {
  const [action] = actions;
  if (action !== undefined) return action.side;
  return "side" in decision ? decision.side : "right";
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

/** As the next run would have it. */
function contextOf(open: OpenPair, setup: PairSetup, state: PairState): ReconcileContext {
  const { connectors } = open.deps;
  return {
    setup,
    prefer: state.prefer,
    lastScans: state.lastScans,
    stampSteps: sided((side) => connectors[side].capabilities.stampStepMs),
    canRestore: sided((side) => connectors[side].capabilities.hasTrash),
    nowMs: sided((side) => connectors[side].nowMs()),
  };
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

/** Ends with its last digit: the words of a title before it may well end in some of the same letters. */
const pageIdPattern =
  /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])/g;

/** The text itself, record ids in it, and page ids in it with dashes as the service writes them. */
function idsIn(row: string): readonly string[] {
  const records = row.match(/rec[A-Za-z0-9]{14}/g) ?? [];
  const pages = (row.toLowerCase().match(pageIdPattern) ?? [])
    .map(idText)
    .map((id) =>
      [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-"),
    );
  return [row, ...records, ...pages];
}
