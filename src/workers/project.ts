// Finds what to load of a worker's project: its folder, and the file whose default export is the
// Worker. Goes by what lies on disk and runs nothing; every way to be no project has its own remedy.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { SyncError } from "../errors.ts";

export interface Project {
  /** The folder with the project's package.json: the working folder of its code. */
  readonly folder: string;
  /** Absolute path of the file to load. */
  readonly entry: string;
}

/** In order; the official tool loads `src/index`, so that comes before any other guess. */
const usualEntries: readonly string[] = [
  "src/index",
  "index",
  "dist/index",
  "build/index",
  "lib/index",
].flatMap((stem) =>
  [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx"].map((ending) => stem + ending),
);

const packageSchema = z.object({ main: z.unknown().optional(), exports: z.unknown().optional() });

/**
 * `path`: a folder, or one file in it. Throws `config_invalid` when there is nothing that could be a
 * worker.
 */
export function findProject(path: string): Project {
  const absolute = resolve(path);
  const kind = kindOf(absolute);
  if (kind === null) {
    throw refusal(`There is no worker at ${absolute}.`, "Correct `path` in the config.");
  }
  const folder = kind === "file" ? packageFolder(dirname(absolute)) : absolute;
  if (folder === null || kindOf(join(folder, "package.json")) !== "file") {
    throw refusal(
      `${absolute} is no worker project: it has no package.json.`,
      "Name the folder that holds the worker's package.json.",
    );
  }
  if (kind === "file") return { folder, entry: absolute };
  const entry = declaredEntry(folder) ?? usualEntry(folder);
  if (entry === null) {
    throw isAlpha(folder)
      ? refusal(
          `${folder} is built in the SDK's alpha layout (dist/worker.js with a manifest.json), which does not run here.`,
          "Write the worker with `new Worker()` as the default export of src/index.ts.",
        )
      : refusal(
          `${folder} has no file to load: neither package.json nor a usual name such as src/index.ts leads to one.`,
          "Name the worker's file itself in `path`, or build the project.",
        );
  }
  return { folder, entry };
}

/** Whether the project's dependencies were ever installed, in its folder or one above it. */
export function hasDependencies(folder: string): boolean {
  return ancestors(folder).some((at) => kindOf(join(at, "node_modules")) === "folder");
}

function declaredEntry(folder: string): string | null {
  const file = join(folder, "package.json");
  let parsed: z.infer<typeof packageSchema>;
  try {
    parsed = packageSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw refusal(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      "Mend the file; `npm pkg get name` in that folder says whether npm can read it.",
    );
  }
  for (const target of [...exportTargets(parsed.exports), parsed.main]) {
    if (typeof target !== "string") continue;
    const found = existingFile(resolve(folder, target));
    if (found !== null) return found;
  }
  return null;
}

/** What `exports` gives for the package's own name, in the conditions that a loader asks for. */
function exportTargets(exports: unknown): readonly unknown[] {
  if (typeof exports === "string") return [exports];
  const conditions = z.record(z.string(), z.unknown()).safeParse(exports).data;
  if (conditions === undefined) return [];
  if ("." in conditions) return exportTargets(conditions["."]);
  return ["node", "import", "require", "default"].flatMap((name) =>
    exportTargets(conditions[name]),
  );
}

/** `main` may name a file without its ending, or a folder with an index in it. */
function existingFile(path: string): string | null {
  const candidates = [
    path,
    `${path}.js`,
    `${path}.ts`,
    join(path, "index.js"),
    join(path, "index.ts"),
  ];
  return candidates.find((candidate) => kindOf(candidate) === "file") ?? null;
}

function usualEntry(folder: string): string | null {
  return (
    usualEntries.map((name) => join(folder, name)).find((file) => kindOf(file) === "file") ?? null
  );
}

function isAlpha(folder: string): boolean {
  return (
    kindOf(join(folder, "dist/worker.js")) === "file" ||
    kindOf(join(folder, "src/syncs")) === "folder"
  );
}

function packageFolder(from: string): string | null {
  return ancestors(from).find((at) => kindOf(join(at, "package.json")) === "file") ?? null;
}

function ancestors(from: string): readonly string[] {
  const up = dirname(from);
  return up === from ? [from] : [from, ...ancestors(up)];
}

function kindOf(path: string): "file" | "folder" | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isDirectory() ? "folder" : "file";
}

function refusal(message: string, remedy: string): SyncError {
  return new SyncError({ code: "config_invalid", message, remedy });
}
