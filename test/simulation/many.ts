// Many histories after each other, and what came of them, in a form that can be added up over
// processes and written down.
import { drawScript } from "./draw.ts";
import { runHistory } from "./history.ts";
import { drawHurried } from "./hurried.ts";
import { isOpen } from "./open.ts";
import { addCounts, makeTally, type Tally } from "./tally.ts";

/** A seed that failed, and what the oracle says first of each property. */
export interface Failure {
  readonly seed: number;
  /** Drawn as one of the hurried histories, which have seeds of their own. */
  readonly isHurried: boolean;
  readonly findings: readonly { readonly property: string; readonly message: string }[];
}

export interface Sum {
  histories: number;
  readonly failures: Failure[];
  readonly counts: Tally["counts"];
  ms: number;
}

export interface Batch {
  readonly seeds: readonly number[];
  /** Ends with the first failure that is not known already. */
  readonly isStoppedAtFirst: boolean;
  readonly isHurried?: boolean;
}

export function emptySum(): Sum {
  return { histories: 0, failures: [], counts: {}, ms: 0 };
}

export function addSum(into: Sum, more: Sum): void {
  into.histories += more.histories;
  into.failures.push(...more.failures);
  addCounts(into.counts, more.counts);
  into.ms += more.ms;
}

/** Plays the seeds of a batch. An error that no rule foresees counts as a failure of its seed. */
export async function playBatch(batch: Batch): Promise<Sum> {
  const sum = emptySum();
  const tally = makeTally(sum.counts);
  const startMs = performance.now();
  for (const seed of batch.seeds) {
    const failure = await playOne(seed, { tally, isHurried: batch.isHurried ?? false });
    sum.histories += 1;
    if (failure === null) continue;
    sum.failures.push(failure);
    if (batch.isStoppedAtFirst && !isOpen(failure)) break;
  }
  sum.ms = performance.now() - startMs;
  return sum;
}

async function playOne(
  seed: number,
  options: { readonly tally: Tally; readonly isHurried: boolean },
): Promise<Failure | null> {
  const { tally, isHurried } = options;
  try {
    const script = isHurried ? drawHurried(seed) : drawScript(seed);
    const { findings } = await runHistory(seed, { tally, script });
    if (findings.length === 0) return null;
    const first = new Map(findings.toReversed().map((entry) => [entry.property, entry]));
    return {
      seed,
      isHurried,
      findings: [...first.values()].map(({ property, message }) => ({ property, message })),
    };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.add("violation", "P0");
    return { seed, isHurried, findings: [{ property: "P0", message }] };
  }
}
