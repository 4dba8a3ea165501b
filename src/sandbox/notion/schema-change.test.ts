import { beforeEach, describe, expect, test } from "vitest";
import { makeInProcessCall, type InProcessCall } from "./in-process.ts";
import { objectAt, stringAt, type JsonObject } from "./json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "./sandbox.ts";

let workshop: NotionWorkshop;
let call: InProcessCall;
let source: string;
let page: string;

beforeEach(() => {
  workshop = makeNotionSandbox({ rateLimit: null });
  call = makeInProcessCall(workshop);
  source = workshop.admin.createDatabase({
    title: "S",
    properties: {
      Name: { title: {} },
      Prio: { select: { options: [{ name: "High", color: "red" }, { name: "Low" }] } },
      Cost: { number: { format: "euro" } },
    },
  }).dataSourceId;
  page = workshop.admin.createPage({
    parent: { dataSourceId: source },
    properties: { Prio: { select: { name: "High" } }, Cost: { number: 12 } },
  });
});

function change(properties: JsonObject): JsonObject {
  const answer = call("PATCH", `data_sources/${source}`, { properties });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return objectAt(answer.body, "properties");
}

const values = (): Readonly<Record<string, unknown>> => workshop.admin.readPage(page)?.values ?? {};

describe("a schema change", () => {
  test("renames by id or name and keeps id and values", () => {
    const before = stringAt(objectAt(change({}), "Cost"), "id") ?? "";
    const after = change({ [before]: { name: "Price" } });
    expect(objectAt(after, "Price")["id"]).toBe(before);
    expect(values()).toMatchObject({ Price: 12 });
    expect(change({ Price: { name: "Cost" } })).toHaveProperty("Cost");
  });

  test("removes, and a column added again is another one", () => {
    const before = objectAt(change({}), "Cost")["id"];
    expect(change({ Cost: null })).not.toHaveProperty("Cost");
    const again = change({ Cost: { number: {} } });
    expect(objectAt(again, "Cost")["id"]).not.toBe(before);
    expect(values()).toMatchObject({ Cost: null });
  });

  test("retypes under the same id and carries over what can be read", () => {
    const before = objectAt(change({}), "Cost")["id"];
    const after = change({ Cost: { rich_text: {} } });
    expect(objectAt(after, "Cost")).toMatchObject({ id: before, type: "rich_text" });
    expect(values()).toMatchObject({ Cost: "12" });
    change({ Cost: { number: {} } });
    expect(values()).toMatchObject({ Cost: 12 });
    change({ Prio: { multi_select: {} } });
    expect(values()).toMatchObject({ Prio: ["High"] });
    change({ Cost: { checkbox: {} } });
    expect(values()).toMatchObject({ Cost: false });
  });

  test("an option list is replaced whole: what is left out goes, from rows too", () => {
    const kept = change({ Prio: { select: { options: [{ name: "Low" }, { name: "Mid" }] } } });
    expect(JSON.stringify(kept)).not.toContain("High");
    expect(values()).toMatchObject({ Prio: null });
  });

  test("the colour of an option cannot change, its name cannot either", () => {
    const recolored = { Prio: { select: { options: [{ name: "High", color: "blue" }] } } };
    const answer = call("PATCH", `data_sources/${source}`, { properties: recolored });
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/color doesn't match/) },
    });
  });

  test("is taken back with the column's id and what its cells held", () => {
    const before = objectAt(change({}), "Cost");
    const removed = workshop.admin.removeProperty(source, "Cost");
    expect(values()).not.toHaveProperty("Cost");
    removed();
    expect(objectAt(change({}), "Cost")).toEqual(before);
    expect(values()).toMatchObject({ Cost: 12 });
    const retyped = workshop.admin.retypeProperty(source, "Prio", { number: {} });
    expect(values()).toMatchObject({ Prio: null });
    retyped();
    expect(values()).toMatchObject({ Prio: "High" });
    const again = workshop.admin.retypeProperty(source, "Cost", { rich_text: {} });
    workshop.admin.editPage(page, { Cost: { rich_text: [{ text: { content: "30" } }] } });
    again();
    expect(values()).toMatchObject({ Cost: 30 });
  });

  test("the title can be renamed, but not retyped, removed or doubled", () => {
    expect(change({ Name: { name: "Spec" } })).toHaveProperty("Spec");
    for (const properties of [{ Spec: null }, { Spec: { number: {} } }, { More: { title: {} } }]) {
      expect(call("PATCH", `data_sources/${source}`, { properties }).status).toBe(400);
    }
  });

  test("is carried out whole or not at all", () => {
    const before = change({});
    const properties = {
      Cost: { rich_text: {} },
      More: { url: {} },
      Prio: { select: { options: [{ name: "a,b" }] } },
    };
    expect(call("PATCH", `data_sources/${source}`, { properties }).status).toBe(400);
    expect(change({})).toEqual(before);
    expect(values()).toMatchObject({ Cost: 12, Prio: "High" });
  });

  test("columns are listed by raw id, the title last", () => {
    const ids = Object.values(change({ A: { url: {} }, B: { email: {} }, C: { date: {} } })).map(
      (entry) => decodeURIComponent(stringAt(objectAt({ entry }, "entry"), "id") ?? ""),
    );
    const others = ids.slice(0, -1);
    expect(ids.at(-1)).toBe("title");
    expect(others).toEqual([...others].sort());
  });

  test("a two-way relation names its mirror, and either side can be renamed", () => {
    const target = workshop.admin.createDatabase({ title: "T" }).dataSourceId;
    change({ Rel: { relation: { data_source_id: target, dual_property: {} } } });
    const mirror = workshop.admin.readProperty(target, "Related to S (Rel)");
    expect(mirror).toMatchObject({
      relation: { type: "dual_property", dual_property: { synced_property_name: "Rel" } },
    });
    change({ Rel: { name: "Link" } });
    expect(workshop.admin.readProperty(target, "Related to S (Rel)")).toMatchObject({
      relation: { dual_property: { synced_property_name: "Link" } },
    });
    change({ Link: null });
    expect(workshop.admin.readProperty(target, "Related to S (Rel)")).toMatchObject({
      relation: { type: "single_property" },
    });
  });

  test("buttons are for people to make", () => {
    const properties = { Go: { button: {} } };
    expect(call("PATCH", `data_sources/${source}`, { properties }).status).toBe(400);
    workshop.admin.addProperty(source, "Go", { button: {} });
    expect(objectAt(change({}), "Go")).toMatchObject({ type: "button", button: {} });
  });
});
