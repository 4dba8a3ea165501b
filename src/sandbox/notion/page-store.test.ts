import { beforeEach, describe, expect, test } from "vitest";
import { makeSandboxClock, type SandboxClock } from "../clock.ts";
import { makeInProcessCall, type InProcessCall } from "./in-process.ts";
import { stringAt, type JsonObject } from "./json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "./sandbox.ts";

let clock: SandboxClock;
let workshop: NotionWorkshop;
let call: InProcessCall;
let database: { readonly databaseId: string; readonly dataSourceId: string };
let page: string;

beforeEach(() => {
  clock = makeSandboxClock(0);
  clock.freeze(Date.UTC(2026, 0, 5, 10, 0, 20));
  workshop = makeNotionSandbox({ clock, rateLimit: null, integrationName: "Tandem" });
  call = makeInProcessCall(workshop);
  database = workshop.admin.createDatabase({
    title: "P",
    properties: { Name: { title: {} }, Cost: { number: {} } },
  });
  page = workshop.admin.createPage({
    parent: { dataSourceId: database.dataSourceId },
    title: "A",
    properties: { Cost: { number: 1 } },
  });
});

const archivedText =
  "Can't edit block that is archived. You must unarchive the block before editing.";

describe("trash", () => {
  test("a trashed page still reads, cannot be edited, and comes back whole", () => {
    expect(call("PATCH", `pages/${page}`, { in_trash: true }).body).toMatchObject({
      in_trash: true,
    });
    expect(call("GET", `pages/${page}`)).toMatchObject({ status: 200, body: { in_trash: true } });
    const edit = { properties: { Cost: { number: 2 } } };
    expect(call("PATCH", `pages/${page}`, edit)).toMatchObject({
      status: 400,
      body: { code: "validation_error", message: archivedText },
    });
    expect(call("PATCH", `pages/${page}`, { in_trash: false, ...edit }).status).toBe(200);
    expect(workshop.admin.readPage(page)).toMatchObject({ isInTrash: false, values: { Cost: 2 } });
  });

  test("what lies below something trashed reads as trashed and cannot be edited", () => {
    call("DELETE", `blocks/${database.databaseId}`);
    expect(call("GET", `pages/${page}`).body).toMatchObject({ in_trash: true });
    expect(call("GET", `data_sources/${database.dataSourceId}`).body).toMatchObject({
      in_trash: true,
    });
    const edit = call("PATCH", `pages/${page}`, { properties: { Cost: { number: 2 } } });
    expect(edit).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/archived ancestor/) },
    });
    call("PATCH", `blocks/${database.databaseId}`, { in_trash: false });
    expect(call("GET", `pages/${page}`).body).toMatchObject({ in_trash: false });
  });
});

describe("ways to be gone", () => {
  test("purged and unshared pages give the same 404, which names the integration", () => {
    const text = (id: string): string =>
      `Could not find page with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "Tandem".`;
    workshop.admin.unshare(page);
    expect(call("GET", `pages/${page}`)).toMatchObject({
      status: 404,
      body: { code: "object_not_found", message: text(page), additional_data: {} },
    });
    workshop.admin.share(page);
    expect(call("GET", `pages/${page}`).status).toBe(200);
    workshop.admin.purgePage(page);
    expect(call("GET", `pages/${page}`).body).toMatchObject({ message: text(page) });
  });

  test("unsharing a page above takes everything below it; a data source is called a database", () => {
    workshop.admin.unshare(workshop.admin.rootPageId);
    expect(call("GET", `pages/${page}`).status).toBe(404);
    expect(call("GET", `data_sources/${database.dataSourceId}`)).toMatchObject({
      status: 404,
      body: { message: expect.stringMatching(/^Could not find database with ID/) },
    });
  });

  test("an archived page is neither trashed nor gone, and stays editable", () => {
    workshop.admin.archivePage(page, true);
    expect(call("GET", `pages/${page}`).body).toMatchObject({ is_archived: true, in_trash: false });
    expect(call("PATCH", `pages/${page}`, { properties: { Cost: { number: 9 } } }).status).toBe(
      200,
    );
  });
});

describe("who and when", () => {
  test("edits show the minute and the editor: the bot through the API, a person beside it", () => {
    clock.advance(90_000);
    call("PATCH", `pages/${page}`, { properties: { Cost: { number: 2 } } });
    expect(call("GET", `pages/${page}`).body).toMatchObject({
      created_time: "2026-01-05T10:00:00.000Z",
      last_edited_time: "2026-01-05T10:01:00.000Z",
      last_edited_by: { object: "user", id: workshop.admin.botId },
    });
    clock.advance(15_000);
    workshop.admin.editPage(page, { Cost: { number: 3 } });
    expect(call("GET", `pages/${page}`).body).toMatchObject({
      last_edited_time: "2026-01-05T10:02:00.000Z",
      last_edited_by: { id: workshop.admin.personId },
    });
    expect(workshop.admin.readPage(page)?.editedAtMs).toBe(clock.nowMs());
  });
});

describe("a new subpage", () => {
  test("goes to the end, to the start, or after a block", () => {
    const parent = { page_id: workshop.admin.createPage({ title: "Parent" }) };
    const add = (title: string, position?: JsonObject): string => {
      const properties = { title: [{ text: { content: title } }] };
      const body = { parent, properties, ...(position !== undefined && { position }) };
      return stringAt(call("POST", "pages", body).body, "id") ?? "";
    };
    const first = add("first");
    add("last");
    add("start", { type: "page_start" });
    add("second", { type: "after_block", after_block: { id: first } });
    const { results } = call("GET", `blocks/${parent.page_id}/children`).body;
    expect(results).toMatchObject(
      ["start", "first", "second", "last"].map((title) => ({ child_page: { title } })),
    );
  });
});

describe("moving and copying", () => {
  test("a move keeps the id and the values of same-named columns of the same type", () => {
    const other = workshop.admin.createDatabase({
      title: "O",
      properties: { Title: { title: {} }, Cost: { number: {} }, Extra: { url: {} } },
    });
    const moved = call("POST", `pages/${page}/move`, {
      parent: { data_source_id: other.dataSourceId },
    });
    expect(moved.body).toMatchObject({ id: page, parent: { data_source_id: other.dataSourceId } });
    expect(workshop.admin.readPage(page)?.values).toMatchObject({ Title: "A", Cost: 1 });
    expect(workshop.admin.rows(database.dataSourceId)).toEqual([]);
  });

  test("a copy is another row with the same values", () => {
    const copy = workshop.admin.duplicatePage(page);
    expect(copy).not.toBe(page);
    expect(workshop.admin.readPage(copy)).toMatchObject({ title: "A (1)", values: { Cost: 1 } });
  });
});

describe("the side door on options", () => {
  test("a renamed option shows in every row under its old id", () => {
    const { admin } = workshop;
    const at = { dataSourceId: database.dataSourceId, property: "Prio" };
    admin.addProperty(at.dataSourceId, "Prio", { select: { options: [{ name: "High" }] } });
    admin.editPage(page, { Prio: { select: { name: "High" } } });
    const before = JSON.stringify(call("GET", `pages/${page}`).body["properties"]);
    admin.renameOption(at, "High", "Urgent");
    const after = JSON.stringify(call("GET", `pages/${page}`).body["properties"]);
    expect(after).toBe(before.replace('"High"', '"Urgent"'));
    admin.removeOption(at, "Urgent");
    expect(admin.readPage(page)?.values["Prio"]).toBeNull();
  });
});
