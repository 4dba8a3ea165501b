// The child's own program: waits for one task, loads the worker with tsx, carries the task out, says
// what came of it, and ends. Runs beside foreign code, so it trusts nothing there: the channel to the
// host is taken away before that code is loaded, and every way out of the process says something.
import { finish, takeChannel } from "./channel.ts";
import { describeError } from "./describe-error.ts";
import type { Start } from "./message.ts";
import { performTask } from "./perform-task.ts";
import { watchParent } from "./watch-parent.ts";

const channel = takeChannel();
// Told, and not asked from the system: the host may be gone by now. The worker's code sees no argument.
watchParent(Number(process.argv.splice(2).at(0)));

// A worker with handlers of its own takes care of such errors itself, as it would anywhere else.
process.on("uncaughtException", (error: unknown) => {
  if (process.listenerCount("uncaughtException") > 1) return;
  finish(channel, { ...describeError(error, "run"), pacers: channel.pacers });
});
// Nothing is left that could ever settle the worker's promise. Without this, it would look like an
// execution that hangs until its time is over.
process.on("beforeExit", () => {
  finish(channel, {
    kind: "failed",
    stage: "run",
    reason: "stuck",
    name: "Error",
    message: "It waits for something that can no longer happen.",
    stack: null,
    retryAfterSeconds: null,
    pacers: channel.pacers,
  });
});

async function begin(start: Start): Promise<void> {
  finish(channel, await performTask(channel, start));
}

channel.onStart((start) => void begin(start));
