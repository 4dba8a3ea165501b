import { expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  makeSmallSetup,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import type { Wanted } from "../connectors/connector.ts";
import type { Link } from "../core/link.ts";
import { reconcile, type RowPlan } from "../core/reconcile.ts";
import type { RowReading } from "../core/row.ts";
import { sided, sides, type Side, type Sided } from "../core/side.ts";
import { text, type Value } from "../core/value.ts";
import { SyncError } from "../errors.ts";
import { confirmSchemas } from "./confirm-schema.ts";
import type { EngineDeps } from "./deps.ts";

const setup = makeSmallSetup();
const link = makePairLink(setup, { Name: alpha, Status: alpha });
const long = nowMs - 3_600_000;
const gone: RowReading = { state: "gone", evidence: "404" };

function shows(name: Value | null): (side: Side) => RowReading {
  return (side) =>
    name === null ? gone : live(makeRow(setup, side, { Name: name, Status: alpha }));
}

function planOf(rows: Sided<Value | null>, change: Partial<Link> = {}, isFrozen = false): RowPlan {
  const facts = makeFacts(
    { ...link, wokenAtMs: long, ...change },
    sided((side) => shows(rows[side])(side)),
    { isFrozen },
  );
  return reconcile(facts, makeContext(setup));
}

async function confirmed(
  ...plans: readonly RowPlan[]
): Promise<readonly (readonly [Side, Wanted])[]> {
  const asked: (readonly [Side, Wanted])[] = [];
  const connectors = sided((side) => ({
    confirmSchema: async (wanted: Wanted) => {
      asked.push([side, wanted]);
      return Promise.resolve();
    },
  }));
  await confirmSchemas(plans, setup, { connectors } as unknown as EngineDeps);
  return asked;
}

const names = async (...plans: readonly RowPlan[]): Promise<readonly Side[]> =>
  (await confirmed(...plans)).map(([side]) => side);

test.each<readonly [string, RowPlan, readonly Side[]]>([
  ["nothing differs", planOf({ left: alpha, right: alpha }), []],
  ["an edit of the left", planOf({ left: beta, right: alpha }), ["left"]],
  ["an edit of the right", planOf({ left: alpha, right: beta }), ["right"]],
  ["edits of both", planOf({ left: beta, right: text("Gamma") }), ["left", "right"]],
  ["both show the same new value", planOf({ left: beta, right: beta }), ["left", "right"]],
  [
    "rows that were never compared",
    planOf({ left: alpha, right: alpha }, { cells: new Map() }),
    ["left", "right"],
  ],
  ["a row whose counterpart is gone", planOf({ left: null, right: alpha }), ["right"]],
  [
    "a row that is to be made",
    planOf({ left: alpha, right: null }, { state: "creating" }),
    ["left"],
  ],
  ["a row in doubt", planOf({ left: beta, right: alpha }, {}, true), []],
  ["two rows that are gone", planOf({ left: null, right: null }), []],
  ["removed here, edited there", planOf({ left: null, right: beta }), []],
])(
  "P21: where something is done because of what a side showed, its fields are looked at again: %s",
  async (_what, plan, expected) => {
    expect(await names(plan)).toEqual(expected);
  },
);

test("P21: one row of many is enough, and each side is asked once, for what it is read for", async () => {
  const quiet = planOf({ left: alpha, right: alpha });
  const edited = planOf({ left: beta, right: alpha });
  expect(await confirmed(quiet, edited, edited)).toEqual([
    ["left", { fields: ["name", "status"], marker: null, filter: null }],
  ]);
  expect(await confirmed(planOf({ left: alpha, right: beta }))).toEqual([
    ["right", { fields: ["fldName", "fldStatus"], marker: null, filter: null }],
  ]);
  expect(await names()).toEqual([]);
});

test("P21: an edit that nothing follows from is no reason to look", async () => {
  const deaf = setupOf({
    fields: { Name: { kind: kinds.line, flow: "toRight", drift: "ignore" } },
  });
  const rows = sided((side) => live(makeRow(deaf, side, { Name: side === "left" ? alpha : beta })));
  const plan = reconcile(makeFacts(makePairLink(deaf, { Name: alpha }), rows), makeContext(deaf));
  expect(plan.cells.map(({ decision }) => decision.act)).toEqual(["none"]);
  expect(await names(plan)).toEqual([]);
});

test("P21: a service whose values tell their own type is asked nothing, and a changed one stops the run", async () => {
  const edited = [planOf({ left: beta, right: alpha }), planOf({ left: alpha, right: beta })];
  const asked: Side[] = [];
  const changed = new SyncError({ code: "schema_changed", message: "no", remedy: "x" });
  for (const mute of sides) {
    const connectors = sided((side) =>
      side === mute ? {} : { confirmSchema: () => (asked.push(side), Promise.reject(changed)) },
    );
    await expect(
      confirmSchemas(edited, setup, { connectors } as unknown as EngineDeps),
    ).rejects.toBe(changed);
  }
  expect(asked).toEqual(["right", "left"]);
});
