// An undo as scripts get it: what would be put back, what stays and why.
import { expect, test } from "vitest";
import { outcomeOf } from "../../../test/fixture/services.ts";
import { tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import type { UndoOutcome, UndoView } from "../../app/undo.ts";
import { empty, text } from "../../core/value.ts";

const view: UndoView = {
  pair: "product-specs",
  names: { left: "Notion", right: "Airtable" },
  rows: [
    {
      ids: { left: "page-1", right: "rec-1" },
      title: "Checkout",
      op: "update",
      side: "right",
      rule: "F13",
      cells: [{ field: "Owner", before: text("Bo"), after: empty, rule: "F13" }],
    },
  ],
  kept: [
    { title: "Fax", side: "left", field: "Owner", why: "was changed since", now: text("Cy") },
    { title: "Fax", side: null, field: null, why: "is linked already", now: null },
  ],
};
const shown: UndoOutcome = { view, run: null, entries: [] };

const rowLine = {
  type: "undo",
  pair: "product-specs",
  side: "airtable",
  op: "update",
  title: "Checkout",
  fields: { Owner: { before: "t:Bo", after: "" } },
};
const keptLines = [
  {
    type: "kept",
    pair: "product-specs",
    side: "notion",
    title: "Fax",
    field: "Owner",
    why: "was changed since",
    now: "t:Cy",
  },
  {
    type: "kept",
    pair: "product-specs",
    side: null,
    title: "Fax",
    field: null,
    why: "is linked already",
  },
];

test("rows and what stays are objects, and nothing is written unasked", async () => {
  const undo = (): Promise<UndoOutcome> => Promise.resolve(shown);
  const { exit, lines } = await tandemJson(["undo", "r1"], { undo });
  expect(exit).toBe(0);
  expect(lines).toEqual([rowLine, ...keptLines]);
});

test("where nothing can be put back, nobody is asked and nothing is carried out", async () => {
  const undo = (): Promise<UndoOutcome> =>
    Promise.resolve({ ...shown, view: { ...view, rows: [] } });
  const { exit, out, calls } = await tandem(["undo", "r1", "--yes", "-c", "t.yaml"], { undo });
  expect(exit).toBe(0);
  expect(out).toContain("nothing to put back");
  expect(calls).toEqual(['undo "r1" false', "close"]);
});

test("what moved between the look and the writes is told once, and what stayed before is not repeated", async () => {
  const done = outcomeOf("attention");
  const run = done.kind === "run" ? done.run : null;
  const moved = { title: "Checkout", side: "right", field: null, why: "moved", now: null } as const;
  const undo = (_run: string, isApplied: boolean): Promise<UndoOutcome> =>
    Promise.resolve(
      isApplied ? { view: { ...view, kept: [...view.kept, moved] }, run, entries: [] } : shown,
    );
  const { exit, lines } = await tandemJson(["undo", "r1", "--yes"], { undo });
  expect(exit).toBe(1);
  expect(lines).toEqual([
    rowLine,
    ...keptLines,
    {
      type: "kept",
      pair: "product-specs",
      side: "airtable",
      title: "Checkout",
      field: null,
      why: "moved",
    },
  ]);
});
