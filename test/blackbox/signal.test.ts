// SIGTERM and SIGINT in the middle of a write: the call in flight is finished and its outcome stored,
// nothing further is sent, and the next run goes on from there. A second signal does not wait.
import { afterEach, expect, test } from "vitest";
import { makeBench, type Bench } from "../e2e/bench.ts";
import { busyTime, comesToRest, logIsWhole, pause } from "./story.ts";

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

const isWrite = (entry: { readonly method: string; readonly path: string }): boolean =>
  entry.method !== "GET" && !/\/(?:query|listRecords)$/u.test(entry.path);

/** A sync whose next write to the service takes a while, stopped in the middle of it. */
async function stopped(signals: readonly NodeJS.Signals[], service: "notion" | "airtable") {
  const made = await makeBench({ specCount: 14 });
  bench = made;
  const { ops } = made;
  await made.run("sync");
  busyTime(made, 1);
  busyTime(made, 2);
  const { log, faults } = ops[service];
  const before = log.length;
  const fault = { kind: "slow", delayMs: 2_500 } as const;
  faults.add({ name: "slow", fault, matches: isWrite });
  const { child, done } = made.start("sync", "--json");
  while (!log.slice(before).some(isWrite) && child.exitCode === null) await pause(5);
  for (const signal of signals) {
    child.kill(signal);
    await pause(150);
  }
  const writes = made.requests().writes;
  const ended = await done;
  return { made, ended, writesAfter: made.requests().writes - writes };
}

test.each([
  ["SIGTERM", "notion"],
  ["SIGINT", "airtable"],
] as const)(
  "G6: %s during a write to %s finishes the call and exits 0",
  async (signal, service) => {
    const { made, ended, writesAfter } = await stopped([signal], service);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(writesAfter).toBe(0);
    // The call in flight has its line, and the run says that it was stopped.
    const lines = made.log();
    expect(lines.at(-1)).toMatchObject({ type: "run", error: { code: "aborted" } });
    expect(lines.at(-2)).toMatchObject({ type: "change", run: lines.at(-1)?.["run"] });
    await comesToRest(made, signal);
    await logIsWhole(made);
  },
);

test("G6: a second signal ends the program at once, and the next run converges", async () => {
  const { made, ended } = await stopped(["SIGTERM", "SIGTERM"], "airtable");
  expect(ended.code).toBe(130);
  await comesToRest(made, "two signals");
});
