// Carries out a plan that was saved to a file and looked at since.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { withApplied } from "../engine/applied.ts";
import { restrictTo, type SavedPlan, type Skipped } from "../engine/saved-plan.ts";
import { SyncError } from "../errors.ts";
import { selectPair, type AppContext } from "./context.ts";
import { syncOne, type SyncOutcome } from "./sync.ts";

const savedPlans: z.ZodType<readonly SavedPlan[]> = z.array(
  z.object({
    version: z.literal(1),
    pair: z.string(),
    storeId: z.string(),
    madeAtMs: z.number(),
    works: z.array(
      z.object({
        side: z.enum(["left", "right"]),
        kind: z.enum(["update", "create", "remove", "restore"]),
        row: z.string(),
        title: z.string(),
        cells: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
      }),
    ),
  }),
);

/** Plan files are small; a larger one is not ours. */
const fileLengthMax = 256 * 1024 * 1024;

/** Throws `usage` when the file is no saved plan. */
export function readSavedPlans(file: string): readonly SavedPlan[] {
  const refuse = (why: string, cause?: unknown): SyncError =>
    new SyncError({
      code: "usage",
      message: `${file} ${why}.`,
      remedy: "Make a plan with `tandem plan --out FILE`.",
      cause,
    });
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw refuse("cannot be read", error);
  }
  if (content.length > fileLengthMax) throw refuse("is too large to be a saved plan");
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw refuse("is no saved plan (it is not JSON)", error);
  }
  const parsed = savedPlans.safeParse(json);
  if (!parsed.success) throw refuse("is no saved plan");
  return parsed.data;
}

export interface AppliedPlan {
  readonly outcome: SyncOutcome;
  /** What was planned and has moved since, and what was not in the plan. */
  readonly skipped: readonly Skipped[];
}

export async function* applySaved(
  app: AppContext,
  plans: readonly SavedPlan[],
): AsyncGenerator<AppliedPlan> {
  const chosen = plans.map((saved) => ({ saved, pair: selectPair(app.config, saved.pair) }));
  for (const { saved } of chosen) {
    if (saved.storeId === app.store.storeId) continue;
    throw new SyncError({
      code: "usage",
      message: `The plan for ${saved.pair} was made against another store.`,
      remedy: "Make a new plan with `tandem plan --out FILE`.",
    });
  }
  for (const { saved, pair } of chosen) {
    const restriction = restrictTo(saved);
    const { restrict } = restriction;
    const outcome = await syncOne(app, pair, { trigger: "apply", restrict });
    yield { outcome, skipped: await withApplied(restriction.skipped(), pair.policy, app.store) };
  }
}
