// An audit log that was cut short, may not be written, or has no directory. It is looked at before the
// first write to a service: what cannot be told is not done.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeBench, type Bench } from "../e2e/bench.ts";
import { makeDisk, type Disk } from "./disk.ts";
import { busyTime, comesToRest, logIsWhole } from "./story.ts";

let bench: Bench | null = null;
let disk: Disk | null = null;
afterEach(async () => {
  await bench?.close();
  disk?.close();
  [bench, disk] = [null, null];
});

async function synced(place?: string): Promise<{ made: Bench; file: string }> {
  const made = await makeBench({
    specCount: 4,
    ...(place === undefined
      ? {}
      : { config: (text: string) => text.replace("history: ./", `history: ${place}/`) }),
  });
  bench = made;
  expect((await made.run("sync")).code).toBe(0);
  busyTime(made, 1);
  return { made, file: join(place ?? made.directory, "sync_history.jsonl") };
}

/** Nothing is written anywhere, and the program says why; once mended, the next run does it all. */
async function refuses(made: Bench, why: RegExp, mend: () => void): Promise<void> {
  const { writes } = made.requests();
  for (const command of [["sync"], ["sync", "--json"]]) {
    const done = await made.run(...command);
    const said = (done.stdout + done.stderr).replaceAll(/\s+/gu, " ");
    expect({ code: done.code, said }).toEqual({ code: 75, said: expect.stringMatching(why) });
    expect(made.requests().writes).toBe(writes);
  }
  mend();
  await comesToRest(made, "mended");
}

test("an audit log that may only be read stops the run before its first write", async () => {
  disk = makeDisk(1_048_576);
  const { made, file } = await synced(disk?.directory);
  if (disk === null) {
    chmodSync(file, 0o444);
    return refuses(made, /sync_history.*EACCES/u, () => {
      chmodSync(file, 0o644);
    });
  }
  disk.protect();
  return refuses(made, /sync_history.*EROFS/u, () => {
    disk?.release();
  });
});

test("an audit log in whose place there is a directory stops the run before its first write", async () => {
  const { made, file } = await synced();
  rmSync(file);
  mkdirSync(file);
  await refuses(made, /sync_history.*EISDIR/u, () => {
    rmSync(file, { recursive: true });
  });
});

test("a directory that is missing is made, and one that cannot be made stops the run", async () => {
  const { made, file } = await synced("./logs/deep");
  rmSync(join(made.directory, "logs"), { recursive: true });
  expect((await made.run("sync")).code).toBe(0);
  expect(statSync(join(made.directory, file)).size).toBeGreaterThan(0);
  rmSync(join(made.directory, "logs"), { recursive: true });
  writeFileSync(join(made.directory, "logs"), "a file where a directory belongs");
  busyTime(made, 2);
  const { writes } = made.requests();
  const done = await made.run("sync");
  expect(done.code).toBe(75);
  expect(done.stdout + done.stderr).toMatch(/ENOTDIR|EEXIST/u);
  expect(made.requests().writes).toBe(writes);
});

test("a line that a crash left half is mended by the next run", async () => {
  const { made, file } = await synced();
  appendFileSync(file, '{"type":"change","at":"2026-');
  await comesToRest(made, "with half a line");
  await logIsWhole(made);
});

test("a log that was cut short is gone on with, and the check names what is missing", async () => {
  const { made, file } = await synced();
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const done = await made.run("sync");
  expect(done.code).toBe(0);
  const lines = made.log();
  expect(lines.at(-1)).toMatchObject({ type: "run", status: "ok" });
  const check = await made.run("history", "verify");
  expect(check.code).toBe(1);
  expect(check.stdout + check.stderr).toMatch(/are not there/u);
});
