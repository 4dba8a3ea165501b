// What `doctor` finds, one finding at a time, on in-memory services.
import { expect, test } from "vitest";
import { doctor } from "../../src/app/doctor.ts";
import type { DoctorFinding } from "../../src/cli/services.ts";
import { fieldId } from "../../src/core/ids.ts";
import type { Field } from "../../src/core/schema.ts";
import { SyncError } from "../../src/errors.ts";
import { makeApp, type App } from "../fixture/app.ts";
import { mapped, minuteMs } from "../engine/world.ts";

async function findings(
  { app }: Pick<App, "app">,
  names: readonly string[] = ["pair"],
): Promise<readonly DoctorFinding[]> {
  const all: DoctorFinding[] = [];
  for await (const finding of doctor(app, names)) all.push(finding);
  return all;
}

/** Findings that are not plain good news, as `level: message`. */
async function found(made: App): Promise<readonly string[]> {
  return (await findings(made)).flatMap(({ level, message }) =>
    level === "ok" ? [] : [`${level}: ${message}`],
  );
}

const ok = (area: string, message: string): DoctorFinding => ({
  level: "ok",
  area,
  message,
  remedy: null,
  code: null,
});
const warn = (area: string, message: string, remedy: string): DoctorFinding => ({
  level: "warn",
  area,
  message,
  remedy,
  code: null,
});

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

/** What is well with a pair, in the order in which it is looked at. */
const well = [
  ok("config", "t.yaml is valid"),
  ok("store", "data/tandem.db can be read and written"),
  ok("history", "the audit log is data/sync_history.jsonl"),
  ok("pair", 'Left: "left table" is reachable, with 5 fields'),
  ok("pair", 'Right: "right table" is reachable, with 5 fields'),
  ok("pair", "3 mappings fit both tables"),
];

test("everything that was looked at is told, and what the config warns of", async () => {
  const { app } = await makeApp(1);
  expect(await findings({ app })).toEqual(well);
  // Of all pairs likewise; nothing is written anywhere.
  expect(await findings({ app }, [])).toEqual(well);
  const place = { path: "pairs.pair", line: 3, column: 1 };
  const warnings = [{ ...place, level: "warning", message: "odd", remedy: "Look." }] as const;
  expect(await findings({ app: { ...app, config: { ...app.config, warnings } } })).toEqual([
    well[0],
    warn("config", "pairs.pair: odd", "Look."),
    ...well.slice(1),
  ]);
});

test("another pair than those of the config is a slip of the pen, and none at all is told", async () => {
  const { app } = await makeApp(1);
  await expect(findings({ app }, ["nope"])).rejects.toMatchObject({ code: "usage" });
  const config = { ...app.config, pairs: [] };
  await expect(findings({ app: { ...app, config } }, [])).rejects.toMatchObject({
    code: "config_invalid",
  });
});

test("what fails says what a run would end with; a service's own field names are not counted", async () => {
  const made = await makeApp(1);
  const error = new SyncError({ code: "not_shared", message: "no way in", remedy: "share it" });
  made.world.left.describe = () => Promise.reject(error);
  made.world.right.admin.changeSchema((schema) => ({
    ...schema,
    fields: [...schema.fields, { ...schema.fields[0], name: "@created" } as Field],
  }));
  expect(await findings(made)).toEqual([
    ...well.slice(0, 3),
    { level: "fail", area: "pair", message: "no way in", remedy: "share it", code: "not_shared" },
    well[4],
  ]);
  const gone = await makeApp(1);
  gone.world.right.admin.changeSchema((schema) => ({
    ...schema,
    fields: schema.fields.filter(({ name }) => name !== "A" && name !== "B"),
  }));
  const missing = (name: string) => ({
    level: "fail",
    area: "pair",
    message: asked(`right table has no field named "${name}"`),
    remedy: expect.any(String),
    code: "config_invalid",
  });
  expect(await findings(gone)).toEqual([
    ...well.slice(0, 4),
    ok("pair", 'Right: "right table" is reachable, with 3 fields'),
    missing("A"),
    missing("B"),
  ]);
});

test("each advice is told whole", async () => {
  const number: Field = {
    id: fieldId("f-Size"),
    name: "Size",
    type: "number",
    kind: { kind: "number", decimals: 0 },
    isWritable: true,
    isTitle: false,
  };
  const text: Field = {
    ...number,
    type: "text",
    kind: { kind: "text", format: "plain", isMultiline: false, lengthMax: 100 },
  };
  const made = await makeApp(
    1,
    {
      fields: { left: [number], right: [text] },
      hasRightStamp: false,
      policy: {
        fields: [mapped("Name"), mapped("Size")],
        markers: { left: null, right: null },
        archive: { left: null, right: null },
      },
    },
    "*/5 * * * *",
  );
  const { nowMs } = made.world;
  const app = { ...made.app, nowMs: () => nowMs + 90_500 };
  const clock = (name: string): DoctorFinding =>
    warn(
      "pair",
      `this machine's clock is 91 s ahead of ${name}'s`,
      "Syncing goes by the services' clocks and still works; set this one right all the same.",
    );
  const marker = (name: string): DoctorFinding =>
    warn(
      "pair",
      `${name} has no link marker: a create there whose answer is lost is not repeated, but waits for you`,
      `Add a text field for the other row's id, and name it under link: for ${name}.`,
    );
  const archive = (name: string): DoctorFinding =>
    warn(
      "pair",
      `rows removed on the other side cannot be put away in ${name}: archive: does not say how`,
      `Set archive: for ${name}, or deletes: ignore.`,
    );
  expect(await findings({ app })).toEqual([
    ...well.slice(0, 3),
    ok("pair", 'Left: "left table" is reachable, with 6 fields'),
    clock("Left"),
    ok("pair", 'Right: "right table" is reachable, with 6 fields'),
    clock("Right"),
    ok("pair", "2 mappings fit both tables"),
    warn(
      "pair",
      asked("Size (number with text): not kept in step: ") as string,
      "Nothing to do, unless that matters to you; then map it to a field of another type.",
    ),
    marker("Left"),
    archive("Left"),
    marker("Right"),
    warn(
      "pair",
      'Right has no "last modified time" field: a stale reading cannot be recognised there, and the order of edits is asked for at the price of a call',
      "Add a field of that type to the table in Right, covering the mapped fields.",
    ),
    archive("Right"),
    warn(
      "pair",
      "the schedule means at least 17280 Airtable calls a month",
      "A free Airtable workspace has 1000; on such a plan, run less often.",
    ),
  ]);
});

test("rows that need not be put away are no matter, nor is a table that nothing is made in", async () => {
  const ignored = { deletes: "ignore", archive: { left: null, right: null } } as const;
  expect(await found(await makeApp(1, { policy: ignored }))).toEqual([]);
});

test.each([
  ["*/1 * * * *", 86_400],
  ["*/7 * * * *", 11_520],
  [" */30 * * * * ", 2_880],
  ["*/60 * * * *", 1_440],
  ["7 * * * *", 1_440],
  ["*/5 9 * * *", null],
  ["0,30 * * * *", null],
  ["15 3 1 * *", null],
])("the schedule %j means %s calls a month", async (schedule, calls) => {
  const told = await found(await makeApp(1, {}, schedule));
  const line = `warn: the schedule means at least ${calls} Airtable calls a month`;
  expect(told).toEqual(calls === null ? [] : [line]);
});
