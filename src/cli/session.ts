// Everything round a command: the common flags become an `Io`, the config is read, the service opened
// and closed again. A command itself only asks and prints.
import { createInterface } from "node:readline/promises";
import { loadConfig, type LoadOptions } from "../config/load.ts";
import { makeLog } from "../observe/log.ts";
import { makeColour, wantsColour } from "./colour.ts";
import { printWarnings } from "./commands/config.ts";
import type { Io } from "./io.ts";
import { makeProgress } from "./progress.ts";
import type { JsonObject, OpenServices, Services } from "./services.ts";

/** The flags every command takes. */
export interface CommonFlags {
  readonly config: string;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** False with --no-color. */
  readonly color: boolean;
  readonly yes?: boolean | undefined;
}

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What a command is started with. */
export interface Session {
  readonly io: Io;
  readonly loadOptions: LoadOptions;
  /** Opens the service for the length of `work`. */
  readonly withServices: (work: (services: Services) => Promise<number>) => Promise<number>;
  /** For a command with a config of its own. */
  readonly openServices: () => Promise<OpenServices>;
}

const widthDefault = 80;
const widthMin = 40;
const widthMax = 160;

function widthOfTerminal({ isTTY, columns }: Stream): number {
  if (isTTY !== true || columns === undefined) return widthDefault;
  return Math.min(widthMax, Math.max(widthMin, columns));
}

interface Written extends Io {
  readonly clearProgress: () => void;
}

function makeIo(flags: CommonFlags, terminal: Terminal): Written {
  const { stdout, stderr, stdin, environment, nowMs } = terminal;
  const isJson = flags.json === true;
  const isQuiet = flags.quiet === true;
  const width = widthOfTerminal(stdout);
  const isErrTty = stderr.isTTY === true;
  const progress = makeProgress({
    write: (text) => stderr.write(text),
    isTty: isErrTty && environment["TERM"] !== "dumb",
    isQuiet,
    nowMs,
    width: widthOfTerminal(stderr),
  });
  const note = (text: string): void => {
    progress.clear();
    if (!isQuiet) stderr.write(`${text}\n`);
  };
  const out = (text: string): void => {
    progress.clear();
    stdout.write(`${text}\n`);
  };
  const isWanted = flags.color;
  const isTty = stdout.isTTY === true;
  return {
    isJson,
    isQuiet,
    isVerbose: flags.verbose === true,
    isInteractive: isTty,
    width,
    colour: makeColour(!isJson && wantsColour({ isWanted, isTty, environment })),
    environment,
    directory: terminal.directory,
    signal: terminal.signal,
    nowMs,
    line: (text) => {
      if (!isJson) out(text);
    },
    json: (object: JsonObject) => {
      if (isJson) out(JSON.stringify(object));
    },
    note,
    progress: (state, pair) => {
      progress.report(state, pair);
    },
    clearProgress: () => {
      progress.clear();
    },
    confirm: async (question) => {
      if (flags.yes === true) return true;
      progress.clear();
      if (stdin.isTTY !== true || !isErrTty || isJson) return false;
      return ask(question, terminal);
    },
  };
}

async function ask(question: string, { stdin, signal }: Terminal): Promise<boolean> {
  const lines = createInterface({ input: stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(?:es)?$/iu.test(answer.trim());
  } finally {
    lines.close();
  }
}

export function makeSession(
  flags: CommonFlags,
  terminal: Terminal,
  open: () => Promise<OpenServices>,
): Session {
  const io = makeIo(flags, terminal);
  const loadOptions: LoadOptions = {
    file: flags.config,
    directory: terminal.directory,
    environment: terminal.environment,
  };
  const log = makeLog({
    level: io.isQuiet ? "error" : io.isVerbose ? "debug" : "warn",
    isJson: io.isJson || terminal.stderr.isTTY !== true,
    write: (line) => {
      io.clearProgress();
      terminal.stderr.write(line);
    },
  });
  const withServices = async (work: (services: Services) => Promise<number>): Promise<number> => {
    const config = loadConfig(loadOptions);
    printWarnings(io, config.warnings);
    const openServices = await open();
    const services = await openServices({
      config,
      signal: terminal.signal,
      onProgress: (state, pair) => {
        io.progress(state, pair);
      },
      onLog: log,
    });
    try {
      return await work(services);
    } finally {
      io.clearProgress();
      await services.close();
    }
  };
  return { io, loadOptions, withServices, openServices: open };
}
