// What waits for a person, and the person's answers.
import type { ConflictView } from "../cli/services.ts";
import type { Link } from "../core/link.ts";
import type { PairPolicy } from "../core/policy.ts";
import { resolveConflict } from "../engine/resolve.ts";
import type { Conflict, ConflictAnswer } from "../store/store.ts";
import { selectPairs, type AppContext } from "./context.ts";

export function conflictView(
  conflict: Conflict,
  at: { readonly link: Link | null; readonly names: PairPolicy["names"] },
): ConflictView {
  const { id, pair, kind, title, field, base, values, sinceMs, answer } = conflict;
  const ids = at.link?.ids ?? { left: null, right: null };
  return { id, pair, names: at.names, kind, title, field, base, values, ids, sinceMs, answer };
}

export async function conflicts(
  app: AppContext,
  names: readonly string[],
): Promise<readonly ConflictView[]> {
  const views: ConflictView[] = [];
  for (const pair of selectPairs(app.config, names)) {
    const open = await app.store.loadConflicts(pair.id, ["open"]);
    const links = await app.store.loadLinks(open.map((conflict) => conflict.link));
    const byId = new Map(links.map((link) => [link.id, link]));
    for (const conflict of open) {
      const link = byId.get(conflict.link) ?? null;
      views.push(conflictView(conflict, { link, names: pair.policy.names }));
    }
  }
  return views;
}

export async function resolve(
  app: AppContext,
  id: string,
  answer: ConflictAnswer,
): Promise<ConflictView> {
  const ids = app.config.pairs.map((pair) => pair.id);
  const conflict = await resolveConflict(app.store, ids, { id, answer });
  const [link] = await app.store.loadLinks([conflict.link]);
  const pair = app.config.pairs.find((entry) => entry.id === conflict.pair);
  const names = pair?.policy.names ?? { left: "left", right: "right" };
  return conflictView(conflict, { link: link ?? null, names });
}
