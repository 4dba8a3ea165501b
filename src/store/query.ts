// The reads of the store, the same for every dialect.
import type { Kysely } from "kysely";

import type { Entry } from "../core/entry.ts";
import type { LinkId, PairId, RecordId, RunId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Link, LinkIndexEntry } from "../core/link.ts";
import { decodeDocument } from "./document.ts";
import { entry as entryDocument, intent as intentDocument } from "./entry-document.ts";
import { decodeIndexEntry, decodeLink, indexColumns, titleKey } from "./link-row.ts";
import * as documents from "./state-document.ts";
import type { Conflict, EntryQuery, PairState, Quarantine, RunRecord } from "./store.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

/** Ids in one query: far below the parameter limits of the dialects. */
const idsPerQueryMax = 500;
const searchCountMax = 20;

export async function loadPair(db: Db, id: PairId): Promise<PairState | null> {
  const row = await db.selectFrom("pair").select("doc").where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : decodeDocument(documents.pairState, `pair ${id}`, row.doc);
}

export async function loadLinkIndex(db: Db, pair: PairId): Promise<readonly LinkIndexEntry[]> {
  const rows = await db.selectFrom("link").select(indexColumns).where("pair", "=", pair).execute();
  return rows.map(decodeIndexEntry);
}

export async function loadLinks(db: Db, ids: readonly LinkId[]): Promise<readonly Link[]> {
  const links: Link[] = [];
  for (let start = 0; start < ids.length; start += idsPerQueryMax) {
    const rows = await db
      .selectFrom("link")
      .selectAll()
      .where("id", "in", ids.slice(start, start + idsPerQueryMax))
      .execute();
    for (const row of rows) links.push(decodeLink(row));
  }
  return links;
}

/** The link that is alive before one that is dead; among the dead the youngest. */
export async function findLink(db: Db, pair: PairId, row: RecordId): Promise<Link | null> {
  const rows = await db
    .selectFrom("link")
    .selectAll()
    .where("pair", "=", pair)
    .where((where) => where.or([where("left_id", "=", row), where("right_id", "=", row)]))
    .execute();
  const links = rows.map(decodeLink).sort((a, b) => rank(a) - rank(b) || b.bornAtMs - a.bornAtMs);
  return links[0] ?? null;
}

function rank(link: Link): number {
  return link.state === "tombstone" || link.state === "detached" ? 1 : 0;
}

export async function searchLinks(db: Db, pair: PairId, text: string): Promise<readonly Link[]> {
  if (text === "") return [];
  const start = titleKey(text);
  const rows = await db
    .selectFrom("link")
    .selectAll()
    .where("pair", "=", pair)
    .where((where) =>
      where.or([
        where("id", "=", text),
        where("left_id", "=", text),
        where("right_id", "=", text),
        // A range and not `like`: it uses the index and knows no wildcard.
        where.and([where("title_key", ">=", start), where("title_key", "<", `${start}\u{10ffff}`)]),
      ]),
    )
    .orderBy("title_key")
    .orderBy("id")
    .limit(searchCountMax)
    .execute();
  return rows.map(decodeLink);
}

/** Oldest first. */
export async function loadIntents(db: Db, pair: PairId): Promise<readonly Intent[]> {
  const rows = await db
    .selectFrom("intent")
    .select(["id", "doc"])
    .where("pair", "=", pair)
    .orderBy("sent_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => decodeDocument(intentDocument, `intent ${row.id}`, row.doc));
}

/** Oldest first. */
export async function loadConflicts(
  db: Db,
  pair: PairId,
  status: readonly Conflict["status"][],
): Promise<readonly Conflict[]> {
  if (status.length === 0) return [];
  const rows = await db
    .selectFrom("conflict")
    .select(["id", "doc"])
    .where("pair", "=", pair)
    .where("status", "in", status)
    .orderBy("since_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => decodeDocument(documents.conflict, `conflict ${row.id}`, row.doc));
}

export async function loadQuarantine(db: Db, pair: PairId): Promise<readonly Quarantine[]> {
  const rows = await db
    .selectFrom("quarantine")
    .select(["link", "doc"])
    .where("pair", "=", pair)
    .orderBy("link")
    .orderBy("side")
    .execute();
  return rows.map((row) =>
    decodeDocument(documents.quarantine, `quarantine of link ${row.link}`, row.doc),
  );
}

export async function loadRun(db: Db, id: RunId): Promise<RunRecord | null> {
  const row = await db.selectFrom("run").select("doc").where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : decodeDocument(documents.runRecord, `run ${id}`, row.doc);
}

export async function loadRuns(
  db: Db,
  pair: PairId | null,
  countMax: number,
): Promise<readonly RunRecord[]> {
  const all = db.selectFrom("run").select(["id", "doc"]);
  const some = pair === null ? all : all.where("pair", "=", pair);
  const rows = await some
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(countMax)
    .execute();
  return rows.map((row) => decodeDocument(documents.runRecord, `run ${row.id}`, row.doc));
}

export async function loadEntries(db: Db, query: EntryQuery): Promise<readonly Entry[]> {
  let some = db.selectFrom("entry").select(["seq", "doc"]);
  if (query.run !== undefined) some = some.where("run", "=", query.run);
  if (query.pair !== undefined) some = some.where("pair", "=", query.pair);
  if (query.link !== undefined) some = some.where("link", "=", query.link);
  if (query.types !== undefined) {
    if (query.types.length === 0) return [];
    some = some.where("type", "in", query.types);
  }
  if (query.countMax !== undefined) some = some.limit(query.countMax);
  const rows = await some.orderBy("seq", query.isNewestFirst === true ? "desc" : "asc").execute();
  return rows.map((row) => decodeDocument(entryDocument, `entry ${row.seq}`, row.doc));
}
