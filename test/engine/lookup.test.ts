// Rows that a listing leaves out are asked about one by one, as many a run as the limit allows. Rows that
// stay missing, as those a filter hides do, must not keep the others from their turn.
import { expect, test } from "vitest";
import { linkId, pairId, recordId, type RecordId } from "../../src/core/ids.ts";
import type { Link } from "../../src/core/link.ts";
import { lookupsMax, lookUp, type LookedUpTo } from "../../src/engine/lookup.ts";
import { observe } from "../../src/engine/observe.ts";
import { prepareSetup, freshState } from "../../src/engine/prepare.ts";
import { makeWorld } from "./world.ts";

function linkTo(id: RecordId): Link {
  return {
    id: linkId(`l-${id}`),
    pair: pairId("pair"),
    ids: { left: id, right: recordId(`r-${id}`) },
    state: "live",
    archival: null,
    title: id,
    cells: new Map(),
    pending: { left: new Map(), right: new Map() },
    hashes: { left: null, right: null },
    stamps: { left: null, right: null },
    ownStamps: { left: null, right: null },
    isFlagged: false,
    bornAtMs: 0,
    wokenAtMs: 0,
  };
}

test("of more missing rows than a run may ask about, each has its turn", async () => {
  const world = await makeWorld();
  const control = world.left.admin.add({ Name: { kind: "text", text: "there", isStyled: false } });
  const count = lookupsMax * 2 + 200;
  const missing = Array.from({ length: count }, (_, at) =>
    recordId(`gone${String(at).padStart(5, "0")}`),
  );
  const deps = world.deps();
  const { setup } = await prepareSetup(world.policy, freshState(world.policy), deps);
  const observation = await observe({ setup, index: [], always: new Set() }, deps);
  expect(observation.control.left).toBe(control);
  const asked = new Map<RecordId, number>();
  const runs: (readonly RecordId[])[] = [];
  let lookedUpTo: LookedUpTo = { left: null, right: null };
  for (let run = 0; run < 3; run += 1) {
    const ids: RecordId[] = [];
    const left = {
      ...world.left,
      read: (wanted: readonly RecordId[], ...rest: [never, never]) => {
        ids.push(...wanted);
        return world.left.read(wanted, ...rest);
      },
    };
    const found = await lookUp(
      missing.map(linkTo),
      { setup, observation, lookedUpTo },
      { ...deps, connectors: { left, right: world.right } },
    );
    lookedUpTo = found.lookedUpTo;
    runs.push(ids);
    for (const id of ids) asked.set(id, (asked.get(id) ?? 0) + 1);
  }
  expect(runs.map((ids) => ids.length)).toEqual([lookupsMax, lookupsMax, lookupsMax]);
  // Each begins right behind the last one of the run before, and goes round.
  expect(runs.map((ids) => [ids[0], ids.at(-1)])).toEqual([
    [missing[0], missing[lookupsMax - 1]],
    [missing[lookupsMax], missing[lookupsMax * 2 - 1]],
    [missing[lookupsMax * 2], missing[299]],
  ]);
  expect(asked.size).toBe(count);
  expect(Math.max(...asked.values())).toBe(2);
});

test("where one run can ask about all, none is left over", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: { kind: "text", text: "there", isStyled: false } });
  const deps = world.deps();
  const { setup } = await prepareSetup(world.policy, freshState(world.policy), deps);
  const observation = await observe({ setup, index: [], always: new Set() }, deps);
  const links = [linkTo(recordId("gone1")), linkTo(recordId("gone2"))];
  const lookedUpTo = { left: recordId("gone1"), right: null };
  const found = await lookUp(links, { setup, observation, lookedUpTo }, deps);
  expect(found.lookedUpTo).toEqual({ left: null, right: null });
  expect([...found.readings.values()].map((rows) => rows.left?.state)).toEqual(["gone", "gone"]);
});
