// Writes a list of changes inside a transaction that the caller has begun, and checks what it saves:
// a base that is wrong once would be taken for the truth in every later run. A broken rule is our own
// bug, so it throws `InvariantError` and the caller's transaction leaves nothing behind.
import type { Transaction } from "kysely";

import { assert } from "../core/assert.ts";
import type { Entry } from "../core/entry.ts";
import type { Link } from "../core/link.ts";
import { sides } from "../core/side.ts";
import { isSame } from "../core/value.ts";
import { encodeDocument } from "./document.ts";
import { entry as entryDocument, intent as intentDocument } from "./entry-document.ts";
import { decodeLink, encodeLink } from "./link-row.ts";
import * as documents from "./state-document.ts";
import type { Conflict, PairState, Quarantine, RunRecord, StoreChange } from "./store.ts";
import type { Tables } from "./tables.ts";

type Tx = Transaction<Tables>;

/** Saves one change. Throws `InvariantError` when it contradicts what is stored, or itself. */
export async function saveChange(tx: Tx, change: StoreChange): Promise<void> {
  switch (change.kind) {
    case "pair":
      return savePair(tx, change.pair);
    case "link":
      return saveLink(tx, change.link);
    case "link-drop":
      return dropRow(tx.deleteFrom("link").where("id", "=", change.id));
    case "intent":
      return saveIntent(tx, change.intent);
    case "intent-drop":
      return dropRow(tx.deleteFrom("intent").where("id", "=", change.id));
    case "conflict":
      return saveConflict(tx, change.conflict);
    case "quarantine":
      return saveQuarantine(tx, change.quarantine);
    case "quarantine-drop":
      return dropRow(
        tx.deleteFrom("quarantine").where("link", "=", change.link).where("side", "=", change.side),
      );
    case "entry":
      return saveEntry(tx, change.entry);
    case "run":
      return saveRun(tx, change.run);
  }
}

async function dropRow(query: { execute(): Promise<unknown> }): Promise<void> {
  await query.execute();
}

async function savePair(tx: Tx, pair: PairState): Promise<void> {
  const doc = encodeDocument(documents.pairState, "pair state", pair);
  await tx
    .insertInto("pair")
    .values({ id: pair.id, doc })
    .onConflict((on) => on.column("id").doUpdateSet({ doc }))
    .execute();
}

async function saveLink(tx: Tx, link: Link): Promise<void> {
  checkLink(link);
  const row = encodeLink(link);
  const old = await tx.selectFrom("link").selectAll().where("id", "=", link.id).executeTakeFirst();
  if (old === undefined) {
    await tx.insertInto("link").values(row).execute();
    return;
  }
  checkSuccession(decodeLink(old), link);
  const { id, ...columns } = row;
  await tx.updateTable("link").set(columns).where("id", "=", id).execute();
}

/** What holds for every link that is stored. */
function checkLink(link: Link): void {
  const { left, right } = link.ids;
  assert(left !== null || right !== null, `link ${link.id} ties no row`);
  assert(
    link.state !== "live" || (left !== null && right !== null),
    `link ${link.id} is live with one row`,
  );
  for (const [key, cell] of link.cells) {
    assert(
      cell.left.kind !== "unknown" && cell.right.kind !== "unknown",
      `link ${link.id}, cell ${key}: an unknown value cannot be a base`,
    );
    assert(cell.rev >= 0, `link ${link.id}, cell ${key}: rev ${cell.rev}`);
  }
}

/** What holds between a link and the same link before. */
function checkSuccession(old: Link, link: Link): void {
  assert(old.pair === link.pair, `link ${link.id} changed its pair`);
  // With a row that was made anew everything is agreed on anew.
  if (sides.some((side) => old.ids[side] !== null && old.ids[side] !== link.ids[side])) return;
  for (const [key, cell] of link.cells) {
    const before = old.cells.get(key);
    if (before === undefined || cell.rev === before.rev + 1) continue;
    assert(
      cell.rev === before.rev && isSame(cell.left, before.left) && isSame(cell.right, before.right),
      `link ${link.id}, cell ${key}: base moved from rev ${before.rev} to ${cell.rev}`,
    );
  }
}

async function saveIntent(
  tx: Tx,
  intent: Extract<StoreChange, { kind: "intent" }>["intent"],
): Promise<void> {
  const doc = encodeDocument(intentDocument, `intent ${intent.id}`, intent);
  const columns = { pair: intent.pair, link: intent.link, sent_at: intent.sentAtMs, doc };
  await tx
    .insertInto("intent")
    .values({ id: intent.id, ...columns })
    .onConflict((on) => on.column("id").doUpdateSet(columns))
    .execute();
}

async function saveConflict(tx: Tx, conflict: Conflict): Promise<void> {
  const doc = encodeDocument(documents.conflict, `conflict ${conflict.id}`, conflict);
  const columns = {
    link: conflict.link,
    status: conflict.status,
    since_at: conflict.sinceMs,
    doc,
  };
  await tx
    .insertInto("conflict")
    .values({ pair: conflict.pair, id: conflict.id, ...columns })
    .onConflict((on) => on.columns(["pair", "id"]).doUpdateSet(columns))
    .execute();
}

async function saveQuarantine(tx: Tx, quarantine: Quarantine): Promise<void> {
  const doc = encodeDocument(documents.quarantine, "quarantine", quarantine);
  const { link, side, pair } = quarantine;
  await tx
    .insertInto("quarantine")
    .values({ link, side, pair, doc })
    .onConflict((on) => on.columns(["link", "side"]).doUpdateSet({ pair, doc }))
    .execute();
}

async function saveRun(tx: Tx, run: RunRecord): Promise<void> {
  assert(
    (run.status === "running") === (run.finishedAtMs === null),
    `run ${run.id} is ${run.status}, which does not go with its end`,
  );
  const doc = encodeDocument(documents.runRecord, `run ${run.id}`, run);
  const columns = { pair: run.pair, started_at: run.startedAtMs, status: run.status, doc };
  await tx
    .insertInto("run")
    .values({ id: run.id, ...columns })
    .onConflict((on) => on.column("id").doUpdateSet(columns))
    .execute();
}

/**
 * Numbers come from a counter row and not from the table's own, so that two commits at once wait for
 * each other and the numbers appear in order: the audit log goes by "all up to here is written".
 */
async function saveEntry(tx: Tx, entry: Entry): Promise<void> {
  const doc = encodeDocument(entryDocument, `${entry.body.type} entry`, entry);
  const { last_seq: seq } = await tx
    .updateTable("audit")
    .set((set) => ({ last_seq: set("last_seq", "+", 1) }))
    .where("id", "=", 1)
    .returning("last_seq")
    .executeTakeFirstOrThrow();
  const link = "link" in entry.body ? entry.body.link : null;
  const { run, pair, body } = entry;
  await tx.insertInto("entry").values({ seq, run, pair, link, type: body.type, doc }).execute();
}
