// What `doctor` finds, one finding at a time, on in-memory services.
import { expect, test } from "vitest";
import { doctor } from "../../src/app/doctor.ts";
import type { WorkerContext } from "../../src/app/worker/context.ts";
import { fieldId } from "../../src/core/ids.ts";
import type { Field } from "../../src/core/schema.ts";
import { SyncError } from "../../src/errors.ts";
import { makeApp, type App } from "../fixture/app.ts";
import { mapped, minuteMs } from "../engine/world.ts";

/** Findings that are not plain good news, as `level: message`. */
async function found({ app }: App): Promise<readonly string[]> {
  const lines: string[] = [];
  const context = { ...app, config: { ...app.config, warnings: [] } } as unknown as WorkerContext;
  for await (const { level, message } of doctor(context, ["pair"])) {
    if (level !== "ok") lines.push(`${level}: ${message}`);
  }
  return lines;
}

const asked = (text: string): unknown => expect.stringContaining(text);

test("a pair that lacks nothing is told nothing", async () => {
  expect(await found(await makeApp(1))).toEqual([]);
});

test("a machine whose clock is off by a minute is told by how much, and on which side of it", async () => {
  const made = await makeApp(1);
  const { nowMs } = made.world;
  const skewed = (ms: number): App => ({ ...made, app: { ...made.app, nowMs: () => nowMs + ms } });
  expect(await found(skewed(minuteMs - 1))).toEqual([]);
  const ahead = "warn: this machine's clock is 60 s ahead of";
  expect(await found(skewed(minuteMs))).toEqual([asked(`${ahead} Left`), asked(`${ahead} Right`)]);
  expect(await found(skewed(-2 * minuteMs))).toEqual([
    asked("120 s behind Left"),
    asked("120 s behind Right"),
  ]);
});

test("a side out of reach fails, and the other one is looked at all the same", async () => {
  const made = await makeApp(1);
  const error = new SyncError({ code: "not_shared", message: "no way in", remedy: "share it" });
  made.world.left.describe = () => Promise.reject(error);
  expect(await found(made)).toEqual(["fail: no way in"]);
  made.world.right.describe = () => Promise.reject(new Error("a bug of ours"));
  await expect(found(made)).rejects.toThrow("a bug of ours");
});

test("a field that is not there fails, whatever an earlier run had found", async () => {
  const made = await makeApp(1);
  made.world.right.admin.changeSchema((schema) => ({
    ...schema,
    fields: schema.fields.filter(({ name }) => name !== "A"),
  }));
  expect(await found(made)).toEqual([asked('fail: right table has no field named "A"')]);
});

test("what would make syncing less safe is named, for each side it is about", async () => {
  const bare = await makeApp(1, {
    policy: {
      markers: { left: null, right: null },
      archive: { left: { kind: "remove" }, right: null },
    },
  });
  expect(await found(bare)).toEqual([
    asked("warn: Left has no link marker"),
    asked("warn: Right has no link marker"),
    asked("warn: rows removed on the other side cannot be put away in Right"),
  ]);
  const closed = await makeApp(1, {
    policy: { markers: { left: null, right: "Link" }, creates: { left: false, right: true } },
  });
  expect(await found(closed)).toEqual([]);
  const stampless = await makeApp(1);
  Object.assign(stampless.world.right.capabilities, { stampStepMs: null });
  expect(await found(stampless)).toEqual([asked('warn: Right has no "last modified time" field')]);
});

test("options that a closed list lacks are named, on the side that lacks them", async () => {
  const list = (canAddOptions: boolean, ...names: string[]): Field => ({
    id: fieldId("f-State2"),
    name: "State2",
    type: "choice",
    kind: {
      kind: "choice",
      options: names.map((name) => ({ id: name, name })),
      canAddOptions,
      refuses: [],
      blankOption: null,
    },
    isWritable: true,
    isTitle: false,
  });
  const pair = (left: Field, right: Field): Promise<App> =>
    makeApp(1, {
      fields: { left: [left], right: [right] },
      policy: { fields: [mapped("Name"), mapped("State2")] },
    });
  const [few, many] = [["Open"], ["Open", "Done", "Late"]] as const;
  expect(await found(await pair(list(false, ...few), list(false, ...many)))).toEqual([
    'warn: State2: Left has no option for "Done", "Late"',
  ]);
  expect(await found(await pair(list(true, ...many), list(false, ...few)))).toEqual([
    'warn: State2: Right has no option for "Done", "Late"',
  ]);
  expect(await found(await pair(list(true, ...few), list(false, ...many)))).toEqual([]);
});

test("a schedule that a free workspace cannot pay for is told with the calls it means", async () => {
  const withSchedule = async (schedule: string): Promise<readonly string[]> =>
    found(await makeApp(1, {}, schedule));
  expect(await withSchedule("*/15 * * * *")).toEqual([asked("at least 5760 Airtable calls")]);
  expect(await withSchedule("0 * * * *")).toEqual([asked("at least 1440 Airtable calls")]);
  expect(await withSchedule("0 9 * * *")).toEqual([]);
});
