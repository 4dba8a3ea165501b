// What a sabotage is: a small wrong change that somebody might make, as text and its replacement. It
// is put in when a source is loaded, never on disk, and only in a test run that was asked to.

export interface Sabotage {
  /** kebab-case; what `TANDEM_SABOTAGE` and `npm run sabotage -- --only` take. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What goes wrong for a user. */
  readonly why: string;
  /** The test file that is expected to notice, tried first. */
  readonly caughtBy: string;
  /** For those the simulation has to notice as well: within how many histories. */
  readonly seedsMax?: number;
  /** Those of quick succession, and not those of the wide world. */
  readonly isHurried?: boolean;
  /** Of the specification's table, and noticed by the suite, but by no history: why that is so. */
  readonly unseen?: string;
  /** Why nobody can notice it: another rule stands behind it. Such a one is expected to survive. */
  readonly redundant?: string;
}

/** The source with the sabotage in it. Throws when its text is not there exactly once. */
export function sabotaged(source: string, sabotage: Sabotage): string {
  const { name, file, find, replace } = sabotage;
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(`${name}: its text is ${parts.length - 1} times in ${file}, not once.`);
  }
  return parts.join(replace);
}
