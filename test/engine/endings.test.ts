// How a run ends, and what its lines and the next run have of it: on in-memory services.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import { inRun, type PairRun } from "../../src/engine/run.ts";
import { SyncError } from "../../src/errors.ts";
import { mapped, makeWorld, minuteMs, type World } from "./world.ts";

const t = text;

async function linked(count = 1): Promise<{ world: World; left: RecordId[]; right: RecordId[] }> {
  const world = await makeWorld();
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`) }),
  );
  await world.run();
  world.nowMs += 10 * minuteMs;
  return { world, left, right: [...world.right.admin.ids()] };
}

function runWith(world: World, part: Partial<EngineDeps>): Promise<PairRun> {
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  return syncPair(world.policy, options, { ...world.deps(), ...part });
}

const error = (code: "schema_changed" | "store_unusable"): SyncError =>
  new SyncError({ code, message: "no", remedy: "x" });

test("P21: a field that went away is a changed schema, one that never was is a mistake in the config", async () => {
  const { world } = await linked();
  const fields = [mapped("Name"), mapped("A"), mapped("Nowhere")];
  expect((await world.run({ fields })).error).toMatchObject({ code: "config_invalid" });
  world.right.admin.changeSchema((schema) => ({
    ...schema,
    fields: schema.fields.filter(({ name }) => name !== "A"),
  }));
  expect((await world.run()).error).toMatchObject({ code: "schema_changed" });
});

test("P21: nothing is done on the word of a field that was retyped while rows were read", async () => {
  const { world, left, right } = await linked();
  const [source, target] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.edit(source, { A: t("new") });
  world.right.confirmSchema = () => Promise.reject(error("schema_changed"));
  // What the right side holds is what was agreed: nothing leans on it.
  expect((await world.run()).status).toBe("ok");
  expect(world.right.admin.cell(target, "A")).toEqual(t("new"));
  world.nowMs += 10 * minuteMs;
  world.right.admin.edit(target, { A: t("may mean nothing") });
  expect((await world.run()).error).toMatchObject({ code: "schema_changed" });
  expect(world.left.admin.cell(source, "A")).toEqual(t("new"));
});

test("a run that was asked to stop gives its lease back", async () => {
  const { world, left } = await linked();
  world.left.admin.edit(must(left[0], "a row"), { A: t("new") });
  const stop = new AbortController();
  const run = await runWith(world, { signal: stop.signal, onPlanned: () => stop.abort() });
  expect(run).toMatchObject({ status: "attention", error: { code: "aborted" } });
  expect(await world.store.takeLease("pair-pair", "somebody else")).not.toHaveProperty("heldBy");
});

test("G6: a run whose lines could not be told in the end says so", async () => {
  const { world, left } = await linked();
  world.left.admin.edit(must(left[0], "a row"), { A: t("new") });
  let asked = 0;
  const flushHistory = (): Promise<void> => {
    asked += 1;
    return asked === 1 ? Promise.resolve() : Promise.reject(error("store_unusable"));
  };
  const run = await runWith(world, { flushHistory });
  expect(run).toMatchObject({ status: "ok", error: { code: "store_unusable" } });
});

test("P28: what a resync prefers holds until a run has seen both sides whole", async () => {
  const { world, left, right } = await linked();
  const [source, target] = [must(left[0], "a row"), must(right[0], "a row")];
  world.left.admin.edit(source, { A: t("left's") });
  world.right.admin.edit(target, { A: t("right's") });
  const options = { trigger: "resync", holder: "test" } as const;
  await inRun(world.policy, options, {
    deps: world.deps(),
    body: (run, state) => resyncBody(run, { state, prefer: "right" }),
  });
  const prefer = async (): Promise<unknown> =>
    (await world.store.loadPair(world.policy.id))?.prefer;
  world.nowMs += 10 * minuteMs;
  world.left.admin.failNext("read", "incomplete");
  await world.run();
  expect(await prefer()).toBe("right");
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(world.left.admin.cell(source, "A")).toEqual(t("right's"));
  expect(await prefer()).toBeNull();
});

test("a link marker written by a call of its own is told as that, and not as an update", async () => {
  const world = await makeWorld({ policy: { match: [{ left: "Name", right: "Name" }] } });
  world.left.admin.add({ Name: t("Alpha"), A: t("same") });
  world.right.admin.add({ Name: t("Alpha"), A: t("same") });
  const run = await world.run();
  expect(run.summary.counts).toMatchObject({ linked: 1, updated: { left: 0, right: 0 } });
  const told = (await world.entries(run)).flatMap(({ body }) =>
    body.type === "change" ? [[body.op, body.opId === null ? "no call" : "a call"]] : [],
  );
  expect(told).toEqual([
    ["link", "no call"],
    ["link", "a call"],
  ]);
});
