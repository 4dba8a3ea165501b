// What the black-box tests share: edits that keep a run busy, waiting for a request, and what must hold
// when all is over, seen with nothing of the program's own code.
import { expect } from "vitest";
import { must } from "../../src/core/assert.ts";
import { standing, type Standing } from "../fixture/standing.ts";
import type { Bench } from "../e2e/bench.ts";

export const minuteMs = 60_000;

/** One new row on each side, an edit on each, and some minutes gone by; `round` tells them apart. */
export function busyTime({ ops }: Bench, round: number): void {
  ops.clock.advance(5 * minuteMs);
  ops.notion.admin.createPage({
    parent: { dataSourceId: ops.dataSourceId },
    title: `Page ${round}`,
  });
  ops.airtable.admin.addRow(ops.tableId, { "Spec Name": `Row ${round}`, Status: "Draft" });
  ops.notion.admin.editPage(must(ops.pageIds[round % 3], "a page"), {
    Priority: { select: { name: `P${round % 4}` } },
  });
  const rows = ops.airtable.admin.rows(ops.tableId);
  const row = must(rows[round % 3], "a row");
  ops.airtable.admin.editRow(row.id, { Sprint: `Sprint ${100 + round}` });
  ops.clock.advance(5 * minuteMs);
}

/** Until both services together got so many requests more, or the program ended. */
export async function requestsMore(
  bench: Bench,
  more: number,
  child: { readonly exitCode: number | null },
): Promise<void> {
  const wanted = bench.requests().all + more;
  while (bench.requests().all < wanted && child.exitCode === null) await pause(2);
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Runs until one has nothing to do; then both sides hold the same. */
export async function comesToRest(bench: Bench, where: string): Promise<Standing> {
  const codes: (number | null)[] = [];
  let isQuiet = false;
  for (let run = 0; run < 4 && !isQuiet; run += 1) {
    bench.ops.clock.advance(5 * minuteMs);
    const { writes } = bench.requests();
    const done = await bench.run("sync");
    codes.push(done.code);
    isQuiet = done.code === 0 && bench.requests().writes === writes;
  }
  const now = standing(bench.ops);
  expect({ where, codes, isQuiet, now: now.airtable }).toEqual({
    where,
    codes,
    isQuiet: true,
    now: now.notion,
  });
  return now;
}

/** Every line of the audit log is there and unedited, as the program itself finds. */
export async function logIsWhole(bench: Bench): Promise<void> {
  const { code, stdout, stderr } = await bench.run("history", "verify");
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
}
