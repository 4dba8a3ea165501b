// The program as a user starts it: a child process with its own directory and environment.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A run that tries out a sabotage has it in the programs that its tests start as well. */
const sabotage = process.env["TANDEM_SABOTAGE"];
const preload = fileURLToPath(new URL("../sabotage/preload.ts", import.meta.url));
const sabotaged = sabotage === undefined ? [] : ["--import", preload];

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  /** The first line of stdout. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export function startProgram(args: readonly string[], options: StartOptions = {}): Program {
  const child = spawn(process.execPath, [...sabotaged, main, ...args], {
    cwd: options.directory ?? process.cwd(),
    env: {
      PATH: process.env["PATH"],
      NO_COLOR: "1",
      TANDEM_SABOTAGE: sabotage,
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const { promise: firstLine, resolve: tellLine } = Promise.withResolvers<string>();
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    stdout += part;
    const end = stdout.indexOf("\n");
    if (end !== -1) tellLine(stdout.slice(0, end));
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => {
      tellLine(stdout);
      resolve({ exit, stdout, stderr });
    });
  });
  return { child, firstLine, ended };
}
