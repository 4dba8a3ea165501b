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
