// Undo: shown first, carried out on the second word.
import type { Entry } from "../core/entry.ts";
import { runId } from "../core/ids.ts";
import { undoRule } from "../core/link.ts";
import { planUndo, type UndoPlan } from "../engine/undo.ts";
import type { Kept } from "../engine/undo-cells.ts";
import { undoPair } from "../engine/undo-run.ts";
import type { PairRun } from "../engine/run.ts";
import { SyncError } from "../errors.ts";
import { selectPair, type AppContext, type OpenPair } from "./context.ts";
import { viewOfPlans, type RowView } from "./plan-view.ts";

export interface UndoView {
  readonly pair: string;
  readonly names: OpenPair["policy"]["names"];
  readonly rows: readonly RowView[];
  readonly kept: readonly Kept[];
}

export interface UndoOutcome {
  readonly view: UndoView;
  /** Null when it was only shown. */
  readonly run: PairRun | null;
  readonly entries: readonly Entry[];
}

async function openRun(app: AppContext, run: string): Promise<OpenPair> {
  const record = await app.store.loadRun(runId(run));
  if (record !== null) return app.openPair(selectPair(app.config, record.pair));
  throw new SyncError({
    code: "usage",
    message: `There is no run ${run}.`,
    remedy: "List the runs with `tandem history`.",
  });
}

export async function undo(
  app: AppContext,
  options: { readonly run: string; readonly isApplied: boolean },
): Promise<UndoOutcome> {
  const open = await openRun(app, options.run);
  const undone = runId(options.run);
  const { policy, deps } = open;
  const view = (made: Pick<UndoPlan, "plans" | "turns" | "kept">): UndoView => ({
    pair: open.pair.id,
    names: policy.names,
    rows: [...viewOfPlans(made.plans, deps).map(undoneView), ...made.turns.map(turnView)],
    kept: made.kept,
  });
  if (!options.isApplied) {
    const plan = await planUndo(policy, { undone, run: deps.ids.run() }, deps);
    return { view: view(plan), run: null, entries: [] };
  }
  const at = { undone, options: { trigger: "undo", holder: app.holder } } as const;
  const done = await undoPair(policy, at, deps);
  const entries = await app.store.loadEntries({ run: done.run.run });
  const made = done.plan ?? { plans: [], turns: [], kept: [] };
  const kept = [...made.kept, ...done.moved];
  return { view: view({ ...made, kept }), run: done.run, entries };
}

/** No rule of the tables decides here; a person does. */
function undoneView(row: RowView): RowView {
  return row.op === "update" ? row : { ...row, rule: undoRule };
}

function turnView({ link, turn }: UndoPlan["turns"][number]): RowView {
  const op = turn === "part" ? "unlink" : "link";
  return { ids: link.ids, title: link.title, op, side: "right", rule: undoRule, cells: [] };
}
