// Rows that begin their life in Airtable, over HTTP: typed in a moment ago, or copied from another row
// together with everything that Tandem wrote into it.
import { expect, test } from "vitest";
import { makeHttpWorld, type HttpWorld } from "./http-world.ts";

const minuteMs = 60_000;

function row(world: HttpWorld, id: string): Readonly<Record<string, unknown>> {
  const found = world.ops.airtable.admin.rows(world.ops.tableId).find((one) => one.id === id);
  return found?.fields ?? {};
}

async function quiet(world: HttpWorld): Promise<void> {
  world.ops.clock.advance(15 * minuteMs);
  const before = world.writes();
  expect((await world.run()).status).toBe("ok");
  expect(world.writes()).toBe(before);
}

test("a row typed in a moment ago gets its page, its marker and its address in one run", async () => {
  const world = await makeHttpWorld(3, ["hotRowSeconds: 90"]);
  await world.run();
  world.ops.clock.advance(15 * minuteMs);
  const [id = ""] = world.ops.airtable.admin.addRows(world.ops.tableId, [{ "Spec Name": "New" }]);
  world.ops.clock.advance(5_000);
  expect((await world.run()).status).toBe("ok");
  expect(row(world, id)).toMatchObject({
    "Notion Page ID": expect.stringMatching(/^[\da-f-]{36}$/) as string,
    "Notion URL": expect.stringContaining("New") as string,
  });
  await quiet(world);
  await world.close();
});

test("a copied row brings the other page's address along, and gets its own", async () => {
  const world = await makeHttpWorld(3);
  await world.run();
  world.ops.clock.advance(15 * minuteMs);
  const [first] = world.ops.airtable.admin.rows(world.ops.tableId);
  const copy = world.ops.airtable.admin.duplicateRow(first?.id ?? "");
  const inherited = row(world, copy)["Notion URL"];
  world.ops.clock.advance(15 * minuteMs);
  expect((await world.run()).status).toBe("ok");
  expect(inherited).toBe(first?.fields["Notion URL"]);
  expect(row(world, copy)["Notion URL"]).not.toBe(inherited);
  expect(row(world, copy)["Notion Page ID"]).not.toBe(first?.fields["Notion Page ID"]);
  await quiet(world);
  await world.close();
});

test("P7 G2: what a copied row brought along is told, when its write was lost and the row is gone", async () => {
  for (const when of ["after", "before"] as const) {
    const world = await makeHttpWorld(3);
    const { admin, faults } = world.ops.airtable;
    await world.run();
    world.ops.clock.advance(15 * minuteMs);
    const [first] = admin.rows(world.ops.tableId);
    const copy = admin.duplicateRow(first?.id ?? "");
    const inherited = row(world, copy)["Notion URL"];
    world.ops.clock.advance(15 * minuteMs);
    faults.add({
      name: "the answer",
      fault: { kind: "cut", when },
      matches: ({ method, path }) => method === "PATCH" && !path.includes("listRecords"),
    });
    await world.run();
    expect(row(world, copy)["Notion URL"] === inherited).toBe(when === "before");
    admin.deleteRow(copy);
    for (let runs = 0; runs < 2; runs += 1) {
      world.ops.clock.advance(15 * minuteMs);
      await world.run();
    }
    expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
    const told = (await world.store.loadEntries({ types: ["conflict"] })).flatMap(({ body }) =>
      body.type === "conflict" ? [body] : [],
    );
    // Whether it was carried out cannot be seen any more, so it is told in both cases.
    expect(told).toMatchObject([
      {
        field: "@url",
        ids: { right: copy },
        base: null,
        values: { right: { value: { kind: "text", text: inherited } } },
        winner: "left",
        rule: "F4",
        label: "policy",
      },
    ]);
    await world.close();
  }
}, 30_000);
