// Whether a piece of a saved plan was carried out already, judged by what the store knows: then it is
// no work that was missed, and applying the plan twice is no failure.
import { recordId, type FieldId } from "../core/ids.ts";
import type { BaseCell, Link } from "../core/link.ts";
import { valueKey } from "../core/value.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { Store } from "../store/store.ts";
import type { SavedWork, Skipped } from "./saved-plan.ts";

/** The skipped pieces, with those that are as the plan wanted them told as `applied`. */
export async function withApplied(
  skipped: readonly Skipped[],
  policy: Pick<PairPolicy, "id" | "archive">,
  store: Pick<Store, "findLink">,
): Promise<readonly Skipped[]> {
  const told: Skipped[] = [];
  for (const entry of skipped) {
    const { planned } = entry;
    if (planned === undefined || entry.why !== "moved") {
      told.push(entry);
      continue;
    }
    const link = await store.findLink(policy.id, recordId(planned.row));
    told.push(
      link !== null && isApplied(planned, link, policy) ? { ...entry, why: "applied" } : entry,
    );
  }
  return told;
}

function isApplied(work: SavedWork, link: Link, policy: Pick<PairPolicy, "archive">): boolean {
  switch (work.kind) {
    case "create":
      return link.ids.left !== null && link.ids.right !== null;
    case "remove":
      return link.state === "archived" || link.state === "tombstone";
    case "restore":
      return link.state === "live";
    case "update":
      return work.cells.every((cell) => {
        const base = baseOf(link, work.side, cell.field);
        // A cell that no mapping carries is the archive mark, put on or taken off.
        if (base === null) {
          const how = policy.archive[work.side];
          const isLift = how?.kind === "mark" && cell.before.endsWith(`:${how.value}`);
          return link.state === (isLift ? "live" : "archived");
        }
        return valueKey(base[work.side]) === cell.after;
      });
  }
}

function baseOf(link: Link, side: SavedWork["side"], field: string): BaseCell | null {
  for (const [key, cell] of link.cells) {
    const ids: readonly string[] = key.split("~");
    const id: FieldId | string | undefined = side === "left" ? ids[0] : ids[1];
    if (id === field) return cell;
  }
  return null;
}
