// Capabilities run by hand, and what a worker's code is handed on the way: in process, with a real
// project that is loaded once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeOnewayDeps } from "../../src/app/worker/deps.ts";
import { makeWorkers } from "../../src/app/workers.ts";
import { must } from "../../src/core/assert.ts";
import { nowMs, openWorkshop, type OpenApp, type WorkerWorkshop } from "../fixture/worker-app.ts";
import { crmWorker, shopWorker } from "../fixture/worker-sources.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: WorkerWorkshop;
let open: OpenApp;
beforeAll(async () => {
  workshop = await openWorkshop({ sources: { crm: crmWorker, shop: shopWorker } });
  open = workshop.withConfig([
    "workers:",
    "  crm: { path: ./crm }",
    '  shop: { path: ./shop, env: { SHOP_KEY: "swordfish-1" }, settleSeconds: 7 }',
  ]);
});
afterAll(() => workshop.close());

const folder = (name: string): string => join(workshop.directory, name);

describe("exec", () => {
  const exec = async (key: string, input: unknown) => {
    const app = await open();
    const heard: string[] = [];
    const view = await makeWorkers(app).exec(key, input, ({ text }) => heard.push(text));
    return { view: { ...view, log: view.log.map(({ text }) => text) }, heard };
  };

  test("gives what a tool gives, or its failure, with its output", async () => {
    const log = ["greeting Ada"];
    const head = { key: "shop/greet", tag: "tool", durationMs: 0 };
    expect(await exec("shop/greet", { name: "Ada" })).toEqual({
      view: { ...head, output: { text: "Hello, Ada" }, failure: null, log },
      heard: log,
    });
    expect((await exec("shop/greet", { name: "nobody" })).view).toEqual({
      ...head,
      output: null,
      failure: { name: "ToolExecutionError", message: "no such name" },
      log: ["greeting nobody"],
    });
  });

  test("W12: gives the code what the config hands to it and nothing of ours, and masks it where it is told", async () => {
    const { view, heard } = await exec("shop/look", {});
    expect(view.output).toEqual({
      length: 11,
      NOTION_API_BASE_URL: workshop.notion.url,
      NOTION_TOKEN: null,
      OTHER: null,
      folder: folder("shop"),
    });
    expect(heard).toEqual(["key [secret]"]);
    expect(view.log).toEqual(heard);
  });

  test("hands a webhook one event made of the input, or the events and requests that it is", async () => {
    const event = (body: object, rawBody: string) =>
      JSON.stringify({ deliveryId: 36, body, rawBody, headers: {}, method: "POST" });
    const printed = async (input: unknown) => (await exec("shop/on order", input)).heard;
    expect(await printed({ order: 7 })).toEqual([event({ order: 7 }, '{"order":7}')]);
    expect(await printed([{ deliveryId: "d1" }, { deliveryId: "d22" }])).toEqual([
      '{"deliveryId":2}',
      '{"deliveryId":3}',
    ]);
    const request = {
      method: "POST",
      url: "http://x.test/",
      query: {},
      headers: { "x-key": "ok" },
      rawBody: "",
    };
    expect((await exec("shop/signed", { request })).view.output).toEqual({ status: 202 });
  });

  test("hands an automation and a sync their input as it is, and runs nothing that runs at Notion only", async () => {
    expect((await exec("shop/mail", { pageId: "p1" })).heard).toEqual(["p1"]);
    const answer = { changes: [], hasMore: false };
    writeFileSync(join(folder("crm"), "answer.json"), JSON.stringify(answer));
    expect((await exec("crm/delta", { state: { a: 1 } })).view).toMatchObject({
      key: "crm/delta",
      tag: "sync",
      failure: null,
      log: ['handed {"a":1}'],
    });
    for (const [key, tag] of [
      ["shop/login", "oauth"],
      ["shop/board", "custom_block"],
    ] as const) {
      await expect(exec(key, {})).rejects.toMatchObject({
        code: "usage",
        message: `${key} is of the kind ${tag}, which nothing can run here.`,
      });
    }
  });
});

test("the engine is handed the app's clock, store and signal, and the patience that the config sets", async () => {
  const stop = new AbortController();
  const app = await open({ signal: stop.signal });
  const config = must(
    app.config.workers.find(({ name }) => name === "shop"),
    "the worker shop",
  );
  const deps = makeOnewayDeps(app, config);
  const { store, running, signal } = app;
  expect(deps).toMatchObject({ settleMs: 7_000, holder: "test" });
  expect([deps.store === store, deps.running === running, deps.signal === signal]).toEqual([
    true,
    true,
    true,
  ]);
  expect(deps.nowMs()).toBe(nowMs);
  expect(deps.digest("a")).toBe(deps.digest("a"));
  expect(deps.digest("a")).not.toBe(deps.digest("b"));
  expect(deps.newRunId()).toMatch(/^20261121-140000-/u);
  const slept = deps.sleep(3_600_000, stop.signal);
  stop.abort();
  await slept;
});
