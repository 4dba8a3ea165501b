// What a command has of the terminal: lines out, a yes or no, and how wide and colourful it is. What
// was asked for goes to stdout, everything else to stderr; with --json, stdout carries one object a
// line and nothing else.
import type { Colour } from "./colour.ts";
import type { Reported } from "./progress.ts";
import type { JsonObject } from "./services.ts";

export interface Io {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  /** A person sits before stdout. */
  readonly isInteractive: boolean;
  /** Columns. 80 where there is no terminal. */
  readonly width: number;
  readonly colour: Colour;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** For people, on stdout; nothing with --json. */
  readonly line: (text: string) => void;
  /** For machines, on stdout; nothing without --json. */
  readonly json: (object: JsonObject) => void;
  /** Words beside the answer, on stderr; nothing with --quiet. */
  readonly note: (text: string) => void;
  readonly progress: (progress: Reported, pair?: string) => void;
  /** Asks on a terminal. With --yes, true. Elsewhere false, and the question is shown. */
  readonly confirm: (question: string) => Promise<boolean>;
}
