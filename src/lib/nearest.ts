// The known word that somebody probably meant. Used for keys of the config and for commands; it is
// only ever shown as a question, never acted on.

/** Edits that turn one word into the other; neighbouring letters swapped count as one. */
function distance(one: string, two: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= two.length; column += 1) {
      const isEqual = one[row - 1] === two[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isEqual ? 0 : 1),
      );
      const isSwap = one[row - 1] === two[column - 2] && one[row - 2] === two[column - 1];
      if (row > 1 && column > 1 && isSwap) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[two.length] ?? 0;
}

/** The nearest of `known`, or null when none is near enough to be a slip of the pen. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  let best: { readonly name: string; readonly far: number } | null = null;
  for (const name of known) {
    const far = distance(wanted, name.toLowerCase());
    const farMax = Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3));
    if (far <= farMax && (best === null || far < best.far)) best = { name, far };
  }
  return best?.name ?? null;
}
