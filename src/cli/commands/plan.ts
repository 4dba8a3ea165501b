// `tandem plan`: reads both sides, writes nothing, and prints every change with the rule behind it.
// `tandem sync --dry-run` is the same.
import { writeFileSync } from "node:fs";
import type { PlanView } from "../../app/plan-view.ts";
import type { ChangeEntry, EntryBody } from "../../core/entry.ts";
import { linkId, pairId, recordId, runId } from "../../core/ids.ts";
import { sided } from "../../core/side.ts";
import type { SavedPlan } from "../../engine/saved-plan.ts";
import { SyncError } from "../../errors.ts";
import { exitOfPlan, worst } from "../exit.ts";
import type { Io } from "../io.ts";
import { planText } from "../render/plan.ts";
import { errorLines } from "../render/run.ts";
import { styleOf } from "../render/style.ts";
import type { PlanResult, Services } from "../services.ts";

export interface PlanOptions {
  readonly pairs: readonly string[];
  /** Where the plan is saved for `tandem apply`; null for nowhere. */
  readonly out: string | null;
  readonly asksForChanges: boolean;
}

export async function run(services: Services, io: Io, options: PlanOptions): Promise<number> {
  const saved: SavedPlan[] = [];
  const codes: number[] = [];
  for await (const result of services.plan(options.pairs)) {
    codes.push(exitOfPlan(result, options.asksForChanges));
    if (io.isJson) printLines(services, io, result);
    else printText(io, result, codes.length > 1);
    if (result.kind === "plan") saved.push(result.outcome.saved);
  }
  if (options.out !== null && saved.length > 0) {
    savePlans(options.out, saved);
    io.note(`Saved. Carry it out with: tandem apply ${options.out}`);
  }
  return worst(codes);
}

function printText(io: Io, result: PlanResult, isFollowing: boolean): void {
  const style = styleOf(io);
  if (isFollowing) io.line("");
  if (result.kind === "error") {
    io.line(`${io.colour.strong(result.pair)}  ${io.colour.fail("no plan")}`);
    io.line(errorLines(result.error, style));
    return;
  }
  io.line(planText(result.outcome.view, style));
}

/** The lines a run would add to the history, as far as a plan can know them. */
function printLines(services: Services, io: Io, result: PlanResult): void {
  if (result.kind === "error") {
    const { code, message, remedy } = result.error;
    io.json({ type: "error", pair: result.pair, code, message, remedy });
    return;
  }
  const { view } = result.outcome;
  for (const body of bodiesOf(view)) {
    const {
      at: _at,
      run: _run,
      ...line
    } = services.toLine({
      run: runId(""),
      pair: pairId(view.pair),
      atMs: 0,
      body,
    });
    io.json(line);
  }
  const { cost, spent, unchanged, isFirstRun, names } = view;
  const named = (calls: PlanView["cost"]): Record<string, unknown> => ({
    [names.left.toLowerCase()]: calls.left,
    [names.right.toLowerCase()]: calls.right,
  });
  io.json({
    type: "plan",
    pair: view.pair,
    rows: view.rows.length,
    unchanged,
    isFirstRun,
    isHalted: view.halt !== null,
    cost: named(cost),
    spent: named(spent),
  });
}

function bodiesOf(view: PlanView): readonly EntryBody[] {
  const changes = view.rows.map((row): ChangeEntry => ({
    type: "change",
    op: row.op,
    side: row.side,
    link: linkId(""),
    opId: null,
    ids: sided((side) => {
      const id = row.ids[side];
      return id === null ? null : recordId(id);
    }),
    title: row.title,
    fields: Object.fromEntries(
      row.cells.map(({ field, before, after, rule }) => [field, { before, after, rule }]),
    ),
  }));
  return [
    ...changes,
    ...view.conflicts,
    ...view.problems,
    ...(view.halt === null ? [] : [view.halt]),
  ];
}

function savePlans(file: string, plans: readonly SavedPlan[]): void {
  try {
    writeFileSync(file, `${JSON.stringify(plans, null, 1)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new SyncError({
      code: "usage",
      message: `The plan could not be saved to ${file}.`,
      remedy: "Name a file in a directory that exists and that you may write to.",
      cause: error,
    });
  }
}
