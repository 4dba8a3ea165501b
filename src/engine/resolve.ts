// A person's answer to an open matter. It is stored, and carried out by the next run; it holds for as
// long as base and both values are what they were when it was given.
import type { PairId } from "../core/ids.ts";
import type { Conflict, ConflictAnswer, Store } from "../store/store.ts";
import { SyncError } from "../errors.ts";

export async function resolveConflict(
  store: Store,
  pairs: readonly PairId[],
  at: { readonly id: string; readonly answer: ConflictAnswer },
): Promise<Conflict> {
  for (const pair of pairs) {
    const conflicts = await store.loadConflicts(pair, ["open", "answered"]);
    const conflict = conflicts.find((entry) => entry.id === at.id);
    if (conflict === undefined) continue;
    const isWholeRow = conflict.cell === null;
    if (isWholeRow && at.answer.keep === "value") {
      throw new SyncError({
        code: "usage",
        message: `The conflict ${at.id} is about a whole row; a value cannot answer it.`,
        remedy: "Answer with the side whose fate counts.",
      });
    }
    if (at.answer.keep === "both") {
      throw new SyncError({
        code: "usage",
        message: `Both cannot be kept: the conflict ${at.id} is about which of two counts.`,
        remedy: isWholeRow
          ? "Answer with the side whose fate counts."
          : "Answer with a side, or with a value.",
      });
    }
    // Stays open until a run has carried it out, so that the run looks at the row at all.
    const answered: Conflict = { ...conflict, status: "open", answer: at.answer };
    await store.commit(null, [{ kind: "conflict", conflict: answered }]);
    return answered;
  }
  throw new SyncError({
    code: "usage",
    message: `There is no open conflict ${at.id}.`,
    remedy: "List them with `tandem conflicts`.",
  });
}
