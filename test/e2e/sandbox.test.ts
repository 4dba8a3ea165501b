// The local services as a command of their own: a program in another process syncs with them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProgram } from "./start-program.ts";

test("the sandbox can be synced from another process, and stops when told to", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-sandbox-"));
  const args = ["sandbox", "--rows", "12", "--json", "--write-config", "sandbox.yaml"];
  const sandbox = startProgram(args, { directory });
  try {
    const told = JSON.parse(await sandbox.firstLine);
    expect(told).toMatchObject({ type: "sandbox", config: "sandbox.yaml" });
    const run = () =>
      startProgram(["sync", "--json", "--config", "sandbox.yaml"], {
        directory,
        environment: told.environment,
      }).ended;
    const first = await run();
    expect(first).toMatchObject({ exit: 0 });
    expect(first.stdout).toContain('"created":{"notion":0,"airtable":12}');
    const second = await run();
    expect(second).toMatchObject({ exit: 0 });
    expect(second.stdout.trimEnd().split("\n")).toHaveLength(1);
  } finally {
    sandbox.child.kill("SIGTERM");
    const { exit } = await sandbox.ended;
    rmSync(directory, { recursive: true });
    expect(exit).toBe(0);
  }
});

test("an empty sandbox on named ports says so when one is taken", async () => {
  const first = startProgram(["sandbox", "--empty", "--json"]);
  try {
    const { environment } = JSON.parse(await first.firstLine);
    const { port } = new URL(environment.NOTION_API_BASE_URL);
    const second = await startProgram(["sandbox", "--empty", "--notion-port", port]).ended;
    expect(second.exit).toBe(64);
    expect(second.stderr).toContain(port);
    const third = await startProgram(["sandbox", "--notion-port", "high"]).ended;
    expect(third).toMatchObject({ exit: 64, stdout: "" });
  } finally {
    first.child.kill("SIGTERM");
    await first.ended;
  }
});
