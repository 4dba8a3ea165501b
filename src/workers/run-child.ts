// One child process: started for one task, limited, listened to, and surely gone when this is over.
// Knows process groups, exit codes and pipes; what the messages mean is for its callers.
//
// The child leads a process group of its own, so that whatever a worker started ends with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LogLine } from "../oneway/source.ts";
import type { Share, Task, ToChild } from "./child/message.ts";
import { captureLines } from "./log-capture.ts";
import type { Mask } from "./secret-mask.ts";

export interface Limits {
  /** Wall time of one execution, loading included. */
  readonly seconds: number;
  /** The child's JavaScript heap. */
  readonly memoryMb: number;
}

export interface ChildOptions {
  readonly folder: string;
  readonly entry: string;
  readonly task: Task;
  readonly variables: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
  /** Is handed a function that sends the child a new share of the budgets. */
  readonly onStarted: (tell: (share: Share) => void) => void;
}

/** How the process ended, and the first message it sent, if any. */
export interface ChildEnd {
  readonly message: unknown;
  readonly code: number | null;
  readonly exitSignal: string | null;
  /** We ended it, and why. */
  readonly ended: "timeout" | "aborted" | null;
  /** V8 gave up for want of memory. */
  readonly isOutOfMemory: boolean;
  /** The last lines it wrote to its error output, masked. */
  readonly lastWords: readonly string[];
}

const killAfterMs = 5_000;
/** From the answer, or from the exit, to the moment we stop waiting for the rest. */
const graceMs = 2_000;

/** Never throws for what the worker does; throws when no process can be started at all. */
export async function runChild(options: ChildOptions): Promise<ChildEnd> {
  if (options.signal.aborted) return abortedBefore;
  const child = startChild(options);
  const log = captureLines(child, options);
  const state: { message: unknown; ended: ChildEnd["ended"] } = { message: undefined, ended: null };
  const timers = new Set<NodeJS.Timeout>();
  const later = (delayMs: number, act: () => void): void => {
    timers.add(setTimeout(act, delayMs));
  };
  const end = (why: "timeout" | "aborted"): void => {
    if (state.ended !== null || state.message !== undefined) return;
    state.ended = why;
    killGroup(child, "SIGTERM");
    later(killAfterMs, () => killGroup(child, "SIGKILL"));
  };
  const abort = (): void => end("aborted");
  options.signal.addEventListener("abort", abort, { once: true });
  later(options.limits.seconds * 1_000, () => end("timeout"));
  child.on("message", (message) => {
    if (state.message !== undefined) return;
    state.message = message;
    later(graceMs, () => killGroup(child, "SIGKILL"));
  });
  const exited = once(child, "exit");
  const closed = once(child, "close");
  // When no process can be started, all three fail, and the first one waited for tells.
  for (const event of [exited, closed]) event.catch(() => undefined);
  try {
    await once(child, "spawn");
    send(child, { kind: "start", entry: options.entry, task: options.task });
    options.onStarted((share) => send(child, share));
    const [code, exitSignal] = readExit(await exited);
    // Grandchildren may hold the pipes open; they end here, and those who fled are not waited for.
    killGroup(child, "SIGKILL");
    await Promise.race([closed, new Promise<void>((resolve) => later(graceMs, resolve))]);
    return { ...log.finish(), message: state.message, code, exitSignal, ended: state.ended };
  } finally {
    options.signal.removeEventListener("abort", abort);
    for (const timer of timers) clearTimeout(timer);
    killGroup(child, "SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

const abortedBefore: ChildEnd = {
  message: undefined,
  code: null,
  exitSignal: null,
  ended: "aborted",
  isOutOfMemory: false,
  lastWords: [],
};

function startChild(options: ChildOptions): ChildProcess {
  // Unbuilt, our own files end in .ts and Node strips their types; built, they are JavaScript.
  const program = new URL(
    import.meta.url.endsWith(".ts") ? "./child/main.ts" : "./child/main.js",
    import.meta.url,
  );
  const flags = [`--max-old-space-size=${options.limits.memoryMb}`, "--enable-source-maps"];
  return spawn(process.execPath, [...flags, fileURLToPath(program), String(process.pid)], {
    cwd: options.folder,
    env: options.variables,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

/** The channel may be gone at any moment; what is said into it then is of no use to anybody. */
function send(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

function readExit([code, exitSignal]: readonly unknown[]): readonly [number | null, string | null] {
  return [
    typeof code === "number" ? code : null,
    typeof exitSignal === "string" ? exitSignal : null,
  ];
}
