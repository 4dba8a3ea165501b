// A copy of the store file beside it before the first run of each day, the last seven of them. By the
// online backup of SQLite, never a copy of a live file; made under another name and renamed, so that
// half a copy is never taken for a whole one.
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type BetterSqlite from "better-sqlite3";

const keptMax = 7;

/** The day in UTC, so that the name does not change with the machine's zone. */
function backupName(path: string, nowMs: number): string {
  return `${path}.${new Date(nowMs).toISOString().slice(0, 10)}.bak`;
}

/** Does nothing when the day has its copy. */
export async function backUpDaily(file: BetterSqlite.Database, nowMs: number): Promise<void> {
  const target = backupName(file.name, nowMs);
  if (existsSync(target)) return;
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  await file.backup(draft);
  renameSync(draft, target);
  for (const old of dailyBackups(file.name).slice(0, -keptMax)) rmSync(old, { force: true });
}

/** Oldest first: their names sort by day. */
function dailyBackups(path: string): readonly string[] {
  const directory = dirname(path);
  const start = `${basename(path)}.`;
  return readdirSync(directory)
    .filter(
      (name) =>
        name.startsWith(start) && /^\d{4}-\d{2}-\d{2}\.bak$/u.test(name.slice(start.length)),
    )
    .toSorted()
    .map((name) => join(directory, name));
}
