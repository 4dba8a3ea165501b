// The child's end of the IPC channel. Takes `process.send` out of the worker's reach: libraries that
// find it greet a process manager over it, and the host would have to guess whose words those are.
// The channel does not keep the child alive once the task has begun.
import type { FromChild, PacerState, Share, Start, ToChild } from "./message.ts";

export interface Channel {
  readonly send: (message: FromChild, sent: () => void) => void;
  readonly onStart: (listen: (start: Start) => void) => void;
  /**
   * The very object that is handed to the SDK, which looks entries up at each wait: a new share is
   * in force at the next one.
   */
  readonly pacers: Record<string, PacerState>;
  isFinished: boolean;
}

export function takeChannel(): Channel {
  const post = process.send?.bind(process);
  const wire = process.channel;
  if (post === undefined || wire === undefined || wire === null) {
    throw new Error("This program is started by Tandem, over an IPC channel.");
  }
  const pacers: Record<string, PacerState> = {};
  const listeners: ((start: Start) => void)[] = [];
  process.on("message", (message: ToChild) => {
    if (message.kind === "share") return applyShare(pacers, message);
    if (message.kind !== "start") return;
    wire.unref();
    for (const listen of listeners.splice(0)) listen(message);
  });
  // The host is gone: nobody would ever read the answer.
  process.on("disconnect", () => process.exit(1));
  Object.defineProperty(process, "send", { value: undefined, configurable: true, writable: true });
  return {
    send: (message, sent) => void post(message, sent),
    onStart: (listen) => void listeners.push(listen),
    pacers,
    isFinished: false,
  };
}

/** Says the one thing there is to say, and ends the process whatever the worker left open. */
export function finish(channel: Channel, message: FromChild): void {
  if (channel.isFinished) return;
  channel.isFinished = true;
  const exit = (): void => process.exit(message.kind === "done" ? 0 : 1);
  // What was printed last may still be on its way; an exit would drop it.
  channel.send(message, () => flush(process.stdout, () => flush(process.stderr, exit)));
}

/** Calls back in any case: with an error when the worker has closed the stream. */
function flush(stream: NodeJS.WriteStream, flushed: () => void): void {
  if (stream.destroyed) flushed();
  else stream.write("", () => flushed());
}

/** A share changes budgets only: what has been scheduled stays scheduled. */
function applyShare(pacers: Record<string, PacerState>, share: Share): void {
  for (const [key, entry] of Object.entries(share.pacers)) {
    const present = pacers[key];
    if (present === undefined) continue;
    pacers[key] = {
      ...present,
      allowedRequests: entry.allowedRequests,
      intervalMs: entry.intervalMs,
    };
  }
}
