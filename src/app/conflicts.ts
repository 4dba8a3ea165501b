// What waits for a person, and the person's answers.
import type { ConflictView } from "../cli/services.ts";
import type { Link } from "../core/link.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { Value } from "../core/value.ts";
import { checkAnswer, type CheckedAnswer } from "../engine/check-answer.ts";
import { freshState, prepareSetup } from "../engine/prepare.ts";
import { resolveConflict } from "../engine/resolve.ts";
import type { Conflict, ConflictAnswer } from "../store/store.ts";
import { selectPair, selectPairs, type AppContext } from "./context.ts";

export function conflictView(
  conflict: Conflict,
  at: {
    readonly link: Link | null;
    readonly names: PairPolicy["names"];
    readonly kept?: Value | null;
  },
): ConflictView {
  const { id, pair, kind, title, field, base, values, sinceMs, answer } = conflict;
  const ids = at.link?.ids ?? { left: null, right: null };
  const { names, kept = null } = at;
  return { id, pair, names, kind, title, field, base, values, ids, sinceMs, answer, kept };
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
  const open = await findOpen(app, id);
  const checked = open === null ? { answer, value: null } : await checkedAnswer(app, open, answer);
  const ids = app.config.pairs.map((pair) => pair.id);
  const conflict = await resolveConflict(app.store, ids, { id, answer: checked.answer });
  const [link] = await app.store.loadLinks([conflict.link]);
  const pair = app.config.pairs.find((entry) => entry.id === conflict.pair);
  const names = pair?.policy.names ?? { left: "left", right: "right" };
  return conflictView(conflict, { link: link ?? null, names, kept: checked.value });
}

async function findOpen(app: AppContext, id: string): Promise<Conflict | null> {
  for (const pair of app.config.pairs) {
    const open = await app.store.loadConflicts(pair.id, ["open"]);
    const found = open.find((conflict) => conflict.id === id);
    if (found !== undefined) return found;
  }
  return null;
}

/** Looks at both fields as they are now; a matter of a whole row needs no look. */
async function checkedAnswer(
  app: AppContext,
  conflict: Conflict,
  answer: ConflictAnswer,
): Promise<CheckedAnswer> {
  if (conflict.cell === null) return { answer, value: null };
  const { policy, deps } = await app.openPair(selectPair(app.config, conflict.pair));
  const state = (await app.store.loadPair(policy.id)) ?? freshState(policy);
  const { setup } = await prepareSetup(policy, state, deps);
  return checkAnswer(conflict, answer, setup);
}
