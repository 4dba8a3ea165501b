#!/usr/bin/env node
// Entry point of the command line: the real terminal, signals, and the exit code. Everything else is
// loaded from here, and only what the command needs.
import { readFileSync } from "node:fs";
import { runCli } from "./run-cli.ts";

/** The store's engine is native code that older versions of Node crash on, without a word. */
const nodeMajorMin = 22;
if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
  process.stderr.write(
    `error  Tandem needs Node ${nodeMajorMin}.12 or newer, and this is ${process.versions.node}.\n       Start it with \`npx tandem\`, which brings its own Node.\n`,
  );
  process.exit(64);
}

const stop = new AbortController();

/** The first signal lets the call in flight end; a second one does not wait for it. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
}

/** Whoever reads our output may stop reading, as `head` does. That is no error. */
function onPipeError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

function versionOf(): string {
  const file = new URL("../../package.json", import.meta.url);
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  const hasVersion = typeof parsed === "object" && parsed !== null && "version" in parsed;
  return hasVersion ? String(parsed.version) : "unknown";
}

process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
process.stdout.on("error", onPipeError);
process.stderr.on("error", onPipeError);

process.exitCode = await runCli({
  args: process.argv.slice(2),
  terminal: {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
    signal: stop.signal,
    nowMs: () => Date.now(),
  },
  version: versionOf(),
  open: async () => {
    const { openServices } = await import("../app.ts");
    return openServices;
  },
});
