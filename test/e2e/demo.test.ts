// The demonstration as a user sees it: it runs to its end, holds what it tells, and reads well where
// its output goes to a file.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProgram } from "./start-program.ts";

test("the demo tells its whole story, plain and in 80 columns, and holds", async () => {
  const { exit, stdout, stderr } = await startProgram(["demo"]).ended;
  expect(stderr).toBe("");
  expect(stdout).toContain("10. Verification");
  expect(stdout).toContain("1 conflict settled");
  expect(stdout).toContain("Stopped by the guard maxRemove");
  expect(stdout).toContain("Both sides hold the same: 46 rows, 368 cells, 1 put away.");
  expect(stdout).toContain("The story holds");
  expect(stdout).not.toContain("\u001b");
  const wide = stdout.split("\n").filter((line) => line.length > 80 && !line.includes("https://"));
  expect(wide).toEqual([]);
  expect(exit).toBe(0);
});

test("the demo's lines for machines are objects, and its files stay when asked for", async () => {
  const { exit, stdout } = await startProgram(["demo", "--fast", "--keep", "--json"]).ended;
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => Object(JSON.parse(line)));
  const last = lines.at(-1);
  expect(last).toMatchObject({ type: "demo", holds: true, failures: 0 });
  const directory = String(last?.["directory"]);
  expect(statSync(join(directory, "sync_history.jsonl")).size).toBeGreaterThan(10_000);
  rmSync(directory, { recursive: true });
  expect(lines.filter((line) => line["type"] === "chapter")).toHaveLength(10);
  expect(lines.find((line) => line["type"] === "comparison")).toMatchObject({ differences: [] });
  expect(exit).toBe(0);
});
