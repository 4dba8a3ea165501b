// No marker on the left: a create there whose answer is lost cannot be found for certain. It is never
// repeated; it waits under conflicts, and a person who looks says which it is.
import { must } from "../../../src/core/assert.ts";
import { resolveConflict } from "../../../src/engine/resolve.ts";
import type { Bench } from "../bench.ts";
import { linked, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

/** Rows on the left that bear the title. */
function made(bench: Bench, title: string): number {
  return bench.left.admin.ids().filter((id) => {
    const name = bench.left.admin.cell(id, "Name");
    return name?.kind === "text" && name.text === title;
  }).length;
}

export const birthsWithoutMarker: Scenario = {
  name: "births on the right, without a marker on the left",
  world: { policy: { markers: { left: null, right: "Link" } } },
  set: async (bench) => {
    await linked(bench, 1);
    typed(bench, "right", { name: "Born", count: 3 });
    bench.wait(10);
    return {};
  },
  answer: async (bench) => {
    const open = await bench.store().loadConflicts(bench.policy.id, ["open"]);
    for (const conflict of open) {
      must(conflict.kind === "create-in-doubt" ? true : null, "only creates are in doubt here");
      const isThere = made(bench, conflict.title) > 0;
      // The question names the row if and only if there is one.
      must((conflict.values.left !== null) === isThere ? true : null, "a question with its row");
      const answer = { keep: isThere ? "left" : "right" } as const;
      await resolveConflict(bench.store(), [bench.policy.id], { id: conflict.id, answer });
    }
    return open.length;
  },
};
