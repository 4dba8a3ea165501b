// `explain` over the whole product: what it says of a row in every state that a user may ask about,
// against the local services and a real store.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServices } from "../../src/app.ts";
import type { Explanation, Services } from "../../src/cli/services.ts";
import { must } from "../../src/core/assert.ts";
import { makeDesk, type Desk } from "../../src/demo/desk.ts";
import { startDemoWorld, type DemoWorld } from "../../src/demo/world.ts";

let world: DemoWorld;
let services: Services;
let desk: Desk;

beforeAll(async () => {
  world = await startDemoWorld({ isKept: false });
  desk = makeDesk(world.ops);
  services = await openServices({
    config: world.config,
    signal: new AbortController().signal,
    timing: world.timing,
    onProgress: () => {},
    onLog: () => {},
  });
  await sync();
});

afterAll(async () => {
  await services.close();
  await world.close();
});

/** The run's id. */
async function sync(): Promise<string> {
  desk.wait(10);
  for await (const outcome of services.sync([], "cli")) {
    if (outcome.kind === "run") return outcome.run.run;
  }
  throw new Error("no run");
}

function pageOf(row: number): string {
  return must(world.ops.pageIds[row - 1], "a page");
}

async function explain(row: string, field: string | null = null): Promise<Explanation> {
  const found = await services.explain({ row, field, pair: null });
  if (found.kind === "row") return found.explanation;
  throw new Error("several rows");
}

test("of a settled conflict it says base, values, rule, how sure, run and request", async () => {
  desk.editPage(1, { Blockers: { rich_text: [{ text: { content: "from the page" } }] } });
  desk.wait(5);
  desk.editRecord(1, { Blockers: "from the record" });
  const run = await sync();
  const { cells, rows, rowRule } = await explain(pageOf(1), "Blockers");
  const [cell] = cells;
  expect(cell).toMatchObject({
    field: "Blockers",
    owner: "latest",
    flow: "both",
    base: { left: { text: "from the record" }, right: { text: "from the record" } },
    agreed: { run },
    next: { rule: "F3", side: null, label: null, refusal: null },
    lastChange: { run, side: "left", after: { text: "from the record" } },
  });
  expect(["proven", "estimated"]).toContain(cell?.lastChange?.label);
  expect(cell?.lastChange?.opId).toMatch(/^o/u);
  expect(rowRule?.rule).toBe("R5");
  const window = must(rows.left?.readAt, "a reading");
  expect(window.endMs).toBeGreaterThanOrEqual(window.startMs);
});

test("of a cell that was changed twice it names the later change", async () => {
  const runs: string[] = [];
  for (const words of ["said first", "said later"]) {
    desk.editPage(5, { Blockers: { rich_text: [{ text: { content: words } }] } });
    runs.push(await sync());
  }
  const { cells } = await explain(pageOf(5), "Blockers");
  expect(cells[0]?.lastChange).toMatchObject({
    run: runs[1],
    side: "right",
    before: { text: "said first" },
    after: { text: "said later" },
  });
});

test("a row is found by either address, and by its whole title although others begin with it", async () => {
  const page = pageOf(1);
  const { ids } = await explain(page);
  const record = must(ids.right, "a record");
  const addresses = [
    page.replaceAll("-", "").toUpperCase(),
    `https://www.notion.so/Some-title-2026-${page.replaceAll("-", "")}?pvs=4`,
    // A page that is open beside its database.
    `https://www.notion.so/${"0".repeat(32)}?v=${"1".repeat(32)}&p=${page.replaceAll("-", "")}&pm=s`,
    `https://airtable.com/appAAAAAAAAAAAAAA/tblAAAAAAAAAAAAAA/${record}?blocks=hide`,
    record,
  ];
  for (const address of addresses) expect((await explain(address)).ids).toEqual(ids);
  desk.addRecord({ "Spec Name": "Twin", Status: "Draft" });
  desk.addRecord({ "Spec Name": "Twin of another kind", Status: "Draft" });
  await sync();
  expect((await explain("Twin")).title).toBe("Twin");
  await expect(explain("Twi")).rejects.toThrow("several rows");
});

test("of an edit that waits it says when it was made, at the earliest and at the latest", async () => {
  desk.wait(10);
  desk.editRecord(2, { Blockers: "not synced yet" });
  desk.wait(1);
  const { cells } = await explain(pageOf(2), "Blockers");
  const right = must(cells[0]?.now.right, "a reading");
  expect(right.editedAfterMs).not.toBeNull();
  expect(right.editedAtMs ?? 0).toBeGreaterThan(right.editedAfterMs ?? 0);
  expect(cells[0]?.next).toMatchObject({ rule: "F5", side: "left" });
});

test("of a row that was put away it says who removed it, and how it comes back", async () => {
  desk.trashPage(3);
  const run = await sync();
  const away = await explain(pageOf(3));
  expect(away.state).toBe("archived");
  expect(away.rows.left?.state).toBe("in the trash");
  expect(away.notes.join(" ")).toContain(
    "It was removed in Notion, and so marked as archived in Airtable",
  );
  await services.undo(run, true);
  const apart = await explain(pageOf(3));
  expect(apart.state).toBe("detached");
  expect(apart.notes.join(" ")).toContain("taken apart");
});

test("of a row with a lost answer it names the write that is in doubt, and until when it rests", async () => {
  desk.editPage(4, { Blockers: { rich_text: [{ text: { content: "for the lost answer" } }] } });
  world.ops.airtable.faults.add({
    name: "lost answer",
    matches: (request) => request.method === "PATCH",
    fault: { kind: "cut", when: "after" },
    times: 1,
  });
  const run = await sync();
  const { notes, rowRule, waiting } = await explain(pageOf(4));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain(`The outcome of a write to Airtable is not known (update, run ${run}`);
  const [sent, free] = /sent (\S+)\);.* after (\S+) tells/u.exec(notes[0] ?? "")?.slice(1) ?? [];
  expect(Date.parse(free ?? "") - Date.parse(sent ?? "")).toBe(120_000);
  expect(rowRule?.rule).toBe("R26");
  expect(waiting).toEqual([]);
});

test("of a row of no link it says what the next sync makes of it", async () => {
  desk.addRecord({ "Spec Name": "Never synced", Status: "Draft" });
  const record = must(
    world.ops.airtable.admin
      .rows(world.ops.tableId)
      .find((row) => row.fields["Spec Name"] === "Never synced"),
    "a record",
  );
  const found = await explain(record.id);
  expect(found).toMatchObject({ state: "not linked", title: "Never synced", cells: [] });
  expect(found.notes.join(" ")).toContain("The next sync makes it a counterpart in Notion");
  await expect(explain("recAAAAAAAAAAAAAA")).rejects.toMatchObject({ code: "usage" });
});
