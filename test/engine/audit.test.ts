// The history against the world: what it says was written is what was written, and a run cut into
// many by a busy service ends where one run would have ended.
import { expect, test } from "vitest";
import type { RecordId } from "../../src/core/ids.ts";
import { text, valueKey, type Value } from "../../src/core/value.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;
const names = ["Name", "A", "B"] as const;

async function edited(world: World): Promise<void> {
  for (let at = 0; at < 25; at += 1) {
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`) });
  }
  await world.run();
  world.nowMs += 10 * minuteMs;
  for (const [at, id] of world.left.admin.ids().entries()) {
    if (at % 3 === 0) world.left.admin.edit(id, { A: t(`changed ${at}`), B: t("new") });
    if (at % 7 === 1) world.left.admin.edit(id, { A: { kind: "empty" } });
  }
  world.nowMs += 10 * minuteMs;
}

/** The right side as the history tells it: every change to it, in order, from nothing. */
async function replayed(world: World): Promise<ReadonlyMap<RecordId, Record<string, string>>> {
  const rows = new Map<RecordId, Record<string, string>>();
  for (const { body } of await world.entries()) {
    if (body.type !== "change" || body.side !== "right" || body.ids.right === null) continue;
    const row = rows.get(body.ids.right) ?? {};
    for (const [field, cell] of Object.entries(body.fields)) {
      // A change starts from what the one before it left.
      expect(valueKey(cell.before)).toBe(row[field] ?? "");
      row[field] = valueKey(cell.after);
    }
    rows.set(body.ids.right, row);
  }
  return rows;
}

test("P27: the history, replayed, gives exactly what was written", async () => {
  const world = await makeWorld();
  await edited(world);
  world.right.admin.failNext("write", "lost-after");
  await world.run();
  await world.run();
  const rows = await replayed(world);
  expect([...rows.keys()].toSorted()).toEqual([...world.right.admin.ids()].toSorted());
  for (const [id, row] of rows) {
    for (const name of names) {
      const value: Value = world.right.admin.cell(id, name) ?? { kind: "empty" };
      expect({ id, name, key: row[name] ?? "" }).toEqual({ id, name, key: valueKey(value) });
    }
  }
  expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
});

test("P23: a run cut into many by a busy service ends where one run would have", async () => {
  const whole = await makeWorld();
  await edited(whole);
  expect((await whole.run()).status).toBe("ok");
  const cut = await makeWorld();
  await edited(cut);
  const codes: (string | null)[] = [];
  for (let run = 0; run < 8; run += 1) {
    // The first write of each run passes, the second meets a service that is busy for good.
    if (run < 6) {
      const update = cut.right.update.bind(cut.right);
      let calls = 0;
      cut.right.update = async (...args) => {
        calls += 1;
        if (calls === 2) cut.right.admin.failNext("write", "busy");
        return update(...args);
      };
      codes.push((await cut.run()).error?.code ?? null);
      cut.right.update = update;
    } else {
      codes.push((await cut.run()).error?.code ?? null);
    }
    cut.nowMs += minuteMs;
  }
  expect(codes).toContain("unavailable");
  expect(codes.at(-1)).toBeNull();
  expect(cut.picture()).toEqual(whole.picture());
});
