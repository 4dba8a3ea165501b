// A store that cannot be used: cut short, no database, another program's, from a newer version. The
// program says so with a remedy, exits 70, reaches no service, and leaves the file as it found it.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { statSync } from "node:fs";
import { join } from "node:path";
import BetterSqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { makeBench } from "../e2e/bench.ts";
import { standing } from "../fixture/standing.ts";
import { busyTime } from "./story.ts";

function sum(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

const spoils: readonly (readonly [string, RegExp, (file: string) => void])[] = [
  [
    "cut short in the middle",
    /damaged.*backup/su,
    (file) => {
      truncateSync(file, Math.floor(statSync(file).size / 2 / 4_096) * 4_096);
    },
  ],
  [
    "cut short in its first page",
    /damaged.*backup/su,
    (file) => {
      truncateSync(file, 1_000);
    },
  ],
  [
    "overwritten in the middle",
    /damaged.*backup/su,
    (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0x5a, 8_192, bytes.length - 4_096);
      writeFileSync(file, bytes);
    },
  ],
  [
    "a text file",
    /damaged.*backup/su,
    (file) => {
      writeFileSync(
        file,
        "This was never a database, but it is longer than a header.\n".repeat(40),
      );
    },
  ],
  [
    "another program's database",
    /not a\s+store of Tandem.*away/su,
    (file) => {
      rmSync(file);
      const other = new BetterSqlite(file);
      other.exec("create table notes (id integer primary key, body text)");
      other.exec("insert into notes (body) values ('mine')");
      other.close();
    },
  ],
  [
    "from a newer version",
    /version 999.*newest/su,
    (file) => {
      const own = new BetterSqlite(file);
      own.prepare("update meta set value = '999' where key = 'schema_version'").run();
      own.close();
    },
  ],
];

test.each(spoils)(
  "a store that is %s: exit 70, and the file is left alone",
  async (_name, told, spoil) => {
    const bench = await makeBench({ specCount: 4 });
    await bench.run("sync");
    busyTime(bench, 1);
    const file = join(bench.directory, "data/tandem.db");
    const good = join(bench.directory, "good.db");
    copyFileSync(file, good);
    spoil(file);
    const [before, requests] = [sum(file), bench.requests()];
    for (const command of [["sync"], ["status"]]) {
      const done = await bench.run(...command);
      const said = done.stdout + done.stderr;
      expect({ command, code: done.code, said }).toEqual({
        command,
        code: 70,
        said: expect.stringMatching(told),
      });
    }
    expect(bench.requests()).toEqual(requests);
    expect(sum(file)).toBe(before);
    for (const end of ["-wal", "-shm"]) {
      const size = existsSync(file + end) ? statSync(file + end).size : 0;
      expect({ end, size }).toEqual({ end, size: 0 });
    }
    // As the remedy says: a backup is put back, and all goes on.
    copyFileSync(good, file);
    expect((await bench.run("sync")).code).toBe(0);
    expect(standing(bench.ops).airtable).toEqual(standing(bench.ops).notion);
    await bench.close();
  },
);

test("P28: without its store it starts anew, and doubles and removes nothing", async () => {
  const bench = await makeBench({ specCount: 5 });
  await bench.run("sync");
  rmSync(join(bench.directory, "data"), { recursive: true });
  busyTime(bench, 1);
  // What was edited on both sides since has no base any more, and waits for a word.
  const done = await bench.run("sync");
  expect([0, 1]).toContain(done.code);
  expect(bench.ops.notion.admin.rows(bench.ops.dataSourceId)).toHaveLength(7);
  expect(bench.ops.airtable.admin.rows(bench.ops.tableId)).toHaveLength(7);
  await bench.close();
});
