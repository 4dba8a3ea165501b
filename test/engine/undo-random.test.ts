// Undo against anything that people may have done since: exactly the cells that still hold what the run
// wrote get back what they held, and nothing of it moves afterwards unless somebody edits it.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Side } from "../../src/core/side.ts";
import { text, type Value } from "../../src/core/value.ts";
import { undoPair } from "../../src/engine/undo-run.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const rows = [0, 1, 2];
const fields = ["A", "B"] as const;
type Field = (typeof fields)[number];

interface Edit {
  readonly row: number;
  readonly field: Field;
  readonly side: Side;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  row: fc.constantFrom(...rows),
  field: fc.constantFrom(...fields),
  side: fc.constantFrom("left", "right"),
});

interface Linked {
  readonly world: World;
  readonly ids: Readonly<Record<Side, readonly RecordId[]>>;
}

async function linked(): Promise<Linked> {
  const world = await makeWorld();
  const left = rows.map((at) =>
    world.left.admin.add({ Name: text(`Row ${at}`), A: text(`a${at}`), B: text(`b${at}`) }),
  );
  await world.run();
  const right = left.map((id) =>
    must(
      world.right.admin.ids().find((row) => {
        const link = world.right.admin.cell(row, "Link");
        return link?.kind === "text" && link.text === id;
      }),
      "no counterpart",
    ),
  );
  world.nowMs += 10 * minuteMs;
  return { world, ids: { left, right } };
}

const keyOf = ({ row, field, side }: Edit): string => `${side} ${row} ${field}`;
const facing = (one: Edit): Edit => ({ ...one, side: one.side === "left" ? "right" : "left" });

function valueOf({ world, ids }: Linked, { row, field, side }: Edit): Value {
  return must(world[side].admin.cell(must(ids[side][row], "a row"), field), "a cell");
}

function type({ world, ids }: Linked, { row, field, side }: Edit, content: string): void {
  world[side].admin.edit(must(ids[side][row], "a row"), { [field]: text(content) });
}

/** At most one edit a cell, and never both sides of one. */
function apart(edits: readonly Edit[]): readonly Edit[] {
  const taken = new Set<string>();
  return edits.filter(({ row, field }) => {
    const key = `${row} ${field}`;
    const isFree = !taken.has(key);
    taken.add(key);
    return isFree;
  });
}

test("F13 P4: any run, taken back after any later edits, comes back cell by cell and stays", async () => {
  const later = fc.uniqueArray(edit, { maxLength: 5, selector: keyOf });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), later, async (all, since) => {
      const made = await linked();
      const { world } = made;
      const first = apart(all);
      const before = new Map(first.map((one) => [keyOf(facing(one)), valueOf(made, facing(one))]));
      for (const one of first) type(made, one, `run ${keyOf(one)}`);
      world.nowMs += 10 * minuteMs;
      const run = await world.run();
      world.nowMs += 10 * minuteMs;
      for (const one of since) type(made, one, `since ${keyOf(one)}`);
      world.nowMs += 10 * minuteMs;
      const options = { trigger: "undo", holder: "test" } as const;
      const done = await undoPair(world.policy, { undone: run.run, options }, world.deps());
      const isEdited = new Set(since.map(keyOf));
      for (const one of first) {
        const target = facing(one);
        const expected = isEdited.has(keyOf(target))
          ? text(`since ${keyOf(target)}`)
          : before.get(keyOf(target));
        expect(valueOf(made, target)).toEqual(expected);
      }
      const kept = (done.plan?.kept ?? []).map(({ side, field }) => `${side} ${field}`);
      expect(kept).toHaveLength(first.filter((one) => isEdited.has(keyOf(facing(one)))).length);
      for (let turn = 0; turn < 2; turn += 1) {
        world.nowMs += 10 * minuteMs;
        await world.run();
      }
      for (const one of first) {
        const [source, target] = [isEdited.has(keyOf(one)), isEdited.has(keyOf(facing(one)))];
        if (source || target) {
          // Somebody edited it since: the two are in step again, on one of those edits.
          expect(valueOf(made, one)).toEqual(valueOf(made, facing(one)));
        } else {
          expect(valueOf(made, one)).toEqual(text(`run ${keyOf(one)}`));
          expect(valueOf(made, facing(one))).toEqual(before.get(keyOf(facing(one))));
        }
      }
      const resting = first.filter(
        (one) => !isEdited.has(keyOf(one)) && !isEdited.has(keyOf(facing(one))),
      );
      const open = await world.store.loadConflicts(world.policy.id, ["open"]);
      expect(open.map(({ kind }) => kind)).toEqual(resting.map(() => "undone"));
      const writes = world.left.requests().write + world.right.requests().write;
      world.nowMs += 10 * minuteMs;
      await world.run();
      expect(world.left.requests().write + world.right.requests().write).toBe(writes);
      await world.store.close();
    }),
    { numRuns: 40 },
  );
});
