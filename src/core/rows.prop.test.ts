// Whole rows at random: new, met, copied, removed on one side or both, put away and brought back. Plans
// are made and every action is taken to have succeeded, in any order, until nothing is left to do.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  kinds,
  makeField,
  makePairLink,
  makeRow,
  mappingOf,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import {
  linksOf,
  makeWorld,
  planOf,
  runOnce,
  untilQuiet,
  type RowWorld,
} from "../../test/fixture/row-world.ts";
import { agrees } from "./bridge.ts";
import { linkId, recordId, type RecordId } from "./ids.ts";
import type { Archival } from "./link.ts";
import type { PairPolicy } from "./policy.ts";
import type { PairSetup } from "./setup.ts";
import { other, sided, sides, type Side, type Sided } from "./side.ts";
import { choice, empty, text, valueKey, type Value } from "./value.ts";

const makeSetup = (policy: Partial<PairPolicy>): PairSetup =>
  setupOf({
    fields: {
      Name: { kind: kinds.line },
      Status: { kind: kinds.choice },
      Notes: { kind: kinds.lines, owner: "ask" },
    },
    extra: { right: [makeField("right", "Page", kinds.line)] },
    policy: { markers: { left: null, right: "Page" }, ...policy },
  });

const remove = { kind: "remove" } as const;
const mark = { kind: "mark", field: "Status", value: "Archived" } as const;
const setups = {
  trash: makeSetup({ archive: { left: remove, right: remove } }),
  marks: makeSetup({ archive: { left: mark, right: mark } }),
  deletes: makeSetup({ deletes: "delete", archive: { left: mark, right: null } }),
} as const;

interface Story {
  readonly kind: "linked" | "met" | "new" | "copied" | "archived" | "tombstone";
  /** The side a new, copied or put-away row is on. */
  readonly side: Side;
  readonly edits: Sided<Value | null>;
  /** Rows of a link that a person removed. */
  readonly removed: Sided<boolean>;
  /** Rows that a person brought back, or took our mark off. */
  readonly back: Sided<boolean>;
}

const both = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Sided<T>> => fc.record({ left: of, right: of });
const status = fc.constantFrom(choice("Low"), choice("High"), empty);
const story: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom("linked", "linked", "met", "new", "copied", "archived", "tombstone"),
  side: fc.constantFrom(...sides),
  edits: both(fc.option(status, { nil: null, freq: 2 })),
  removed: both(fc.boolean()),
  back: both(fc.boolean()),
});

/** What a story came to in the world: ids of its rows, and what a person did to them. */
interface Told {
  readonly story: Story;
  readonly ids: Sided<RecordId>;
  /** The other side's row was removed by a person. */
  readonly mayGo: Sided<boolean>;
  readonly isEdited: Sided<boolean>;
  readonly isRestored: boolean;
}

const base = (at: number): Cells => ({
  Name: text(`Row ${at}`),
  Status: choice("Low"),
  Notes: text("as agreed"),
});

function tell(world: RowWorld, story: Story, at: number): Told {
  const { setup } = world;
  const { kind, side, edits } = story;
  const ids = { left: recordId(`page-${at}`), right: recordId(`rec-${at}`) };
  const agreed = base(at);
  const isTwofold = kind !== "new";
  const cells = sided((one): Cells => {
    const edit = kind === "linked" || kind === "met" ? edits[one] : null;
    return edit === null ? agreed : { ...agreed, Status: edit };
  });
  const show = (one: Side, isThere: boolean, shown: Cells = cells[one]): void => {
    const marker = one === "right" && isTwofold && kind !== "met" ? ids.left : null;
    const row = makeRow(setup, one, shown, { id: ids[one], marker });
    world.rows[one].set(row.id, { row, isThere });
  };
  const link = (change: Partial<Parameters<typeof makePairLink>[2]>): void => {
    const id = linkId(`link-${at}`);
    world.links.set(id, makePairLink(setup, agreed, { id, ids, title: `Row ${at}`, ...change }));
  };
  const quiet = { left: false, right: false };
  const isEdited = sided(
    (one) => valueKey(cells[one]["Status"] ?? empty) !== valueKey(choice("Low")),
  );
  const told = { story, ids, mayGo: quiet, isEdited, isRestored: false };
  switch (kind) {
    case "linked":
      for (const one of sides) show(one, !story.removed[one]);
      link({});
      return { ...told, mayGo: sided((one) => story.removed[other(one)]) };
    case "met":
      for (const one of sides) show(one, true);
      return told;
    case "new":
      show(side, true);
      return told;
    case "copied": {
      for (const one of sides) show(one, true);
      link({});
      const copy = makeRow(setup, "right", agreed, {
        id: recordId(`copy-${at}`),
        marker: ids.left,
      });
      world.rows.right.set(copy.id, { row: copy, isThere: true });
      return told;
    }
    case "archived": {
      const mark = setup.marks[side];
      const field = mappingOf(setup, "Status").fields[side].id;
      const value = choice("Archived");
      const how: Archival["how"] =
        mark === null
          ? { kind: "removed" }
          : { kind: "marked", field, before: choice("Low"), value };
      const isBack = story.back[side];
      show(other(side), story.back[other(side)]);
      if (mark === null) show(side, isBack);
      else show(side, true, isBack ? agreed : { ...agreed, Status: value });
      link({ state: "archived", archival: { side, how } });
      return { ...told, isRestored: story.back.left || story.back.right };
    }
    case "tombstone":
      for (const one of sides) show(one, story.back[one]);
      link({ state: "tombstone" });
      return { ...told, isRestored: story.back.left || story.back.right };
  }
}

type Order = (count: number) => number;

const numbers = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 });
const orderFrom = (list: readonly number[]): Order => {
  let at = 0;
  return (count) => {
    at += 1;
    return (list[at % list.length] ?? 0) % count;
  };
};

const roundsMax = 50;
const stories = fc.array(story, { minLength: 1, maxLength: 6 });
const policies = fc.constantFrom("trash", "marks", "deletes");
const numRuns = 300;

interface Ended {
  readonly world: RowWorld;
  readonly told: readonly Told[];
  readonly rounds: number;
}

function play(policy: keyof typeof setups, list: readonly Story[], order: Order): Ended {
  const world = makeWorld(setups[policy]);
  const told = list.map((entry, at) => tell(world, entry, at));
  return { world, told, rounds: untilQuiet(world, order, roundsMax) };
}

/** Everything a person could see, with made rows called by the row they were made from. */
function picture({ world }: Ended): string {
  const nameOf = (id: string | null): string => {
    const source = id === null ? undefined : world.made.get(recordId(id));
    return source === undefined ? (id ?? "") : `made of ${source}`;
  };
  const rows = sides.map((side) =>
    [...world.rows[side].values()]
      .map(({ row, isThere }) =>
        JSON.stringify([nameOf(row.id), isThere, nameOf(row.marker), ...row.cells.values()]),
      )
      .toSorted(),
  );
  const links = [...world.links.values()]
    .map((link) => JSON.stringify([link.state, nameOf(link.ids.left), nameOf(link.ids.right)]))
    .toSorted();
  return JSON.stringify([rows, links]);
}

function checkAll(check: (ended: Ended) => void, runs: number = numRuns): void {
  fc.assert(
    fc.property(policies, stories, numbers, (policy, list, order) => {
      check(play(policy, list, orderFrom(order)));
    }),
    { numRuns: runs },
  );
}

describe("rows that come and go, without faults", () => {
  test("P1 P2: they come to rest within four rounds, and every live pair agrees or waits", () => {
    const seen = { made: 0, putAway: 0, broughtBack: 0, agreed: 0, held: 0 };
    checkAll(({ world, rounds }) => {
      expect(rounds).toBeLessThanOrEqual(4);
      seen.made += world.made.size;
      seen.putAway += world.putAway.size;
      seen.broughtBack += world.broughtBack.size;
      for (const link of world.links.values()) {
        if (link.state !== "live") continue;
        for (const { mapping, values, decision } of planOf(world, link, roundsMax + 1).cells) {
          if (decision.act === "hold") seen.held += 1;
          else {
            seen.agreed += 1;
            expect(agrees(mapping.bridge, values.left, values.right)).toBe(true);
          }
        }
      }
    });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test("P3: once at rest, another run calls nobody and leaves every link as it is", () => {
    checkAll(({ world, rounds }) => {
      const before = new Map(world.links);
      expect(runOnce(world, rounds + 1, () => 0).calls).toBe(0);
      expect(world.links).toEqual(before);
    }, numRuns / 2);
  });

  test("P10 P11: only rows without an edit go, and only where a person removed the other one", () => {
    checkAll(({ world, told }) => {
      for (const { ids, mayGo, isEdited } of told) {
        for (const side of sides) {
          if (!world.putAway.has(ids[side])) continue;
          expect({ mayGo: mayGo[side], isEdited: isEdited[side] }).toEqual({
            mayGo: true,
            isEdited: false,
          });
        }
      }
    });
  });

  test("P10: a removal of an unedited pair does go through, on either side", () => {
    for (const policy of ["trash", "marks", "deletes"] as const) {
      for (const side of sides) {
        const removed = { left: side === "left", right: side === "right" };
        const edits = { left: null, right: null };
        const back = { left: false, right: false };
        const ended = play(policy, [{ kind: "linked", side, edits, removed, back }], () => 0);
        const id = ended.told[0]?.ids[other(side)] ?? recordId("");
        expect(ended.world.putAway.has(id)).toBe(true);
      }
    }
  });

  test("P12 P14: every row that is there has one link, and none was made twice", () => {
    checkAll(({ world }) => {
      for (const side of sides) {
        for (const { row, isThere } of world.rows[side].values()) {
          if (isThere) expect(linksOf(world, row.id)).toHaveLength(1);
        }
      }
      const sources = [...world.made.values()];
      expect(sources).toEqual([...new Set(sources)]);
    });
  });

  test("P13: nothing returns, and nothing is made anew, unless a person brought a row back", () => {
    checkAll(({ world, told }) => {
      const sources = new Set(world.made.values());
      for (const { story, ids, isRestored } of told) {
        if (story.kind === "new" || story.kind === "copied" || isRestored) continue;
        for (const side of sides) {
          expect(world.broughtBack.has(ids[side])).toBe(false);
          expect(sources.has(ids[side])).toBe(false);
        }
      }
    });
  });

  test("P4: a row that was made holds what its source holds, and nothing else", () => {
    checkAll(({ world }) => {
      for (const side of sides) {
        for (const { row } of world.rows[side].values()) {
          const source = world.rows[other(side)].get(world.made.get(row.id) ?? recordId(""));
          if (source === undefined) continue;
          for (const { fields, bridge } of world.setup.mappings) {
            const canon = (one: Side, from: typeof row): string =>
              bridge.canon[one](from.cells.get(fields[one].id) ?? empty);
            expect(canon(side, row)).toBe(canon(other(side), source.row));
          }
        }
      }
    });
  });

  test("P20: neither the order of calls nor that of rows changes where it ends", () => {
    fc.assert(
      fc.property(policies, stories, numbers, numbers, (policy, list, one, two) => {
        const first = play(policy, list, orderFrom(one));
        const second = play(policy, list, orderFrom(two));
        expect(picture(second) === picture(first)).toBe(true);
        const world = makeWorld(setups[policy]);
        for (const [at, entry] of [...list.entries()].toReversed()) tell(world, entry, at);
        untilQuiet(world, orderFrom(one), roundsMax);
        expect(picture({ ...first, world }) === picture(first)).toBe(true);
      }),
      { numRuns: numRuns / 2 },
    );
  });
});
