// Writes into docs/correctness.md what the long tests have measured, with the day and the commit of each.
//
//   npm run simulate -- --seeds 5000 --json node_modules/.cache/simulation.json
//   npm run crash
//   npm run sabotage -- --json node_modules/.cache/sabotage.json
//   npm run mutation
//   npm run numbers
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numbersTable, withNumbers, type Source } from "../test/architecture/numbers.ts";
import { readText, root } from "../test/architecture/tree.ts";

const cache = `${root}node_modules/.cache/`;
const page = "docs/correctness.md";
const nothing: Source = { content: null, day: "", commit: "" };

/** The commit that was checked out then, as far as the history of this branch tells. */
function commitAt(atMs: number): string {
  const before = new Date(atMs).toISOString();
  const args = ["rev-list", "-1", "--abbrev-commit", `--before=${before}`, "HEAD"];
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

function sourceOf(files: readonly string[], parse: (texts: readonly string[]) => unknown): Source {
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0) return nothing;
  const atMs = Math.max(...there.map((file) => statSync(file).mtimeMs));
  const content = parse(there.map((file) => readFileSync(file, "utf8")));
  return { content, day: new Date(atMs).toISOString().slice(0, 10), commit: commitAt(atMs) };
}

const one = (name: string): Source =>
  sourceOf([cache + name], ([text = "null"]) => JSON.parse(text));

const crashFolder = join(cache, "crash");
const crashFiles = existsSync(crashFolder)
  ? readdirSync(crashFolder).map((name) => join(crashFolder, name))
  : [];

const table = numbersTable({
  simulation: one("simulation.json"),
  sabotage: one("sabotage.json"),
  mutation: one("mutation.json"),
  crash: sourceOf(crashFiles, (texts) => texts.flatMap((text) => JSON.parse(text))),
});
writeFileSync(`${root}${page}`, withNumbers(readText(page), table));
