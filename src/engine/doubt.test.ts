import { describe, expect, test } from "vitest";
import {
  kinds,
  makeField,
  makeFold,
  makePairLink,
  makeRow,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { makeObservation } from "../../test/fixture/observation.ts";
import { makeIntent } from "../../test/fixture/store.ts";
import { linkId, recordId, type RecordId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Row } from "../core/row.ts";
import { other, withSide, type Side } from "../core/side.ts";
import { text, type Value } from "../core/value.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import { doubtChanges } from "./doubt.ts";
import type { Prepared } from "./prepare.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line } },
  policy: { markers: { left: null, right: "Page" } },
  extra: { right: [makeField("right", "Page", kinds.line)] },
});

const intentOf = (side: Side, change: Partial<Intent> = {}): Intent =>
  makeIntent("op-1", "link-1", {
    pair: setup.policy.id,
    kind: "create",
    side,
    target: null,
    marker: null,
    title: "One",
    sentAtMs: nowMs - 600_000,
    ...change,
  });

const row = (side: Side, id: string, change: Partial<Row> = {}): Row =>
  makeRow(
    setup,
    side,
    { Name: text("One") },
    { id: recordId(id), createdAtMs: nowMs - 599_000, ...change },
  );

interface Given {
  readonly intent?: Intent | null;
  readonly rows?: readonly Row[];
  readonly conflicts?: readonly Conflict[];
  readonly isComplete?: boolean;
  readonly adopted?: readonly RecordId[];
  /** The run did not come to look into the calls in doubt. */
  readonly isStopped?: boolean;
}

function changes(given: Given): readonly StoreChange[] {
  const intent = given.intent === undefined ? intentOf("left") : given.intent;
  const side = intent?.side ?? "left";
  const isComplete = { [side]: given.isComplete ?? true, [other(side)]: true };
  const link = makePairLink(setup, {});
  const prepared = {
    setup,
    fold: makeFold(setup, { toldAtMs: nowMs + 5 }),
    conflicts: given.conflicts ?? [],
    intents: intent === null ? [] : [intent],
    observation: makeObservation({ rows: { [side]: given.rows ?? [] }, isComplete }),
    recovery: {
      doubtful: intent === null || given.isStopped === true ? [] : [intent],
      links: new Map(given.isStopped === true ? [] : [[link.id, link]]),
      adopted: new Set(given.adopted),
    },
  };
  return doubtChanges(prepared as unknown as Prepared, () => "new");
}

const question = (
  side: Side,
  listed: readonly string[],
  change: Partial<Conflict> = {},
): Conflict => {
  const source = withSide<Value | null>({ left: null, right: null }, other(side), text("One"));
  return {
    id: "new",
    pair: setup.policy.id,
    link: linkId("link-1"),
    kind: "create-in-doubt",
    cell: null,
    field: null,
    title: "One",
    base: null,
    values: listed.length === 0 ? source : withSide(source, side, text(listed.join("\n"))),
    sinceMs: nowMs,
    run: makeFold(setup).run,
    status: "open",
    answer: null,
    ...change,
  };
};

function told(side: Side, message: string, remedy: string): StoreChange {
  const ids = { left: null, right: null };
  const body = {
    type: "problem",
    side,
    ids,
    field: null,
    code: "create_in_doubt",
    message,
    remedy,
  } as const;
  return {
    kind: "entry",
    entry: { run: makeFold(setup).run, pair: setup.policy.id, atMs: nowMs + 5, body },
  };
}

describe("G3: a create in doubt is put before a person", () => {
  const remedy =
    "Look, then answer with `tandem conflicts resolve new --keep …`: notion links the one row that may be it, airtable creates it.";
  const advice = " A link marker in Notion avoids such questions.";

  test("with the rows that may be it, by their address or else their id", () => {
    const rows = [
      row("left", "p1", { url: "https://example.com/p1" }),
      row("left", "p2"),
      row("left", "p3", { title: "Other" }),
    ];
    expect(changes({ rows })).toEqual([
      { kind: "conflict", conflict: question("left", ["https://example.com/p1", "p2"]) },
      told(
        "left",
        'Whether "One" was created in Notion is not known; 2 unlinked rows of that name are there.',
        remedy + advice,
      ),
    ]);
    expect(changes({ rows: rows.slice(0, 1) })[1]).toEqual(
      told(
        "left",
        'Whether "One" was created in Notion is not known; 1 unlinked row of that name is there.',
        remedy + advice,
      ),
    );
  });

  test("also when none is there, and on the other side in its own words", () => {
    expect(changes({})).toEqual([
      { kind: "conflict", conflict: question("left", []) },
      told(
        "left",
        'Whether "One" was created in Notion is not known; 0 unlinked rows of that name are there.',
        remedy + advice,
      ),
    ]);
    const intent = intentOf("right", { marker: "page-1" });
    const rows = [row("right", "r1", { marker: "junk", isOurs: true })];
    expect(changes({ intent, rows })).toEqual([
      { kind: "conflict", conflict: question("right", ["r1"]) },
      told(
        "right",
        'Whether "One" was created in Airtable is not known; 1 unlinked row there may be it, and none has its link marker.',
        "Look, then answer with `tandem conflicts resolve new --keep …`: airtable links the one row that may be it, notion creates it.",
      ),
    ]);
  });

  test("of very many rows ten are listed, and all are counted", () => {
    const rows = Array.from({ length: 11 }, (_, at) => row("left", `p${at}`));
    const [asked, problem] = changes({ rows });
    const ids = rows.slice(0, 10).map(({ id }) => id);
    expect(asked).toEqual({ kind: "conflict", conflict: question("left", ids) });
    expect(JSON.stringify(problem)).toContain("11 unlinked rows");
  });

  test("without those that belong to a link since", () => {
    const rows = [row("left", "p1"), row("left", "p2")];
    expect(changes({ rows, adopted: [recordId("p1")] })[0]).toEqual({
      kind: "conflict",
      conflict: question("left", ["p2"]),
    });
  });
});

describe("G3: a question that was asked before", () => {
  const before = question("left", ["p1"], { id: "k1", sinceMs: 7 });
  const rows = [row("left", "p1")];

  test("is neither stored nor told again while it offers the same rows", () => {
    expect(changes({ rows, conflicts: [before] })).toEqual([]);
  });

  test("offers other rows under its own id, since when it was asked", () => {
    const both = [...rows, row("left", "p2")];
    const [asked, problem] = changes({ rows: both, conflicts: [before] });
    expect(asked).toEqual({
      kind: "conflict",
      conflict: question("left", ["p1", "p2"], { id: "k1", sinceMs: 7 }),
    });
    expect(JSON.stringify(problem)).toContain("resolve k1");
    expect(changes({ rows: [], conflicts: [before] })[0]).toMatchObject({
      conflict: { id: "k1", values: { left: null } },
    });
  });

  test("whose answer cannot be followed is asked again, and why is told", () => {
    const answered = { ...before, answer: { keep: "left" } } as const;
    const [asked, problem] = changes({ rows, conflicts: [answered] });
    expect(asked).toEqual({ kind: "conflict", conflict: before });
    expect(JSON.stringify(problem)).toContain(
      '\\"One\\" was said to be in Notion, but 1 unlinked row of that name is there.',
    );
  });

  test("is left as it is by a listing that was cut short, and by a run that did not look", () => {
    const answered = { ...before, answer: { keep: "left" } } as const;
    for (const conflict of [before, answered]) {
      expect(changes({ rows: [], conflicts: [conflict], isComplete: false })).toEqual([]);
      expect(changes({ rows, conflicts: [conflict], isStopped: true })).toEqual([]);
    }
    // A new question is asked all the same.
    expect(changes({ rows, isComplete: false })).toHaveLength(2);
  });

  test("is closed when its call is in doubt no more; other matters are none of it", () => {
    const closed = { kind: "conflict", conflict: { ...before, status: "closed" } };
    expect(changes({ intent: null, conflicts: [before] })).toEqual([closed]);
    expect(changes({ intent: null, conflicts: [{ ...before, kind: "edit-vs-delete" }] })).toEqual(
      [],
    );
    const another = { ...before, link: linkId("link-2") };
    expect(changes({ rows, conflicts: [before, another] })).toEqual([
      { kind: "conflict", conflict: { ...another, status: "closed" } },
    ]);
  });
});
