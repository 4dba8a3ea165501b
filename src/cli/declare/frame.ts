// What each declaration of a command is handed, and the two things they all do.
import type { Command } from "commander";
import { SyncError } from "../../errors.ts";
import type { Session } from "../session.ts";

/** One command's work, given its session. Gives back the exit code. */
export type Work = (session: Session) => Promise<number> | number;

export interface Frame {
  readonly program: Command;
  /** Runs the work with the common flags, wherever on the line they were given. */
  readonly perform: (work: Work) => Promise<void>;
}

export function example(command: Command, text: string): void {
  command.addHelpText("after", `\nExample:\n  $ ${text}`);
}

/** Throws `usage` for what is no whole number from 1 on. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new SyncError({
    code: "usage",
    message: `"${text}" is no number of lines.`,
    remedy: "Write a whole number, such as -n 50.",
  });
}
