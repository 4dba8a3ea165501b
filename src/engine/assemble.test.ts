import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { makeObservation, type Shown } from "../../test/fixture/observation.ts";
import { makeIntent } from "../../test/fixture/store.ts";
import { must } from "../core/assert.ts";
import { linkId, recordId, type LinkId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import type { Row, RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { sides, type Side, type Sided } from "../core/side.ts";
import { choice, text } from "../core/value.ts";
import { assemble, candidateIds, rowsOf, withOrder, type AssembleInput } from "./assemble.ts";
import type { EngineDeps } from "./deps.ts";
import type { Recovery } from "./recover.ts";

const setup = makeSmallSetup();
const { policy } = setup;
const [low, high, third] = [choice("Low"), choice("High"), choice("Archived")];
const gamma = text("Gamma");

function linkOf(id: string, change: Partial<Link> = {}): Link {
  const ids = { left: recordId(`left-${id}`), right: recordId(`right-${id}`) };
  return makePairLink(setup, { Name: alpha }, { id: linkId(id), ids, ...change });
}

function rowOf(side: Side, id: string, change: Partial<Row> = {}): Row {
  return makeRow(setup, side, { Name: alpha }, { id: recordId(`${side}-${id}`), ...change });
}

describe("links that a run must look at", () => {
  const link = linkOf("a");
  const seen = { left: [link.id], right: [link.id] };
  const looked = (
    change: Partial<Link>,
    shown: Shown = { seen },
    always: readonly LinkId[] = [],
  ) => {
    const observation = makeObservation({ links: [{ ...link, ...change }], ...shown });
    return candidateIds(observation, new Set(always)).length > 0;
  };

  test("one of which both rows are as they were is left in peace", () => {
    expect(looked({})).toBe(false);
    expect(looked({ isFlagged: true })).toBe(true);
    expect(looked({ state: "creating" })).toBe(true);
    expect(looked({}, { seen }, [link.id])).toBe(true);
  });

  test.each(sides)(
    "one whose row on the %s differs, or is missing from a whole listing",
    (side) => {
      expect(looked({}, { seen, rows: { [side]: [rowOf(side, "a")] } })).toBe(true);
      expect(looked({}, { seen: { ...seen, [side]: [] } })).toBe(true);
      expect(looked({}, { seen: { ...seen, [side]: [] }, isComplete: { [side]: false } })).toBe(
        false,
      );
    },
  );

  test.each(["archived", "tombstone"] as const)("of one that is %s no row is missed", (state) => {
    expect(looked({ state }, { seen: {} })).toBe(false);
    expect(looked({ state }, { rows: { left: [rowOf("left", "a")] }, seen: {} })).toBe(true);
    expect(looked({ state, isFlagged: true }, { seen: {} })).toBe(true);
  });

  test("one that was taken apart is never looked at", () => {
    const rows = { left: [rowOf("left", "a")] };
    expect(looked({ state: "detached", isFlagged: true }, { rows, seen: {} }, [link.id])).toBe(
      false,
    );
  });
});

interface Given extends Shown {
  readonly recovery?: Partial<Recovery>;
  readonly readings?: ReadonlyMap<LinkId, Sided<RowReading | null>>;
  readonly creates?: Sided<boolean>;
  readonly markers?: Sided<string | null>;
  readonly answers?: AssembleInput["answers"];
  readonly setup?: PairSetup;
}

function assembled(given: Given) {
  let made = 0;
  const deps = {
    nowMs: () => nowMs + 77,
    ids: {
      link: () => {
        made += 1;
        return linkId(`new-${made}`);
      },
    },
  } as unknown as EngineDeps;
  const creates = given.creates ?? policy.creates;
  const context = makeContext(
    { ...(given.setup ?? setup), policy: { ...policy, creates } },
    { nowMs: { left: nowMs + 1, right: nowMs + 2 } },
  );
  const recovery: Recovery = {
    links: new Map((given.links ?? []).map((link) => [link.id, link])),
    frozen: new Set(),
    doubtful: [],
    awaited: [],
    adopted: new Set(),
    confirmed: 0,
    changes: [],
    ...given.recovery,
  };
  const input: AssembleInput = {
    context,
    observation: makeObservation(given),
    readings: given.readings ?? new Map(),
    recovery,
    isFirstRun: false,
    answers: given.answers ?? new Map(),
  };
  return { input, ...assemble(input, deps) };
}

/** What comes of rows, in words: `left-a + right-a cells`. */
function told(given: Given): readonly string[] {
  return assembled(given).plans.map(({ link, decision }) => {
    const ids = sides.map((side) => link.ids[side] ?? "new");
    return `${ids.join(" + ")} ${decision.act}`;
  });
}

describe("rows of no link", () => {
  test("are made on the other side, where the config has rows made there", () => {
    const rows = { left: [rowOf("left", "a")], right: [rowOf("right", "b")] };
    const both = ["left-a + new recreate", "new + right-b recreate"];
    expect(told({ rows })).toEqual(both);
    expect(told({ rows, creates: { left: false, right: true } })).toEqual([both[0]]);
    expect(told({ rows, creates: { left: true, right: false } })).toEqual([both[1]]);
  });

  test.each(sides)(
    "are neither made nor linked while the listing on the %s is cut short",
    (side) => {
      const rows = {
        left: [rowOf("left", "a")],
        right: [rowOf("right", "b", { marker: "left-a" })],
      };
      expect(told({ rows, isComplete: { [side]: false } })).toEqual([]);
      expect(told({ rows })).toEqual(["left-a + right-b cells"]);
    },
  );

  test("get a link that knows its rows, its title and its beginning by the latest clock", () => {
    const { plans, newLinks } = assembled({
      rows: { right: [rowOf("right", "b", { title: "Bee" })] },
    });
    expect([...newLinks]).toEqual(["new-1"]);
    expect(plans[0]?.link).toEqual({
      id: "new-1",
      pair: policy.id,
      ids: { left: null, right: "right-b" },
      state: "creating",
      archival: null,
      title: "Bee",
      cells: new Map(),
      pending: { left: new Map(), right: new Map() },
      hashes: { left: null, right: null },
      stamps: { left: null, right: null },
      ownStamps: { left: null, right: null },
      isFlagged: false,
      bornAtMs: nowMs + 77,
      wokenAtMs: nowMs + 2,
    });
    const pair = {
      left: [rowOf("left", "a", { title: "Left's" })],
      right: [rowOf("right", "b", { marker: "left-a" })],
    };
    const [both] = assembled({ rows: pair }).plans;
    expect(both?.link).toMatchObject({ state: "live", title: "Left's", isFlagged: false });
  });

  test("a copy is looked at once more by the next run", () => {
    const link = linkOf("a");
    const copy = rowOf("right", "copy", { marker: "left-a" });
    const seen = { left: [link.id], right: [link.id] };
    const { plans } = assembled({
      links: [link],
      rows: { right: [copy] },
      seen,
      recovery: { links: new Map() },
    });
    expect(plans.map((plan) => [plan.link.ids.right, plan.link.isFlagged])).toEqual([
      ["right-copy", true],
    ]);
  });

  test("rows that a person took apart are no rows of none", () => {
    const links = [linkOf("a", { state: "detached" })];
    const rows = { left: [rowOf("left", "a")], right: [rowOf("right", "a")] };
    expect(told({ links, rows, recovery: { links: new Map() } })).toEqual([]);
  });

  test("one that a call in doubt has just turned out to have made is not new", () => {
    const rows = { right: [rowOf("right", "b")] };
    expect(told({ rows, recovery: { adopted: new Set([recordId("right-b")]) } })).toEqual([]);
    const taken = linkOf("b", {
      ids: { left: null, right: recordId("right-b") },
      state: "creating",
    });
    const links = new Map([[taken.id, taken]]);
    expect(told({ rows, recovery: { links, frozen: new Set([taken.id]) } })).toEqual([
      "new + right-b hold",
    ]);
  });

  test("one that a call in doubt may have made waits until that is known", () => {
    const intent = (change: Partial<Intent> = {}): Intent =>
      makeIntent("op", linkId("a"), {
        kind: "create",
        side: "right",
        target: null,
        marker: null,
        title: "Alpha",
        sentAtMs: nowMs - 90_000_000,
        ...change,
      });
    const rows = { left: [rowOf("left", "a", { title: "Alpha" })], right: [rowOf("right", "b")] };
    expect(told({ rows, recovery: { awaited: [intent()] } })).toEqual(["left-a + new recreate"]);
    expect(told({ rows, recovery: { awaited: [intent({ side: "left" })] } })).toEqual([
      "new + right-b recreate",
    ]);
    expect(told({ rows, recovery: { awaited: [intent({ title: "Beta" })] } })).toHaveLength(2);
  });

  test("one that carries the marker of a row whose counterpart is in doubt waits as well", () => {
    const waiting = linkOf("a", {
      ids: { left: recordId("left-a"), right: null },
      state: "creating",
    });
    const rows = { right: [rowOf("right", "b", { marker: "lefta" })] };
    const links = new Map([[waiting.id, waiting]]);
    const create = { kind: "create", side: "right", target: null, marker: "lefta" } as const;
    const call = makeIntent("op", waiting.id, { ...create, title: "-", sentAtMs: 0 });
    const frozen = { links, frozen: new Set([waiting.id]), awaited: [call] };
    expect(told({ links: [waiting], rows, recovery: frozen })).toEqual(["left-a + new hold"]);
    // It may also be the one that is being replaced, brought back.
    const whole = linkOf("a");
    const again = { ...frozen, links: new Map([[whole.id, whole]]) };
    expect(told({ links: [whole], rows, recovery: again })).toEqual(["left-a + right-a hold"]);
    // In doubt for something else, or on the other side: nothing is awaited here.
    expect(told({ links: [whole], rows, recovery: { ...again, awaited: [] } })).toContain(
      "new + right-b recreate",
    );
    const left = [{ ...call, side: "left" as const }];
    expect(told({ links: [whole], rows, recovery: { ...again, awaited: left } })).toContain(
      "new + right-b recreate",
    );
  });
});

describe("P12: a row that shows up later than anybody waited for it", () => {
  const ids = { left: recordId("left-a"), right: null };
  const waiting = linkOf("a", { ids, state: "creating", cells: new Map() });
  const source = rowOf("left", "a");
  const late = rowOf("right", "late", { marker: "lefta" });
  const given = (change: Partial<Given> = {}): Given => ({
    links: [waiting],
    rows: { left: [source], right: [late] },
    readings: new Map([[waiting.id, { left: live(source), right: null }]]),
    ...change,
  });

  test("is taken by the link that waits for it, and no second one is made", () => {
    expect(told(given())).toEqual(["left-a + right-late cells"]);
    expect(assembled(given()).plans[0]?.link).toMatchObject({ id: "a", state: "live" });
    const ofRight = linkOf("b", {
      ids: { left: null, right: recordId("right-b") },
      state: "creating",
    });
    const rows = {
      left: [rowOf("left", "late", { marker: "right-b" })],
      right: [rowOf("right", "b")],
    };
    expect(told({ links: [ofRight], rows })).toEqual(["left-late + right-b cells"]);
  });

  test("of two that say so, the one that is listed first", () => {
    const rows = { left: [source], right: [late, rowOf("right", "later", { marker: "lefta" })] };
    expect(told(given({ rows }))[0]).toBe("left-a + right-late cells");
  });

  test.each<readonly [string, Partial<Given>]>([
    [
      "it is another link's",
      {
        links: [
          waiting,
          linkOf("z", { ids: { left: null, right: recordId("right-late") }, state: "detached" }),
        ],
        recovery: { links: new Map([[waiting.id, waiting]]) },
      },
    ],
    [
      "a call in doubt has made it",
      {
        recovery: {
          links: new Map([[waiting.id, waiting]]),
          adopted: new Set([recordId("right-late")]),
        },
      },
    ],
    [
      "the link is in doubt itself",
      { recovery: { links: new Map([[waiting.id, waiting]]), frozen: new Set([waiting.id]) } },
    ],
    [
      "it carries another marker",
      { rows: { left: [source], right: [rowOf("right", "late", { marker: "left-b" })] } },
    ],
    ["it carries none", { rows: { left: [source], right: [rowOf("right", "late")] } }],
  ])("but not where %s", (_what, change) => {
    expect(told(given(change))).not.toContain("left-a + right-late cells");
  });

  test("and never by a link that has its row", () => {
    const link = linkOf("a");
    expect(told(given({ links: [link], readings: new Map() }))[0]).toMatch(/^left-a \+ right-a /u);
  });
});

describe("what is known of a link's rows", () => {
  const link = linkOf("a");
  const shown = {
    left: rowOf("left", "a"),
    right: makeRow(setup, "right", { Name: beta }, { id: recordId("right-a") }),
  };

  test("comes from a lookup, or else from the listing", () => {
    const rows = { left: [shown.left], right: [shown.right] };
    const [listed] = assembled({ links: [link], rows }).plans;
    expect(listed?.rows).toEqual({ left: live(shown.left), right: live(shown.right) });
    const gone: RowReading = { state: "gone", evidence: "404" };
    const readings = new Map([[link.id, { left: null, right: gone }]]);
    const [asked] = assembled({ links: [link], rows, readings }).plans;
    expect(asked?.rows).toEqual({ left: live(shown.left), right: gone });
    if (asked === undefined) throw new Error("no plan");
    expect(rowsOf(asked)).toEqual({ left: shown.left, right: null });
    const [unseen] = assembled({ links: [link] }).plans;
    expect(unseen?.rows).toEqual({ left: null, right: null });
  });

  test("a row in doubt is left alone, and a person's answer is heard", () => {
    const rows = { left: [shown.left], right: [shown.right] };
    const frozen = { frozen: new Set([link.id]), links: new Map([[link.id, link]]) };
    expect(assembled({ links: [link], rows, recovery: frozen }).plans[0]?.decision).toMatchObject({
      act: "hold",
      why: "frozen",
    });
    const both = makeRow(setup, "left", { Name: alpha }, { id: recordId("left-a") });
    const open = { ...link, cells: new Map() };
    const { key } = mappingOf(setup, "Name");
    const answer = {
      cell: key,
      base: null,
      values: { left: alpha, right: beta },
      keep: "right",
    } as const;
    const answers = new Map([[link.id, [answer]]]);
    const { plans } = assembled({
      links: [open],
      rows: { left: [both], right: [shown.right] },
      answers,
    });
    expect(plans[0]?.actions).toMatchObject([{ kind: "update", side: "left" }]);
  });
});

test("a plan that is made again with the order of two edits keeps what a person said of another cell", () => {
  const link = linkOf("a", { cells: makePairLink(setup, { Name: alpha, Status: low }).cells });
  const rows = {
    left: [
      rowOf("left", "a", { cells: makeRow(setup, "left", { Name: beta, Status: high }).cells }),
    ],
    right: [
      rowOf("right", "a", { cells: makeRow(setup, "right", { Name: gamma, Status: third }).cells }),
    ],
  };
  const [name, status] = [mappingOf(setup, "Name").key, mappingOf(setup, "Status").key];
  const values = { left: beta, right: gamma };
  const answers = new Map([
    [link.id, [{ cell: name, base: alpha, values, keep: "right" } as const]],
  ]);
  const asking = setupOf({
    fields: { Name: { kind: kinds.line, owner: "ask" }, Status: { kind: kinds.choice } },
  });
  const { input, plans } = assembled({ links: [link], rows, answers, setup: asking });
  const plan = must(plans[0], "a plan");
  for (const later of sides) {
    const again = withOrder(plan, new Map([[status, later]]), input);
    const winners = again.cells.map(({ mapping, writes }) => [
      mapping.name,
      writes.map(({ side }) => side),
    ]);
    expect(winners).toEqual([
      ["Name", ["left"]],
      ["Status", [later === "left" ? "right" : "left"]],
    ]);
    expect(again.link).toBe(link);
  }
});
