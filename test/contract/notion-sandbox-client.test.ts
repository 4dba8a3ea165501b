// The official client, unmodified, against the Notion sandbox over HTTP and in process.
import {
  APIResponseError,
  Client,
  collectPaginatedAPI,
  isFullPage,
  isHTTPResponseError,
} from "@notionhq/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeInProcessFetch } from "../../src/sandbox/notion/in-process.ts";
import { notionFaults, rateLimitFault } from "../../src/sandbox/notion/faults.ts";
import {
  makeNotionSandbox,
  startNotionSandbox,
  type NotionSandbox,
} from "../../src/sandbox/notion/sandbox.ts";

let sandbox: NotionSandbox;
let client: Client;

beforeEach(async () => {
  sandbox = await startNotionSandbox({ rateLimit: null });
  client = new Client({
    auth: sandbox.token,
    baseUrl: sandbox.url,
    notionVersion: "2026-03-11",
    retry: false,
    // A parameter the client drops would be a hole in the test.
    logger: (_level, message) => {
      if (message.includes("unknown parameters")) throw new Error(message);
    },
  });
});

afterEach(async () => {
  await sandbox.close();
});

async function makeSpecs(): Promise<string> {
  const database = await client.databases.create({
    parent: { type: "page_id", page_id: sandbox.admin.rootPageId },
    title: [{ text: { content: "Specs" } }],
    initial_data_source: {
      properties: { Name: { title: {} }, Cost: { number: {} }, Status: { status: {} } },
    },
  });
  if (!("data_sources" in database)) throw new Error("partial database");
  return database.data_sources[0]?.id ?? "";
}

async function addRow(dataSourceId: string, name: string): Promise<string> {
  const page = await client.pages.create({
    parent: { data_source_id: dataSourceId },
    properties: { Name: { title: [{ text: { content: name } }] } },
  });
  return page.id;
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a failure");
}

describe("the client", () => {
  test("knows itself and the users", async () => {
    const me = await client.users.me({});
    expect(me).toMatchObject({ id: sandbox.admin.botId, type: "bot" });
    const users = await collectPaginatedAPI(client.users.list, {});
    expect(users.map(({ id }) => id)).toEqual([sandbox.admin.personId, sandbox.admin.botId]);
  });

  test("creates, reads, edits, trashes and restores a row", async () => {
    const dataSourceId = await makeSpecs();
    const id = await addRow(dataSourceId, "A");
    await client.pages.update({ page_id: id, properties: { Cost: { number: 2.5 } } });
    expect(sandbox.admin.readPage(id)?.values).toMatchObject({ Name: "A", Cost: 2.5 });
    await client.pages.update({ page_id: id, in_trash: true });
    const trashed = await client.pages.retrieve({ page_id: id });
    expect(isFullPage(trashed) && trashed.in_trash).toBe(true);
    expect((await client.dataSources.query({ data_source_id: dataSourceId })).results).toEqual([]);
    await client.pages.update({ page_id: id, in_trash: false });
    expect((await client.dataSources.query({ data_source_id: dataSourceId })).results).toHaveLength(
      1,
    );
  });

  test("pages through more rows than a page holds, newest first", async () => {
    const dataSourceId = await makeSpecs();
    for (let count = 0; count < 205; count += 1) {
      sandbox.admin.createPage({ parent: { dataSourceId }, title: `r${count}` });
    }
    const rows = await collectPaginatedAPI(client.dataSources.query, {
      data_source_id: dataSourceId,
    });
    const titles = rows.map(({ id }) => sandbox.admin.readPage(id)?.title);
    expect(titles).toEqual(Array.from({ length: 205 }, (_, index) => `r${204 - index}`));
  });

  test("sees a person's edit, asks for single properties and for all items of one", async () => {
    const dataSourceId = await makeSpecs();
    const id = await addRow(dataSourceId, "A");
    sandbox.admin.editPage(id, { Cost: { number: 7 } });
    const source = await client.dataSources.retrieve({ data_source_id: dataSourceId });
    const costId = source.properties["Cost"]?.id ?? "";
    const page = await client.pages.retrieve({ page_id: id, filter_properties: [costId] });
    expect(page).toMatchObject({ last_edited_by: { id: sandbox.admin.personId } });
    expect(isFullPage(page) && Object.keys(page.properties)).toEqual(["Cost"]);
    const item = await client.pages.properties.retrieve({ page_id: id, property_id: costId });
    expect(item).toMatchObject({ object: "property_item", type: "number", number: 7 });
    const title = await client.pages.properties.retrieve({ page_id: id, property_id: "title" });
    expect(title).toMatchObject({ object: "list", property_item: { type: "title" } });
  });

  test("changes a schema and finds a title", async () => {
    const dataSourceId = await makeSpecs();
    const changed = await client.dataSources.update({
      data_source_id: dataSourceId,
      properties: { Cost: { name: "Price" }, Link: { url: {} }, Status: null },
    });
    expect(Object.keys(changed.properties).toSorted()).toEqual(["Link", "Name", "Price"]);
    const found = await client.search({
      query: "specs",
      filter: { property: "object", value: "data_source" },
    });
    expect(found.results.map(({ id }) => id)).toEqual([dataSourceId]);
  });

  test("writes and reads blocks, comments, templates and a file", async () => {
    const pageId = sandbox.admin.createPage({ title: "Notes" });
    await client.blocks.children.append({
      block_id: pageId,
      children: [{ paragraph: { rich_text: [{ text: { content: "Hello" } }] } }],
    });
    const { results } = await client.blocks.children.list({ block_id: pageId });
    expect(results).toMatchObject([
      { type: "paragraph", paragraph: { rich_text: [{ plain_text: "Hello" }], color: "default" } },
    ]);
    await client.comments.create({
      parent: { page_id: pageId },
      rich_text: [{ text: { content: "Seen" } }],
    });
    expect((await client.comments.list({ block_id: pageId })).results).toHaveLength(1);
    const templates = await client.dataSources.listTemplates({
      data_source_id: await makeSpecs(),
    });
    expect(templates).toEqual({ templates: [], has_more: false, next_cursor: null });
    const upload = await client.fileUploads.create({ filename: "a.txt" });
    const sent = await client.fileUploads.send({
      file_upload_id: upload.id,
      file: { filename: "a.txt", data: new Blob(["twelve bytes"], { type: "text/plain" }) },
    });
    expect(sent).toMatchObject({ status: "uploaded", content_length: 12 });
  });
});

describe("errors as the client sees them", () => {
  test("a missing page is an APIResponseError with the integration's id and the request's", async () => {
    const missing = client.pages.retrieve({ page_id: "7855b161-f63e-4683-b7c7-8ca6e97ee266" });
    const error = await failure(missing);
    expect(APIResponseError.isAPIResponseError(error)).toBe(true);
    expect(error).toMatchObject({ status: 404, code: "object_not_found" });
    expect(error).toHaveProperty("additional_data.integration_id");
    expect(error).toHaveProperty("request_id", expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  test("every ready-made fault arrives as an error of its status", async () => {
    for (const [name, fault] of Object.entries(notionFaults)) {
      sandbox.faults.add({ name, fault });
      const error = await failure(client.users.me({}));
      if (!isHTTPResponseError(error)) throw new Error(`${name} arrived as ${String(error)}`);
      expect(String(error.status), name).toBe(name.slice(0, 3));
    }
    expect(sandbox.log.map(({ fault }) => fault)).toEqual(Object.keys(notionFaults));
  });

  test("a 429 carries Retry-After and its reason", async () => {
    sandbox.faults.add({ name: "429", fault: rateLimitFault(7, "workspace") });
    const error = await failure(client.users.me({}));
    expect(error).toMatchObject({
      code: "rate_limited",
      additional_data: { rate_limit_reason: "public_api_space_request_rate_limit" },
    });
    const headers = isHTTPResponseError(error) ? error.headers : null;
    expect(headers instanceof Headers && headers.get("retry-after")).toBe("7");
  });

  test("after a committed 503 the page is there, and its id is in the error", async () => {
    const dataSourceId = await makeSpecs();
    sandbox.admin.commitThenFail(1);
    const error = await failure(addRow(dataSourceId, "lost answer"));
    expect(error).toMatchObject({ status: 503, code: "service_unavailable" });
    const rows = sandbox.admin.rows(dataSourceId);
    expect(rows.map(({ title }) => title)).toEqual(["lost answer"]);
    expect(error).toHaveProperty("additional_data.committed_resource_id", rows[0]?.id);
  });

  test("a cut connection after a write leaves the write done", async () => {
    const dataSourceId = await makeSpecs();
    sandbox.faults.add({ name: "cut", fault: { kind: "cut", when: "after" } });
    expect(await failure(addRow(dataSourceId, "unknown outcome"))).toBeInstanceOf(TypeError);
    expect(sandbox.admin.rows(dataSourceId)).toHaveLength(1);
  });
});

describe("without a socket", () => {
  test("the client works on the service function through its fetch option", async () => {
    const workshop = makeNotionSandbox();
    const direct = new Client({
      auth: workshop.token,
      notionVersion: "2026-03-11",
      fetch: makeInProcessFetch(workshop.service),
    });
    expect(await direct.users.me({})).toMatchObject({ id: workshop.admin.botId });
  });
});
