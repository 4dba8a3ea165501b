// What a migration is. It only ever moves forward, by one version, and never changes once released:
// stores in the field have run it as it was.

/** The words in which the dialects differ. */
export interface DialectWords {
  /** Whole numbers of 64 bits: `integer` or `bigint`. */
  readonly integer: string;
  /** What ends a table definition, such as `strict`. */
  readonly tableEnd: string;
}

export interface Migration {
  /** The version a store has after it. */
  readonly version: number;
  readonly statements: (words: DialectWords) => readonly string[];
}
