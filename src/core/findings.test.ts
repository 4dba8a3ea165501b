// What people are told, by example: each thing that waits has a reason, a remedy, and a matter to
// decide where there is one; and no overwritten edit goes untold.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeBase,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  setupOf,
  type FieldSpec,
} from "../../test/fixture/pair.ts";
import type { Findings } from "./finding.ts";
import { findingsOf } from "./findings.ts";
import type { BaseCell, Link } from "./link.ts";
import { reconcile, type RowFacts } from "./reconcile.ts";
import type { RowReading } from "./row.ts";
import type { Sided } from "./side.ts";
import { text, unknown, type Value } from "./value.ts";

const gone: RowReading = { state: "gone", evidence: "" };

interface Case {
  readonly field?: Partial<FieldSpec>;
  readonly base?: Value | BaseCell;
  readonly left: Value;
  readonly right: Value;
  readonly readings?: Partial<Sided<RowReading>>;
  readonly link?: Partial<Link>;
  readonly facts?: Partial<RowFacts>;
}

function found({ field = {}, base, left, right, readings = {}, link, facts }: Case): Findings {
  const setup = setupOf({ fields: { Name: { kind: kinds.lines, ...field } } });
  const rows = {
    left: live(makeRow(setup, "left", { Name: left })),
    right: live(makeRow(setup, "right", { Name: right })),
    ...readings,
  };
  const linked = makePairLink(setup, base === undefined ? {} : { Name: base }, link);
  return findingsOf(reconcile(makeFacts(linked, rows, facts), makeContext(setup)));
}

test("in step, or carried over without a loser, there is nothing to tell", () => {
  const nothing = { conflicts: [], problems: [], open: [], isWaiting: false };
  expect(found({ base: alpha, left: alpha, right: alpha })).toEqual(nothing);
  expect(found({ base: alpha, left: beta, right: alpha })).toEqual(nothing);
});

describe("P7: edits that give way", () => {
  const both = { base: alpha, left: beta, right: text("Gamma") };

  test("the line has base, both values, the winner and how sure it is", () => {
    const { conflicts, isWaiting } = found({ ...both, field: { owner: "right" } });
    expect(isWaiting).toBe(false);
    expect(conflicts).toMatchObject([
      {
        field: "Name",
        base: alpha,
        values: { left: { value: beta }, right: { value: text("Gamma") } },
        winner: "right",
        rule: "F12",
        label: "policy",
      },
    ]);
  });

  test("drift that is reverted is a loser too", () => {
    const { conflicts } = found({
      base: alpha,
      left: alpha,
      right: beta,
      field: { flow: "toRight" },
    });
    expect(conflicts).toMatchObject([{ winner: "left", rule: "F5" }]);
  });

  test("a merge is told as one", () => {
    const { conflicts } = found({
      field: { owner: "merge" },
      base: text("a\n\nb\n\nc"),
      left: text("A\n\nb\n\nc"),
      right: text("a\n\nb\n\nC"),
    });
    expect(conflicts).toMatchObject([{ winner: "merged", rule: "F10" }]);
  });

  test("asked, nobody has won: it waits under its values", () => {
    const { conflicts, open, isWaiting } = found({ ...both, field: { owner: "ask" } });
    expect(conflicts).toMatchObject([{ winner: null, label: "held" }]);
    expect(open).toMatchObject([{ kind: "cell", base: alpha, values: { left: beta } }]);
    expect(isWaiting).toBe(true);
  });
});

describe("cells that wait", () => {
  const codeOf = (input: Case): readonly unknown[] => {
    const { problems, open, isWaiting } = found(input);
    for (const problem of problems) expect(problem.remedy).not.toBe("");
    return [
      ...problems.map(({ code, side }) => `${code} ${side}`),
      ...open.map((o) => o.kind),
      isWaiting,
    ];
  };

  test("each says why, and what can be decided is open", () => {
    expect(codeOf({ left: alpha, right: beta })).toEqual([
      "differs_at_first_sync null",
      "alignment",
      true,
    ]);
    const styled = text("Alpha", true);
    const base = makeBase({ left: styled, right: alpha }, { lossySide: "right" });
    expect(codeOf({ base, left: styled, right: beta })).toEqual([
      "lossy_target right",
      "lossy",
      true,
    ]);
    expect(
      codeOf({ base: alpha, left: alpha, right: beta, field: { flow: "toRight", drift: "warn" } }),
    ).toEqual(["drift right", "drift", true]);
    expect(codeOf({ base: alpha, left: unknown("error"), right: beta })).toEqual([
      "undecodable left",
      true,
    ]);
  });

  test("F19: what does not fit says why", () => {
    const short = { kind: "text", format: "plain", isMultiline: true, lengthMax: 4 } as const;
    const { problems } = found({
      field: { kind: { left: kinds.lines, right: short } },
      base: text("A"),
      left: alpha,
      right: text("A"),
    });
    expect(problems).toMatchObject([{ code: "not_representable", field: "Name", side: "right" }]);
    expect(problems[0]?.message).toContain("5 characters");
  });

  test("a doubtful reading is told apart from an unreadable one", () => {
    const base = makeBase({ left: beta, right: beta }, { previous: { left: alpha, right: alpha } });
    const recent = { ...base, atMs: Number.MAX_SAFE_INTEGER };
    const link = { stamps: { left: null, right: null } };
    expect(codeOf({ base: recent, left: beta, right: alpha, link })).toEqual([
      "suspect_reading right",
      true,
    ]);
  });
});

describe("rows that wait", () => {
  test("edit against removal asks a person", () => {
    const { problems, open, isWaiting } = found({
      base: alpha,
      left: beta,
      right: alpha,
      readings: { right: gone },
    });
    expect(problems).toMatchObject([{ code: "edit_versus_delete", side: "right" }]);
    expect(open).toMatchObject([{ kind: "edit-vs-delete", cell: null, values: { right: null } }]);
    expect(isWaiting).toBe(true);
  });

  test("unknown, out of scope and frozen rows say so", () => {
    const at = (reading: RowReading): Findings =>
      found({ base: alpha, left: alpha, right: alpha, readings: { left: reading } });
    const lost = at({ state: "unknown", why: "404" });
    expect(lost.problems).toMatchObject([{ code: "row_unknown", side: "left" }]);
    expect(lost.problems[0]?.message).toContain("404");
    expect(lost.isWaiting).toBe(true);
    const away = at({ state: "left", why: "moved", row: null });
    expect(away.problems).toMatchObject([{ code: "out_of_scope", side: "left" }]);
    expect(away.problems[0]?.message).toContain("moved to another table");
    const frozen = found({ base: alpha, left: beta, right: alpha, facts: { isFrozen: true } });
    expect(frozen).toMatchObject({ problems: [], isWaiting: true });
  });

  test("a removal without a way of carrying it out is told", () => {
    const setup = setupOf({
      fields: { Name: { kind: kinds.line } },
      policy: { archive: { left: null, right: null } },
    });
    const rows = { left: live(makeRow(setup, "left", { Name: alpha })), right: gone };
    const plan = reconcile(
      makeFacts(makePairLink(setup, { Name: alpha }), rows),
      makeContext(setup),
    );
    expect(findingsOf(plan)).toMatchObject({
      problems: [{ code: "archive_not_configured", side: "left" }],
      isWaiting: true,
    });
  });
});
