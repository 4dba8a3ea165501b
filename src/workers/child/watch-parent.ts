// Ends this process, and all it started, once the host is gone. The channel's end does that as well,
// but only while the worker lets the event loop turn; this looks from a thread of its own.
import { isMainThread, Worker } from "node:worker_threads";

const checkMs = 2_000;

/** `hostPid` is the process that started this one. */
export function watchParent(hostPid: number): void {
  if (!isMainThread) return;
  const thread = new Worker(
    `const { workerData } = require("node:worker_threads");
     setInterval(() => {
       if (process.ppid === workerData.hostPid) return;
       try { process.kill(-process.pid, "SIGKILL"); } catch {}
       process.kill(process.pid, "SIGKILL");
     }, workerData.checkMs);`,
    { eval: true, workerData: { hostPid, checkMs }, execArgv: [], env: {} },
  );
  thread.unref();
}
