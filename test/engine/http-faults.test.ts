// Every call of a busy run, each answered once by each kind of fault, through the real clients. Within
// four runs both sides agree, nothing is doubled or lost, and one more run writes nothing.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { Fault } from "../../src/sandbox/fault.ts";
import type { SandboxAnswer } from "../../src/sandbox/wire.ts";
import { standing } from "../fixture/standing.ts";
import { makeHttpWorld, type HttpWorld } from "./http-world.ts";

const html = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
const error = (status: number): SandboxAnswer => ({
  status,
  body:
    status === 502
      ? html
      : { object: "error", status, code: "internal_server_error", message: "Unexpected error." },
});

const faults: Readonly<Record<string, Fault>> = {
  "429": {
    kind: "answer",
    when: "before",
    answer: {
      status: 429,
      headers: { "retry-after": "3" },
      body: { object: "error", status: 429, code: "rate_limited", message: "slow down" },
    },
  },
  "500 before": { kind: "answer", when: "before", answer: error(500) },
  "500 after": { kind: "answer", when: "after", answer: error(500) },
  "503 before": { kind: "answer", when: "before", answer: error(503) },
  "502 HTML after": { kind: "answer", when: "after", answer: error(502) },
  "cut before": { kind: "cut", when: "before" },
  "cut after": { kind: "cut", when: "after" },
  truncated: { kind: "truncated" },
  empty: { kind: "empty" },
};

async function busyWorld(): Promise<HttpWorld> {
  const world = await makeHttpWorld(6);
  const { ops } = world;
  await world.run();
  ops.clock.advance(600_000);
  const rows = ops.airtable.admin.rows(ops.tableId);
  const rowOf = (page: string): string =>
    must(
      rows.find((row) => row.fields["Notion Page ID"] === page),
      "a linked row",
    ).id;
  const page = (at: number): string => must(ops.pageIds[at], "a page");
  ops.notion.admin.editPage(page(0), { Priority: { select: { name: "P3" } } });
  ops.airtable.admin.editRow(rowOf(page(1)), { Sprint: "Sprint 42" });
  ops.notion.admin.trash(page(2));
  ops.airtable.admin.deleteRow(rowOf(page(3)));
  ops.airtable.admin.addRow(ops.tableId, { "Spec Name": "Born in Airtable", Status: "Draft" });
  ops.notion.admin.createPage({
    parent: { dataSourceId: ops.dataSourceId },
    title: "Born in Notion",
  });
  ops.clock.advance(600_000);
  return world;
}

async function undisturbed(): Promise<{ notion: number; airtable: number; rows: unknown }> {
  const world = await busyWorld();
  const before = { notion: world.ops.notion.log.length, airtable: world.ops.airtable.log.length };
  const run = await world.run();
  expect(run.error).toBeNull();
  const rows = standing(world.ops);
  expect(rows.airtable).toEqual(rows.notion);
  expect(rows.notion).toHaveLength(6);
  const calls = {
    notion: world.ops.notion.log.length - before.notion,
    airtable: world.ops.airtable.log.length - before.airtable,
  };
  await world.close();
  return { ...calls, rows };
}

test.each(Object.keys(faults))(
  "G3 G6 P12: every call answered once by: %s",
  async (name) => {
    const fault = must(faults[name], "a fault of that name");
    const { notion, airtable, rows } = await undisturbed();
    for (const service of ["notion", "airtable"] as const) {
      const calls = service === "notion" ? notion : airtable;
      for (let call = 0; call < calls; call += 1) {
        const world = await busyWorld();
        world.ops[service].faults.add({ name, fault, skip: call });
        const where = `${name} at ${service} call ${call + 1}`;
        const statuses: string[] = [];
        for (let run = 0; run < 4; run += 1) {
          const result = await world.run();
          statuses.push(result.error?.code ?? result.status);
          world.ops.clock.advance(180_000);
        }
        expect({ where, rows: standing(world.ops), last: statuses.at(-1) }).toEqual({
          where,
          rows,
          last: "ok",
        });
        const writes = world.writes();
        await world.run();
        expect({ where, writes: world.writes() }).toEqual({ where, writes });
        await world.close();
      }
    }
  },
  120_000,
);
