// Whatever ended a command, in words, with an exit code. A mistake of the user, trouble with a service
// and a bug of ours look different, and only the last asks for a report.
import { CommanderError } from "commander";
import { InvariantError } from "../core/assert.ts";
import { disposition, SyncError } from "../errors.ts";
import { redact } from "../lib/redact.ts";
import { exitCodes } from "./exit.ts";
import { wrapLines } from "./plain.ts";

export interface Failure {
  readonly exit: number;
  /** For stderr; empty when there is nothing to say. */
  readonly text: string;
}

export interface FailureOptions {
  readonly version: string;
  readonly isJson: boolean;
  /** With the stack of a bug, and the cause of an error. */
  readonly isVerbose: boolean;
  readonly paint: (text: string) => string;
  /** Columns of stderr. */
  readonly width: number;
}

export function failureOf(error: unknown, options: FailureOptions): Failure {
  if (error instanceof CommanderError) return usageFailure(error, options);
  if (error instanceof SyncError) return syncFailure(error, options);
  return bugFailure(error, options);
}

function usageFailure(error: CommanderError, options: FailureOptions): Failure {
  // Help and version were asked for, and are printed already.
  if (error.exitCode === 0) return { exit: exitCodes.ok, text: "" };
  if (error.code === "commander.help") return { exit: exitCodes.usage, text: "" };
  const message = error.message.replace(/^error: /u, "").replaceAll(/\s*\n\s*/gu, " ");
  return told(exitCodes.usage, options, {
    code: "usage",
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
    remedy: "`tandem --help` lists the commands, `tandem <command> --help` has an example each.",
  });
}

function syncFailure(error: SyncError, options: FailureOptions): Failure {
  const { exit } = disposition(error.code);
  if (error.code === "aborted") return { exit, text: "" };
  const cause = options.isVerbose && error.cause !== undefined ? causeText(error.cause) : "";
  return told(exit, options, {
    code: error.code,
    message: `${redact(error.message)}${cause}`,
    remedy: redact(error.remedy),
  });
}

function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return `\n  (${redact(text)})`;
}

function bugFailure(error: unknown, options: FailureOptions): Failure {
  const name = error instanceof InvariantError ? "A check on our own work failed" : "Unexpected";
  const message = redact(error instanceof Error ? error.message : String(error));
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  // Paths of this machine say nothing to the reader of a report.
  const frames = redact(stack)
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .map((line) =>
      line.replace(/(\(?)(?:file:\/\/)?\/\S*?\/((?:src|dist|node_modules)\/\S*)/u, "$1$2"),
    )
    .slice(0, options.isVerbose ? 20 : 6);
  return told(exitCodes.internal, options, {
    code: "internal",
    message: [`${name}: ${message}`, ...frames].join("\n"),
    remedy: `This is a bug of Tandem ${options.version} (Node ${process.version}, ${process.platform}). Nothing was saved after it. Please report it with the lines above; they hold no tokens.`,
  });
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

function told(exit: number, options: FailureOptions, { code, message, remedy }: Told): Failure {
  if (options.isJson) {
    return { exit, text: JSON.stringify({ type: "error", code, exit, message, remedy }) };
  }
  const margin = "error  ".length;
  const text = wrapLines(`${message}\n${remedy}`, { margin, width: options.width });
  return { exit, text: `${options.paint("error")}  ${text.trimStart()}` };
}
