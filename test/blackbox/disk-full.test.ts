// A full disk under the store, under the audit log, or under both, with ever more room left, so that it
// runs full at ever later moments of a run. What happened is said clearly, nothing is lost, and with
// room again the next run converges.
import { afterEach, expect, test } from "vitest";
import { makeBench, type Bench, type Done } from "../e2e/bench.ts";
import { makeDisk, type Disk } from "./disk.ts";
import { busyTime, comesToRest, logIsWhole } from "./story.ts";

const kilobyte = 1_024;

let bench: Bench | null = null;
let disk: Disk | null = null;
afterEach(async () => {
  await bench?.close();
  disk?.close();
  [bench, disk] = [null, null];
});

/** Moves what the pattern finds in the config onto the disk. */
async function onDisk(pattern: RegExp): Promise<{ bench: Bench; disk: Disk | null }> {
  disk = makeDisk(4_096 * kilobyte);
  const place = disk?.directory;
  bench = await makeBench({
    specCount: 6,
    ...(place === undefined
      ? {}
      : { config: (text: string) => text.replaceAll(pattern, `$<key>${place}/`) }),
  });
  expect(await bench.run("sync")).toMatchObject({ code: 0, stderr: "" });
  return { bench, disk };
}

function said({ stdout, stderr }: Done): string {
  return (stdout + stderr).replaceAll(/\s+/gu, " ");
}

const store = /(?<key>store: sqlite:)\.\//gu;
const history = /(?<key>history: )\.\//gu;
const both = /(?<key>store: sqlite:|history: )\.\//gu;

test("a full disk under the audit log stops the run before its first write", async () => {
  const made = await onDisk(history);
  if (made.disk === null) return limited(made.bench);
  busyTime(made.bench, 1);
  made.disk.fill(0);
  const { writes } = made.bench.requests();
  const done = await made.bench.run("sync");
  expect({ code: done.code, writes: made.bench.requests().writes }).toEqual({ code: 75, writes });
  expect(said(done)).toMatch(/sync_history\.jsonl.*ENOSPC.*Free some space/u);
  made.disk.free();
  await comesToRest(made.bench, "with room again");
});

test("G2 G3 P17: a disk that runs full in the middle of a run loses nothing", async () => {
  const made = await onDisk(both);
  if (made.disk === null) return limited(made.bench);
  const codes: (number | null)[] = [];
  for (const [round, room] of [0, 16, 48, 96].entries()) {
    busyTime(made.bench, round);
    made.disk.fill(room * kilobyte);
    const done = await made.bench.run("sync");
    codes.push(done.code);
    if (done.code !== 0) {
      expect(done.code).toBe(75);
      expect(said(done)).toMatch(/ENOSPC|SQLITE_FULL|SQLITE_IOERR/u);
      expect(said(done)).toContain("Free some space");
    }
    made.disk.free();
    const rows = await comesToRest(made.bench, `${room} KB left`);
    expect({ room, count: rows.notion.length }).toEqual({ room, count: 6 + 2 * (round + 1) });
  }
  expect(codes[0]).toBe(75);
  await logIsWhole(made.bench);
}, 240_000);

test("a full disk under the store is said before anything is written to a service", async () => {
  const made = await onDisk(store);
  if (made.disk === null) return limited(made.bench);
  busyTime(made.bench, 1);
  made.disk.fill(0);
  const { writes } = made.bench.requests();
  const done = await made.bench.run("sync");
  expect({ code: done.code, writes: made.bench.requests().writes }).toEqual({ code: 75, writes });
  expect(said(done)).toMatch(/tandem\.db.*Free some space/u);
  made.disk.free();
  await comesToRest(made.bench, "with room again");
});

/** Without a disk to fill: no file may grow beyond some blocks. */
async function limited(made: Bench): Promise<void> {
  for (const [round, blocks] of [2, 40, 120].entries()) {
    busyTime(made, round);
    const done = await made.runLimited(blocks, "sync");
    expect([0, 75]).toContain(done.code);
    if (done.code === 75) expect(said(done)).toMatch(/EFBIG|SQLITE_FULL|SQLITE_IOERR/u);
    await comesToRest(made, `no file beyond ${blocks} blocks`);
  }
}

test("G2 G3 P17: a file that may not grow any more loses nothing", async () => {
  bench = await makeBench({ specCount: 6 });
  await bench.run("sync");
  await limited(bench);
});
