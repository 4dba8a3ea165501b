import { expect, test } from "vitest";
import { makeSmallSetup } from "../../test/fixture/pair.ts";
import { makeObservation } from "../../test/fixture/observation.ts";
import { createOf, makeWork, markedOn, removeOf, updateOf } from "../../test/fixture/work.ts";
import type { Wanted } from "../connectors/connector.ts";
import { linkId, recordId, type RecordId } from "../core/ids.ts";
import type { RowAction } from "../core/reconcile.ts";
import type { RowReading } from "../core/row.ts";
import { sided, type Side } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";
import { withdrawn } from "./withdrawn.ts";
import type { Work } from "./work.ts";

const setup = makeSmallSetup();
type Call = readonly [Side, readonly RecordId[], RecordId | null];

async function looked(works: readonly Work[], says: RowReading | null) {
  const asked: Call[] = [];
  const connectors = sided((side) => ({
    read: async (ids: readonly RecordId[], _wanted: Wanted, control: RecordId | null) => {
      asked.push([side, ids, control]);
      return Promise.resolve(new Map(says === null ? [] : ids.map((id) => [id, says])));
    },
  }));
  const control = { left: recordId("left-control"), right: recordId("right-control") };
  const observation = makeObservation({ control });
  const found = await withdrawn(works, { setup, observation }, {
    connectors,
  } as unknown as EngineDeps);
  return { asked, found: works.map((work) => found.has(work)) };
}

const trashed: RowReading = { state: "trashed", row: null };

test("P10: right before a removal its reason is looked at, on the other side, in one call a side", async () => {
  const works = [
    removeOf("left"),
    removeOf("right"),
    updateOf(setup, "right", [], { archival: markedOn("right") }),
    updateOf(setup, "right", [], { archival: "lift" }),
    updateOf(setup, "right", ["Name"]),
    createOf(setup, "right", ["Name"]),
    { kind: "restore", side: "right" } as const,
  ].map((action: RowAction) => makeWork(setup, action));
  const { asked, found } = await looked(works, trashed);
  expect(asked).toEqual([
    ["left", ["page-1", "page-1"], "left-control"],
    ["right", ["rec1"], "right-control"],
  ]);
  expect(found).toEqual(works.map(() => false));
  expect((await looked(works.slice(3), trashed)).asked).toEqual([]);
});

test.each<readonly [RowReading | null, boolean]>([
  [trashed, false],
  [{ state: "gone", evidence: "404" }, false],
  [{ state: "left", why: "moved", row: null }, true],
  [{ state: "unknown", why: "busy" }, true],
  [null, true],
])("P10: a row whose counterpart is now %o stays: %s", async (says, isWithdrawn) => {
  expect((await looked([makeWork(setup, removeOf("right"))], says)).found).toEqual([isWithdrawn]);
});

test("each removal is judged by its own counterpart", async () => {
  const of = (id: string): Work =>
    makeWork(setup, removeOf("right"), {
      link: {
        id: linkId(id),
        ids: { left: recordId(`left-${id}`), right: recordId(`right-${id}`) },
      },
    });
  const works = [of("a"), of("b")];
  const connectors = sided(() => ({
    read: async () =>
      Promise.resolve(
        new Map<RecordId, RowReading>([
          [recordId("left-a"), trashed],
          [recordId("left-b"), { state: "unknown", why: "busy" }],
        ]),
      ),
  }));
  const observation = makeObservation();
  const found = await withdrawn(works, { setup, observation }, {
    connectors,
  } as unknown as EngineDeps);
  expect([...found]).toEqual([works[1]]);
});
