// One call of the program, from its arguments to its exit code. It ends nothing by itself and knows no
// real terminal, so that a test can run it whole.
import { CommanderError } from "commander";
import { makeColour, wantsColour } from "./colour.ts";
import { failureOf } from "./failure.ts";
import { makeProgram } from "./program.ts";
import type { OpenServices } from "./services.ts";
import { makeSession, type Terminal } from "./session.ts";

export interface CliOptions {
  /** Without the names of node and of the script. */
  readonly args: readonly string[];
  readonly terminal: Terminal;
  readonly version: string;
  readonly open: () => Promise<OpenServices>;
}

/** Never throws. */
export async function runCli({ args, terminal, version, open }: CliOptions): Promise<number> {
  let exit = 0;
  const { stdout, stderr, environment } = terminal;
  try {
    const program = makeProgram({
      version,
      makeSession: (flags) => makeSession(flags, terminal, open),
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      width: Math.min(100, stdout.columns ?? 80),
      onExit: (code) => {
        exit = code;
      },
    });
    await program.parseAsync(args.length === 0 ? ["--help"] : [...args], { from: "user" });
    return exit;
  } catch (error) {
    const isJson = args.includes("--json");
    const isTty = stderr.isTTY === true;
    const isWanted = !args.includes("--no-color");
    const colour = makeColour(!isJson && wantsColour({ isWanted, isTty, environment }));
    const failure = failureOf(error, {
      version,
      isJson,
      isVerbose: args.includes("--verbose") || args.includes("-v"),
      paint: colour.fail,
      width: Math.min(160, Math.max(40, (isTty ? stderr.columns : undefined) ?? 80)),
    });
    if (failure.text !== "") stderr.write(`${failure.text}\n`);
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : failure.exit;
  }
}
