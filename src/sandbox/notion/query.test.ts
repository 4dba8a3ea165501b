import { beforeEach, describe, expect, test } from "vitest";
import { makeSandboxClock, type SandboxClock } from "../clock.ts";
import { makeInProcessCall, type InProcessCall } from "./in-process.ts";
import { isObject, stringAt, type JsonObject } from "./json.ts";
import { makeNotionSandbox, type NotionSandboxOptions, type NotionWorkshop } from "./sandbox.ts";

let clock: SandboxClock;
let workshop: NotionWorkshop;
let call: InProcessCall;
let source: string;

function open(options: NotionSandboxOptions = {}): void {
  clock = makeSandboxClock(0);
  clock.freeze(Date.UTC(2026, 5, 24, 12, 0, 30));
  workshop = makeNotionSandbox({ clock, rateLimit: null, ...options });
  call = makeInProcessCall(workshop);
  source = workshop.admin.createDatabase({
    title: "Q",
    properties: {
      Name: { title: {} },
      Cost: { number: {} },
      Due: { date: {} },
      Tags: { multi_select: {} },
      Mail: { email: {} },
    },
  }).dataSourceId;
}

beforeEach(() => {
  open();
});

function row(title: string, properties: JsonObject = {}): string {
  return workshop.admin.createPage({ parent: { dataSourceId: source }, title, properties });
}

function query(body: JsonObject): JsonObject {
  const answer = call("POST", `data_sources/${source}/query`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

function titles(body: JsonObject): string[] {
  const { results } = body;
  return (Array.isArray(results) ? results : []).map((page) =>
    isObject(page) ? (workshop.admin.readPage(stringAt(page, "id") ?? "")?.title ?? "") : "",
  );
}

const fit = (filter: JsonObject): string[] => titles(query({ filter })).toSorted();

function refusal(body: JsonObject): string {
  const answer = call("POST", `data_sources/${source}/query`, body);
  expect(answer.status).toBe(400);
  return stringAt(answer.body, "message") ?? "";
}

describe("order and pages", () => {
  test("the newest row comes first, even within a minute", () => {
    for (const name of ["a", "b", "c"]) row(name);
    expect(titles(query({}))).toEqual(["c", "b", "a"]);
  });

  test("sorts dominate in order, empty values come last both ways", () => {
    row("x", { Cost: { number: 2 } });
    row("y", { Cost: { number: 1 } });
    row("z");
    row("w", { Cost: { number: 2 } });
    const sorted = (direction: string): string[] =>
      titles(
        query({
          sorts: [
            { property: "Cost", direction },
            { property: "Name", direction: "ascending" },
          ],
        }),
      );
    expect(sorted("ascending")).toEqual(["y", "w", "x", "z"]);
    expect(sorted("descending")).toEqual(["w", "x", "y", "z"]);
    expect(refusal({ sorts: [{ property: "No", direction: "ascending" }] })).toBe(
      "Could not find sort property with name or id: No",
    );
  });

  test("cursors carry a session and a row, and belong to one filter", () => {
    for (let count = 0; count < 5; count += 1) row(`r${count}`);
    const first = query({ page_size: 2 });
    expect(first).toMatchObject({ has_more: true, type: "page_or_data_source" });
    expect(first["next_cursor"]).toMatch(/^s:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
    const cursor = stringAt(first, "next_cursor");
    expect(titles(query({ page_size: 2, start_cursor: cursor }))).toEqual(["r2", "r1"]);
    const other = {
      filter: { property: "Cost", number: { is_empty: true } },
      start_cursor: cursor,
    };
    expect(refusal(other)).toBe(`The start_cursor provided is invalid: ${cursor ?? ""}`);
    workshop.admin.dropCursors();
    expect(refusal({ start_cursor: cursor })).toContain("invalid");
  });

  test("a row that goes between two pages loses no other row", () => {
    const ids = ["a", "b", "c", "d"].map((name) => row(name));
    const first = query({ page_size: 2 });
    workshop.admin.trash(ids[1] ?? "");
    const rest = query({ page_size: 2, start_cursor: first["next_cursor"] ?? null });
    expect(titles(rest)).toEqual(["a"]);
  });

  test("rows can be made to turn up on two pages", () => {
    for (const name of ["a", "b", "c", "d"]) row(name);
    workshop.admin.setPageOverlap(1);
    const first = query({ page_size: 2 });
    const second = query({ page_size: 2, start_cursor: first["next_cursor"] ?? null });
    const third = query({ page_size: 2, start_cursor: second["next_cursor"] ?? null });
    expect([first, second, third].map(titles)).toEqual([
      ["d", "c"],
      ["c", "b"],
      ["b", "a"],
    ]);
    expect(third).toMatchObject({ has_more: false });
  });

  test("page sizes above 100 are refused, 0 means the default", () => {
    expect(refusal({ page_size: 101 })).toBe(
      "body failed validation: body.page_size should be ≤ `100`, instead was `101`.",
    );
    row("a");
    expect(titles(query({ page_size: 0 }))).toEqual(["a"]);
  });

  test("at the depth cap the list ends early, and every page says so", () => {
    open({ queryRowsMax: 3 });
    for (let count = 0; count < 4; count += 1) row(`r${count}`);
    const first = query({ page_size: 2 });
    const status = { type: "incomplete", incomplete_reason: "query_result_limit_reached" };
    expect(first).toMatchObject({ has_more: true, request_status: status });
    const second = query({ page_size: 2, start_cursor: first["next_cursor"] ?? null });
    expect(second).toMatchObject({ has_more: false, next_cursor: null, request_status: status });
    expect(titles(second)).toEqual(["r1"]);
    expect(query({ filter: { property: "Name", title: { equals: "r0" } } })).not.toHaveProperty(
      "request_status",
    );
  });
});

describe("what a query sees", () => {
  test("neither trash nor archive; the archive only when asked for", () => {
    const trashed = row("trashed");
    const archived = row("archived");
    row("live");
    workshop.admin.trash(trashed);
    workshop.admin.archivePage(archived, true);
    expect(titles(query({}))).toEqual(["live"]);
    expect(titles(query({ is_archived: true }))).toEqual(["archived"]);
  });

  test("changes only after the index lag, while reads see them at once", () => {
    open({ queryLagMs: 5000 });
    const id = row("first");
    expect(titles(query({}))).toEqual([]);
    clock.advance(5000);
    expect(titles(query({}))).toEqual(["first"]);
    workshop.admin.editPage(id, { Cost: { number: 3 } });
    const wanted = { filter: { property: "Cost", number: { equals: 3 } } };
    expect(titles(query(wanted))).toEqual([]);
    expect(titles(query({}))).toEqual(["first"]);
    expect(JSON.stringify(call("GET", `pages/${id}`).body)).toContain('"number":3');
    clock.advance(5000);
    expect(titles(query(wanted))).toEqual(["first"]);
  });

  test("only the properties asked for, in either spelling", () => {
    row("a", { Cost: { number: 1 } });
    for (const key of ["filter_properties", "filter_properties[]"]) {
      const answer = call("POST", `data_sources/${source}/query?${key}=title&${key}=Cost`, {});
      const results = answer.body["results"];
      const page = Array.isArray(results) && isObject(results[0]) ? results[0] : {};
      expect(Object.keys(isObject(page["properties"]) ? page["properties"] : {})).toEqual([
        "Cost",
        "Name",
      ]);
    }
  });
});

describe("search", () => {
  test("finds titles, shared and live, only after its lag", () => {
    open({ searchLagMs: 10_000 });
    const id = row("Spec of the sandbox");
    const hits = (body: JsonObject): unknown => call("POST", "search", body).body["results"];
    expect(hits({ query: "sandbox spec" })).toEqual([]);
    clock.advance(10_000);
    expect(hits({ query: "sandbox spec" })).toMatchObject([{ object: "page", id }]);
    expect(
      hits({ query: "Q", filter: { property: "object", value: "data_source" } }),
    ).toMatchObject([{ object: "data_source", id: source }]);
    workshop.admin.trash(id);
    expect(hits({ query: "sandbox" })).toEqual([]);
    expect(hits({ query: "sandbox", filter: { in_trash: true } })).toMatchObject([{ id }]);
    workshop.admin.restore(id);
    workshop.admin.unshare(id);
    expect(hits({ query: "sandbox" })).toEqual([]);
  });
});

describe("filters", () => {
  test("text compares without case, negatives hold for empty values", () => {
    row("John", { Mail: { email: "John.Doe@example.com" } });
    row("Nobody");
    expect(fit({ property: "Mail", email: { contains: "doe" } })).toEqual(["John"]);
    expect(fit({ property: "Mail", rich_text: { starts_with: "JOHN" } })).toEqual(["John"]);
    expect(fit({ property: "Mail", email: { does_not_contain: "doe" } })).toEqual(["Nobody"]);
    expect(fit({ property: "Mail", email: { is_empty: true } })).toEqual(["Nobody"]);
  });

  test("numbers and options: does_not_equal includes empty rows, lists of options fit any", () => {
    row("one", { Cost: { number: 1 }, Tags: { multi_select: [{ name: "a" }, { name: "b" }] } });
    row("none");
    expect(fit({ property: "Cost", number: { does_not_equal: 2 } })).toEqual(["none", "one"]);
    expect(fit({ property: "Cost", number: { greater_than: 0 } })).toEqual(["one"]);
    expect(fit({ property: "Tags", multi_select: { does_not_contain: "a" } })).toEqual(["none"]);
    expect(fit({ property: "Tags", multi_select: { contains: ["b", "z"] } })).toEqual(["one"]);
  });

  test("date operands are cut to the minute, windows include now", () => {
    row("then", { Due: { date: { start: "2026-06-24T12:00:00Z" } } });
    const due = (condition: JsonObject): string[] => fit({ property: "Due", date: condition });
    const late = "2026-06-24T12:00:45Z";
    expect(due({ equals: late })).toEqual(["then"]);
    expect(due({ on_or_after: late })).toEqual(["then"]);
    expect(due({ before: late })).toEqual([]);
    for (const window of ["past_week", "next_week", "this_week", "past_month", "next_year"]) {
      expect(due({ [window]: {} }), window).toEqual(["then"]);
    }
    expect(due({ equals: "today" })).toEqual(["then"]);
    expect(due({ after: "today" })).toEqual([]);
  });

  test("last_edited_time counts whole minutes", () => {
    row("old");
    clock.advance(120_000);
    row("new");
    const at = new Date(clock.nowMs()).toISOString();
    const edited = (condition: JsonObject): string[] =>
      fit({ timestamp: "last_edited_time", last_edited_time: condition });
    expect(edited({ on_or_after: at })).toEqual(["new"]);
    expect(edited({ before: at })).toEqual(["old"]);
    expect(edited({ is_empty: true })).toEqual([]);
  });

  test("two levels nest, a third is refused, and so are wrong names and types", () => {
    row("a", { Cost: { number: 1 } });
    const cost = { property: "Cost", number: { equals: 1 } };
    expect(fit({ and: [{ or: [cost, cost] }, cost] })).toEqual(["a"]);
    expect(refusal({ filter: { and: [{ or: [{ and: [cost] }] }] } })).toContain(
      "failed validation",
    );
    expect(refusal({ filter: { property: "No", number: { equals: 1 } } })).toBe(
      "Could not find property with name or id: No",
    );
    expect(refusal({ filter: { property: "Cost", rich_text: { equals: "1" } } })).toBe(
      "The property type in the database does not match the property type of the filter provided: database property number does not match filter rich_text",
    );
  });
});
