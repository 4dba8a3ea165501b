// What a rule of the house finds: a place, what is wrong there, and how to mend it. A rule is a
// function of sources, so that it can be tried on sources that exist only in a test.

export interface Breach {
  /** From the root of the repository, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
  readonly mend: string;
}

/** One line a breach, as an editor's terminal makes them clickable. */
export function showBreaches(breaches: readonly Breach[]): string {
  return breaches
    .map(({ file, line, what, mend }) => `${file}:${line} ${what} ${mend}`)
    .toSorted()
    .join("\n");
}
