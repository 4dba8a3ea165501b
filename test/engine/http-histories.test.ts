// Random histories over HTTP, on every kind of field the Product Ops pair has: the real clients and
// codecs, both sandboxes, faults on the way. After each history the two services are compared by
// means of their own, without a line of the engine's code.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { notionFaults } from "../../src/sandbox/notion/faults.ts";
import { makeHttpWorld, type HttpWorld } from "./http-world.ts";

const minuteMs = 60_000;

function makeRandom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Text as Notion takes it: at most 2,000 characters an item. */
const words = (content: string) =>
  (content.match(/[^]{1,2000}/gu) ?? []).map((part) => ({ text: { content: part } }));

interface Kit {
  readonly notion: (value: string) => unknown;
  readonly airtable: (value: string) => unknown;
  readonly values: readonly string[];
}

const mara = "mara@acme.example";
const select: Kit["notion"] = (value) => ({ select: value === "" ? null : { name: value } });
const plain: Kit["airtable"] = (value) => (value === "" ? null : value);

/** How a person enters a value on each side, and values worth entering. */
const kits = (userIds: ReadonlyMap<string, string>): Readonly<Record<string, Kit>> => ({
  Name: {
    notion: (value) => ({ title: words(value) }),
    airtable: plain,
    values: ["Plain", "Ünïcödé ✓", "emoji 👩‍👩‍👧", "  blanks  inside  ", "=1+1"],
  },
  Status: { notion: select, airtable: plain, values: ["Draft", "Approved", "Shipped"] },
  Priority: { notion: select, airtable: plain, values: ["", "P0", "P1", "P2"] },
  Owner: {
    notion: (value) => ({ people: value === "" ? [] : [{ id: userIds.get(value) }] }),
    airtable: (value) => (value === "" ? null : { email: value }),
    values: ["", mara, "jonas@acme.example"],
  },
  Sprint: {
    notion: (value) => ({ rich_text: words(value) }),
    airtable: plain,
    values: ["", "Sprint 1", "Sprint, with a comma", 'Sprint "quoted"'],
  },
  "Ship Date": {
    notion: (value) => ({ date: value === "" ? null : { start: value } }),
    airtable: plain,
    values: ["", "2026-02-28", "2024-02-29", "2026-12-31"],
  },
  Blockers: {
    notion: (value) => ({ rich_text: words(value) }),
    airtable: plain,
    values: ["", "one line", "two\nlines", "x".repeat(2_500), "back\\slash {braces}"],
  },
});

const airtableName = (field: string): string => (field === "Name" ? "Spec Name" : field);

function pick<T>(random: () => number, list: readonly T[]): T {
  return must(list[Math.floor(random() * list.length)], "an empty list");
}

async function play(seed: number): Promise<HttpWorld> {
  const random = makeRandom(seed);
  const world = await makeHttpWorld(4);
  const { ops } = world;
  const userIds = new Map<string, string>();
  for (const row of ops.notion.admin.rows(ops.dataSourceId)) {
    const [id] = row.values["Owner"] as readonly string[];
    const email = [mara, "jonas@acme.example", "aiko@acme.example"][userIds.size];
    if (id !== undefined && email !== undefined && ![...userIds.values()].includes(id)) {
      userIds.set(email, id);
    }
  }
  const all = kits(userIds);
  await world.run();
  for (let round = 0; round < 4; round += 1) {
    ops.clock.advance(5 * minuteMs);
    const acts = 1 + Math.floor(random() * 5);
    for (let act = 0; act < acts; act += 1) {
      const field = pick(random, Object.keys(all));
      const kit = must(all[field], "a kit");
      const value = pick(random, kit.values);
      const dice = random();
      if (dice < 0.08) {
        ops.notion.admin.createPage({
          parent: { dataSourceId: ops.dataSourceId },
          title: `Page ${seed}.${round}.${act}`,
        });
      } else if (dice < 0.16) {
        ops.airtable.admin.addRow(ops.tableId, { "Spec Name": `Row ${seed}.${round}.${act}` });
      } else if (dice < 0.58) {
        const page = pick(random, ops.notion.admin.rows(ops.dataSourceId));
        ops.notion.admin.editPage(page.id, { [field]: kit.notion(value) } as never);
      } else {
        const row = pick(random, ops.airtable.admin.rows(ops.tableId));
        ops.airtable.admin.editRow(row.id, {
          [airtableName(field)]: kit.airtable(value),
        } as never);
      }
      ops.clock.advance(Math.floor(random() * 3 * minuteMs));
    }
    if (random() < 0.3) {
      ops.notion.faults.add({
        name: "500 after commit",
        fault: notionFaults["500 after commit"],
        skip: Math.floor(random() * 6),
      });
    }
    if (random() < 0.3) {
      const fault = { kind: "cut", when: random() < 0.5 ? "before" : "after" } as const;
      ops.airtable.faults.add({ name: "cut", fault, skip: Math.floor(random() * 6) });
    }
    await world.run();
  }
  ops.notion.faults.clear();
  ops.airtable.faults.clear();
  return world;
}

/** Rows as plain text, by title: people as addresses, and trailing blanks ignored. */
function pictures(world: HttpWorld): { notion: unknown; airtable: unknown } {
  const { ops } = world;
  const email = new Map<unknown, string>();
  for (const row of ops.airtable.admin.rows(ops.tableId)) {
    const owner = row.fields["Owner"] as { email: string } | undefined;
    if (owner !== undefined) email.set(row.id, owner.email);
  }
  const fields = ["Name", "Status", "Priority", "Sprint", "Ship Date", "Blockers"];
  const shown = (value: unknown): string => {
    if (value === null || value === undefined) return "";
    if (typeof value === "object" && "start" in value) return String(value.start);
    return typeof value === "string" ? value.trimEnd() : JSON.stringify(value);
  };
  const notion = ops.notion.admin.rows(ops.dataSourceId).map((row) =>
    fields
      .map((field) => shown(field === "Name" ? row.title : row.values[field]))
      .concat((row.values["Owner"] as readonly string[]).length === 0 ? "nobody" : "somebody")
      .join("|"),
  );
  const airtable = ops.airtable.admin.rows(ops.tableId).map((row) =>
    fields
      .map((field) => shown(row.fields[airtableName(field)]))
      .concat(row.fields["Owner"] === undefined ? "nobody" : "somebody")
      .join("|"),
  );
  return { notion: notion.toSorted(), airtable: airtable.toSorted() };
}

const seeds = Array.from(
  { length: Number(process.env["TANDEM_HTTP_SEEDS"] ?? 20) },
  (_, at) => at + 1,
);

test("P1 P2 P12 P15: random edits of every field kind come to rest equal, over HTTP", async () => {
  const failures: unknown[] = [];
  for (const seed of seeds) {
    const world = await play(seed);
    const statuses: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      world.ops.clock.advance(5 * minuteMs);
      const result = await world.run();
      statuses.push(result.error?.message ?? result.status);
    }
    const writes = world.writes();
    world.ops.clock.advance(5 * minuteMs);
    const last = await world.run();
    const { notion, airtable } = pictures(world);
    const isEqual = JSON.stringify(notion) === JSON.stringify(airtable);
    if (!isEqual || last.status !== "ok" || world.writes() !== writes) {
      const entries = await world.store.loadEntries({ run: last.run });
      const problems = entries.flatMap((entry) =>
        entry.body.type === "problem" ? [entry.body.message] : [],
      );
      failures.push({ seed, statuses, last: last.status, problems, notion, airtable });
    }
    await world.close();
  }
  expect(failures).toEqual([]);
}, 120_000);
