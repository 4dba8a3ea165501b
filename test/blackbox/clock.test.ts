// Our clock is wrong by an hour, either way. Edits are compared on the services' clocks: the later one
// wins all the same, a row edited a moment ago still waits, and nothing is written for the clock's sake.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { makeBench } from "../e2e/bench.ts";
import { comesToRest, minuteMs } from "./story.ts";

/** A module that moves the clock of the process it is loaded into. */
function shifted(byMs: number): string {
  const code = `const Real = Date;
globalThis.Date = class extends Real {
  constructor(...args) { if (args.length === 0) super(Real.now() + ${byMs}); else super(...args); }
  static now() { return Real.now() + ${byMs}; }
};`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

test.each([
  ["an hour fast", 60 * minuteMs],
  ["an hour slow", -60 * minuteMs],
])("P8 P9: our clock is %s", async (_name, byMs) => {
  const bench = await makeBench({
    specCount: 4,
    guards: ["hotRowSeconds: 90"],
    environment: { NODE_OPTIONS: shifted(byMs) },
  });
  const { ops } = bench;
  expect(await bench.run("sync")).toMatchObject({ code: 0, stderr: "" });
  const row = (page: number) => {
    const rows = ops.airtable.admin.rows(ops.tableId);
    const found = rows.find(({ fields }) => fields["Notion Page ID"] === ops.pageIds[page]);
    return must(found, "a linked row").id;
  };
  const page = (at: number): string => must(ops.pageIds[at], "a page");
  const quarter = (name: string) => ({ "Target Quarter": { select: { name } } });
  ops.clock.advance(10 * minuteMs);
  ops.airtable.admin.editRow(row(0), { "Target Quarter": "2026 Q2" });
  ops.notion.admin.editPage(page(1), quarter("2026 Q4"));
  ops.clock.advance(10 * minuteMs);
  ops.notion.admin.editPage(page(0), quarter("2026 Q3"));
  ops.airtable.admin.editRow(row(1), { "Target Quarter": "2026 Q1" });
  ops.clock.advance(10 * minuteMs);
  ops.airtable.admin.editRow(row(2), { Sprint: "typed a moment ago" });
  ops.notion.admin.editPage(page(2), { Priority: { select: { name: "P3" } } });
  ops.clock.advance(5_000);
  const run = await bench.run("sync");
  const quarterOf = (at: number): unknown =>
    ops.airtable.admin.rows(ops.tableId).find(({ id }) => id === row(at))?.fields["Target Quarter"];
  expect([quarterOf(0), quarterOf(1)]).toEqual(["2026 Q3", "2026 Q1"]);
  // The row somebody is typing in is left for later, which is no reason to call for attention twice.
  expect([0, 1]).toContain(run.code);
  expect(bench.log().some((line) => line["code"] === "hot_row")).toBe(true);
  await comesToRest(bench, `clock off by ${byMs} ms`);
  await bench.close();
});
