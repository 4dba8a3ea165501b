import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeField,
  makeRow,
  mappingOf,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import { createOf, makeWork, updateOf } from "../../test/fixture/work.ts";
import { makeIntent } from "../../test/fixture/store.ts";
import type { WriteOutcome } from "../connectors/connector.ts";
import type { PairSetup } from "../core/setup.ts";
import { other, type Side } from "../core/side.ts";
import { empty, text, unknown, type Value } from "../core/value.ts";
import { giveBack } from "./give-back.ts";
import type { Sent } from "./sending.ts";
import type { Work } from "./work.ts";

const setup = setupOf({
  fields: {
    Name: { kind: kinds.line },
    ToRight: { kind: kinds.line, flow: "toRight" },
    ToLeft: { kind: kinds.line, flow: "toLeft" },
    Short: {
      kind: { left: kinds.lines, right: { ...kinds.line, lengthMax: 5 } as typeof kinds.line },
      flow: "toRight",
    },
  },
  policy: { markers: { left: "Record", right: "Page" } },
  extra: {
    left: [makeField("left", "Record", kinds.line)],
    right: [makeField("right", "Page", kinds.line)],
  },
});

interface Given {
  /** The side on which a row was made. */
  readonly side?: Side;
  readonly setup?: PairSetup;
  readonly made?: Cells;
  readonly source?: Cells | null;
  readonly marker?: string | null;
  readonly outcome?: WriteOutcome;
  readonly isUpdate?: boolean;
}

function given(at: Given): Work | null {
  const side = at.side ?? "left";
  const used = at.setup ?? setup;
  const from = other(side);
  const made = makeRow(used, side, { Name: alpha, ...at.made });
  const source = makeRow(used, from, { Name: alpha, ...at.source }, { marker: at.marker ?? null });
  const rows = { left: null, right: null, [from]: at.source === null ? null : live(source) };
  const action =
    at.isUpdate === true ? updateOf(used, side, ["Name"]) : createOf(used, side, ["Name"]);
  const work = makeWork(used, action, { rows });
  const outcome: WriteOutcome = at.outcome ?? { kind: "done", row: made, wasCreated: true };
  const sent: Sent = { work, intent: makeIntent("op", "link-1"), outcome, link: work.plan.link };
  return giveBack(sent, used);
}

/** The cells that go back: from what, to what, by which rule. */
const cells = (at: Given): unknown => {
  const action = given(at)?.action;
  if (action?.kind !== "update") return null;
  return action.cells.map(({ field, before, after, source, rule }) => [
    field.name,
    before,
    after,
    source,
    rule,
  ]);
};

test("a record learns the id of the page that was made for it, as an update of its own", () => {
  const work = given({});
  expect(work).toMatchObject({
    action: { kind: "update", side: "right", cells: [], marker: "page-1", archival: null },
    conflicts: [],
    isFollowUp: true,
  });
  // The plan is about the row that was there, and nothing else.
  expect(work?.plan).toMatchObject({
    rows: { left: null, right: { state: "live" } },
    cells: [],
    actions: [work?.action],
  });
});

test("nothing goes back where nothing was made, where nothing is known, or where all is there", () => {
  expect(given({ isUpdate: true })).toBeNull();
  expect(given({ outcome: { kind: "not-applied", message: "busy" } })).toBeNull();
  expect(given({ outcome: { kind: "unknown", message: "lost", hint: null } })).toBeNull();
  expect(given({ source: null })).toBeNull();
  expect(given({ marker: "page-1" })).toBeNull();
  // A page's own marker is written with it, and not kept up.
  expect(given({ side: "right" })).toBeNull();
});

describe("what only flows from the new row", () => {
  test.each<readonly [string, Given, unknown]>([
    ["fills the old row", { made: { ToRight: beta } }, [["ToRight", empty, beta, beta, "F15"]]],
    [
      "and on the left",
      { side: "right", made: { ToLeft: beta } },
      [["ToLeft", empty, beta, beta, "F16"]],
    ],
    [
      "replaces what a copy brought along",
      { made: { ToRight: beta }, source: { ToRight: alpha } },
      [["ToRight", alpha, beta, beta, "F4"]],
    ],
    [
      "and on the left as well",
      { side: "right", made: { ToLeft: beta }, source: { ToLeft: alpha } },
      [["ToLeft", alpha, beta, beta, "F5"]],
    ],
    [
      "is left alone where it is there",
      { made: { ToRight: beta }, source: { ToRight: beta }, marker: "page-1" },
      null,
    ],
    ["empties nothing", { source: { ToRight: alpha }, marker: "page-1" }, null],
    [
      "does not come from a cell that cannot be read",
      { made: { ToRight: unknown("error") }, marker: "page-1" },
      null,
    ],
    [
      "nor goes into one",
      { made: { ToRight: beta }, source: { ToRight: unknown("error") }, marker: "page-1" },
      null,
    ],
    [
      "does not go where it does not fit",
      { made: { Short: text("much too long") }, marker: "page-1" },
      null,
    ],
    ["is not what flows both ways", { made: { Name: beta }, marker: "page-1" }, null],
    ["nor what flows the other way", { made: { ToLeft: beta }, marker: "page-1" }, null],
  ])("%s", (_what, at, expected) => {
    expect(cells(at)).toEqual(expected);
  });

  test("goes with the marker, in one call, and becomes base", () => {
    const action = given({ made: { ToRight: beta } })?.action;
    const { fields } = mappingOf(setup, "ToRight");
    expect(action).toMatchObject({
      marker: "page-1",
      cells: [{ field: fields.right, isBase: true, isLossy: false }],
    });
  });

  test("a cell that was not read is nobody's business", () => {
    const used = setupOf({
      fields: { Name: { kind: kinds.line }, ToRight: { kind: kinds.line, flow: "toRight" } },
    });
    const bare = makeRow(used, "left", {});
    const noCells = new Map<never, Value>();
    const outcome: WriteOutcome = {
      kind: "done",
      row: { ...bare, cells: noCells },
      wasCreated: true,
    };
    expect(given({ setup: used, outcome })).toBeNull();
    expect(given({ setup: used, made: { ToRight: beta } })?.action).toMatchObject({
      marker: null,
      cells: [{ after: beta }],
    });
  });
});
