// The commands as they are typed: names, arguments, flags, help. Each one's work is loaded when it is
// called, so that `tandem --help` costs nothing and a broken part breaks only its own command.
import { Command } from "commander";
import { addDeciding } from "./declare/deciding.ts";
import type { Frame } from "./declare/frame.ts";
import { addHistory } from "./declare/history.ts";
import { addLocal } from "./declare/local.ts";
import { addLooking } from "./declare/looking.ts";
import { addPair } from "./declare/pair.ts";
import { addSyncing } from "./declare/syncing.ts";
import { addWorker } from "./declare/worker.ts";
import type { CommonFlags, Session } from "./session.ts";

export interface ProgramOptions {
  readonly version: string;
  readonly makeSession: (flags: CommonFlags) => Session;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Columns, for help. */
  readonly width: number;
  readonly onExit: (code: number) => void;
}

export function makeProgram(options: ProgramOptions): Command {
  const program = new Command("tandem");
  const { writeOut, writeErr, width } = options;
  program
    .description(
      "Keeps a Notion database and an Airtable table in two-way sync, and runs one-way syncs.",
    )
    .version(options.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureOutput({
      writeOut,
      writeErr,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      // The usage error is thrown as well, and told in one place.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride()
    .showSuggestionAfterError(true)
    .option("-c, --config <file>", "the config file", "config/tandem.yaml")
    .option("--json", "one JSON object a line on stdout")
    .option("-q, --quiet", "only what went wrong")
    .option("-v, --verbose", "every change, and the rules' ids")
    .option("--no-color", "without colours")
    .option("-y, --yes", "answer every question with yes");
  const frame: Frame = {
    program,
    perform: async (work) => {
      options.onExit(await work(options.makeSession(program.opts<CommonFlags>())));
    },
  };
  addSyncing(frame);
  addLooking(frame);
  addHistory(frame);
  addDeciding(frame);
  addPair(frame);
  addWorker(frame);
  addLocal(frame);
  return program;
}
