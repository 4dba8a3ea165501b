// Writes go in lots, each stored in one commit. A lot is small, so that little is in doubt after a crash,
// and large enough to keep all calls busy that are worth having under way at once.
import { SyncError } from "../errors.ts";
import type { OnewayChange } from "../store/oneway-store.ts";
import type { ReadyTable } from "./prepare.ts";
import { busy, type SendEnd } from "./send.ts";
import { commit, progress, type Writing } from "./session.ts";

/** Calls a lot is worth, for each that may be under way at once. */
const callsPerLane = 4;
/** Calls in a row with a lost answer, or without the right, after which the others are spared. */
const inRowMax = 3;

export interface WriteAt {
  readonly writing: Writing;
  readonly table: ReadyTable;
}

export function lotsOf<T>(items: readonly T[], { table }: WriteAt): readonly (readonly T[])[] {
  const { writeBatchMax, parallelMax } = table.destination.capabilities;
  const size = Math.max(1, writeBatchMax * parallelMax * callsPerLane);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Throws what stopped a lot, after the lot's outcomes were stored. */
export async function finishLot(
  at: WriteAt,
  changes: readonly OnewayChange[],
  end: { readonly count: number; readonly stop: SendEnd["stop"] },
): Promise<void> {
  const { writing } = at;
  await commit(writing.session, changes);
  writing.done += end.count;
  progress(writing.session, "write", {
    done: writing.done,
    total: Math.max(writing.total, writing.done),
  });
  if (end.stop !== null) throw end.stop.error;
  const rowsMax = inRowMax * at.table.destination.capabilities.writeBatchMax;
  if (writing.lostInRow >= rowsMax) throw busy("several answers in a row were lost.");
  if (writing.forbiddenInRow >= rowsMax) throw forbidden(at.table);
}

function forbidden(table: ReadyTable): SyncError {
  return new SyncError({
    code: "forbidden",
    message: `The table of ${table.id} takes no new rows from this connection.`,
    remedy: "Give the connection the right to add content to the table.",
  });
}
