// What waits for a person, as scripts get it, and how the two commands end.
import { describe, expect, test } from "vitest";
import { tandem, tandemJson } from "../../../test/fixture/tandem.ts";
import { recordId } from "../../core/ids.ts";
import { text } from "../../core/value.ts";
import type { ConflictView } from "../services.ts";

const open: ConflictView = {
  id: "k7f2",
  pair: "product-specs",
  names: { left: "Notion", right: "Airtable" },
  kind: "cell",
  title: "Checkout",
  field: "Owner",
  base: text("Ana"),
  values: { left: text("Bo"), right: text("Cy") },
  ids: { left: recordId("page-1"), right: recordId("rec-1") },
  sinceMs: Date.UTC(2026, 10, 21, 14, 2),
  answer: null,
};
const answered: ConflictView = { ...open, id: "k7f3", answer: { keep: "left" } };

const told = {
  type: "open-conflict",
  id: "k7f2",
  pair: "product-specs",
  kind: "cell",
  notionId: "page-1",
  airtableId: "rec-1",
  title: "Checkout",
  field: "Owner",
  base: "t:Ana",
  notion: "t:Bo",
  airtable: "t:Cy",
  since: "2026-11-21T14:02:00.000Z",
  answer: null,
};

describe("conflicts", () => {
  test("each is an object with the base and both sides' values", async () => {
    const conflicts = () => Promise.resolve([open]);
    expect(await tandemJson(["conflicts"], { conflicts })).toEqual({ exit: 1, lines: [told] });
  });

  test("of a whole row there is no field, and one side only", async () => {
    const row: ConflictView = {
      ...open,
      kind: "edit-vs-delete",
      field: null,
      base: null,
      values: { left: null, right: text("Checkout") },
    };
    const { lines } = await tandemJson(["conflicts"], { conflicts: () => Promise.resolve([row]) });
    expect(lines).toMatchObject([
      { field: null, base: null, notion: null, airtable: "t:Checkout" },
    ]);
  });

  test("attention is asked for while one has no answer, and no longer", async () => {
    const exitOf = async (...conflicts: readonly ConflictView[]): Promise<number> =>
      (await tandem(["conflicts", "-c", "t.yaml"], { conflicts: () => Promise.resolve(conflicts) }))
        .exit;
    expect(await exitOf(answered, open)).toBe(1);
    expect(await exitOf(answered)).toBe(0);
    expect(await exitOf()).toBe(0);
  });

  test("an answer is given back as it was taken", async () => {
    const args = ["conflicts", "resolve", "k7f3", "--keep", "notion"];
    const done = await tandemJson(args, { resolve: () => Promise.resolve(answered) });
    expect(done).toEqual({
      exit: 0,
      lines: [{ ...told, id: "k7f3", answer: { keep: "left" } }],
    });
  });
});
