import { beforeEach, describe, expect, test } from "vitest";
import { makeInProcessCall, type InProcessAnswer, type InProcessCall } from "../in-process.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "../sandbox.ts";

let workshop: NotionWorkshop;
let call: InProcessCall;
let dataSourceId: string;

beforeEach(() => {
  workshop = makeNotionSandbox({ rateLimit: null });
  call = makeInProcessCall(workshop);
  ({ dataSourceId } = workshop.admin.createDatabase({
    title: "Specs",
    properties: {
      Name: { title: {} },
      Notes: { rich_text: {} },
      Cost: { number: {} },
      Prio: { select: { options: [{ name: "High", color: "red" }] } },
      Tags: { multi_select: {} },
      Status: { status: {} },
      Due: { date: {} },
      Who: { people: {} },
      Link: { url: {} },
      ID: { unique_id: { prefix: "SPEC" } },
    },
  }));
});

function create(properties: JsonObject): InProcessAnswer {
  return call("POST", "pages", { parent: { data_source_id: dataSourceId }, properties });
}

function idOf(object: JsonObject): string {
  return stringAt(object, "id") ?? "";
}

function valueOf(answer: InProcessAnswer, name: string): Json {
  const entry = objectAt(objectAt(answer.body, "properties"), name);
  return entry[stringAt(entry, "type") ?? ""] ?? null;
}

function refusal(properties: JsonObject): string {
  const answer = create(properties);
  expect(answer.status).toBe(400);
  return stringAt(answer.body, "message") ?? "";
}

describe("a new row", () => {
  test("shows every column, empty ones in their own way, the status at its default", () => {
    const answer = create({});
    expect(valueOf(answer, "Name")).toEqual([]);
    expect(valueOf(answer, "Cost")).toBeNull();
    expect(valueOf(answer, "Prio")).toBeNull();
    expect(valueOf(answer, "Tags")).toEqual([]);
    expect(valueOf(answer, "Status")).toMatchObject({ name: "Not started" });
    expect(valueOf(answer, "ID")).toEqual({ prefix: "SPEC", number: 1 });
    expect(valueOf(create({}), "ID")).toEqual({ prefix: "SPEC", number: 2 });
  });

  test("takes property ids as keys, encoded as answers show them", () => {
    const schema = objectAt(call("GET", `data_sources/${dataSourceId}`).body, "properties");
    const id = idOf(objectAt(schema, "Cost"));
    expect(valueOf(create({ [id]: { number: 5 } }), "Cost")).toBe(5);
  });

  test("is not made when any value is refused, and leaves no option behind", () => {
    refusal({ Prio: { select: { name: "Brand new" } }, Cost: { number: "three" } });
    expect(workshop.admin.rows(dataSourceId)).toEqual([]);
    expect(JSON.stringify(workshop.admin.readProperty(dataSourceId, "Prio"))).not.toContain(
      "Brand",
    );
  });
});

describe("refusals in the real words", () => {
  test("unknown property and wrong type", () => {
    expect(refusal({ Nope: { number: 1 } })).toBe("Nope is not a property that exists.");
    expect(refusal({ Cost: { rich_text: [] } })).toBe("Cost is expected to be number.");
  });

  test("2,000 characters, 100 elements, commas", () => {
    const run = (length: number): Json => ({
      rich_text: [{ text: { content: "x".repeat(length) } }],
    });
    expect(create({ Notes: run(2000) }).status).toBe(200);
    expect(refusal({ Notes: run(2001) })).toContain("should be ≤ `2000`, instead was `2001`");
    const many = Array.from({ length: 101 }, (_, index) => ({ name: `t${index}` }));
    expect(refusal({ Tags: { multi_select: many } })).toContain("≤ `100`, instead was `101`");
    expect(refusal({ Prio: { select: { name: "a, b" } } })).toBe(
      "Invalid select option, commas not allowed: a, b",
    );
  });

  test("status options are never made, people must be members, computed columns are not written", () => {
    expect(refusal({ Status: { status: { name: "Paused" } } })).toContain("Paused");
    expect(refusal({ Who: { people: [{ id: dataSourceId }] } })).toContain(dataSourceId);
    expect(refusal({ ID: { unique_id: { number: 7 } } })).toContain("unique_id");
  });
});

describe("options", () => {
  test("are made on the way, and found again without regard to case", () => {
    const first = valueOf(create({ Tags: { multi_select: [{ name: "Alpha" }] } }), "Tags");
    const second = valueOf(create({ Tags: { multi_select: [{ name: "alpha" }] } }), "Tags");
    expect(second).toEqual(first);
    expect(valueOf(create({ Prio: { select: { name: "HIGH" } } }), "Prio")).toMatchObject({
      name: "High",
      color: "red",
    });
  });

  test("a cleared status snaps back to the default option", () => {
    const page = create({ Status: { status: { name: "Done" } } });
    expect(valueOf(page, "Status")).toMatchObject({ name: "Done" });
    const cleared = call("PATCH", `pages/${idOf(page.body)}`, {
      properties: { Status: { status: null } },
    });
    expect(valueOf(cleared, "Status")).toMatchObject({ name: "Not started" });
  });
});

describe("values read back", () => {
  test("text is completed, links become href, empty runs vanish", () => {
    const written = [
      { text: { content: "a" }, annotations: { bold: true } },
      { text: { content: "" } },
      { text: { content: "b", link: { url: "https://example.com/" } } },
    ];
    expect(valueOf(create({ Notes: { rich_text: written } }), "Notes")).toMatchObject([
      { type: "text", plain_text: "a", href: null, annotations: { bold: true, color: "default" } },
      { plain_text: "b", href: "https://example.com/" },
    ]);
  });

  test("people come back whole", () => {
    const who = [{ id: workshop.admin.personId }];
    expect(valueOf(create({ Who: { people: who } }), "Who")).toMatchObject([
      { object: "user", name: "Ada Sandbox", type: "person", person: { email: "ada@example.com" } },
    ]);
  });

  test("a range must be of one kind and in order", () => {
    expect(refusal({ Due: { date: { start: "2026-01-02", end: "2026-01-01" } } })).toContain(
      "before",
    );
    expect(
      refusal({ Due: { date: { start: "2026-01-02", end: "2026-01-03T10:00:00Z" } } }),
    ).toContain("both");
    expect(
      valueOf(create({ Due: { date: { start: "2026-01-02", end: "2026-01-03" } } }), "Due"),
    ).toEqual({ start: "2026-01-02", end: "2026-01-03", time_zone: null });
  });
});

describe("relations", () => {
  test("are mirrored, capped at 25 in pages and whole in the property endpoint", () => {
    const { admin } = workshop;
    const other = admin.createDatabase({ title: "Tasks" }).dataSourceId;
    call("PATCH", `data_sources/${other}`, {
      properties: { Spec: { relation: { data_source_id: dataSourceId, dual_property: {} } } },
    });
    const spec = idOf(create({}).body);
    const tasks = Array.from({ length: 30 }, () =>
      admin.createPage({
        parent: { dataSourceId: other },
        properties: { Spec: { relation: [{ id: spec }] } },
      }),
    );
    const mirror = "Related to Tasks (Spec)";
    const entry = objectAt(objectAt(call("GET", `pages/${spec}`).body, "properties"), mirror);
    expect(entry).toMatchObject({ type: "relation", has_more: true });
    expect(Object.keys(entry)).toEqual(["id", "type", "relation", "has_more"]);
    expect(entry["relation"]).toHaveLength(25);
    const items = call("GET", `pages/${spec}/properties/${idOf(entry)}`).body;
    expect(items["results"]).toHaveLength(30);
    const first = call("GET", `pages/${spec}/properties/${idOf(entry)}?page_size=20`).body;
    expect(first).toMatchObject({ has_more: true });
    const next = `pages/${spec}/properties/${idOf(entry)}?page_size=20&start_cursor=${stringAt(first, "next_cursor") ?? ""}`;
    expect(call("GET", next).body["results"]).toHaveLength(10);

    admin.editPage(tasks[0] ?? "", { Spec: { relation: [] } });
    expect(admin.readPage(spec)?.values[mirror]).toHaveLength(29);
    admin.trash(tasks[1] ?? "");
    expect(admin.readPage(spec)?.values[mirror]).toHaveLength(28);
    admin.purgePage(tasks[2] ?? "");
    expect(admin.readPage(spec)?.values[mirror]).toHaveLength(27);
    // Without access to the target the relation looks empty, and does not say why.
    admin.unshare(other);
    const blind = objectAt(objectAt(call("GET", `pages/${spec}`).body, "properties"), mirror);
    expect(isObject(blind) && blind["relation"]).toEqual([]);
    expect(blind["has_more"]).toBe(false);
  });

  test("point only at rows of their target", () => {
    const { admin } = workshop;
    admin.addProperty(dataSourceId, "Self", {
      relation: { data_source_id: dataSourceId, single_property: {} },
    });
    const stranger = admin.createPage({ title: "not a row" });
    expect(refusal({ Self: { relation: [{ id: stranger }] } })).toContain(stranger);
  });
});
