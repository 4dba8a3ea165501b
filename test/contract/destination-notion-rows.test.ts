// What is Notion's own about rows that one-way syncs write: its limits, its refusals, its doubts.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  Binding,
  Destination,
  RowCreate,
  RowOutcome,
  WriteCell,
} from "../../src/connectors/destination.ts";
import { must } from "../../src/core/assert.ts";
import { recordId, type RecordId } from "../../src/core/ids.ts";
import type { DatabaseDeclaration, PropertyShape } from "../../src/core/oneway/declaration.ts";
import { rateLimitFault } from "../../src/sandbox/notion/faults.ts";
import { startNotionSandbox } from "../../src/sandbox/notion/sandbox.ts";
import { makeSandboxClock } from "../../src/sandbox/clock.ts";
import { everyCell, issues, people, person, text } from "./destination-fixture.ts";
import { openNotionDestinations, type NotionDestinationBench } from "./destination-notion-bench.ts";

let bench: NotionDestinationBench;

beforeEach(async () => {
  bench = await openNotionDestinations();
});
afterEach(async () => {
  await bench.close();
});

const none = { icon: null, coverUrl: null, body: null };

function declare(shapes: Readonly<Record<string, PropertyShape>>): DatabaseDeclaration {
  const more = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  return { ...issues, properties: [...issues.properties, ...more] };
}

const all: DatabaseDeclaration = {
  ...issues,
  properties: [...issues.properties, ...everyCell.map(({ declared }) => declared)],
};

function row(key: string, cells: Readonly<Record<string, WriteCell>> = {}): RowCreate {
  return { key, ...none, cells: new Map(Object.entries({ ID: text(key), ...cells })) };
}

async function prepared(
  declaration: DatabaseDeclaration = all,
): Promise<{ readonly destination: Destination; readonly binding: Binding }> {
  const destination = bench.connect(declaration);
  const { binding } = await destination.prepareTable({ isPreview: false });
  return { destination, binding: must(binding, "no table was prepared") };
}

interface Written {
  readonly id: RecordId;
  readonly notes: readonly string[];
}

function written(outcome: RowOutcome | undefined): Written {
  expect(outcome).toMatchObject({ kind: "done" });
  if (outcome?.kind !== "done") return { id: recordId(""), notes: [] };
  return { id: outcome.id, notes: outcome.notes };
}

async function create(destination: Destination, one: RowCreate): Promise<Written> {
  return written((await destination.create([one]))[0]);
}

function value(id: RecordId, property: string): unknown {
  return bench.sandbox.admin.readPage(id)?.values[property];
}

function refusal(message: string, times = 1): void {
  bench.sandbox.faults.add({
    name: message,
    fault: {
      kind: "answer",
      when: "before",
      answer: { status: 400, body: { object: "error", code: "validation_error", message } },
    },
    matches: ({ method, path }) => method === "PATCH" || path.endsWith("/pages"),
    times,
  });
}

describe("texts", () => {
  test("are split into pieces, and cut after a hundred of them", async () => {
    const { destination } = await prepared();
    const long = "a👩‍👩‍👧".repeat(3_000);
    const kept = await create(destination, row("a", { Text: text(long) }));
    expect(kept.notes).toEqual([]);
    expect(value(kept.id, "Text")).toBe(long);
    const cut = await create(destination, row("b", { Text: text("x".repeat(200_001)) }));
    expect(cut.notes).toEqual(["Text: cut after 100 pieces of 2000 characters."]);
    expect(value(cut.id, "Text")).toBe("x".repeat(200_000));
  });

  test("keep their links, but for those that lead nowhere", async () => {
    const { destination } = await prepared();
    const runs = [
      { text: "one ", url: "https://example.com/1" },
      { text: "two ", url: "no address" },
      { text: "three", url: null },
    ];
    const made = await create(destination, row("a", { Text: { kind: "text", runs } }));
    expect(made.notes).toEqual(["Text: a link without a usable address became plain text."]);
    const page = JSON.stringify(bench.call("GET", `pages/${made.id}`).body);
    expect(page).toContain('"link":{"url":"https://example.com/1"}');
    expect(value(made.id, "Text")).toBe("one two three");
  });

  test("of many small pieces are joined instead of cut", async () => {
    const { destination } = await prepared();
    const runs = Array.from({ length: 500 }, (_, index) => ({ text: `${index} `, url: null }));
    const made = await create(destination, row("a", { Name: { kind: "text", runs } }));
    expect(made.notes).toEqual([]);
    expect(value(made.id, "Name")).toMatch(/^0 1 2 .* 499 $/);
  });

  test("of limited length are cut, and that is told", async () => {
    const { destination } = await prepared();
    const cells = {
      Site: text(`https://example.com/${"x".repeat(2_000)}`),
      Mail: text(`${"x".repeat(300)}@example.com`),
      Phone: text("1".repeat(201)),
    };
    const made = await create(destination, row("a", cells));
    expect(made.notes).toEqual([
      "Site: cut after 2000 characters.",
      "Mail: cut after 200 characters.",
      "Phone: cut after 200 characters.",
    ]);
    expect(String(value(made.id, "Phone"))).toHaveLength(200);
  });
});

describe("options", () => {
  test("lose their commas and what is too long", async () => {
    const { destination } = await prepared();
    const cells: Record<string, WriteCell> = {
      Stage: { kind: "choice", name: "a, b" },
      Tags: { kind: "choices", names: ["x,y", "x,y", "X，Y", "z".repeat(120)] },
    };
    const made = await create(destination, row("a", cells));
    expect(made.notes).toEqual([
      "Stage: an option's name was fitted: no commas, at most 100 characters.",
      "Tags: an option's name was fitted: no commas, at most 100 characters.",
    ]);
    expect(value(made.id, "Stage")).toBe("a， b");
    expect(value(made.id, "Tags")).toEqual(["X，Y", "z".repeat(100)]);
  });

  test("beyond a hundred in one cell are left out", async () => {
    const { destination } = await prepared();
    const names = Array.from({ length: 101 }, (_, index) => `n${index}`);
    const made = await create(destination, row("a", { Tags: { kind: "choices", names } }));
    expect(made.notes).toEqual(["Tags: only the first 100 of its entries."]);
  });

  test("a cleared status shows its default, and that is told", async () => {
    const { destination } = await prepared();
    const made = await create(destination, row("a", { State: { kind: "choice", name: "Shut" } }));
    const cells = new Map<string, WriteCell>([["State", { kind: "blank" }]]);
    const [outcome] = await destination.update([{ id: made.id, isRevival: false, ...none, cells }]);
    expect(written(outcome).notes).toEqual(["State: a cleared status shows its default option."]);
    expect(value(made.id, "State")).toBe("Open");
  });
});

describe("people", () => {
  test("are looked up once for all rows; who is unknown is told of and clears nobody", async () => {
    const { destination } = await prepared();
    const rows = ["a", "b", "c"].map((key) =>
      row(key, { Who: { kind: "people", emails: [person.toUpperCase(), "nobody@example.com"] } }),
    );
    const made = await Promise.all(rows.map(async (one) => create(destination, one)));
    for (const { id, notes } of made) {
      expect(value(id, "Who")).toEqual([bench.personId]);
      expect(notes).toEqual(["Who: nobody in the workspace has the address nobody@example.com."]);
    }
    const lists = bench.sandbox.log.filter(({ path }) => path.startsWith("/v1/users"));
    expect(lists).toHaveLength(1);
    const id = made[0]?.id ?? recordId("");
    const cells = new Map<string, WriteCell>([
      ["Who", { kind: "people", emails: ["nobody@example.com"] }],
    ]);
    await destination.update([{ id, isRevival: false, ...none, cells }]);
    expect(value(id, "Who")).toEqual([bench.personId]);
  });
});

describe("dates", () => {
  const wall = (day: string, time: string, zone: string | null) =>
    ({ kind: "wall", day, time, zone }) as const;

  test.each([
    [
      "a wall time in a zone",
      wall("2026-07-01", "10:30", "Europe/Berlin"),
      null,
      "2026-07-01T10:30:00.000+02:00",
      null,
    ],
    [
      "a bare time is UTC",
      wall("2026-07-01", "10:30", null),
      null,
      "2026-07-01T10:30:00.000+00:00",
      null,
    ],
    [
      "a range of times",
      wall("2026-07-01", "10:30", "Asia/Tokyo"),
      wall("2026-07-02", "09:00", "Asia/Tokyo"),
      "2026-07-01T10:30:00.000+09:00",
      "2026-07-02T09:00:00.000+09:00",
    ],
    [
      "a range of days",
      { kind: "day", day: "2026-07-01" } as const,
      { kind: "day", day: "2026-07-03" } as const,
      "2026-07-01",
      "2026-07-03",
    ],
    [
      "a day beside a time begins it",
      { kind: "day", day: "2026-07-01" } as const,
      wall("2026-07-01", "12:00", null),
      "2026-07-01T00:00:00.000+00:00",
      "2026-07-01T12:00:00.000+00:00",
    ],
  ])("%s", async (_, start, end, shownStart, shownEnd) => {
    const { destination } = await prepared();
    const made = await create(destination, row("a", { Day: { kind: "date", start, end } }));
    expect(made.notes).toEqual([]);
    expect(value(made.id, "Day")).toEqual({ start: shownStart, end: shownEnd });
  });

  test("an unknown zone is taken as UTC; two zones are not taken; both are told of", async () => {
    const { destination } = await prepared();
    const odd = {
      kind: "date",
      start: wall("2026-07-01", "10:30", "Moon/Base"),
      end: null,
    } as const;
    const made = await create(destination, row("a", { Day: odd }));
    expect(made.notes).toEqual(["Day: nobody knows the time zone Moon/Base; taken as UTC."]);
    expect(value(made.id, "Day")).toMatchObject({ start: "2026-07-01T10:30:00.000+00:00" });
    const two = {
      kind: "date",
      start: wall("2026-07-01", "10:30", "Asia/Tokyo"),
      end: wall("2026-07-02", "10:30", "Europe/Berlin"),
    } as const;
    const other = await create(destination, row("b", { Day: two }));
    expect(other.notes).toEqual(["Day: its two ends are in different time zones; left as it was."]);
  });
});

describe("icons, covers and files", () => {
  test("are taken as they are, or left out when they lead nowhere", async () => {
    const { destination } = await prepared();
    const icon = { kind: "named", name: "rocket", color: "gray" } as const;
    const cover = "https://example.com/cover.png";
    const made = await create(destination, { ...row("a"), icon, coverUrl: cover });
    const page = bench.call("GET", `pages/${made.id}`).body;
    expect(page["icon"]).toEqual({ type: "icon", icon: { name: "rocket", color: "gray" } });
    expect(page["cover"]).toEqual({ type: "external", external: { url: cover } });
    const image = { kind: "image", url: "https://example.com/i.png" } as const;
    const cells = new Map<string, WriteCell>();
    await destination.update([
      { id: made.id, isRevival: false, icon: image, coverUrl: null, body: null, cells },
    ]);
    const after = bench.call("GET", `pages/${made.id}`).body;
    expect(after["icon"]).toEqual({
      type: "external",
      external: { url: "https://example.com/i.png" },
    });
    expect(after["cover"]).toEqual(page["cover"]);
    const files = [
      { name: "a", url: "file:///etc/passwd" },
      { name: "", url: "https://example.com/b" },
    ];
    const bad = { icon: { kind: "image", url: "" } as const, coverUrl: "null" };
    const other = await create(destination, {
      ...row("b", { Files: { kind: "files", files } }),
      ...bad,
    });
    expect(other.notes).toEqual([
      "Files: a file without a usable address was left out.",
      "The icon has no usable address and was left out.",
      "The cover has no usable address and was left out.",
    ]);
    expect(
      bench.cell(
        must((await destination.prepareTable({ isPreview: true })).binding, ""),
        other.id,
        "Files",
      ),
    ).toBe("https://example.com/b");
  });
});

describe("what the service refuses", () => {
  test("is given up cell by cell, named or by guess, and never the whole row", async () => {
    const { destination } = await prepared();
    refusal("body failed validation: body.properties.Site.url should be a sane address.");
    const made = await create(destination, row("a", { Site: text("https://x"), Name: text("n") }));
    expect(made.notes).toEqual([expect.stringMatching(/^Site: Notion refused it/)]);
    expect(value(made.id, "Site")).toBe("");
    expect(value(made.id, "Name")).toBe("n");
    refusal("body.icon.emoji should be an emoji.");
    const icon = { kind: "emoji", emoji: "no emoji" } as const;
    const other = await create(destination, { ...row("b"), icon });
    expect(other.notes).toEqual([expect.stringMatching(/^icon: Notion refused it/)]);
  });

  test("relations to pages that went away cost only the relation", async () => {
    const declaration = declare({ Lead: { type: "relation", database: "people", twoWay: null } });
    const owner = await prepared(people);
    const { destination, binding } = await prepared(declaration);
    const related = new Map([["people", owner.binding]]);
    await destination.prepareRelations(related, { isPreview: false });
    const lead = await create(owner.destination, row("ada"));
    bench.sandbox.admin.purgePage(lead.id);
    const cells: Record<string, WriteCell> = {
      Lead: { kind: "rows", ids: [lead.id] },
      Name: text("n"),
    };
    const made = await create(destination, row("a", cells));
    expect(made.notes).toEqual([expect.stringMatching(/^Lead: Notion refused it/)]);
    expect(bench.cell(binding, made.id, "Name")).toBe("n");
  });

  test("options and columns that people took away meanwhile cost only their cells", async () => {
    const { destination, binding } = await prepared();
    const at = { dataSourceId: binding.tableId, property: "State" };
    bench.sandbox.admin.removeOption(at, "Busy");
    bench.sandbox.admin.removeProperty(binding.tableId, "Site");
    const cells: Record<string, WriteCell> = {
      State: { kind: "choice", name: "Busy" },
      Site: text("https://example.com"),
      Name: text("n"),
    };
    const made = await create(destination, row("a", cells));
    expect(made.notes).toHaveLength(2);
    expect(value(made.id, "Name")).toBe("n");
  });

  test("and nothing can be given up for fails the row, not the others", async () => {
    const { destination } = await prepared();
    refusal("This is not to be.");
    const outcomes = [
      ...(await destination.create([row("a")])),
      ...(await destination.create([row("b")])),
    ];
    expect(outcomes).toMatchObject([
      { kind: "failed", why: "invalid", message: "This is not to be." },
      { kind: "done" },
    ]);
  });

  test("the key is never given up: a row that could not be found again is not made", async () => {
    const { destination, binding } = await prepared();
    refusal("ID is expected to be something else.");
    const [outcome] = await destination.create([row("a")]);
    expect(outcome).toMatchObject({ kind: "failed", why: "invalid", property: "ID" });
    expect(bench.rowCount(binding)).toBe(0);
  });

  test("a table out of reach is an error, not a failure of each row", async () => {
    const { destination, binding } = await prepared();
    const made = await create(destination, row("a"));
    bench.sandbox.admin.trash(binding.parentId);
    await expect(destination.create([row("b")])).rejects.toMatchObject({ code: "not_shared" });
    bench.sandbox.admin.restore(binding.parentId);
    bench.sandbox.admin.unshare(binding.parentId);
    await expect(destination.create([row("b")])).rejects.toMatchObject({ code: "not_shared" });
    const change = {
      id: made.id,
      isRevival: false,
      ...none,
      cells: new Map([["Name", text("x")]]),
    };
    await expect(destination.update([change])).rejects.toMatchObject({ code: "not_shared" });
    await expect(destination.remove([made.id])).rejects.toMatchObject({ code: "not_shared" });
  });

  test("a token without the capability fails rows, and one that is void ends the run", async () => {
    const { destination } = await prepared();
    bench.sandbox.admin.setCapabilities({ insert: false });
    expect(await destination.create([row("a")])).toMatchObject([
      { kind: "failed", why: "forbidden" },
    ]);
    bench.sandbox.admin.setToken("another");
    await expect(destination.create([row("a")])).rejects.toMatchObject({ code: "unauthorized" });
    await expect(destination.findRows(["a"])).rejects.toMatchObject({ code: "unauthorized" });
  });
});

describe("doubt and patience", () => {
  test("a saved create that names its page is done after all", async () => {
    const { destination, binding } = await prepared();
    bench.sandbox.admin.commitThenFail(1);
    const made = await create(destination, row("a"));
    expect(bench.rowCount(binding)).toBe(1);
    expect(await destination.findRows(["a"])).toEqual([{ id: made.id, key: "a" }]);
  });

  test("a saved create whose page somebody threw away at once is not told as done", async () => {
    const { destination, binding } = await prepared();
    bench.sandbox.admin.commitThenFail(1);
    bench.sandbox.faults.add({
      name: "nobody waits",
      matches: ({ method, path }) => {
        const id = /pages\/([^/?]+)$/u.exec(path)?.[1];
        if (method === "GET" && id !== undefined) bench.sandbox.admin.trash(id);
        return false;
      },
      fault: rateLimitFault(1),
      times: 1,
    });
    expect(await destination.create([row("a")])).toMatchObject([{ kind: "unknown" }]);
    expect(bench.rowCount(binding)).toBe(0);
  });

  test("a busy service is waited for, and what is put off is surely not done", async () => {
    let sleptMs = 0;
    const timing = {
      nowMs: () => Date.now() + sleptMs,
      elapsedMs: () => performance.now() + sleptMs,
      sleep: (delayMs: number) => {
        sleptMs += delayMs;
        return Promise.resolve();
      },
      random: () => 0.5,
    };
    const destination = bench.connect(issues, { timing });
    await destination.prepareTable({ isPreview: false });
    bench.sandbox.faults.add({ name: "busy", fault: rateLimitFault(5), times: 2 });
    await create(destination, row("a"));
    expect(sleptMs).toBeGreaterThanOrEqual(10_000);
    bench.sandbox.faults.add({ name: "very busy", fault: rateLimitFault(600), times: 1 });
    const [outcome] = await destination.create([row("b")]);
    expect(outcome?.kind).toBe("not-applied");
  });
});

describe("bodies", () => {
  test("of any number of blocks go out in one call; a huge one is cut", async () => {
    const { destination } = await prepared();
    const body = Array.from({ length: 300 }, (_, index) => `line ${index}`).join("\n");
    const made = await create(destination, { ...row("a", { Name: text("n") }), body });
    expect(bench.body(made.id)).toBe(body);
    const huge = await create(destination, {
      ...row("b"),
      body: "words and words\n".repeat(40_000),
    });
    expect(huge.notes).toEqual(["The body was cut: it is longer than Notion takes at once."]);
    expect(bench.body(huge.id).length).toBeGreaterThan(250_000);
  });

  test("a heading at the head of a body does not become the title", async () => {
    const { destination } = await prepared();
    const made = await create(destination, { ...row("a"), body: "# Heading\nwords" });
    expect(bench.body(made.id)).toBe("# Heading\nwords");
    expect(bench.sandbox.admin.readPage(made.id)?.title).toBe("");
  });
});

describe("keys", () => {
  test.each<[PropertyShape, WriteCell, string]>([
    [{ type: "title" }, text("k1"), "k1"],
    [{ type: "url" }, text("https://example.com/1"), "https://example.com/1"],
    [{ type: "number", format: null }, { kind: "number", number: 12 }, "12"],
    [{ type: "select", options: [] }, { kind: "choice", name: "k1" }, "k1"],
    [
      { type: "date" },
      { kind: "date", start: { kind: "day", day: "2026-07-01" }, end: null },
      "2026-07-01",
    ],
  ])("may stand in a property of type %o", async (shape, cell, key) => {
    const properties = [
      { name: "Key", shape },
      ...(shape.type === "title" ? [] : [{ name: "Name", shape: { type: "title" } } as const]),
    ];
    const { destination } = await prepared({ ...issues, primaryKey: "Key", properties });
    const made = await create(destination, { key, ...none, cells: new Map([["Key", cell]]) });
    expect(await destination.findRows([key, "another"])).toEqual([{ id: made.id, key }]);
  });

  test("a listing asks for the key alone, and reads past what one query reaches", async () => {
    const clock = makeSandboxClock();
    clock.freeze(Date.parse("2026-06-01T10:00:00Z"));
    const sandbox = await startNotionSandbox({ rateLimit: null, clock, queryRowsMax: 100 });
    const { dataSourceId, databaseId } = sandbox.admin.createDatabase({
      title: "Many",
      properties: { Name: { title: {} }, ID: { rich_text: {} }, Blob: { rich_text: {} } },
    });
    for (let index = 0; index < 250; index += 1) {
      clock.advance(30_000);
      const properties = { ID: { rich_text: [{ text: { content: `k${index}` } }] } };
      sandbox.admin.createPage({ parent: { dataSourceId }, properties });
    }
    const binding = { tableId: dataSourceId, parentId: databaseId, title: "Many", url: null };
    const declaration = {
      ...issues,
      type: "attached" as const,
      properties: issues.properties.slice(0, 2),
    };
    const destination = bench.connect(declaration, {
      binding,
      token: sandbox.token,
      baseUrl: sandbox.url,
    });
    await destination.prepareTable({ isPreview: false });
    const keys: (string | null)[] = [];
    for await (const page of destination.listKeys()) keys.push(...page.map(({ key }) => key));
    expect(keys).toHaveLength(250);
    expect(new Set(keys).size).toBe(250);
    const queries = sandbox.log.filter(({ path }) => path.endsWith("/query"));
    expect(
      queries.every(
        ({ query }) => new URLSearchParams(query).getAll("filter_properties").length === 2,
      ),
    ).toBe(true);
    await sandbox.close();
  });
});
