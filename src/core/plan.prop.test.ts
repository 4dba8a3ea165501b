// What a plan may depend on, and what not: the same readings give the same plan; names, further fields
// and the order of columns change nothing; and less knowledge never means more writing.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  kinds,
  live,
  makeContext,
  makeFacts,
  makeField,
  makePairLink,
  makeRow,
  setupOf,
} from "../../test/fixture/pair.ts";
import { reconcile, type RowFacts, type RowPlan } from "./reconcile.ts";
import type { Row, RowReading } from "./row.ts";
import type { Schema } from "./schema.ts";
import { makeSetup, type PairSetup } from "./setup.ts";
import { sided, sides, type Side, type Sided } from "./side.ts";
import { choice, empty, text, unknown, valueKey, type Value } from "./value.ts";

const setup: PairSetup = setupOf({
  fields: {
    Name: { kind: kinds.line },
    Notes: { kind: kinds.lines, owner: "merge" },
    Status: { kind: kinds.choice, owner: "ask" },
    Url: { kind: kinds.line, flow: "toRight" },
  },
  policy: {
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "Status", value: "Archived" },
    },
  },
});
const names = setup.mappings.map(({ name }) => name);

const values: Readonly<Record<string, readonly Value[]>> = {
  Name: [empty, text("Alpha"), text("Beta"), text("Beta ")],
  Notes: [empty, text("a\n\nb"), text("A\n\nb"), text("a\n\nB")],
  Status: [empty, choice("Low"), choice("High"), choice("Archived")],
  Url: [empty, text("u1"), text("u2"), text("u3")],
};
const cellsOf = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(values[name] ?? [empty]))])),
);

interface Story {
  readonly base: Readonly<Record<string, Value>> | null;
  readonly cells: Sided<Readonly<Record<string, Value>>>;
  readonly removed: Side | null;
  readonly isFrozen: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  base: fc.option(cellsOf, { nil: null, freq: 4 }),
  cells: fc.record({ left: cellsOf, right: cellsOf }),
  removed: fc.constantFrom(null, null, null, ...sides),
  isFrozen: fc.boolean(),
});

function factsOf(told: Story, change: (row: Row, side: Side) => Row = (row) => row): RowFacts {
  const rows = sided((side): RowReading =>
    told.removed === side
      ? { state: "trashed", row: null }
      : live(change(makeRow(setup, side, told.cells[side]), side)),
  );
  return makeFacts(makePairLink(setup, told.base ?? {}), rows, { isFrozen: told.isFrozen });
}

const planOf = (facts: RowFacts, used: PairSetup = setup): RowPlan =>
  reconcile(facts, makeContext(used));

/** Everything a plan would do or say, with fields by their ids. */
function picture(plan: RowPlan): unknown {
  return {
    decision: plan.decision,
    turn: plan.turn,
    cells: plan.cells
      .map(({ mapping, decision, refusal, loser, label }) => ({
        key: mapping.key,
        decision,
        refusal,
        loser,
        label,
      }))
      .toSorted((one, two) => (one.key < two.key ? -1 : 1)),
    actions: plan.actions.map((action) => ({
      kind: action.kind,
      side: action.side,
      cells:
        action.kind === "update" || action.kind === "create"
          ? action.cells.map(({ field, after }) => `${field.id}=${valueKey(after)}`).toSorted()
          : [],
    })),
  };
}

/** The same tables after somebody tidied them up. */
function tidied(schema: Schema, side: Side): Schema {
  const renamed = schema.fields.map((field) => ({ ...field, name: `${field.name}, renamed` }));
  // A new field may even take the old name of another.
  const added = makeField(side, "Extra", kinds.line, { name: "Name" });
  return { ...schema, name: "Renamed", fields: [added, ...renamed.toReversed()] };
}

describe("what a plan may depend on", () => {
  test("P26: the same readings give the same plan, and are left as they were", () => {
    fc.assert(
      fc.property(story, (told) => {
        const facts = factsOf(told);
        const before = structuredClone({ link: facts.link, rows: facts.rows });
        const first = planOf(facts);
        expect(planOf(facts)).toEqual(first);
        expect(planOf(factsOf(told))).toEqual(first);
        expect({ link: facts.link, rows: facts.rows }).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  test("P21: renamed, added and turned-round fields change no decision", () => {
    const none = { left: [], right: [] };
    const known = makeSetup(setup.policy, setup.schemas, none);
    if (known.kind !== "setup") throw new Error("the setup does not fit");
    const schemas = sided((side) => tidied(setup.schemas[side], side));
    const after = makeSetup(setup.policy, schemas, known.known);
    if (after.kind !== "setup") throw new Error(after.problems.map((p) => p.message).join(" "));
    fc.assert(
      fc.property(story, (told) => {
        const facts = factsOf(told);
        expect(picture(planOf(facts, after.setup))).toEqual(picture(planOf(facts)));
      }),
      { numRuns: 200 },
    );
    expect(after.renamed.length).toBeGreaterThan(0);
  });

  test("P21: a mapped field that is gone or has another type stops the pair, whatever else fits", () => {
    const known = makeSetup(setup.policy, setup.schemas, { left: [], right: [] });
    if (known.kind !== "setup") throw new Error("the setup does not fit");
    for (const side of sides) {
      for (const field of setup.schemas[side].fields) {
        const change = (fields: Schema["fields"]): Sided<Schema> => ({
          ...setup.schemas,
          [side]: { ...setup.schemas[side], fields },
        });
        const others = setup.schemas[side].fields.filter(({ id }) => id !== field.id);
        const gone = makeSetup(setup.policy, change(others), known.known);
        const retyped = { ...field, type: "another" };
        const turned = makeSetup(setup.policy, change([...others, retyped]), known.known);
        expect([gone.kind, turned.kind]).toEqual(["problems", "problems"]);
      }
    }
  });

  test("P25: what is not known adds no write, no removal and no base", () => {
    const effects = (plan: RowPlan): ReadonlySet<string> =>
      new Set([
        ...plan.actions.flatMap((action) =>
          action.kind === "update" && action.archival === null
            ? action.cells.map(({ field }) => `${action.side} ${field.id}`)
            : [`${action.kind} ${action.side}`],
        ),
        ...plan.cells.flatMap(({ mapping, decision }) =>
          decision.act === "adopt" ? [`adopt ${mapping.key}`] : [],
        ),
      ]);
    const seen = { fewer: 0 };
    fc.assert(
      fc.property(
        story,
        fc.constantFrom(...sides),
        fc.constantFrom(...setup.mappings),
        (told, side, mapping) => {
          const whole = effects(planOf(factsOf(told)));
          const blind = factsOf(told, (row, at) => {
            if (at !== side) return row;
            const cells = new Map(row.cells).set(mapping.fields[side].id, unknown("error"));
            return { ...row, cells };
          });
          const less = effects(planOf(blind));
          if (less.size < whole.size) seen.fewer += 1;
          expect([...less].filter((effect) => !whole.has(effect))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
    expect(seen.fewer).toBeGreaterThan(0);
  });
});
