// The last moment before a write: rows somebody is at work on, rows that moved since they were planned,
// the order in which calls go out, and a service that stops answering.
import { expect, test } from "vitest";
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { sides } from "../../src/core/side.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import { text } from "../../src/core/value.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

function step(
  world: World,
  afterMs = 5 * minuteMs,
  part: Partial<PairPolicy> = {},
): Promise<PairRun> {
  world.nowMs += afterMs;
  return world.run(part);
}

interface Pair {
  readonly world: World;
  readonly left: RecordId;
  readonly right: RecordId;
}

async function linked(options: WorldOptions = {}): Promise<Pair> {
  const world = await makeWorld(options);
  const left = world.left.admin.add({ Name: t("One"), A: t("a0"), B: t("b0") });
  await step(world);
  return { world, left, right: must(world.right.admin.ids()[0], "a counterpart") };
}

const hot = (world: World): Partial<PairPolicy> => ({
  guards: { ...world.policy.guards, hotRowMs: 90_000 },
});

function codes(world: World, run: PairRun): Promise<readonly string[]> {
  return world
    .entries(run)
    .then((entries) => entries.flatMap(({ body }) => (body.type === "problem" ? [body.code] : [])));
}

test("P6: a row that a person edited a moment ago is written to in a later run", async () => {
  const { world, left, right } = await linked();
  world.nowMs += 5 * minuteMs;
  world.left.admin.edit(left, { A: t("a1") });
  world.right.admin.edit(right, { B: t("typing") });
  const early = await step(world, 89_000, hot(world));
  expect(await codes(world, early)).toEqual(["hot_row"]);
  expect(early.status).toBe("attention");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a0"));
  const late = await step(world, 2_000, hot(world));
  expect(late.status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a1"));
});

test("P6: with the guard off, or where the target only receives, nobody is waited for", async () => {
  const { world, left, right } = await linked();
  world.left.admin.edit(left, { A: t("a1") });
  world.right.admin.edit(right, { B: t("typing") });
  const fields = [
    mapped("Name"),
    mapped("A", { flow: "toRight" }),
    mapped("B", { flow: "toRight" }),
  ];
  expect((await step(world, 1_000, { ...hot(world), fields })).status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a1"));
  world.left.admin.edit(left, { A: t("a2") });
  world.right.admin.edit(right, { B: t("typing on") });
  expect((await step(world, 1_000)).status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a2"));
});

test("P1: a row that is edited every minute gets the other side's edit within a quarter of an hour", async () => {
  const { world, left, right } = await linked();
  world.nowMs += 5 * minuteMs;
  world.left.admin.edit(left, { A: t("a1") });
  let minutes = 0;
  while (minutes < 15 && world.right.admin.cell(right, "A")?.kind === "text") {
    minutes += 1;
    world.right.admin.edit(right, { B: t(`typing ${minutes}`) });
    await step(world, minuteMs, hot(world));
    const value = world.right.admin.cell(right, "A");
    if (value?.kind === "text" && value.text === "a1") break;
  }
  expect(world.right.admin.cell(right, "A")).toEqual(t("a1"));
  expect(minutes).toBeGreaterThan(8);
  expect(minutes).toBeLessThan(15);
});

/** The connector cannot say who edited a row last, as some services cannot. */
function anonymous(connector: MemoryConnector): void {
  const scan = connector.scan.bind(connector);
  const recheck = connector.recheck.bind(connector);
  connector.scan = async function* (wanted) {
    const pages = scan(wanted);
    // Bound: the connector ends its own listing.
    for (;;) {
      const next = await pages.next();
      if (next.done === true) return next.value;
      yield { rows: next.value.rows.map((row) => ({ ...row, editedBy: "unknown" as const })) };
    }
  };
  connector.recheck = async (...asked) =>
    new Map(
      [...(await recheck(...asked))].map(([id, reading]) => [
        id,
        reading.state === "live"
          ? { ...reading, row: { ...reading.row, editedBy: "unknown" as const } }
          : reading,
      ]),
    );
}

test("our own last write keeps nobody waiting, although the service does not say whose it was", async () => {
  const { world, left, right } = await linked();
  anonymous(world.right);
  world.left.admin.edit(left, { A: t("a1") });
  expect((await step(world, 5 * minuteMs, hot(world))).status).toBe("ok");
  world.left.admin.edit(left, { A: t("a2") });
  expect((await step(world, 10_000, hot(world))).status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(t("a2"));
});

/** A person does something between the listing and the last look: once, when the plan is stored. */
function meanwhile(world: World, act: () => void): void {
  const { store } = world;
  const commit = store.commit.bind(store);
  store.commit = async (lease, changes) => {
    world.nowMs += 2_000;
    act();
    world.nowMs += 2_000;
    store.commit = commit;
    await commit(lease, changes);
  };
}

test("P6: an edit between the listing and the write is not overwritten", async () => {
  const { world, left, right } = await linked();
  world.left.admin.edit(left, { A: t("a1") });
  meanwhile(world, () => {
    world.right.admin.edit(right, { A: t("typed meanwhile") });
  });
  const run = await step(world);
  expect(await codes(world, run)).toEqual(["moved_meanwhile"]);
  expect(world.right.admin.cell(right, "A")).toEqual(t("typed meanwhile"));
});

test("P6: the source of a new row is looked at again before it is copied", async () => {
  const { world } = await linked();
  const born = world.left.admin.add({ Name: t("Born"), A: t("half a wo") });
  meanwhile(world, () => {
    world.left.admin.edit(born, { A: t("half a word, and the rest") });
  });
  const run = await step(world);
  expect(await codes(world, run)).toEqual(["moved_meanwhile"]);
  expect(run.summary.counts.created).toEqual({ left: 0, right: 0 });
  await step(world);
  expect(world.picture().right).toContain("Born | half a word, and the rest | empty");
});

test("P11: a row that was edited between the listing and its removal stays", async () => {
  const { world, left, right } = await linked();
  world.left.admin.add({ Name: t("Other") });
  await step(world);
  world.left.admin.trash(left);
  meanwhile(world, () => {
    world.right.admin.edit(right, { A: t("still needed") });
  });
  const run = await step(world);
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
  expect(world.right.admin.cell(right, "State")?.kind).toBe("empty");
});

test("P6 R15: what somebody wrote into the field of the archive mark meanwhile comes back with the row", async () => {
  const { world, left, right } = await linked();
  world.left.admin.add({ Name: t("Other") });
  world.right.admin.edit(right, { State: t("Doing") });
  await step(world);
  world.left.admin.trash(left);
  meanwhile(world, () => {
    world.right.admin.edit(right, { State: t("Waiting for Bo") });
  });
  const run = await step(world);
  expect(await codes(world, run)).toEqual(["moved_meanwhile"]);
  await step(world);
  expect(world.right.admin.cell(right, "State")).toEqual(t("Archived"));
  world.left.admin.restore(left);
  await step(world);
  expect(world.right.admin.cell(right, "State")).toEqual(t("Waiting for Bo"));
});

test("calls go out in their order: births, edits, what comes back, and removals last of all", async () => {
  const { world, left, right } = await linked();
  const more = ["Two", "Three", "Four"].map((name) => world.left.admin.add({ Name: t(name) }));
  await step(world);
  const [two, three, four] = more.map((id) => must(id, "a row"));
  world.left.admin.trash(must(two, "a row"));
  await step(world);
  world.left.admin.restore(must(two, "a row"));
  world.left.admin.trash(must(three, "a row"));
  const gone = world.right.admin
    .ids()
    .find((id) => JSON.stringify(world.right.admin.cell(id, "Link")).includes(String(four)));
  world.right.admin.purge(must(gone, "a counterpart"));
  world.left.admin.edit(left, { A: t("a1") });
  world.right.admin.edit(right, { B: t("b1") });
  world.left.admin.add({ Name: t("Born left") });
  world.right.admin.add({ Name: t("Born right") });
  const calls: string[] = [];
  for (const side of sides) {
    const connector = world[side];
    for (const kind of ["create", "update", "remove", "restore"] as const) {
      const call = connector[kind].bind(connector) as (...asked: unknown[]) => never;
      Object.assign(connector, {
        [kind]: (...asked: unknown[]) => {
          calls.push(`${kind} ${side}`);
          return call(...asked);
        },
      });
    }
  }
  expect((await step(world)).status).toBe("ok");
  expect(calls).toEqual([
    "create left",
    "update right",
    "update left",
    "create right",
    "update right",
    "remove left",
  ]);
});

const births = async (faults: readonly ("lost-before" | "incomplete")[]): Promise<Pair> => {
  const pair = await linked();
  for (let at = 0; at < 6; at += 1) pair.world.right.admin.add({ Name: t(`Born ${at}`) });
  for (const fault of faults) pair.world.left.admin.failNext("write", fault);
  return pair;
};

test("a service that lost three answers in a row is left in peace for the rest of the run", async () => {
  const { world } = await births(["lost-before", "lost-before", "lost-before"]);
  const before = world.left.requests().write;
  const run = await step(world);
  expect(run).toMatchObject({ status: "error", error: { code: "unavailable" } });
  expect(world.left.requests().write - before).toBe(3);
  expect(run.summary.counts.waiting).toBe(6);
});

test("answers that were lost now and then do not count together", async () => {
  // `incomplete` means nothing to a write: those are done and answered.
  const { world } = await births([
    "lost-before",
    "incomplete",
    "lost-before",
    "incomplete",
    "lost-before",
  ]);
  const before = world.left.requests().write;
  const run = await step(world);
  expect(run.error).toBeNull();
  expect(world.left.requests().write - before).toBeGreaterThanOrEqual(6);
  expect(run.summary.counts.created.left).toBe(3);
});
