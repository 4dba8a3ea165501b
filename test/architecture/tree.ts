// The sources of this repository, read from disk. Recordings and what a build leaves are not sources.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSource, type Source } from "./source.ts";

/** Root of the repository, with a slash at its end. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

const folders = ["src", "test", "bench", "scripts"];

/** Paths from the root, forward slashes, sorted. */
export function listFiles(folder: string, ending: string): readonly string[] {
  return readdirSync(new URL(folder, `file://${root}`), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length).replaceAll("\\", "/"))
    .toSorted();
}

export function readText(file: string): string {
  return readFileSync(`${root}${file}`, "utf8");
}

export function readSources(): readonly Source[] {
  return folders
    .flatMap((folder) => listFiles(folder, ".ts"))
    .filter((file) => !file.startsWith("test/recorded/cassettes/"))
    .map((file) => parseSource(file, readText(file)));
}
