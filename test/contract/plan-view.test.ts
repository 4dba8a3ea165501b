// What `tandem plan` calls each thing a run would do, on in-memory services.
import { expect, test } from "vitest";
import { planPairs } from "../../src/app/sync.ts";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { minuteMs } from "../engine/world.ts";
import { makeApp, type App } from "../fixture/app.ts";

const t = text;

/** The rows of the plan, as `op side title`. */
async function planned({ app, world }: App): Promise<readonly string[]> {
  world.nowMs += 10 * minuteMs;
  for await (const plan of planPairs(app, [])) {
    if (plan.kind === "error") throw plan.error;
    return plan.outcome.view.rows.map(({ op, side, title }) => `${op} ${side} ${title}`).toSorted();
  }
  throw new Error("no plan");
}

test("rows put away and brought back by a mark are called so, and no update", async () => {
  const made = await makeApp(4);
  const { world, left } = made;
  const [back, away, edited] = left.map((id) => must(id, "a row"));
  world.left.admin.trash(must(back, "a row"));
  world.nowMs += 10 * minuteMs;
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.restore(must(back, "a row"));
  world.left.admin.trash(must(away, "a row"));
  world.left.admin.edit(must(edited, "a row"), { A: t("new") });
  world.left.admin.add({ Name: t("Born") });
  expect(await planned(made)).toEqual([
    "archive right Row 1",
    "create right Born",
    "restore right Row 0",
    "update right Row 2",
  ]);
});

test("a removal is put away where there is a trash, and deleted where there is none", async () => {
  const policy = { archive: { left: { kind: "remove" }, right: { kind: "remove" } } } as const;
  const made = await makeApp(3, { policy });
  const { world, left } = made;
  world.left.admin.trash(must(left[0], "a row"));
  world.right.admin.purge(must(world.right.admin.ids()[1], "a row"));
  expect(await planned(made)).toEqual(["archive left Row 1", "delete right Row 0"]);
});

test("a link marker that is mended is bookkeeping, and no row of the plan", async () => {
  const made = await makeApp(2);
  const { world, left } = made;
  const right = must(world.right.admin.ids()[0], "a row");
  world.right.admin.edit(right, { Link: t("") });
  expect(await planned(made)).toEqual([]);
  expect((await world.run()).status).toBe("ok");
  expect(world.right.admin.cell(right, "Link")).toEqual(t(must(left[0], "a row")));
});
