// A worker's sync behind the port of a source: one execution is one child process, and all that can
// come of it is one of the port's few words.
import type { SyncDeclaration, WorkerManifest } from "../core/oneway/declaration.ts";
import type { Executed, ExecuteInput, PacerEntry, Source } from "../oneway/source.ts";
import type { ChildFailure, PacerStates } from "./child/message.ts";
import { callWorker, type WorkerSetting } from "./call-worker.ts";
import type { Reply } from "./reply.ts";
import { makeMask } from "./secret-mask.ts";
import { parseOutput, type ParsedOutput } from "./wire/output.ts";

export interface WorkerSourceOptions {
  readonly setting: WorkerSetting;
  readonly manifest: WorkerManifest;
  readonly sync: SyncDeclaration;
  /** Config `zone:`, for times that come without one; null: the table takes them as UTC. */
  readonly zone: string | null;
}

export function makeWorkerSource(options: WorkerSourceOptions): Source {
  return { execute: (input) => execute(options, input) };
}

async function execute(options: WorkerSourceOptions, input: ExecuteInput): Promise<Executed> {
  const { setting, sync } = options;
  const reply = await callWorker(setting, {
    task: {
      kind: "execute",
      key: sync.key,
      pacers: Object.fromEntries(input.pacers),
      ...(input.state === null ? {} : { state: input.state.json }),
    },
    signal: input.signal,
    onLog: input.onLog,
    onStarted: (tell) => {
      input.onShare((pacers) => tell({ kind: "share", pacers: Object.fromEntries(pacers) }));
    },
  });
  if (reply.kind !== "done") return describeFailure(reply, input);
  const output = parseOutput(reply.json, options);
  return output.kind === "broken"
    ? failed("contract", output.message)
    : toExecuted(output, options, input);
}

function toExecuted(
  output: Extract<ParsedOutput, { kind: "output" }>,
  { setting }: WorkerSourceOptions,
  input: ExecuteInput,
): Executed {
  const mask = makeMask(setting.environment.secrets);
  const { changes, notes } = output.batch;
  return {
    kind: "done",
    batch: {
      changes,
      notes: notes.map((note) => ({ ...note, message: mask(note.message) })),
    },
    hasMore: output.hasMore,
    nextState: output.nextState,
    pacers: withKnown(input, output.pacers),
  };
}

function describeFailure(reply: Exclude<Reply, { kind: "done" }>, input: ExecuteInput): Executed {
  if (reply.kind === "ended") return failed(reply.why, reply.message, reply.stack);
  const { failure } = reply;
  if (failure.reason === "rate-limited") {
    const seconds = failure.retryAfterSeconds;
    return {
      kind: "rate-limited",
      retryAfterMs: seconds === null ? null : Math.max(0, Math.ceil(seconds * 1_000)),
      message: failure.message,
      pacers: withKnown(input, entriesOf(failure.pacers)),
    };
  }
  return { ...describeTold(failure), pacers: withKnown(input, entriesOf(failure.pacers)) };
}

function describeTold(failure: ChildFailure): Extract<Executed, { kind: "failed" }> {
  const { name, message, stack } = failure;
  switch (failure.reason) {
    case "stuck":
      return failed(
        "crashed",
        "It waits for something that can no longer happen: no timer, no connection and no file is open.",
      );
    case "too-large":
      return failed(
        "contract",
        `${message} Give fewer changes in one execution, and hasMore: true.`,
      );
    case "unknown-key":
    case "no-worker":
      return failed("contract", message);
    case "rate-limited":
    case "missing-module":
    case "syntax":
    case "old-shape":
    case null:
      break;
  }
  if (failure.stage === "answer") {
    return failed(
      "contract",
      `What \`execute\` gave back cannot be read: ${message}. It must give { changes, hasMore, nextState }, all of it JSON.`,
      stack,
    );
  }
  return { kind: "failed", why: "thrown", name, message, stack };
}

function failed(
  why: Extract<Executed, { kind: "failed" }>["why"],
  message: string,
  stack: string | null = null,
): Extract<Executed, { kind: "failed" }> {
  return { kind: "failed", why, name: nameOf(why), message, stack };
}

/** A name to show where a thrown error would have its own. */
function nameOf(why: Extract<Executed, { kind: "failed" }>["why"]): string {
  switch (why) {
    case "timeout":
      return "TimeLimit";
    case "memory":
      return "MemoryLimit";
    case "crashed":
      return "Crash";
    case "contract":
      return "ContractError";
    case "aborted":
      return "Stopped";
    case "thrown":
      return "Error";
  }
}

function entriesOf(pacers: PacerStates): ReadonlyMap<string, PacerEntry> {
  return new Map(Object.entries(pacers));
}

/** What was handed in, with what came back put over it: no pacer is lost on the way. */
function withKnown(
  input: ExecuteInput,
  pacers: ReadonlyMap<string, PacerEntry>,
): ReadonlyMap<string, PacerEntry> {
  return new Map([...input.pacers, ...pacers]);
}
