// A cycle that does not move: executions that say there is more and give the same state and the same rows
// again. Most often `nextState` is missing, so that the first page is asked for again and again; told
// after a few executions instead of after a thousand. Nothing is compared across runs.
import type { Executed } from "./source.ts";

export interface Answer {
  /** Same for answers with the same state and the same rows. */
  readonly mark: string;
  readonly isEmpty: boolean;
}

/** So many equal answers in a row are none too many. */
const sameMax = 3;
/** A worker that waits for its upstream to finish something gives nothing for a while. */
const sameEmptyMax = 30;

export function answerOf(
  { batch, nextState }: Extract<Executed, { readonly kind: "done" }>,
  digest: (content: string) => string,
): Answer {
  const rows = batch.changes.map(({ kind, database, key }) => [kind, database, key]);
  const mark = digest(JSON.stringify([nextState, rows]));
  return { mark, isEmpty: rows.length === 0 };
}

/** To be told every answer of a run; gives what is wrong once it goes in circles. */
export function makeStallWatch(): (
  answer: Answer | null,
) => { readonly name: string; readonly message: string } | null {
  let last: Answer | null = null;
  let same = 0;
  return (answer) => {
    same = answer !== null && answer.mark === last?.mark ? same + 1 : 1;
    last = answer;
    if (answer === null || same < (answer.isEmpty ? sameEmptyMax : sameMax)) return null;
    return {
      name: "ContractError",
      message: `The worker says that there is more, but gave the same nextState and the same changes ${same} times in a row: the cycle would never end. Give the place of the next page as nextState, or hasMore: false.`,
    };
  };
}
