// Faults that simulated histories brought to light, each as the smallest story that shows it.
import { expect, test } from "vitest";
import { boolean, choice, text } from "../../src/core/value.ts";
import { fieldId } from "../../src/core/ids.ts";
import type { Field } from "../../src/core/schema.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import { makeWorld, mapped, minuteMs } from "./world.ts";

const done: Field = {
  id: fieldId("f-Done"),
  name: "Done",
  type: "checkbox",
  kind: { kind: "boolean" },
  isWritable: true,
  isTitle: false,
};

test("F16: a ticked box in a field that only receives is not unticked by the row made from it", async () => {
  const world = await makeWorld({
    fields: { left: [done], right: [done] },
    policy: { fields: [mapped("Name"), mapped("Done", { flow: "toLeft" })] },
  });
  const id = world.left.admin.add({ Name: text("Row"), Done: boolean(true) });
  await world.run();
  expect(world.left.admin.cell(id, "Done")).toEqual(boolean(true));
  await world.store.close();
});

test("P3: a row that waits for a person is shown under its new title at once", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Old"), A: text("a") });
  await world.run();
  const [right] = world.right.admin.ids();
  world.nowMs += 10 * minuteMs;
  world.left.admin.trash(left);
  if (right !== undefined) world.right.admin.edit(right, { Name: text("New") });
  await world.run();
  const [conflict] = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(conflict?.title).toBe("New");
  await world.store.close();
});

test("P3: a row is known by the title that was carried over, and by the one it has again", async () => {
  const world = await makeWorld({
    policy: { fields: [mapped("Name", { owner: "ask" }), mapped("A")] },
  });
  const left = world.left.admin.add({ Name: text("Old"), A: text("a") });
  await world.run();
  const [right] = world.right.admin.ids();
  if (right === undefined) throw new Error("no row was made");
  const titles = async (): Promise<readonly string[]> => {
    const index = await world.store.loadLinkIndex(world.policy.id);
    const links = await world.store.loadLinks(index.map(({ id }) => id));
    return links.map(({ title }) => title);
  };
  world.nowMs += 10 * minuteMs;
  world.right.admin.edit(right, { Name: text("New") });
  await world.run();
  expect(await titles()).toEqual(["New"]);
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(left, { Name: text("One of two") });
  world.right.admin.edit(right, { Name: text("Two of two") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(left, { Name: text("New") });
  world.right.admin.edit(right, { Name: text("New") });
  await world.run();
  expect(await titles()).toEqual(["New"]);
  await world.store.close();
});

test("P1 P16: what a person enters before a lost answer is made up for by a look flows like any edit", async () => {
  const world = await makeWorld();
  const right = world.right.admin.add({ Name: text("Row"), A: text("as made") });
  const deps = world.deps();
  const { left } = deps.connectors;
  const lossy: typeof left = {
    ...left,
    get capabilities() {
      return left.capabilities;
    },
    create: async (creates, wanted) => {
      const outcomes = await left.create(creates, wanted);
      const [made] = world.left.admin.ids();
      if (made === undefined) throw new Error("no row was made");
      world.left.admin.edit(made, { A: text("typed since"), B: text("new") });
      const reading = (await left.read([made], wanted, null)).get(made);
      if (reading?.state !== "live") throw new Error("the row is gone");
      const { row } = reading;
      return outcomes.map((outcome) =>
        outcome.kind === "done" ? { ...outcome, row, isReadBack: true } : outcome,
      );
    },
  };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  await syncPair(world.policy, options, {
    ...deps,
    connectors: { left: lossy, right: deps.connectors.right },
  });
  world.nowMs += 10 * minuteMs;
  expect((await world.run()).status).toBe("ok");
  expect(world.right.admin.cell(right, "A")).toEqual(text("typed since"));
  expect(world.right.admin.cell(right, "B")).toEqual(text("new"));
  await world.store.close();
});

test("P3: an answer about a row that cannot be carried out is asked again at once, with the reason", async () => {
  const world = await makeWorld({
    policy: {
      creates: { left: true, right: false },
      archive: { left: null, right: null },
      match: [{ left: "Name", right: "Name" }],
    },
  });
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  const right = world.right.admin.add({ Name: text("Row"), A: text("a") });
  for (const side of ["left", "right"] as const) world[side].admin.add({ Name: text("Other") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.right.admin.purge(right);
  world.left.admin.edit(left, { A: text("edited") });
  await world.run();
  const open = () => world.store.loadConflicts(world.policy.id, ["open"]);
  const [asked] = await open();
  if (asked === undefined) throw new Error("nothing was asked");
  for (const [keep, reason] of [
    ["left", "creates no rows"],
    ["right", "put rows away"],
  ] as const) {
    const answer = { id: asked.id, answer: { keep } };
    await resolveConflict(world.store, [world.policy.id], answer);
    world.nowMs += 10 * minuteMs;
    const run = await world.run();
    const told = (await world.entries(run)).flatMap(({ body }) =>
      body.type === "problem" && body.code === "answer_refused" ? [body.message] : [],
    );
    expect(told).toEqual([expect.stringContaining(reason)]);
    expect(await open()).toEqual([{ ...asked, answer: null }]);
    world.nowMs += 10 * minuteMs;
    await world.run();
    expect(await open()).toEqual([{ ...asked, answer: null }]);
  }
  await world.store.close();
});

test("G2: an edit that a lost call wrote over is told, although somebody has written since", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  await world.run();
  const [right] = world.right.admin.ids();
  if (right === undefined) throw new Error("no row was made");
  world.nowMs += 10 * minuteMs;
  world.right.admin.edit(right, { A: text("gives way") });
  world.nowMs += 10 * minuteMs;
  world.left.admin.edit(left, { A: text("wins") });
  world.nowMs += 10 * minuteMs;
  world.right.admin.failNext("write", "lost-after");
  await world.run();
  world.nowMs += minuteMs;
  world.right.admin.edit(right, { A: text("later") });
  world.nowMs += 10 * minuteMs;
  await world.run();
  const told = (await world.entries()).flatMap((entry) =>
    entry.body.type === "conflict" ? [entry.body.values.right.value] : [],
  );
  expect(told).toContainEqual(text("gives way"));
  await world.store.close();
});

test("P10: a row whose counterpart was brought back while the run was under way is not put away", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  world.left.admin.add({ Name: text("Other"), A: text("b") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.trash(left);
  const deps = world.deps();
  let looks = 0;
  const watched = {
    ...deps.connectors.left,
    get capabilities() {
      return deps.connectors.left.capabilities;
    },
    read: async (...asked: Parameters<typeof world.left.read>) => {
      looks += 1;
      if (looks === 2) world.left.admin.restore(left);
      return world.left.read(...asked);
    },
  };
  const connectors = { left: watched, right: deps.connectors.right };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  const run = await syncPair(world.policy, options, { ...deps, connectors });
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
  expect(looks).toBe(2);
  world.nowMs += 10 * minuteMs;
  expect((await world.run()).status).toBe("ok");
  await world.store.close();
});

test("G2: a new page's default status is not put over the status its record was born with", async () => {
  const status = (blankOption: string | null): Field => ({
    id: fieldId("f-Status"),
    name: "Status",
    type: "status",
    kind: {
      kind: "choice",
      options: [
        { id: "o1", name: "Not started" },
        { id: "o2", name: "Done" },
      ],
      canAddOptions: false,
      refuses: [],
      blankOption,
    },
    isWritable: true,
    isTitle: false,
  });
  const world = await makeWorld({
    fields: { left: [status("Not started")], right: [status(null)] },
    policy: { fields: [mapped("Name"), mapped("Status", { flow: "toRight" })] },
  });
  const id = world.right.admin.add({ Name: text("Row"), Status: choice("Done") });
  const deps = world.deps();
  const defaulting = {
    ...deps.connectors.left,
    get capabilities() {
      return deps.connectors.left.capabilities;
    },
    create: async (...asked: Parameters<typeof world.left.create>) => {
      const outcomes = await world.left.create(...asked);
      return outcomes.map((outcome) => {
        if (outcome.kind !== "done" || outcome.row === null) return outcome;
        const made = choice("Not started");
        world.left.admin.edit(outcome.row.id, { Status: made });
        const cells = new Map(outcome.row.cells).set(status(null).id, made);
        return { ...outcome, row: { ...outcome.row, cells } };
      });
    },
  };
  const connectors = { left: defaulting, right: deps.connectors.right };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  const run = await syncPair(world.policy, options, { ...deps, connectors });
  expect(run.summary.counts.created).toEqual({ left: 1, right: 0 });
  expect(world.right.admin.cell(id, "Status")).toEqual(choice("Done"));
  world.nowMs += 10 * minuteMs;
  await world.run();
  expect(world.right.admin.cell(id, "Status")).toEqual(choice("Done"));
  await world.store.close();
});

test("G2: what people wrote into both rows before a lost create was found waits for an answer", async () => {
  const policy = { fields: [mapped("Name"), mapped("A", { flow: "toLeft" })] };
  const world = await makeWorld({ policy });
  const left = world.left.admin.add({ Name: text("Row") });
  world.right.admin.failNext("write", "lost-after");
  await world.run();
  const [right] = world.right.admin.ids();
  if (right === undefined) throw new Error("no row was made");
  world.nowMs += 5 * minuteMs;
  world.left.admin.edit(left, { A: text("left") });
  world.right.admin.edit(right, { A: text("right") });
  world.nowMs += 5 * minuteMs;
  await world.run();
  expect(world.left.admin.cell(left, "A")).toEqual(text("left"));
  const [open] = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(open).toMatchObject({ kind: "alignment" });
  await world.store.close();
});

test("P12 P14: a row that comes back while its replacement is in doubt is taken for neither a copy nor new", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  for (const name of ["One", "Two"]) world.left.admin.add({ Name: text(name) });
  await world.run();
  const right = world.right.admin.ids().find((id) => {
    const name = world.right.admin.cell(id, "Name");
    return name?.kind === "text" && name.text === "Row";
  });
  if (right === undefined) throw new Error("no row was made");
  world.nowMs += 10 * minuteMs;
  world.left.admin.trash(left);
  world.right.admin.trash(right);
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.restore(left);
  world.right.admin.failNext("write", "lost-before");
  await world.run();
  world.nowMs += minuteMs;
  world.right.admin.restore(right);
  const during = await world.run();
  expect(during.summary.counts.created).toEqual({ left: 0, right: 0 });
  world.nowMs += 10 * minuteMs;
  const after = await world.run();
  expect(after.summary.counts.created).toEqual({ left: 0, right: 0 });
  expect(world.picture().right).toEqual(world.picture().left);
  expect(world.picture().left).toHaveLength(3);
  await world.store.close();
});
