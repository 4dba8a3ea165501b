// An explanation as scripts get it: each side's half under the side's own name.
import { expect, test } from "vitest";
import { tandemJson } from "../../../test/fixture/tandem.ts";
import { opId, recordId, runId } from "../../core/ids.ts";
import { empty, text } from "../../core/value.ts";
import type { Explanation } from "../services.ts";

const atMs = Date.UTC(2026, 10, 21, 14, 2);
const iso = (afterMs: number): string => new Date(atMs + afterMs).toISOString();

const explanation: Explanation = {
  pair: "product-specs",
  names: { left: "Notion", right: "Airtable" },
  title: "Checkout",
  state: "live",
  ids: { left: recordId("page-1"), right: recordId("rec-1") },
  urls: { left: "https://notion.test/1", right: null },
  bornAtMs: atMs,
  rows: {
    left: { state: "there", stampMs: atMs + 1, readAt: { startMs: atMs + 2, endMs: atMs + 3 } },
    right: null,
  },
  rowRule: { rule: "R5", side: "right" },
  notes: ["It is put away."],
  cells: [
    {
      field: "Owner",
      fields: { left: "Owner", right: "Who" },
      owner: "right",
      flow: "both",
      base: { left: text("Ana"), right: text("Anna") },
      agreed: { rule: "F4", run: runId("r1"), atMs: atMs + 4 },
      lossySide: "left",
      now: {
        left: { value: text("Bo"), editedAtMs: atMs + 6, editedAfterMs: atMs + 5 },
        right: null,
      },
      next: { rule: "F5", side: "left", label: "tie", refusal: "too long" },
      lastChange: {
        run: runId("r1"),
        atMs: atMs + 7,
        side: "right",
        before: empty,
        after: text("Ana"),
        rule: "F4",
        opId: opId("o1"),
        label: "proven",
      },
    },
  ],
  conflicts: [],
  waiting: [{ message: "In doubt.", remedy: "Wait." }],
};

test("row and cells are one object, with instants and the sides by name", async () => {
  const explain = () => Promise.resolve({ kind: "row" as const, explanation });
  const { exit, lines } = await tandemJson(["explain", "Checkout"], { explain });
  expect(exit).toBe(0);
  expect(lines).toEqual([
    {
      type: "explanation",
      pair: "product-specs",
      title: "Checkout",
      state: "live",
      notionId: "page-1",
      airtableId: "rec-1",
      notionUrl: "https://notion.test/1",
      airtableUrl: null,
      linkedAt: iso(0),
      notionRow: { state: "there", editedAt: iso(1), readFrom: iso(2), readTo: iso(3) },
      airtableRow: null,
      rowRule: "R5",
      notes: ["It is put away."],
      cells: [
        {
          field: "Owner",
          owner: "airtable",
          flow: "both",
          base: { notion: "t:Ana", airtable: "t:Anna" },
          lossySide: "notion",
          agreed: { rule: "F4", run: "r1", at: iso(4) },
          notion: { value: "t:Bo", editedAt: iso(6), editedAfter: iso(5) },
          airtable: null,
          next: { rule: "F5", side: "notion", label: "tie", refusal: "too long" },
          lastChange: {
            run: "r1",
            at: iso(7),
            side: "airtable",
            before: "",
            after: "t:Ana",
            rule: "F4",
            request: "o1",
            label: "proven",
          },
        },
      ],
      conflicts: [],
      waiting: [{ message: "In doubt.", remedy: "Wait." }],
    },
  ]);
});

test("rows that fit alike are candidates with both ids, and a slip of the pen", async () => {
  const rows = [{ pair: "product-specs", title: "Checkout", ids: explanation.ids }];
  const explain = () => Promise.resolve({ kind: "several" as const, rows });
  expect(await tandemJson(["explain", "Checkout"], { explain })).toEqual({
    exit: 64,
    lines: [
      {
        type: "candidate",
        pair: "product-specs",
        title: "Checkout",
        notionId: "page-1",
        airtableId: "rec-1",
      },
    ],
  });
});
