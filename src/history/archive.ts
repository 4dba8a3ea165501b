// The rotated parts of the audit log: `sync_history.<from>-<to>.jsonl.gz` beside `sync_history.jsonl`,
// named after the numbers of their first and last line.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { gunzipSync } from "node:zlib";

export interface Archive {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** The rotated parts of a log, oldest first. */
export function listArchives(logPath: string): readonly Archive[] {
  const directory = dirname(logPath);
  if (!existsSync(directory)) return [];
  const { stem, ending } = nameParts(logPath);
  const archives: Archive[] = [];
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(`${stem}.`) || !name.endsWith(ending)) continue;
    const range = /^(\d+)-(\d+)$/.exec(name.slice(stem.length + 1, -ending.length));
    if (range === null) continue;
    archives.push({
      path: join(directory, name),
      from: Number(range[1]),
      to: Number(range[2]),
    });
  }
  return archives.sort((a, b) => a.from - b.from || a.to - b.to);
}

export function archivePath(logPath: string, from: number, to: number): string {
  const { stem, ending } = nameParts(logPath);
  return join(dirname(logPath), `${stem}.${from}-${to}${ending}`);
}

function nameParts(logPath: string): { readonly stem: string; readonly ending: string } {
  const extension = extname(logPath);
  return { stem: basename(logPath, extension), ending: `${extension || ".jsonl"}.gz` };
}

/** The lines of an archive, oldest first, without their ends. Throws when it is damaged. */
export function readArchive(path: string): readonly string[] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
