// Answers held against two fields before they are stored: options, one-way fields, other types' values.
import { describe, expect, test } from "vitest";
import { kinds, mappingOf, setupOf } from "../../test/fixture/pair.ts";
import { linkId, pairId, runId } from "../core/ids.ts";
import type { Kind } from "../core/schema.ts";
import type { PairSetup } from "../core/setup.ts";
import type { Sided } from "../core/side.ts";
import { choice, choices, number, text, unknown, type Value } from "../core/value.ts";
import type { Conflict, ConflictAnswer } from "../store/store.ts";
import { SyncError } from "../errors.ts";
import { checkAnswer } from "./check-answer.ts";

function options(...names: readonly string[]): Kind {
  const fixed = { canAddOptions: false, refuses: [], blankOption: null };
  return { kind: "choice", options: names.map((name) => ({ id: name, name })), ...fixed };
}

const tags = {
  kind: "choices",
  canAddOptions: true,
  options: [],
  refuses: [],
  countMax: 9,
} as const;

const setup = setupOf({
  fields: {
    Status: {
      kind: {
        left: options("Low", "High", "Archived"),
        right: options("Low", "Urgent", "Archived"),
      },
      renames: [{ left: "High", right: "Urgent" }],
    },
    Tags: {
      kind: {
        left: { ...tags, options: [{ id: "1", name: "api" }] },
        right: tags,
      },
    },
    Points: { kind: kinds.number },
    Note: { kind: kinds.line },
    Address: { kind: kinds.line, flow: "toRight" },
  },
});

function conflict(field: string, values: Sided<Value | null>, of: PairSetup = setup): Conflict {
  return {
    id: "k7f2",
    pair: pairId("product-specs"),
    link: linkId("l1"),
    kind: "cell",
    cell: mappingOf(of, field).key,
    field,
    title: "Bulk export",
    base: null,
    values,
    sinceMs: 0,
    run: runId("r1"),
    status: "open",
    answer: null,
  };
}

const status = conflict("Status", { left: choice("Low"), right: choice("Archived") });

/** What is stored and shown, or the message and the remedy of the refusal. */
function checked(matter: Conflict, answer: ConflictAnswer): unknown {
  try {
    const { answer: stored, value } = checkAnswer(matter, answer, setup);
    return [stored, value];
  } catch (error) {
    if (error instanceof SyncError) return `${error.message} ${error.remedy}`;
    throw error;
  }
}

const typed = (content: string): ConflictAnswer => ({ keep: "value", text: content });

describe("a typed answer", () => {
  test("takes an option by either side's name, and is stored as the field spells it", () => {
    expect(checked(status, typed("low"))).toEqual([typed("Low"), choice("Low")]);
    expect(checked(status, typed("urgent"))).toEqual([typed("High"), choice("High")]);
  });

  test("an option nobody has is refused, with the ones there are and the likeliest of them", () => {
    expect(checked(status, typed("Hihg"))).toBe(
      'Status has no option "Hihg". Did you mean "High"? It has: Low, High, Archived, Urgent. Add a new one in the service first.',
    );
    const tagged = conflict("Tags", { left: choices(["api"]), right: choices([]) });
    expect(checked(tagged, typed("api, ap"))).toContain('Tags has no option "ap".');
    expect(checked(tagged, typed("API"))).toEqual([typed("api"), choices(["api"])]);
  });

  test("must be of the field's type", () => {
    const points = conflict("Points", { left: number(1), right: number(2) });
    expect(checked(points, typed("many"))).toBe(
      '"many" does not fit into Points: the text is no number. Answer with a side, or with a value of the field\'s type.',
    );
    expect(checked(points, typed("1.50"))).toEqual([typed("1.50"), number(1.5)]);
  });

  test("does not write into the source of a one-way field", () => {
    const address = conflict("Address", { left: text("a"), right: text("b") });
    expect(checked(address, typed("c"))).toBe(
      "Address only flows from Notion, so a new value has to be entered there. Answer with --keep notion, or edit it in Notion.",
    );
    expect(checked(address, typed("a"))).toEqual([typed("a"), text("a")]);
    expect(checked(address, { keep: "right" })).toBe(
      "Address only flows from Notion to Airtable; what Airtable holds cannot be carried back. Answer with --keep notion, or edit it in Notion.",
    );
    expect(checked(address, { keep: "left" })).toEqual([{ keep: "left" }, text("a")]);
  });
});

describe("a side as the answer", () => {
  test("says which value will be on both, in the left side's words", () => {
    const urgent = conflict("Status", { left: choice("Low"), right: choice("Urgent") });
    expect(checked(urgent, { keep: "right" })).toEqual([{ keep: "right" }, choice("High")]);
    expect(checked(urgent, { keep: "both" })).toContain("cannot both be kept");
  });

  test("a value that does not fit the other side is refused while the person is there", () => {
    const odd = conflict("Status", { left: choice("Low"), right: choice("Elsewhere") });
    expect(checked(odd, { keep: "right" })).toContain("does not fit into Notion");
  });

  test("a matter of a whole row needs no field, and a field that is gone takes no answer", () => {
    const whole = { ...status, cell: null };
    expect(checked(whole, { keep: "right" })).toEqual([{ keep: "right" }, null]);
    const other = setupOf({ fields: { Gone: { kind: kinds.line } } });
    const gone = conflict("Gone", { left: null, right: null }, other);
    expect(checked(gone, { keep: "left" })).toContain("Gone is not synced any more.");
  });
});

describe("what a person cannot mean", () => {
  const cut = setupOf({
    fields: {
      Note: { kind: { left: kinds.lines, right: { ...kinds.line, lengthMax: 5 } as Kind } },
      Back: { kind: kinds.line, flow: "toLeft" },
    },
  });
  const said = (field: string, values: Sided<Value | null>, answer: ConflictAnswer): unknown => {
    try {
      return checkAnswer(conflict(field, values, cut), answer, cut);
    } catch (error) {
      return error instanceof SyncError ? [error.code, error.message, error.remedy] : error;
    }
  };
  const [long, short] = [text("much too long"), text("ab")];

  test("is a value that one side cannot hold, whoever names it", () => {
    expect(said("Note", { left: long, right: short }, { keep: "left" })).toEqual([
      "usage",
      expect.stringMatching(/^The value in Notion does not fit into Airtable: .+\.$/u),
      "Answer with --keep airtable, or with a value that fits both.",
    ]);
    expect(said("Note", { left: short, right: short }, typed("much too long"))).toEqual([
      "usage",
      expect.stringMatching(/^"much too long" does not fit into Note in Airtable: .+\.$/u),
      "Answer with a side, or with a value of the field's type.",
    ]);
    expect(said("Note", { left: short, right: null }, typed("ok"))).toEqual({
      answer: typed("ok"),
      value: text("ok"),
    });
  });

  test("is what only flows the other way", () => {
    const values = { left: text("l"), right: text("r") };
    expect(said("Back", values, { keep: "left" })).toEqual([
      "usage",
      "Back only flows from Airtable to Notion; what Notion holds cannot be carried back.",
      "Answer with --keep airtable, or edit it in Airtable.",
    ]);
    expect(said("Back", values, { keep: "right" })).toMatchObject({ value: text("r") });
    expect(said("Back", values, typed("x"))).toEqual([
      "usage",
      "Back only flows from Airtable, so a new value has to be entered there.",
      "Answer with --keep airtable, or edit it in Airtable.",
    ]);
    expect(said("Back", { ...values, right: null }, typed("x"))).toContain("usage");
    expect(said("Back", { ...values, right: unknown("error") }, typed("x"))).toContain("usage");
    expect(said("Back", values, typed("r"))).toMatchObject({ value: text("r") });
  });

  test("a side that shows nothing, or nothing that can be read, names no value", () => {
    for (const left of [null, unknown("error")]) {
      expect(said("Note", { left, right: short }, { keep: "left" })).toEqual({
        answer: { keep: "left" },
        value: null,
      });
    }
  });

  test("both values of one cell", () => {
    expect(said("Note", { left: long, right: short }, { keep: "both" })).toEqual([
      "usage",
      "Two values of one cell cannot both be kept.",
      "Answer with a side, or with a value.",
    ]);
  });
});
