// Two people edit one cell: the later edit wins whichever service it was made in, with and without a
// field in Airtable that tells when a row was modified, and the loser is told.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { makeHttpWorld, type HttpWorld } from "./http-world.ts";

const minuteMs = 60_000;

async function world(hasStamp: boolean): Promise<{ world: HttpWorld; page: string; row: string }> {
  const made = await makeHttpWorld(3);
  const { ops } = made;
  if (!hasStamp) ops.airtable.admin.removeField(ops.tableId, "Last Modified");
  await made.run();
  ops.clock.advance(10 * minuteMs);
  const page = must(ops.pageIds[0], "a page");
  const row = must(
    ops.airtable.admin.rows(ops.tableId).find((seen) => seen.fields["Notion Page ID"] === page),
    "its row",
  ).id;
  return { world: made, page, row };
}

const blockers = (content: string) => ({ Blockers: { rich_text: [{ text: { content } }] } });

test.each([
  ["Notion", true],
  ["Notion", false],
  ["Airtable", true],
  ["Airtable", false],
] as const)(
  "P9: the later edit is made in %s, modified time known: %s",
  async (later, hasStamp) => {
    const { world: made, page, row } = await world(hasStamp);
    const { ops } = made;
    const inNotion = (): void => {
      ops.notion.admin.editPage(page, blockers("from Notion"));
    };
    const inAirtable = (): void => {
      ops.airtable.admin.editRow(row, { Blockers: "from Airtable" });
    };
    (later === "Notion" ? inAirtable : inNotion)();
    ops.clock.advance(5 * minuteMs);
    (later === "Notion" ? inNotion : inAirtable)();
    ops.clock.advance(5 * minuteMs);
    // Another cell of the losing row is edited last of all: the row's stamp must not decide.
    if (later === "Notion" && !hasStamp) ops.airtable.admin.editRow(row, { Sprint: "Sprint 8" });
    ops.clock.advance(5 * minuteMs);
    const run = await made.run();
    expect(run.status).toBe("ok");
    expect(ops.notion.admin.readPage(page)?.values["Blockers"]).toBe(`from ${later}`);
    expect(ops.airtable.admin.row(row)?.fields["Blockers"]).toBe(`from ${later}`);
    const entries = await made.store.loadEntries({ run: run.run, types: ["conflict"] });
    expect(entries).toHaveLength(1);
    expect(entries[0]?.body).toMatchObject({
      winner: later === "Notion" ? "left" : "right",
      label: "estimated",
      values: {
        left: { value: { text: "from Notion" } },
        right: { value: { text: "from Airtable" } },
      },
    });
    await made.close();
  },
);

test("P9: edits within one minute are a tie, and Notion wins it by rule", async () => {
  const { world: made, page, row } = await world(false);
  const { ops } = made;
  // From the start of a minute on: Notion's stamps are cut to minutes.
  ops.clock.advance(minuteMs - (ops.clock.nowMs() % minuteMs));
  ops.notion.admin.editPage(page, blockers("from Notion"));
  ops.clock.advance(1_000);
  ops.airtable.admin.editRow(row, { Blockers: "from Airtable" });
  ops.clock.advance(10 * minuteMs);
  const run = await made.run();
  expect(ops.airtable.admin.row(row)?.fields["Blockers"]).toBe("from Notion");
  const [entry] = await made.store.loadEntries({ run: run.run, types: ["conflict"] });
  expect(entry?.body).toMatchObject({ winner: "left", label: "tie" });
  await made.close();
});
