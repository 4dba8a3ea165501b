// What is looked at before a run may do anything: whether both tables are the ones that were synced and fit
// the config, whose clock counts, and which words of people are to be heard.
import { describe, expect, test } from "vitest";
import { linkId, runId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import { text } from "../../src/core/value.ts";
import {
  answersOf,
  freshState,
  prepare,
  prepareSetup,
  type Prepared,
} from "../../src/engine/prepare.ts";
import type { Conflict, PairState } from "../../src/store/store.ts";
import { makeWorld, mapped, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

async function setUp(
  world: World,
  part: { policy?: Partial<PairPolicy>; state?: Partial<PairState> } = {},
) {
  const policy = { ...world.policy, ...part.policy };
  return prepareSetup(policy, { ...freshState(policy), ...part.state }, world.deps());
}

async function synced(options: WorldOptions = {}): Promise<{ world: World; state: PairState }> {
  const world = await makeWorld(options);
  const { resolved } = await setUp(world);
  return { world, state: { ...freshState(world.policy), resolved } };
}

describe("P21: tables that do not fit", () => {
  test("all that the config gets wrong is told at once, each with its side and its remedy", async () => {
    const world = await makeWorld();
    const fields = [
      mapped("Name"),
      mapped("Nowhere"),
      mapped("A", { fields: { left: "A", right: "Neither" } }),
    ];
    const error = await setUp(world, { policy: { fields } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "config_invalid" });
    const { message } = error as Error;
    expect(message).toMatch(/^The pair pair does not fit its tables\. /u);
    expect(message).toMatch(/ Nothing was written\.$/u);
    expect(message.match(/(?:Left|Right): /gu)).toEqual(["Left: ", "Right: ", "Right: "]);
    expect(message).toContain("Nowhere");
    expect(message).toContain("Neither");
  });

  test("a field that went away since is a change of the table, and each remedy is given once", async () => {
    const { world, state } = await synced();
    for (const side of [world.left, world.right]) {
      side.admin.changeSchema((schema) => ({
        ...schema,
        fields: schema.fields.filter(({ name }) => !["A", "B"].includes(name)),
      }));
    }
    const error = await setUp(world, { state }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "schema_changed" });
    const { remedy } = error as { remedy: string };
    const sentences = remedy.split(/(?<=\.) /u);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test.each(["left", "right"] as const)(
    "another table on the %s under the same name is named, with the one before",
    async (side) => {
      const { world, state } = await synced();
      world[side].admin.changeSchema((schema) => ({ ...schema, tableId: "another" }));
      await expect(setUp(world, { state })).rejects.toMatchObject({
        code: "config_invalid",
        message: `The pair pair was synced with another ${side === "left" ? "Left" : "Right"} table before (${side}-table, now another).`,
        remedy: "Give the new table a pair of its own, under a new name in the config.",
      });
    },
  );
});

describe("what a run goes by", () => {
  const prepared = (world: World, part: Partial<PairState> = {}): Promise<Prepared> =>
    prepare(
      world.policy,
      { state: { ...freshState(world.policy), ...part }, run: runId("r9") },
      world.deps(),
    );

  test("the later of both services' clocks for bases, our own for the history, and each side's trash", async () => {
    for (const aheadMs of [
      { left: 5_000, right: -5_000 },
      { left: -5_000, right: 5_000 },
    ]) {
      const world = await makeWorld({ aheadMs });
      const { fold, state, halt } = await prepared(world);
      expect(fold).toMatchObject({ run: "r9", atMs: world.nowMs + 5_000, toldAtMs: world.nowMs });
      expect(fold.canRestore).toEqual({ left: true, right: false });
      expect([state.prefer, halt]).toEqual([null, null]);
    }
  });

  test("rows are matched by their key until a first run is through, and no longer", async () => {
    const match = [{ left: "Name", right: "Name" }];
    const world = await makeWorld({ policy: { match } });
    for (const side of [world.left, world.right]) side.admin.add({ Name: t("One") });
    expect((await prepared(world)).plans).toHaveLength(1);
    expect((await prepared(world, { firstSyncedAtMs: 1 })).plans).toHaveLength(2);
  });

  test("a guard stops a run at the listing before a row is asked about, and keeps whose turn it is", async () => {
    const world = await makeWorld();
    for (const name of ["One", "Two"]) world.left.admin.add({ Name: t(name) });
    await world.run();
    world.nowMs += 5 * minuteMs;
    for (const id of world.right.admin.ids()) world.right.admin.purge(id);
    const reads = world.right.requests().read;
    const lookedUpTo = { left: null, right: world.left.admin.ids()[0] ?? null };
    const found = await prepared(world, { lookedUpTo });
    expect(found).toMatchObject({ plans: [], held: [], lookedUpTo, halt: { guard: "emptySide" } });
    // Its fields and its listing, and nothing else.
    expect(world.right.requests().read - reads).toBe(2);
    const approvals = [{ guard: "emptySide", amountMax: 2 }] as const;
    expect((await prepared(world, { approvals })).plans).toHaveLength(2);
  });
});

describe("G4: rows that were put away count neither as there nor as linked", () => {
  /** Of eight rows the first ones are in the archive: trashed on the left, marked on the right. */
  async function withArchive(count: number): Promise<World> {
    const maxRemove = { percent: 50, floor: 0, cap: null } as const;
    const world = await makeWorld();
    const guards = { ...world.policy.guards, maxRemove };
    const run = (): Promise<unknown> => {
      world.nowMs += 10 * minuteMs;
      return world.run({ guards });
    };
    const left = Array.from({ length: 8 }, (_, at) => world.left.admin.add({ Name: t(`${at}`) }));
    await run();
    for (const id of left.slice(0, count)) world.left.admin.trash(id);
    await run();
    world.nowMs += 10 * minuteMs;
    return world;
  }
  const haltOf = async (world: World): Promise<Prepared["halt"]> => {
    const maxRemove = { percent: 50, floor: 0, cap: null } as const;
    const policy = { ...world.policy, guards: { ...world.policy.guards, maxRemove } };
    const state = { ...freshState(policy), firstSyncedAtMs: 1 };
    return (await prepare(policy, { state, run: runId("r9") }, world.deps())).halt;
  };

  test("a table that shows them alone is empty", async () => {
    const world = await withArchive(4);
    for (const id of world.right.admin.ids().slice(4)) world.right.admin.purge(id);
    expect(await haltOf(world)).toMatchObject({
      guard: "emptySide",
      message: "The table in Right came back empty, although 4 rows were linked.",
    });
  });

  test("how much may be removed goes by the rows that are in step", async () => {
    const world = await withArchive(4);
    const rows = world.left.admin.ids();
    for (const id of rows.slice(0, 2)) world.left.admin.trash(id);
    expect(await haltOf(world)).toBeNull();
    world.left.admin.trash(rows[2] ?? world.left.admin.add({}));
    expect(await haltOf(world)).toMatchObject({ guard: "maxRemove", counts: { removals: 3 } });
  });
});

test("people's words are heard by link, answered or carried out before, and silence is none", () => {
  const asked = (id: string, link: string, answer: Conflict["answer"]): Conflict => ({
    id,
    pair: freshState({ id: "pair" } as PairPolicy).id,
    link: linkId(link),
    kind: "cell",
    cell: null,
    field: "A",
    title: "One",
    base: t("a0"),
    values: { left: t("l"), right: t("r") },
    sinceMs: 1,
    run: runId("r1"),
    status: "open",
    answer,
  });
  const conflicts = [
    asked("k1", "a", { keep: "left" }),
    asked("k2", "a", { keep: "value", text: "typed" }),
    asked("k3", "b", null),
    { ...asked("k4", "c", { keep: "both" }), status: "answered" } as const,
  ];
  const what = { cell: null, base: t("a0"), values: { left: t("l"), right: t("r") } };
  expect([...answersOf(conflicts)]).toEqual([
    [
      "a",
      [
        { ...what, keep: "left" },
        { ...what, keep: { value: t("typed") } },
      ],
    ],
    ["c", [{ ...what, keep: "both" }]],
  ]);
});
