// The oracle at the audit log: what it tells must have happened, what happened must be told, and what
// was written over must be found in it.
import { sides } from "../../src/core/side.ts";
import type { Entry } from "../../src/core/entry.ts";
import type { Store } from "../../src/store/store.ts";
import { titled } from "./people.ts";
import { keyOf, plainValue } from "./plain.ts";
import type { Owed, World } from "./world.ts";

export async function judgeLog(world: World, store: Store): Promise<void> {
  const entries = await store.loadEntries({ pair: world.policy.id });
  judgeOwed(world, entries);
  judgeTold(world, entries);
}

/**
 * P7: an edit that gave way is in the log. G2: and in a line that says `conflict`, unless the row was
 * put away with it, or it stood in a field that only receives when the other row was made: that is no
 * edit of what both sides agreed on, and its line is the change itself.
 */
function judgeOwed(world: World, entries: readonly Entry[]): void {
  for (const owed of world.owed) {
    world.tally.add("tested", "P7");
    const lines = entries.flatMap(({ body }) => lineAbout(owed, body) ?? []);
    const row = world.ghost.row(owed.side, owed.row);
    if (row === null) continue;
    const said = `${owed.key} "${owed.value}" of ${titled(row)} gave way`;
    if (lines.length === 0) world.find("P7", `${said}, and no line tells it`);
    else if (
      !lines.includes("conflict") &&
      !lines.includes("archive") &&
      !isReceiving(world, owed)
    ) {
      world.find("G2", `${said}, and no conflict line tells it`);
    }
  }
}

function lineAbout(owed: Owed, body: Entry["body"]): "conflict" | "archive" | "change" | null {
  if (body.type === "conflict") {
    const isHere =
      body.ids[owed.side] === owed.row &&
      keyOf(body.field) === owed.key &&
      plainValue(body.values[owed.side].value) === owed.value;
    return isHere ? "conflict" : null;
  }
  if (body.type !== "change" || body.side !== owed.side || body.ids[owed.side] !== owed.row) {
    return null;
  }
  const isHere = Object.entries(body.fields).some(
    ([name, cell]) => keyOf(name) === owed.key && plainValue(cell.before) === owed.value,
  );
  if (!isHere) return null;
  return body.op === "archive" ? "archive" : "change";
}

function isReceiving(world: World, owed: Owed): boolean {
  const field = world.setting.fields.find((entry) => entry.key === owed.key);
  return field?.flow === (owed.side === "left" ? "toLeft" : "toRight");
}

/** P27, one way: every change that is told was made. The other way is counted where a run was undisturbed. */
function judgeTold(world: World, entries: readonly Entry[]): void {
  const told = new Set<string>();
  for (const { body } of entries) {
    if (body.type !== "change") continue;
    const id = body.ids[body.side];
    const row = id === null ? null : world.ghost.row(body.side, id);
    if (row === null) continue;
    for (const [name, cell] of Object.entries(body.fields)) {
      const key = keyOf(name);
      if (key === null) continue;
      const after = plainValue(cell.after);
      told.add(`${body.side} ${row.id} ${key} ${after}`);
      world.tally.add("tested", "P27");
      const versions = row.cells.get(key) ?? [];
      if (versions.some((version) => version.value === after)) continue;
      // A blank for a cell that was blank just then, because its column was of another type.
      if (world.everBroken.has(`${body.side} ${key}`)) {
        world.tally.add("unknown", "what a write into a broken column came to");
        continue;
      }
      world.find(
        "P27",
        `the log says that ${key} of ${titled(row)} became "${after}", which it never did`,
      );
    }
  }
  for (const side of sides) {
    for (const row of world.ghost.rows(side)) {
      for (const [key, versions] of row.cells) {
        // A formula's value follows from its row, and is nobody's write.
        if (key === "@marker" || (key === "shout" && side === "right")) continue;
        for (const version of versions) {
          if (version.by !== "engine" || version.value === "") continue;
          if (told.has(`${side} ${row.id} ${key} ${version.value}`)) continue;
          if (world.isUndisturbed) {
            world.find(
              "P27",
              `${key} of ${titled(row)} became "${version.value}", and no line tells it`,
            );
          } else world.tally.add("unknown", "a write that no line tells, after a fault");
        }
      }
    }
  }
}
