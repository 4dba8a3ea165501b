// What is Airtable's own about rows that one-way syncs write: upserts, refused batches, options made on the
// way, links and files beside them, times, marks.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AirtableDestinationOptions } from "../../src/connectors/airtable/destination/destination.ts";
import type {
  Destination,
  RowCreate,
  RowOutcome,
  WriteCell,
} from "../../src/connectors/destination.ts";
import { recordId, type RecordId } from "../../src/core/ids.ts";
import type { Moment } from "../../src/core/oneway/cell.ts";
import type { DatabaseDeclaration, PropertyShape } from "../../src/core/oneway/declaration.ts";
import type { FieldWish } from "../../src/sandbox/airtable/field/make.ts";
import {
  openAirtableDestinations,
  type AirtableDestinationBench,
} from "./destination-airtable-bench.ts";
import { issues, person, text } from "./destination-fixture.ts";

let bench: AirtableDestinationBench;

beforeEach(async () => {
  bench = await openAirtableDestinations();
});
afterEach(async () => {
  await bench.close();
});

const go = { isPreview: false };
const none = { icon: null, coverUrl: null, body: null };

function declare(shapes: Readonly<Record<string, PropertyShape>>): DatabaseDeclaration {
  const all = { ID: { type: "title" }, ...shapes } as const;
  const properties = Object.entries(all).map(([name, shape]) => ({ name, shape }));
  return { ...issues, properties };
}

function row(key: string, cells: Readonly<Record<string, WriteCell>> = {}): RowCreate {
  return { key, ...none, cells: new Map(Object.entries({ ID: text(key), ...cells })) };
}

async function open(
  shapes: Readonly<Record<string, PropertyShape>>,
  options: Partial<AirtableDestinationOptions> = {},
): Promise<Destination> {
  const destination = bench.connect(declare(shapes), options);
  await destination.prepareTable(go);
  return destination;
}

/** A destination on a table that people made. */
async function openMade(
  shapes: Readonly<Record<string, PropertyShape>>,
  fields: readonly FieldWish[],
  options: Partial<AirtableDestinationOptions> = {},
): Promise<Destination> {
  const all: FieldWish[] = [{ name: "ID", type: "singleLineText" }, ...fields];
  const { id } = bench.sandbox.admin.addTable(bench.baseId, { name: "Made", fields: all });
  return open(shapes, { table: id, ...options });
}

function idOf(outcome: RowOutcome | undefined): RecordId {
  expect(outcome).toMatchObject({ kind: "done" });
  return outcome?.kind === "done" ? outcome.id : recordId("");
}

function notesOf(outcome: RowOutcome | undefined): readonly string[] {
  return outcome?.kind === "done" ? outcome.notes : [JSON.stringify(outcome)];
}

function seen(id: RecordId): Readonly<Record<string, unknown>> {
  return bench.sandbox.admin.row(id)?.fields ?? {};
}

/** The bodies of the writes to rows so far. */
function written(): readonly Record<string, unknown>[] {
  return bench.sandbox.log
    .filter(({ method, path }) => method !== "GET" && !path.includes("/meta/"))
    .map(({ body }) => JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>);
}

describe("creating", () => {
  test("a row that is there already is taken over, cleared where the change says so", async () => {
    const destination = await open({ Name: { type: "text" }, Note: { type: "text" } });
    const before = { ID: "a", Name: "old", Note: "old" };
    const id = recordId(bench.sandbox.admin.addRow("Issues", before));
    const [outcome] = await destination.create([
      row("a", { Name: text("new"), Note: { kind: "blank" } }),
    ]);
    expect(idOf(outcome)).toBe(id);
    expect(notesOf(outcome)).toEqual([expect.stringContaining("taken over")]);
    expect(seen(id)).toEqual({ ID: "a", Name: "new" });
  });

  test("a key that several rows have is refused, and the rest of its batch is written", async () => {
    const destination = await open({});
    bench.sandbox.admin.addRows("Issues", [{ ID: "twin" }, { ID: "twin" }]);
    const outcomes = await destination.create(["a", "twin", "b", "c"].map((key) => row(key)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "failed", "done", "done"]);
    expect(bench.sandbox.admin.rows("Issues")).toHaveLength(5);
  });

  test("by a key that cannot be merged on, rows are simply made", async () => {
    const destination = await openMade({}, [{ name: "Mail", type: "email" }], { key: "Mail" });
    const [outcome] = await destination.create([row("a@example.com")]);
    expect(seen(idOf(outcome))).toEqual({ Mail: "a@example.com" });
    expect(written()).toEqual([
      expect.not.objectContaining({ performUpsert: expect.anything() as unknown }),
    ]);
    expect(await destination.findRows(["a@example.com"])).toHaveLength(1);
  });

  test("numbers are keys as well", async () => {
    const number = { type: "number", format: null } as const;
    const declaration = { ...declare({ No: number }), primaryKey: "No" };
    const destination = bench.connect(declaration);
    await destination.prepareTable(go);
    const cells = new Map([["No", { kind: "number", number: 7 } as const]]);
    const [outcome] = await destination.create([{ key: "7", ...none, cells }]);
    expect(await destination.findRows(["7", "x", ""])).toEqual([{ id: idOf(outcome), key: "7" }]);
  });

  test("what a record has no place for is told once", async () => {
    const destination = await open({});
    const [one, two] = await destination.create([
      { ...row("a"), body: "# a" },
      { ...row("b"), icon: { kind: "emoji", emoji: "🐞" } },
    ]);
    expect(notesOf(one)).toEqual([expect.stringContaining("Bodies")]);
    expect(notesOf(two)).toEqual([]);
    const change = { id: idOf(one), isRevival: false, ...none, cells: new Map(), body: "# b" };
    const before = destination.requests();
    expect(await destination.update([change])).toEqual([
      { kind: "done", id: change.id, notes: [] },
    ]);
    expect(destination.requests()).toEqual(before);
  });

  test("without the right to make rows, all of a batch are refused by one call", async () => {
    const destination = await open({});
    const { faults } = bench.sandbox;
    const body = { error: { type: "INVALID_PERMISSIONS", message: "You are not permitted" } };
    const fault = { kind: "answer", when: "before", answer: { status: 403, body } } as const;
    faults.add({ name: "no right", fault, times: 9 });
    const outcomes = await destination.create(["a", "b", "c"].map((key) => row(key)));
    expect(outcomes).toMatchObject(Array.from({ length: 3 }, () => ({ why: "forbidden" })));
    expect(written()).toHaveLength(1);
  });
});

describe("options", () => {
  const tags: PropertyShape = { type: "multi-select", options: [{ name: "Red", color: null }] };
  const names = (...list: readonly string[]): WriteCell => ({ kind: "choices", names: list });

  test("that are known in another case are not made again, nor those just made", async () => {
    const destination = await open({ Tags: tags });
    const [made] = await destination.create([row("a", { Tags: names("red", "New", "new") })]);
    expect(seen(idOf(made))["Tags"]).toEqual(["Red", "new"]);
    await destination.create([row("b", { Tags: names("NEW") })]);
    expect(written().map((body) => body["typecast"])).toEqual([true, undefined]);
  });

  test("that differ in case alone are kept apart where a field has both", async () => {
    const options = { choices: [{ name: "a" }, { name: "A" }] };
    const destination = await openMade({ Tags: tags }, [
      { name: "Tags", type: "multipleSelects", options },
    ]);
    const [one, two] = await destination.create([
      row("1", { Tags: names("a") }),
      row("2", { Tags: names("A") }),
    ]);
    expect([seen(idOf(one))["Tags"], seen(idOf(two))["Tags"]]).toEqual([["a"], ["A"]]);
    expect(written()).toHaveLength(1);
  });

  test("beside files: two calls, so that neither spoils the other", async () => {
    const destination = await open({ Tags: tags, Files: { type: "files" } });
    const files: WriteCell = {
      kind: "files",
      files: [{ name: "a.pdf", url: "https://example.com/a.pdf" }],
    };
    const outcomes = await destination.create([
      row("a", { Tags: names("New"), Files: files }),
      row("b"),
    ]);
    expect(outcomes.map(notesOf)).toEqual([[], []]);
    expect(seen(idOf(outcomes[0]))).toMatchObject({
      Tags: ["New"],
      Files: [{ filename: "a.pdf" }],
    });
    expect(written().map((body) => body["typecast"])).toEqual([true, undefined]);
  });

  test("beside files whose call is lost: the row is told of by its id, and nothing is made twice", async () => {
    const destination = await open({ Tags: tags, Files: { type: "files" } });
    const files: WriteCell = { kind: "files", files: [{ name: "", url: "https://example.com/a" }] };
    bench.sandbox.faults.add({
      name: "lost",
      fault: { kind: "cut", when: "before" },
      matches: ({ method }) => method === "PATCH",
      skip: 1,
    });
    const [outcome] = await destination.create([row("a", { Tags: names("New"), Files: files })]);
    const [made] = bench.sandbox.admin.rows("Issues");
    expect(outcome).toMatchObject({ kind: "unknown", hint: made?.id });
  });

  test("that may not be made cost their cell, not the row", async () => {
    const destination = await open({ Tags: tags, Name: { type: "text" } });
    const message = 'Insufficient permissions to create new select option ""New""';
    const body = { error: { type: "INVALID_MULTIPLE_CHOICE_OPTIONS", message } };
    const fault = { kind: "answer", when: "before", answer: { status: 422, body } } as const;
    bench.sandbox.faults.add({ name: "no options", fault });
    const [outcome] = await destination.create([row("a", { Tags: names("New"), Name: text("n") })]);
    expect(outcome).toMatchObject({ kind: "failed", why: "invalid", property: "Tags" });
  });
});

describe("what points elsewhere", () => {
  const related: PropertyShape = { type: "relation", database: "issues", twoWay: null };

  async function linked(): Promise<Destination> {
    const destination = await open({ Part: related, Name: { type: "text" } });
    const { binding } = await destination.prepareTable(go);
    if (binding !== null) await destination.prepareRelations(new Map([["issues", binding]]), go);
    return destination;
  }

  const gone = recordId("recAAAAAAAAAAAAAA");
  const toNobody: WriteCell = { kind: "rows", ids: [gone] };

  test("a link to a row that is gone is named, in new rows and in old ones", async () => {
    const destination = await linked();
    const outcomes = await destination.create([row("a"), row("b", { Part: toNobody }), row("c")]);
    expect(outcomes[1]).toMatchObject({ kind: "failed", why: "invalid", property: "Part" });
    const id = idOf(outcomes[0]);
    idOf(outcomes[2]);
    const cells = new Map([["Part", toNobody]]);
    const change = { isRevival: false, ...none, cells };
    const updated = await destination.update([
      { ...change, id },
      { ...change, id: recordId("recBBBBBBBBBBBBBB"), cells: new Map([["Name", text("x")]]) },
    ]);
    expect(updated).toMatchObject([
      { kind: "failed", why: "invalid", property: "Part" },
      { kind: "failed", why: "missing" },
    ]);
  });

  test("people are written by address where the field is for people, and named when unknown", async () => {
    bench.sandbox.admin.addCollaborator(bench.baseId, { email: person, name: "Ada" });
    const who: PropertyShape = { type: "people" };
    const destination = await openMade({ Who: who, Boss: who }, [
      { name: "Who", type: "multipleCollaborators" },
      { name: "Boss", type: "singleCollaborator" },
    ]);
    const ada: WriteCell = { kind: "people", emails: [person] };
    const both: WriteCell = { kind: "people", emails: [person, "b@example.com"] };
    const [known, unknown] = await destination.create([
      row("a", { Who: ada, Boss: both }),
      row("b", { Who: both }),
    ]);
    expect(seen(idOf(known))).toMatchObject({ Who: [{ email: person }], Boss: { email: person } });
    expect(notesOf(known)).toEqual([expect.stringContaining("Boss")]);
    expect(seen(idOf(unknown))).toEqual({ ID: "b" });
    expect(notesOf(unknown)).toEqual([expect.stringMatching(/^Who: .*access to the base/)]);
    // Once refused, they cost no further call.
    const before = written().length;
    const [again] = await destination.create([row("c", { Who: both, Boss: ada })]);
    expect(seen(idOf(again))).toEqual({ ID: "c", Boss: expect.anything() as unknown });
    const cells = new Map([["Who", both]]);
    const change = { id: idOf(again), isRevival: false, ...none, cells };
    expect(notesOf((await destination.update([change]))[0])).toHaveLength(1);
    expect(written()).toHaveLength(before + 1);
  });

  test("a field that people removed meanwhile ends the run", async () => {
    const destination = await open({ Name: { type: "text" } });
    bench.sandbox.admin.removeField("Issues", "Name");
    const sent = destination.create([row("a", { Name: text("n") })]);
    await expect(sent).rejects.toMatchObject({ code: "schema_changed" });
  });
});

describe("cells", () => {
  const wall = (day: string, time: string, zone: string | null): Moment => ({
    kind: "wall",
    day,
    time,
    zone,
  });
  const day: Moment = { kind: "day", day: "2026-07-01" };
  const date = (start: Moment, end: Moment | null = null): WriteCell => ({
    kind: "date",
    start,
    end,
  });

  test("times become instants; ends and unknown zones are told of", async () => {
    const destination = await open({ When: { type: "date" } });
    const outcomes = await destination.create([
      row("a", { When: date(wall("2026-07-01", "10:30", "Europe/Berlin")) }),
      row("b", { When: date(wall("2026-07-01", "10:30", null), day) }),
      row("c", { When: date(wall("2026-07-01", "10:30", "Mars/Base")) }),
      row("d", { When: date({ kind: "day", day: "2026-02-30" }) }),
    ]);
    expect(outcomes.map((one) => seen(idOf(one))["When"])).toEqual([
      "2026-07-01T08:30:00.000Z",
      "2026-07-01T10:30:00.000Z",
      "2026-07-01T10:30:00.000Z",
      undefined,
    ]);
    expect(outcomes.map(notesOf)).toEqual([
      [],
      [expect.stringContaining("its end was left out")],
      [expect.stringContaining("Mars/Base")],
      [expect.stringContaining("no day of the calendar")],
    ]);
  });

  test("a day is the midnight that people see; a date field keeps the day that was said", async () => {
    const formats = { dateFormat: { name: "iso" }, timeFormat: { name: "24hour" } };
    const shapes = { Shown: { type: "date" }, Day: { type: "date" } } as const;
    const destination = await openMade(shapes, [
      { name: "Shown", type: "dateTime", options: { ...formats, timeZone: "Europe/Berlin" } },
      { name: "Day", type: "date", options: { dateFormat: { name: "iso" } } },
    ]);
    const late = date(wall("2026-07-01", "23:30", "America/New_York"));
    const [outcome] = await destination.create([row("a", { Shown: date(day), Day: late })]);
    expect(seen(idOf(outcome))).toMatchObject({
      Shown: "2026-06-30T22:00:00.000Z",
      Day: "2026-07-01",
    });
  });

  test("in fields of other types: links as Markdown, lists as text, ratings only where they are one", async () => {
    const shapes = {
      Story: { type: "text" },
      Tags: { type: "multi-select", options: [] },
      Files: { type: "files" },
      Stars: { type: "number", format: null },
    } as const;
    const destination = await openMade(shapes, [
      { name: "Story", type: "richText" },
      { name: "Tags", type: "singleLineText" },
      { name: "Files", type: "url" },
      { name: "Stars", type: "rating", options: { max: 5, icon: "star", color: "yellowBright" } },
    ]);
    const story: WriteCell = {
      kind: "text",
      runs: [
        { text: "1 * 2, ", url: null },
        { text: "see", url: "https://example.com/x" },
      ],
    };
    const [outcome] = await destination.create([
      row("a", {
        Story: story,
        Tags: { kind: "choices", names: ["x", "y", "X"] },
        Files: { kind: "files", files: [{ name: "f", url: "https://example.com/f" }] },
        Stars: { kind: "number", number: 7 },
      }),
    ]);
    expect(seen(idOf(outcome))).toEqual({
      ID: "a",
      Story: "1 \\* 2, [see](https://example.com/x)\n",
      Tags: "X, y",
      Files: "https://example.com/f",
    });
    expect(notesOf(outcome)).toEqual([expect.stringContaining("7 is no rating")]);
  });

  test("a text that is too long is cut between characters, and told of", async () => {
    const destination = await open({ Name: { type: "text" } });
    const long = `${"x".repeat(99_999)}👍`;
    const [outcome] = await destination.create([row("a", { Name: text(long) })]);
    expect(seen(idOf(outcome))["Name"]).toBe("x".repeat(99_999));
    expect(notesOf(outcome)).toEqual([expect.stringContaining("cut after 100000")]);
  });

  test("a file without an address that can be fetched is left out", async () => {
    const destination = await open({ Files: { type: "files" } });
    const files: WriteCell = { kind: "files", files: [{ name: "a", url: "file:///etc/passwd" }] };
    const [outcome] = await destination.create([row("a", { Files: files })]);
    expect(seen(idOf(outcome))["Files"]).toBeUndefined();
    expect(notesOf(outcome)).toEqual([expect.stringContaining("usable address")]);
  });
});

describe("marks", () => {
  const state: PropertyShape = { type: "select", options: [] };

  test("may be an option that is not there yet, and go when the row comes back", async () => {
    const mark = { field: "State", value: "Gone" };
    const destination = await open({ State: state }, { mark });
    const open_: WriteCell = { kind: "choice", name: "Open" };
    const [made] = await destination.create([row("a", { State: open_ })]);
    const id = idOf(made);
    expect(await destination.remove([id])).toEqual([{ kind: "done", id, notes: [] }]);
    expect(seen(id)).toMatchObject({ ID: "a", State: "Gone" });
    expect(await destination.findRows(["a"])).toEqual([]);
    // Made anew after the store was lost: the same row, without its mark.
    const before = written().length;
    const [again] = await destination.create([row("a", { State: open_ })]);
    expect(idOf(again)).toBe(id);
    expect(seen(id)["State"]).toBe("Open");
    expect(written()[before]).not.toHaveProperty("typecast");
  });

  test("may be a tick", async () => {
    const options = { icon: "check", color: "greenBright" };
    const mark = { field: "Archived", value: "true" };
    const destination = await openMade({}, [{ name: "Archived", type: "checkbox", options }], {
      mark,
    });
    const [made] = await destination.create([row("a")]);
    const id = idOf(made);
    await destination.remove([id]);
    expect(seen(id)["Archived"]).toBe(true);
    await destination.update([{ id, isRevival: true, ...none, cells: new Map() }]);
    expect(seen(id)["Archived"]).toBeUndefined();
  });
});

test("a batch with rows that are gone: the others are removed", async () => {
  const destination = await open({});
  const made = await destination.create(["a", "b"].map((key) => row(key)));
  const [one, two] = made.map(idOf);
  if (one === undefined || two === undefined) throw new Error("no rows");
  bench.sandbox.admin.deleteRow(one);
  const outcomes = await destination.remove([one, two]);
  expect(outcomes).toMatchObject([{ kind: "failed", why: "missing" }, { kind: "done" }]);
  expect(bench.sandbox.admin.rows("Issues")).toEqual([]);
});
