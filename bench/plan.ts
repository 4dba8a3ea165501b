// How long planning takes for 10,000 rows with ten mapped fields: the link index from a store file,
// every row compared, every change decided. The listings are recorded beforehand, so no service and no
// network is in the figures.
//   npm run bench:plan
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sided } from "../src/core/side.ts";
import * as values from "../src/core/value.ts";
import { syncPair } from "../src/engine/cycle.ts";
import { preview, type Preview } from "../src/engine/preview.ts";
import { openSqliteStore } from "../src/store/sqlite/open.ts";
import { makeBigPair, policy, withRecordedScan } from "./parts/big-pair.ts";
import { printFigures, seconds, type Figure } from "./parts/table.ts";

const rowCount = 10_000;
const rounds = 7;

const median = (all: readonly number[]): number =>
  all.toSorted((one, two) => one - two)[Math.floor(all.length / 2)] ?? 0;

const directory = mkdtempSync(join(tmpdir(), "tandem-bench-"));
try {
  const pair = makeBigPair(rowCount);
  const { services } = pair;
  const store = await openSqliteStore({ path: join(directory, "tandem.db") });

  const measure = async (what: string, wantedChanges: number): Promise<Figure> => {
    const connectors = sided((side) => withRecordedScan(services[side]));
    const deps = pair.deps(store, connectors);
    const plan = (): Promise<Preview> => preview(policy, deps);
    const { prepared } = await plan();
    const changes = prepared.plans.filter((each) => each.actions.length > 0).length;
    if (changes !== wantedChanges) throw new Error(`${what}: ${changes} rows to change`);
    const times: number[] = [];
    const cpuTimes: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startMs = performance.now();
      const cpu = process.threadCpuUsage();
      await plan();
      const { user, system } = process.threadCpuUsage(cpu);
      times.push(performance.now() - startMs);
      cpuTimes.push((user + system) / 1_000);
    }
    return [
      what,
      String(changes),
      seconds(Math.min(...times)),
      seconds(median(times)),
      seconds(median(cpuTimes)),
    ];
  };

  /** Edits every `step`-th row, by turns on the left and on the right. */
  const edit = (step: number, status: string): void => {
    pair.wait(600_000);
    const ids = sided((side) => services[side].admin.ids());
    for (let row = 0; row < rowCount; row += step) {
      const side = (row / step) % 2 === 0 ? "left" : "right";
      const id = ids[side][row];
      if (id !== undefined) services[side].admin.edit(id, { Status: values.choice(status) });
    }
    pair.wait(600_000);
  };

  const figures: Figure[] = [await measure("first run, one side empty", rowCount)];
  const options = { trigger: "cli", holder: "bench", restrict: null } as const;
  await syncPair(policy, options, pair.deps(store));
  pair.wait(600_000);
  figures.push(await measure("nothing changed", 0));
  edit(100, "Archived");
  figures.push(await measure("1 % changed", rowCount / 100));
  edit(1, "Archived");
  edit(1, "Postponed");
  figures.push(await measure("100 % changed", rowCount));
  await store.close();
  const header: Figure = ["10,000 rows × 10 fields", "rows to change", "best", "median", "CPU"];
  printFigures(`Planning, of ${rounds} rounds`, header, figures);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
