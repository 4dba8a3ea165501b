// A copy of the store file beside it before the first run of each day. By the online backup of SQLite,
// never a copy of a live file; made under another name and renamed, so that half a copy is never taken
// for a whole one. Which of them stay is said in `kept-copies.ts`.
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";

import type BetterSqlite from "better-sqlite3";

import { outdatedCopies } from "./kept-copies.ts";

function backupName(path: string, day: string): string {
  return `${path}.${day}.bak`;
}

/** Does nothing when the day has its copy. */
export async function backUpDaily(file: BetterSqlite.Database, nowMs: number): Promise<void> {
  // The day in UTC, so that the name does not change with the machine's zone.
  const target = backupName(file.name, new Date(nowMs).toISOString().slice(0, 10));
  if (existsSync(target)) return;
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  await file.backup(draft);
  renameSync(draft, target);
  for (const day of outdatedCopies(daysOfCopies(file.name))) {
    rmSync(backupName(file.name, day), { force: true });
  }
}

/** Oldest first. */
function daysOfCopies(path: string): readonly string[] {
  const start = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .flatMap((name) => {
      if (!name.startsWith(start)) return [];
      return /^(\d{4}-\d{2}-\d{2})\.bak$/u.exec(name.slice(start.length))?.[1] ?? [];
    })
    .toSorted();
}
