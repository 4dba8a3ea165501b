import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  live,
  makeContext,
  makeFacts,
  makeFold,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
} from "../../test/fixture/pair.ts";
import type { OpenMatter } from "../core/finding.ts";
import { linkId, runId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import { reconcile, type RowPlan } from "../core/reconcile.ts";
import { empty, text, type Value } from "../core/value.ts";
import type { Conflict } from "../store/store.ts";
import { openMatters, rowWords, type OpenMatters } from "./open-matters.ts";

const setup = makeSmallSetup();
const { key } = mappingOf(setup, "Name");
const link = makePairLink(setup, { Name: alpha });
const gamma = text("Gamma");

function planOf(change: Partial<RowPlan> = {}, of: Link = link): RowPlan {
  const rows = {
    left: live(makeRow(setup, "left", { Name: beta })),
    right: live(makeRow(setup, "right", { Name: gamma })),
  };
  return { ...reconcile(makeFacts(of, rows), makeContext(setup)), ...change };
}

const cellMatter: OpenMatter = {
  kind: "cell",
  cell: key,
  field: "Name",
  base: alpha,
  values: { left: beta, right: gamma },
};
const rowMatter: OpenMatter = {
  kind: "edit-vs-delete",
  cell: null,
  field: null,
  base: null,
  values: { left: null, right: text("Alpha") },
};

function known(matter: OpenMatter = cellMatter, change: Partial<Conflict> = {}): Conflict {
  return {
    ...matter,
    id: "k1",
    pair: link.pair,
    link: link.id,
    title: "Alpha",
    sinceMs: nowMs - 5,
    run: runId("run-1"),
    status: "open",
    answer: null,
    ...change,
  };
}

interface Given {
  readonly matters?: readonly OpenMatter[];
  readonly plan?: RowPlan | null;
  readonly conflicts?: readonly Conflict[];
}

function found({ matters = [], plan = planOf(), conflicts = [] }: Given): OpenMatters {
  const plans = plan === null ? [] : [plan];
  return openMatters({
    open: matters.map((matter) => ({ plan: plan ?? planOf(), matter })),
    plans,
    conflicts,
    fold: makeFold(setup),
    conflictId: () => "new",
  });
}

const fresh = { ...known(), id: "new", sinceMs: nowMs, run: runId("run-2") };

describe("a matter that is reported", () => {
  test("is opened, with its values and since when", () => {
    expect(found({ matters: [cellMatter] })).toEqual({
      changes: [{ kind: "conflict", conflict: fresh }],
      entries: [],
    });
    const row = { ...fresh, ...rowMatter };
    expect(found({ matters: [rowMatter] }).changes).toEqual([{ kind: "conflict", conflict: row }]);
  });

  test("stays as it is while its three values do, and is stored no second time", () => {
    expect(found({ matters: [cellMatter], conflicts: [known()] })).toEqual({
      changes: [],
      entries: [],
    });
  });

  test.each<readonly [string, Partial<OpenMatter>]>([
    ["the left value", { values: { left: empty, right: gamma } }],
    ["the right value", { values: { left: beta, right: empty } }],
    ["the base", { base: null }],
  ])("keeps its id and its beginning when %s is another", (_what, change) => {
    const conflict = { ...known(), ...change };
    expect(
      found({ matters: [{ ...cellMatter, ...change }], conflicts: [known()] }).changes,
    ).toEqual([{ kind: "conflict", conflict }]);
  });

  test("follows its row's title, and a matter of another kind or cell is another matter", () => {
    const renamed = known(cellMatter, { title: "Older" });
    expect(found({ matters: [cellMatter], conflicts: [renamed] }).changes).toEqual([
      { kind: "conflict", conflict: known() },
    ]);
    const others = [
      known({ ...cellMatter, kind: "alignment" }),
      known({ ...cellMatter, cell: mappingOf(setup, "Status").key }),
      known(cellMatter, { link: linkId("other") }),
    ];
    for (const other of others) {
      expect(found({ matters: [cellMatter], conflicts: [other] }).changes).toEqual([
        { kind: "conflict", conflict: fresh },
        { kind: "conflict", conflict: { ...other, status: "closed" } },
      ]);
    }
  });

  test("of a whole row, titles do not count: only which side has a row", () => {
    const conflicts = [known(rowMatter)];
    const titled = { ...rowMatter, values: { left: null, right: text("Another title") } };
    expect(found({ matters: [titled], conflicts }).changes).toEqual([]);
    const turned = { ...rowMatter, values: { left: text("Alpha"), right: null } };
    expect(found({ matters: [turned], conflicts }).changes).toEqual([
      { kind: "conflict", conflict: { ...known(rowMatter), ...turned } },
    ]);
  });

  test("although it was answered, is asked again, and why is told", () => {
    const answered = known(cellMatter, { answer: { keep: "left" } });
    const { changes, entries } = found({ matters: [cellMatter], conflicts: [answered] });
    expect(changes).toEqual([{ kind: "conflict", conflict: known() }]);
    const body = {
      type: "problem",
      side: null,
      ids: link.ids,
      field: "Name",
      code: "answer_refused",
      message: 'The answer to k1 ("Alpha") could not be carried out.',
      remedy: "It is asked again: `tandem conflicts`.",
    };
    expect(entries).toEqual([body]);
    const cells = planOf().cells.map((cell) => ({
      ...cell,
      refusal: "it is too long",
      refusedSide: "right" as const,
    }));
    expect(
      found({ matters: [cellMatter], plan: planOf({ cells }), conflicts: [answered] }).entries,
    ).toEqual([
      {
        ...body,
        side: "right",
        message: 'The answer to k1 ("Alpha") could not be carried out: it is too long.',
      },
    ]);
    expect(
      found({
        matters: [cellMatter],
        plan: planOf({ cells, refusal: "nobody said how" }),
        conflicts: [answered],
      }).entries,
    ).toEqual([
      {
        ...body,
        side: "right",
        message: 'The answer to k1 ("Alpha") could not be carried out: nobody said how.',
      },
    ]);
    // With other values it is another question, to which nobody gave an answer.
    const moved = { ...cellMatter, base: null };
    expect(found({ matters: [moved], conflicts: [answered] }).entries).toEqual([]);
  });
});

describe("a matter that is reported no longer", () => {
  const ended = (conflict: Conflict, plan: RowPlan | null = planOf()): string => {
    const [change] = found({ plan, conflicts: [conflict] }).changes;
    return change?.kind === "conflict" ? change.conflict.status : "as it was";
  };
  const hold = (why: "frozen" | "unknown" | "away" | "edit-vs-delete"): RowPlan =>
    planOf({ decision: { act: "hold", why, rule: "R26" } as RowPlan["decision"] });
  const heldCell = (why: "unknown" | "ask", value: Value = beta): RowPlan =>
    planOf({
      cells: planOf().cells.map((cell) => ({
        ...cell,
        values: { left: value, right: value },
        decision: { act: "hold", why, rule: "F13" } as typeof cell.decision,
      })),
    });
  const answer = { keep: "left" } as const;

  test("is closed; one about a cell that was answered is kept for the day its values meet again", () => {
    expect(ended(known())).toBe("closed");
    expect(ended(known(), null)).toBe("closed");
    expect(ended(known(cellMatter, { answer }))).toBe("answered");
    expect(ended(known(rowMatter, { answer }))).toBe("closed");
    expect(ended(known(rowMatter))).toBe("closed");
    const [change] = found({ conflicts: [known(cellMatter, { answer })] }).changes;
    expect(change).toEqual({
      kind: "conflict",
      conflict: known(cellMatter, { answer, status: "answered" }),
    });
  });

  test("and was answered before, is left alone", () => {
    expect(ended(known(cellMatter, { answer, status: "answered" }))).toBe("as it was");
  });

  test("stays where the run could not look into it", () => {
    for (const why of ["frozen", "unknown", "away"] as const) {
      expect(ended(known(), hold(why))).toBe("as it was");
      expect(ended(known(rowMatter), hold(why))).toBe("as it was");
    }
    expect(ended(known(), hold("edit-vs-delete"))).toBe("closed");
    expect(ended(known(), heldCell("unknown"))).toBe("as it was");
    expect(ended(known(), heldCell("ask"))).toBe("closed");
    // Another cell of the row says nothing about this one.
    expect(ended(known({ ...cellMatter, cell: null, kind: "cell" }), heldCell("unknown"))).toBe(
      "closed",
    );
  });

  test("about a create is not judged here", () => {
    expect(ended(known(rowMatter, { kind: "create-in-doubt" }))).toBe("as it was");
  });

  test("stays while the call that a person's word asks for is still to be sent", () => {
    const call: RowPlan["actions"] = [{ kind: "restore", side: "left" }];
    const word = known(rowMatter, { answer });
    for (const act of ["archive", "restore", "recreate"] as const) {
      const plan = planOf({
        decision: { act, rule: "R10", side: "left" } as RowPlan["decision"],
        actions: call,
      });
      expect(ended(word, plan)).toBe("as it was");
      // Without a word, without a call, or of a link that lives no more, there is nothing to wait for.
      expect(ended(known(rowMatter), plan)).toBe("closed");
      expect(ended(word, { ...plan, actions: [] })).toBe("closed");
      expect(ended(word, { ...plan, link: { ...link, state: "archived" } })).toBe("closed");
    }
    const cells = planOf({ actions: call });
    expect(ended(word, cells)).toBe("closed");
  });
});

test("words about whole rows are those that a person gave, by their link", () => {
  const word = known(rowMatter, { answer: { keep: "right" } });
  const conflicts = [
    known(rowMatter, { link: linkId("unanswered") }),
    word,
    known(cellMatter, { answer: { keep: "left" } }),
  ];
  expect(rowWords(conflicts)).toEqual(new Map([[link.id, word]]));
});
