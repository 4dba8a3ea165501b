// What a run leaves on rows beside their fields, and how it ends when it is cut off.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { SyncError } from "../../src/errors.ts";
import { makeWorld, minuteMs } from "./world.ts";

const t = text;
const options = { trigger: "cli", holder: "test", restrict: null } as const;

test("the stamp of the last sync is a whole second, written with a row and never by itself", async () => {
  const policy = {
    lastSynced: { left: null, right: "State" },
    archive: { left: { kind: "remove" }, right: { kind: "remove" } },
  } as const;
  const world = await makeWorld({ policy });
  world.nowMs += 123;
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await world.run();
  const right = must(world.right.admin.ids()[0], "a counterpart");
  const first = new Date(Math.floor(world.nowMs / 1_000) * 1_000).toISOString();
  expect(world.right.admin.cell(right, "State")).toEqual(t(first));
  world.nowMs += 5 * minuteMs;
  const writes = world.right.requests().write;
  expect((await world.run()).status).toBe("ok");
  expect(world.right.requests().write).toBe(writes);
  expect(world.right.admin.cell(right, "State")).toEqual(t(first));
  world.left.admin.edit(left, { A: t("a1") });
  world.nowMs += 5 * minuteMs;
  await world.run();
  expect(world.right.admin.cell(right, "State")).not.toEqual(t(first));
});

test("a run that was asked to stop leaves something undone, one that failed is an error", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  const stop = new AbortController();
  const deps = { ...world.deps(), signal: stop.signal };
  stop.abort();
  const stopped = await syncPair(world.policy, options, deps);
  expect(stopped).toMatchObject({ status: "attention", error: { code: "aborted" } });
  expect(world.right.admin.ids()).toEqual([]);
  world.right.admin.failNext("read", "down");
  const failed = await world.run();
  expect(failed).toMatchObject({ status: "error", error: { code: "unavailable" } });
  expect(failed.error).toBeInstanceOf(SyncError);
  const lines = (await world.entries()).flatMap(({ body }) => (body.type === "run" ? [body] : []));
  expect(lines.map(({ status, error }) => [status, error?.code])).toEqual([
    ["attention", "aborted"],
    ["error", "unavailable"],
  ]);
  expect((await world.run()).status).toBe("ok");
});
