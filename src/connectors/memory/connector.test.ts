// The in-memory table, whole: the engine's tests stand on it, so a promise it breaks hides one that the engine
// breaks.
import { describe, expect, test } from "vitest";
import { fieldId, recordId } from "../../core/ids.ts";
import type { Field, Kind } from "../../core/schema.ts";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  number,
  people,
  text,
  unknown,
  type Value,
} from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import { makeMemoryConnector, type MemoryOptions } from "./connector.ts";
import { refuse } from "./fit.ts";

const plain: Kind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 5 };
function field(name: string, kind: Kind, change: Partial<Field> = {}): Field {
  const id = fieldId(`f-${name}`);
  return { id, name, type: kind.kind, kind, isWritable: true, isTitle: false, ...change };
}

const schema = {
  tableId: "memory",
  parentId: null,
  name: "Memory",
  fields: [
    field("Name", plain, { isTitle: true }),
    field("Done", { kind: "boolean" }),
    field("Key", plain),
    field("Sum", plain, { isWritable: false }),
  ],
};
const [name, done, key] = ["f-Name", "f-Done", "f-Key"].map(fieldId);
if (name === undefined || done === undefined || key === undefined) throw new Error("no fields");
const wanted: Wanted = {
  fields: [name, done, fieldId("@created"), fieldId("f-Gone")],
  marker: key,
  filter: null,
};

function open(more: Partial<MemoryOptions> = {}) {
  const clock = { nowMs: 10_500 };
  const connector = makeMemoryConnector({ schema, nowMs: () => clock.nowMs, ...more });
  return { clock, connector, admin: connector.admin };
}

const row = (id: string, more: object = {}) => ({
  id,
  title: "a",
  url: `https://memory.example/${id}`,
  createdAtMs: 10_500,
  stampMs: 10_500,
  editedBy: "person",
  marker: null,
  cells: new Map([
    [name, text("a")],
    [done, boolean(false)],
    [fieldId("@created"), instant(10_500)],
  ]),
  window: { startMs: 10_500, endMs: 10_500 },
  ...more,
});

async function drain(connector: ReturnType<typeof open>["connector"], filter: unknown = null) {
  const pages: string[][] = [];
  const scan = connector.scan({ ...wanted, filter });
  // Bound: the listing ends itself.
  for (;;) {
    const step = await scan.next();
    if (step.done === true) return { pages, end: step.value };
    pages.push(step.value.rows.map(({ id }) => id));
  }
}

describe("a row is shown", () => {
  test("whole, by whoever edited it last, and made by whom where that is told", async () => {
    const { connector, admin, clock } = open({ tellsMaker: true, stampStepMs: 1_000 });
    const id = admin.add({ Name: text("a") });
    expect(await connector.recheck([id], wanted, 0)).toEqual(
      new Map([[id, { state: "live", row: row(id, { stampMs: 10_000, isOurs: false }) }]]),
    );
    clock.nowMs = 12_700;
    const [outcome] = await connector.update([{ id, cells: new Map([[key, text("k")]]) }], wanted);
    const edited = { stampMs: 12_000, editedBy: "us", marker: "k", isOurs: false };
    const window = { startMs: 12_700, endMs: 12_700 };
    expect(outcome).toEqual({
      kind: "done",
      row: row(id, { ...edited, window }),
      wasCreated: false,
    });
    const create = { ref: "r", cells: new Map([[name, text("b")]]), marker: "m" };
    expect(await connector.create([create], wanted)).toMatchObject([
      { kind: "done", wasCreated: true, row: { isOurs: true, editedBy: "us", marker: "m" } },
    ]);
  });

  test("without a stamp where there are none, and then nobody is known to have edited it", async () => {
    const { connector, admin } = open({ stampStepMs: null });
    const id = admin.add({ Name: text("a") });
    const reading = (await connector.read([id], wanted, null)).get(id);
    expect(reading).toEqual({
      state: "live",
      row: row(id, { stampMs: null, editedBy: "unknown" }),
    });
  });
});

describe("a look-up", () => {
  test("P10: says gone only beside a control that is there", async () => {
    const { connector, admin } = open();
    const [a, b] = [admin.add({ Name: text("a") }), admin.add({ Name: text("b") })];
    const gone = recordId("nowhere");
    const state = async (control: string | null): Promise<unknown> =>
      (await connector.read([gone], wanted, control === null ? null : recordId(control))).get(gone);
    expect(await state(a)).toMatchObject({ state: "gone" });
    expect(await state(null)).toMatchObject({ state: "gone" });
    admin.trash(b);
    expect(await state(b)).toMatchObject({ state: "unknown" });
    expect(await state("else")).toMatchObject({ state: "unknown" });
    expect((await connector.read([b], wanted, null)).get(b)).toMatchObject({
      state: "trashed",
      row: { id: b, title: "b" },
    });
  });

  test("shows again only what changed since, and what is gone as unknown", async () => {
    const { connector, admin, clock } = open();
    const [a, b] = [admin.add({ Name: text("a") }), admin.add({ Name: text("b") })];
    clock.nowMs = 11_000;
    admin.edit(b, { Done: boolean(true) });
    const asked = [a, b, recordId("nowhere")];
    const fresh = await connector.recheck(asked, wanted, 11_000);
    expect([...fresh].map(([id, { state }]) => [id, state])).toEqual([
      [b, "live"],
      ["nowhere", "unknown"],
    ]);
  });

  test("by marker finds live rows with exactly it, by edit those edited later", async () => {
    const { connector, admin, clock } = open();
    const ids = ["k", "K", "k"].map((mark) => admin.add({ Key: text(mark) }));
    const last = ids[2] ?? recordId("");
    admin.trash(last);
    const rows = await connector.findByMarker(["k", "x"], wanted);
    expect(rows.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    clock.nowMs = 11_000;
    admin.edit(last, { Done: boolean(true) });
    const ask = (field_: typeof done, thanMs: number) =>
      connector.editedAfter([{ id: last, field: field_, thanMs }]);
    expect([await ask(done, 10_999), await ask(done, 11_000), await ask(key, 10_500)]).toEqual([
      new Set([last]),
      new Set(),
      new Set(),
    ]);
  });
});

describe("a listing", () => {
  test("leaves out the trash and what the filter hides, page by page", async () => {
    const { connector, admin } = open({ pageSize: 2 });
    const [a, b, c] = ["a", "b", "c"].map((title) => admin.add({ Name: text(title) }));
    if (a === undefined) throw new Error("no row");
    admin.trash(a);
    const window = { startMs: 10_500, endMs: 10_500 };
    const end = { isComplete: true, reason: null, window };
    expect(await drain(connector)).toEqual({ pages: [[b], [c]], end });
    const isC = ({ title }: { readonly title: string }): boolean => title === "c";
    expect((await drain(connector, isC)).pages).toEqual([[], [c]]);
    expect(connector.requests()).toEqual({ read: 4, write: 0 });
  });

  test("that is cut ends after its first page, and one that fails throws", async () => {
    const { connector, admin } = open({ pageSize: 1 });
    for (const title of ["a", "b"]) admin.add({ Name: text(title) });
    admin.failNext("read", "incomplete");
    const cut = await drain(connector);
    expect([cut.pages.length, cut.end.isComplete, cut.end.reason]).toEqual([
      1,
      false,
      "the listing was cut short",
    ]);
    admin.failNext("read", "down");
    await expect(drain(connector)).rejects.toMatchObject({ code: "unavailable" });
    expect((await drain(connector)).end.isComplete).toBe(true);
  });
});

describe("a write", () => {
  const write = (id: string) => [{ id: recordId(id), cells: new Map([[name, text("z")]]) }];

  test.each([
    ["lost-after", { kind: "unknown", message: "the answer was lost", hint: null }, "z"],
    ["lost-before", { kind: "unknown", message: "the answer was lost", hint: null }, "a"],
    ["busy", { kind: "not-applied", message: "busy" }, "a"],
  ] as const)("under %s", async (fault, outcome, title) => {
    const { connector, admin } = open();
    const id = admin.add({ Name: text("a") });
    admin.failNext("write", fault);
    expect(await connector.update(write(id), wanted)).toEqual([outcome]);
    expect(admin.cell(id, "Name")).toEqual(text(title));
    expect(connector.requests()).toEqual({ read: 0, write: 1 });
    expect(await connector.update(write(id), wanted)).toMatchObject([{ kind: "done" }]);
  });

  test("to a row in the trash, to none, to a field that is none or takes none", async () => {
    const { connector, admin } = open();
    const [a, b] = [admin.add({ Name: text("a") }), admin.add({ Name: text("b") })];
    admin.trash(b);
    const failed = (why: string, message: string, at: unknown = null) => [
      { kind: "failed", why, message, field: at },
    ];
    const set = (id: string, cells: ReadonlyMap<typeof name, Value>) =>
      connector.update([{ id: recordId(id), cells }], wanted);
    const one = (at: string, value: Value) => new Map([[fieldId(at), value]]);
    expect(await connector.update(write(b), wanted)).toEqual(
      failed("trashed", "it is in the trash"),
    );
    expect(await connector.update(write("x"), wanted)).toEqual(failed("missing", "no such row"));
    expect(await set(a, one("f-Gone", text("x")))).toEqual(
      failed("invalid", "no such field", "f-Gone"),
    );
    expect(await set(a, one("f-Sum", empty))).toEqual(
      failed("invalid", "Sum cannot be written", "f-Sum"),
    );
    expect(await connector.restore([b], wanted)).toMatchObject([{ kind: "done", row: { id: b } }]);
    expect(admin.ids()).toEqual([a, b]);
  });

  test("clears a cell for good, and makes no id twice", async () => {
    const { connector, admin } = open({ hasTrash: false, idPrefix: "x" });
    const id = admin.add({ Name: text("a"), Done: boolean(true) });
    const cells = new Map<typeof name, Value>([
      [name, empty],
      [done, boolean(false)],
    ]);
    await connector.update([{ id, cells }], wanted);
    expect([admin.cell(id, "Name"), admin.cell(id, "Done")]).toEqual([empty, boolean(false)]);
    expect(await connector.remove([id], wanted)).toMatchObject([{ kind: "done", row: { id } }]);
    expect(admin.cell(id, "Name")).toBeNull();
    expect([id, admin.add({})]).toEqual(["x0001", "x0002"]);
    expect(connector.capabilities).toEqual({ stampStepMs: 1, writeBatchMax: 10, hasTrash: false });
  });

  test("is undone by going back to what was kept, faults and all", () => {
    const { admin } = open();
    const id = admin.add({ Name: text("a") });
    const back = admin.keep();
    admin.edit(id, { Name: text("b") });
    admin.changeSchema((before) => ({ ...before, fields: before.fields.slice(1) }));
    const made = admin.add({});
    back();
    expect([admin.cell(id, "Name"), admin.ids(), admin.add({})]).toEqual([text("a"), [id], made]);
  });
});

describe("a field takes", () => {
  const ada = { id: "u", email: null, name: null };
  const options = [{ id: "1", name: "A" }];
  const choiceKind = {
    kind: "choice",
    options,
    canAddOptions: false,
    refuses: [","],
    blankOption: null,
  } as const;
  const choicesKind = {
    kind: "choices",
    options,
    canAddOptions: true,
    refuses: [","],
    countMax: 2,
  } as const;
  const dates = { kind: "date", stepMs: 1, hasRange: false } as const;
  test.each<readonly [Kind, Value, string | null]>([
    [plain, text("12345"), null],
    [plain, text("123456"), "longer than 5 characters"],
    [plain, number(1), "a number does not fit a field of text"],
    [plain, empty, null],
    [{ kind: "rich", lengthMax: 1 }, { kind: "rich", markdown: "ab" }, "longer than 1 characters"],
    [{ kind: "rich", lengthMax: 2 }, { kind: "rich", markdown: "ab" }, null],
    [{ kind: "number", decimals: 0 }, number(1.5), null],
    [{ kind: "boolean" }, boolean(false), null],
    [{ ...dates, time: "none" }, day("2026-01-01"), null],
    [{ ...dates, time: "none" }, instant(0), "a time of day does not fit"],
    [{ ...dates, time: "required" }, day("2026-01-01"), "a time of day is missing"],
    [{ ...dates, time: "required" }, instant(0), null],
    [{ ...dates, time: "optional" }, day("2026-01-01", "2026-01-02"), "the field takes no range"],
    [{ ...dates, time: "optional" }, instant(0, 1), "the field takes no range"],
    [{ ...dates, time: "optional", hasRange: true }, instant(0, 1), null],
    [choiceKind, choice("A"), null],
    [choiceKind, choice("B"), 'there is no option "B"'],
    [choiceKind, choice("A,"), 'option names cannot contain ","'],
    [choicesKind, choices(["A", "B"]), null],
    [choicesKind, choices(["A", "B", "C"]), "3 entries, the field takes 2"],
    [choicesKind, choices(["A,B"]), 'option names cannot contain ","'],
    [{ kind: "people", isMany: false, countMax: 1 }, people([ada]), null],
    [
      { kind: "people", isMany: false, countMax: 1 },
      people([ada, ada]),
      "2 entries, the field takes 1",
    ],
    [
      { kind: "links", countMax: 1 },
      { kind: "links", ids: ["a", "b"] },
      "2 entries, the field takes 1",
    ],
    [{ kind: "links", countMax: 2 }, { kind: "links", ids: ["a", "b"] }, null],
    [{ kind: "files" }, { kind: "files", files: [] }, null],
    [{ kind: "unsupported" }, text("a"), "a text does not fit a field of unsupported"],
    [plain, unknown("error"), "a unknown does not fit a field of text"],
  ])("%j %j: %s", (kind, value, why) => {
    expect(refuse(field("F", kind), value)).toBe(why);
  });

  test("no value of another kind", () => {
    const kinds: readonly (readonly [Kind, Value])[] = [
      [plain, text("a")],
      [
        { kind: "rich", lengthMax: 9 },
        { kind: "rich", markdown: "a" },
      ],
      [{ kind: "number", decimals: null }, number(1)],
      [{ kind: "boolean" }, boolean(true)],
      [{ ...dates, time: "optional" }, day("2026-01-01")],
      [choiceKind, choice("A")],
      [choicesKind, choices(["A"])],
      [{ kind: "people", isMany: true, countMax: 9 }, people([ada])],
      [
        { kind: "links", countMax: 9 },
        { kind: "links", ids: ["a"] },
      ],
      [{ kind: "files" }, { kind: "files", files: [] }],
    ];
    for (const [kind] of kinds) {
      for (const [own, value] of kinds) {
        const why = `a ${value.kind} does not fit a field of ${kind.kind}`;
        expect(refuse(field("F", kind), value)).toBe(own === kind ? null : why);
      }
    }
  });
});
