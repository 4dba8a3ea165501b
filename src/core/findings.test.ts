// What people are told, by example and in full: each thing that waits has its reason, its remedy, the
// matter to decide where there is one, and its place in the run's report; and no overwritten edit goes
// untold.
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
  mappingOf,
  nowMs,
  setupOf,
  type FieldSpec,
} from "../../test/fixture/pair.ts";
import type { ConflictEntry, ProblemEntry } from "./entry.ts";
import type { Findings, OpenMatter } from "./finding.ts";
import { findingsOf } from "./findings.ts";
import { recordId } from "./ids.ts";
import type { BaseCell, Link } from "./link.ts";
import { undoRule } from "./link.ts";
import type { PairPolicy } from "./policy.ts";
import { holdsOf, isRowUnknown, type HoldReason } from "./report.ts";
import { reconcile, type RowFacts, type RowPlan } from "./reconcile.ts";
import type { RowReading } from "./row.ts";
import { sides, type Side, type Sided } from "./side.ts";
import { empty, text, unknown, type Value } from "./value.ts";

const gone: RowReading = { state: "gone", evidence: "" };
const gamma = text("Gamma");

interface Case {
  readonly field?: Partial<FieldSpec>;
  readonly policy?: Partial<PairPolicy>;
  readonly base?: Value | Sided<Value> | BaseCell;
  readonly left: Value;
  readonly right: Value;
  readonly readings?: Partial<Sided<RowReading | null>>;
  readonly link?: Partial<Link>;
  readonly facts?: Partial<RowFacts>;
}

function planOf({ field = {}, policy = {}, base, left, right, ...rest }: Case): RowPlan {
  const setup = setupOf({ fields: { Name: { kind: kinds.lines, ...field } }, policy });
  const rows = {
    left: live(makeRow(setup, "left", { Name: left })),
    right: live(makeRow(setup, "right", { Name: right })),
    ...rest.readings,
  };
  const link = makePairLink(setup, base === undefined ? {} : { Name: base }, rest.link);
  return reconcile(makeFacts(link, rows, rest.facts), makeContext(setup));
}

interface Told extends Findings {
  readonly holds: readonly HoldReason[];
  readonly isUnknown: boolean;
}

function found(input: Case): Told {
  const plan = planOf(input);
  return { ...findingsOf(plan), holds: holdsOf(plan), isUnknown: isRowUnknown(plan) };
}

const nothing: Told = {
  conflicts: [],
  problems: [],
  open: [],
  isWaiting: false,
  holds: [],
  isUnknown: false,
};

const ids = { left: recordId("page-1"), right: recordId("rec1") };
const { key } = mappingOf(setupOf({ fields: { Name: { kind: kinds.lines } } }), "Name");

type Said = Pick<ProblemEntry, "code" | "side" | "message" | "remedy"> & {
  readonly field?: string;
};
const problem = ({ field = "Name", ...said }: Said): ProblemEntry => ({
  type: "problem",
  ids,
  field,
  ...said,
});
const rowProblem = (said: Said): ProblemEntry => ({ ...problem(said), field: null });

const conflict = (change: Partial<ConflictEntry>): ConflictEntry => ({
  type: "conflict",
  link: planOf({ left: alpha, right: alpha }).link.id,
  ids,
  title: "Alpha",
  field: "Name",
  base: alpha,
  values: {
    left: { value: beta, atMs: nowMs - 235_000 },
    right: { value: gamma, atMs: nowMs - 294_000 },
  },
  winner: "right",
  rule: "F12",
  label: "policy",
  ...change,
});

const matter = (change: Partial<OpenMatter>): OpenMatter => ({
  kind: "cell",
  cell: key,
  field: "Name",
  base: alpha,
  values: { left: beta, right: gamma },
  ...change,
});

test("in step, or carried over without a loser, there is nothing to tell", () => {
  expect(found({ base: alpha, left: alpha, right: alpha })).toEqual(nothing);
  expect(found({ base: alpha, left: beta, right: alpha })).toEqual(nothing);
  expect(found({ left: alpha, right: empty })).toEqual(nothing);
});

describe("P7: edits that give way", () => {
  const both = { base: alpha, left: beta, right: gamma };

  test("the line has base, both values and their times, the winner and how sure it is", () => {
    expect(found({ ...both, field: { owner: "right" } })).toEqual({
      ...nothing,
      conflicts: [conflict({})],
    });
    expect(found({ ...both, field: { owner: "left" } }).conflicts).toEqual([
      conflict({ winner: "left" }),
    ]);
  });

  test("the base is told in the left side's words, where the two halves differ", () => {
    const base = { left: alpha, right: text("There") };
    const asked = found({ ...both, base, field: { owner: "ask" } });
    expect(asked.conflicts).toEqual([conflict({ winner: null, label: "held" })]);
    expect(asked.open).toEqual([matter({})]);
  });

  test("the later edit wins, and the line says what that rests on", () => {
    const minuteMs = 60_000;
    const told = (hiMs: Partial<Sided<number>>, laterSaid: Side | null = null): unknown => {
      const edit = (side: Side, value: string): Link["pending"]["left"] => {
        const at = hiMs[side];
        return new Map(at === undefined ? [] : [[key, { key: value, loMs: at - 1, hiMs: at }]]);
      };
      const pending = { left: edit("left", "t:Beta"), right: edit("right", "t:Gamma") };
      const said = new Map(laterSaid === null ? [] : [[key, laterSaid]]);
      const [line] = found({ ...both, link: { pending }, facts: { laterSaid: said } }).conflicts;
      return [line?.winner, line?.rule, line?.label];
    };
    expect(told({ left: nowMs - 30 * minuteMs })).toEqual(["right", "F11", "proven"]);
    expect(told({ right: nowMs - 30 * minuteMs })).toEqual(["left", "F11", "proven"]);
    expect(told({}, "right")).toEqual(["right", "F12", "estimated"]);
    expect(told({}, "left")).toEqual(["left", "F12", "estimated"]);
    // The two rows' stamps are equal here, and say nothing.
    expect(told({})).toEqual(["left", "F12", "tie"]);
  });

  test("a cleared cell gives way to content, and the clearing is told", () => {
    expect(found({ ...both, right: empty }).conflicts).toEqual([
      conflict({
        winner: "left",
        rule: "F9",
        values: {
          left: { value: beta, atMs: nowMs - 235_000 },
          right: { value: empty, atMs: nowMs - 294_000 },
        },
      }),
    ]);
  });

  test("drift that is reverted is a loser too", () => {
    const drifted = { base: alpha, left: alpha, right: beta };
    expect(found({ ...drifted, field: { flow: "toRight" } })).toEqual({
      ...nothing,
      conflicts: [
        conflict({
          winner: "left",
          rule: "F5",
          values: {
            left: { value: alpha, atMs: null },
            right: { value: beta, atMs: nowMs - 294_000 },
          },
        }),
      ],
    });
    const ignored: Case = { ...drifted, field: { flow: "toRight", drift: "ignore" } };
    expect(found(ignored)).toEqual(nothing);
  });

  test("a merge is told as one, where it writes anything", () => {
    const merged = found({
      field: { owner: "merge" },
      base: text("a\n\nb\n\nc"),
      left: text("A\n\nb\n\nc"),
      right: text("a\n\nb\n\nC"),
    });
    expect(merged).toMatchObject({ ...nothing, conflicts: [{ winner: "merged", rule: "F10" }] });
    expect(merged.conflicts).toHaveLength(1);
    expect(merged.conflicts[0]?.label).toBe("policy");
  });

  test("asked, nobody has won: it waits under its values", () => {
    expect(found({ ...both, field: { owner: "ask" } })).toEqual({
      ...nothing,
      conflicts: [conflict({ winner: null, label: "held" })],
      open: [matter({})],
      isWaiting: true,
      holds: ["ask"],
    });
  });
});

describe("cells that wait", () => {
  test("rows that differ when they meet", () => {
    expect(found({ left: alpha, right: beta })).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "differs_at_first_sync",
          side: null,
          message: `Name of "Alpha" differs on the two sides, and they were never in step.`,
          remedy:
            "Make them equal, settle it with `tandem conflicts resolve`, or all of them with `tandem pair resync --prefer`.",
        }),
      ],
      open: [matter({ kind: "alignment", base: null, values: { left: alpha, right: beta } })],
      isWaiting: true,
      holds: ["alignment"],
    });
  });

  test.each([
    { lesser: "right", left: text("Alpha", true), right: beta },
    { lesser: "left", left: beta, right: text("Alpha", true) },
  ] as const)("F18: an edit of the copy that holds less: $lesser", ({ lesser, left, right }) => {
    const whole = text("Alpha", true);
    const values =
      lesser === "right" ? { left: whole, right: alpha } : { left: alpha, right: whole };
    expect(found({ base: makeBase(values, { lossySide: lesser }), left, right })).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "lossy_target",
          side: lesser,
          message: `Name of "Alpha" was edited on the side that holds less than the original.`,
          remedy:
            "Edit the original, settle it with `tandem conflicts resolve`, or allow it with `as: { formatting: drop }`.",
        }),
      ],
      open: [matter({ kind: "lossy", base: values.left, values: { left, right } })],
      isWaiting: true,
      holds: ["lossy"],
    });
  });

  test.each([
    { flow: "toRight", side: "right", left: alpha, right: beta },
    { flow: "toLeft", side: "left", left: beta, right: alpha },
  ] as const)("an edit of what is only received: $side", ({ flow, side, left, right }) => {
    expect(found({ base: alpha, left, right, field: { flow, drift: "warn" } })).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "drift",
          side,
          message: `Name of "Alpha" was edited on the side that only receives it.`,
          remedy: "Take the edit back, or set drift: revert.",
        }),
      ],
      open: [matter({ kind: "drift", values: { left, right } })],
      isWaiting: true,
      holds: ["drift"],
    });
  });

  test.each(sides)("P25: a cell that nobody can read, on the %s, is nothing to decide", (side) => {
    const shown = { left: alpha, right: alpha, [side]: unknown("incomplete") };
    expect(found({ base: alpha, ...shown })).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "undecodable",
          side,
          message: `Name of "Alpha" could not be read (incomplete), so it was left alone on both sides.`,
          remedy: "Look at the cell; an error value or a cut list has to be mended there.",
        }),
      ],
      isWaiting: true,
      isUnknown: true,
    });
  });

  test.each(sides)("a doubtful reading is told apart from an unreadable one: %s", (side) => {
    const base = makeBase({ left: beta, right: beta }, { previous: { left: alpha, right: alpha } });
    const recent = { ...base, atMs: Number.MAX_SAFE_INTEGER };
    const shown = { left: beta, right: beta, [side]: alpha };
    expect(
      found({ base: recent, ...shown, link: { stamps: { left: null, right: null } } }),
    ).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "suspect_reading",
          side,
          message: `Name of "Alpha" may have been read from before its last change.`,
          remedy: "Nothing to do: the next run reads it again.",
        }),
      ],
      isWaiting: true,
      isUnknown: true,
    });
  });

  test.each(sides)("F19: what does not fit on the %s says why", (side) => {
    const short = { kind: "text", format: "plain", isMultiline: true, lengthMax: 4 } as const;
    const kind = { left: kinds.lines, right: kinds.lines, [side]: short };
    const shown = { left: alpha, right: alpha, [side]: text("A") };
    expect(found({ field: { kind }, base: text("A"), ...shown })).toEqual({
      ...nothing,
      problems: [
        problem({
          code: "not_representable",
          side,
          message: `Name of "Alpha" was not carried over: the text has 5 characters, the field takes 4.`,
          remedy: "Change the value, or the mapping of the field.",
        }),
      ],
      isWaiting: true,
      holds: ["notRepresentable"],
    });
  });

  test("F13: what an undo took back waits without a word: the undo has said it", () => {
    const base = makeBase({ left: alpha, right: beta }, { rule: undoRule });
    expect(found({ base, left: alpha, right: beta })).toEqual({
      ...nothing,
      open: [matter({ kind: "undone", values: { left: alpha, right: beta } })],
      isWaiting: true,
      holds: ["undone"],
    });
  });

  test("several cells and their row are all told of", () => {
    const setup = setupOf({
      fields: {
        Name: { kind: kinds.line, owner: "ask" },
        Note: { kind: kinds.line },
        Code: { kind: kinds.line },
      },
    });
    const link = makePairLink(setup, { Name: alpha, Code: alpha });
    const cells = { Name: beta, Note: alpha, Code: unknown("error") };
    const rows = {
      left: live(makeRow(setup, "left", cells)),
      right: live(makeRow(setup, "right", { Name: gamma, Note: beta, Code: alpha })),
    };
    const plan = reconcile(makeFacts(link, rows), makeContext(setup));
    const { conflicts, problems, open } = findingsOf(plan);
    expect(conflicts.map(({ field }) => field)).toEqual(["Name"]);
    expect(problems.map(({ field, code }) => `${field} ${code}`)).toEqual([
      "Note differs_at_first_sync",
      "Code undecodable",
    ]);
    expect(open.map(({ field }) => field)).toEqual(["Name", "Note"]);
    expect(holdsOf(plan)).toEqual(["ask", "alignment"]);
    expect(isRowUnknown(plan)).toBe(true);
  });
});

describe("rows that wait", () => {
  const edited = { base: alpha, left: beta, right: alpha };

  test.each([
    { removed: "right", left: beta, right: alpha },
    { removed: "left", left: alpha, right: beta },
  ] as const)("edit against removal asks a person: $removed", ({ removed, left, right }) => {
    const readings = { [removed]: gone };
    const title: Value = { kind: "text", text: "Alpha", isStyled: false };
    expect(found({ base: alpha, left, right, readings })).toEqual({
      ...nothing,
      problems: [
        rowProblem({
          code: "edit_versus_delete",
          side: removed,
          message: `"Alpha" was removed on one side and edited on the other.`,
          remedy: "Say which counts with `tandem conflicts resolve`.",
        }),
      ],
      open: [
        matter({
          kind: "edit-vs-delete",
          cell: null,
          field: null,
          base: null,
          values: { left: title, right: title, [removed]: null },
        }),
      ],
      isWaiting: true,
      holds: ["editVersusDelete"],
    });
  });

  test.each([
    ["left", { state: "unknown", why: "404" }, "404"],
    ["right", { state: "unknown", why: "404" }, "404"],
    ["left", null, "not looked up"],
    ["right", null, "not looked up"],
  ] as const)("R13 R14: a row of which nothing is known: %s", (side, reading, why) => {
    expect(found({ ...edited, readings: { [side]: reading } })).toEqual({
      ...nothing,
      problems: [
        rowProblem({
          code: "row_unknown",
          side,
          message: `"Alpha" was not in the listing, and looking it up settled nothing (${why}).`,
          remedy:
            "If it was deleted for good, delete its counterpart too; if it was moved out of reach, share it again.",
        }),
      ],
      isWaiting: true,
      isUnknown: true,
    });
  });

  test.each([
    ["left", "archived", "archived"],
    ["right", "moved", "moved to another table"],
    ["right", "filtered", "filtered out"],
  ] as const)(
    "a row out of scope says where it is, and holds up nobody: %s %s",
    (side, why, word) => {
      expect(found({ ...edited, readings: { [side]: { state: "left", why, row: null } } })).toEqual(
        {
          ...nothing,
          problems: [
            rowProblem({
              code: "out_of_scope",
              side,
              message: `"Alpha" has left the synced table there (${word}); nothing is written to either side.`,
              remedy: "Bring it back, or remove both rows.",
            }),
          ],
          holds: ["outOfScope"],
        },
      );
    },
  );

  test("R26: a frozen row waits, and was told of before", () => {
    expect(found({ ...edited, facts: { isFrozen: true } })).toEqual({
      ...nothing,
      isWaiting: true,
      holds: ["inDoubt"],
    });
  });

  test.each([
    ["left", { right: gone }],
    ["right", { left: gone }],
  ] as const)(
    "a removal without a way of carrying it out, on the %s, is told",
    (side, readings) => {
      const policy = { archive: { left: null, right: null } };
      expect(found({ base: alpha, left: alpha, right: alpha, policy, readings })).toEqual({
        ...nothing,
        problems: [
          rowProblem({
            code: "archive_not_configured",
            side,
            message: `The counterpart of "Alpha" was removed, and the config does not say how to put rows away there.`,
            remedy: "Set archive: for that side, or deletes: ignore.",
          }),
        ],
        isWaiting: true,
        holds: ["noArchive"],
      });
    },
  );

  test.each([
    ["left", { left: null }],
    ["right", { right: null }],
  ] as const)("a row that the config does not let be made on the %s is told", (side, readings) => {
    const link = { state: "creating", ids: { ...ids, [side]: null }, cells: new Map() } as const;
    const policy = { creates: { left: true, right: true, [side]: false } };
    expect(found({ left: alpha, right: alpha, link, policy, readings })).toEqual({
      ...nothing,
      problems: [
        {
          ...rowProblem({
            code: "out_of_scope",
            side,
            message: `"Alpha" would have to be made anew there, and the config creates no rows on that side.`,
            remedy: "Allow it with creates:, or remove the row that is left.",
          }),
          ids: link.ids,
        },
      ],
      isWaiting: true,
      holds: ["notCreated"],
    });
    expect(found({ left: alpha, right: alpha, link, readings })).toEqual(nothing);
  });

  test("R16: rows that part are told of, and wait for nothing", () => {
    const field = mappingOf(setupOf({ fields: { Name: { kind: kinds.lines } } }), "Name").fields;
    const how = {
      kind: "marked",
      field: field.right.id,
      before: alpha,
      value: text("Archived"),
    } as const;
    const link = { state: "archived", archival: { side: "right", how } } as const;
    expect(
      found({ base: alpha, left: alpha, right: alpha, link, readings: { left: gone } }),
    ).toEqual({
      ...nothing,
      problems: [
        rowProblem({
          code: "unarchived_by_hand",
          side: "right",
          message: `"Alpha" was taken out of the archive by hand while its counterpart is still removed; the two are no longer linked.`,
          remedy: "Nothing to do. To sync it again, copy the row: the copy counts as a new one.",
        }),
      ],
    });
  });
});
