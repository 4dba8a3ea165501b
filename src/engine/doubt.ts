// Creates whose answer was lost on a side without a marker. Nothing can find such a row for certain,
// so nothing is repeated: the matter is put before a person, with the rows that might be it.
import type { Conflict, StoreChange } from "../store/store.ts";
import type { Prepared } from "./prepare.ts";

export function doubtChanges(prepared: Prepared, conflictId: () => string): readonly StoreChange[] {
  const { recovery, conflicts, setup, fold, observation } = prepared;
  const known = conflicts.filter((conflict) => conflict.kind === "create-in-doubt");
  const changes: StoreChange[] = [];
  for (const intent of recovery.doubtful) {
    if (known.some((conflict) => conflict.link === intent.link)) continue;
    const side = intent.side;
    const candidates = [...observation.kept[side].values()].filter(
      (row) => row.title === intent.title && !observation.byRow[side].has(row.id),
    ).length;
    const conflict: Conflict = {
      id: conflictId(),
      pair: intent.pair,
      link: intent.link,
      kind: "create-in-doubt",
      cell: null,
      field: null,
      title: intent.title,
      base: null,
      values: { left: null, right: null },
      sinceMs: fold.atMs,
      run: fold.run,
      status: "open",
      answer: null,
    };
    const name = setup.policy.names[side];
    changes.push(
      { kind: "conflict", conflict },
      {
        kind: "entry",
        entry: {
          run: fold.run,
          pair: intent.pair,
          atMs: fold.toldAtMs,
          body: {
            type: "problem",
            side,
            ids: { left: null, right: null },
            field: null,
            code: "create_in_doubt",
            message: `Whether "${intent.title}" was created in ${name} is not known; ${candidates} unlinked rows of that name are there.`,
            remedy: `Look, then answer with \`tandem conflicts resolve ${conflict.id} --keep …\`: the side that has it right. A link marker in ${name} avoids such questions.`,
          },
        },
      },
    );
  }
  const open = new Set(recovery.doubtful.map((intent) => intent.link));
  for (const conflict of known) {
    if (!open.has(conflict.link))
      changes.push({ kind: "conflict", conflict: { ...conflict, status: "closed" } });
  }
  return changes;
}
