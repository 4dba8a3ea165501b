// One-way syncs: bindings, sync states, the row index, what cycles have seen, waiting relations, runs
// with their logs, pacers and queued webhook calls. A row's key is unique in its database; rows are
// looked up by key, by what a cycle did not name, and by the relation keys they wait for.
import type { DialectWords, Migration } from "./migration.ts";

function tables({ integer, tableEnd }: DialectWords): readonly string[] {
  return [
    `create table oneway_binding (
      database text not null primary key, worker text not null, doc text not null) ${tableEnd}`,
    `create table oneway_sync (
      id text not null primary key, worker text not null, doc text not null) ${tableEnd}`,
    `create table oneway_row (
      database text not null, key text not null, row_id text, is_trashed ${integer} not null,
      touched_at ${integer} not null, create_begun_at ${integer}, doc text not null,
      primary key (database, key)) ${tableEnd}`,
    `create table oneway_seen (
      sync text not null, database text not null, key text not null, cycle ${integer} not null,
      primary key (sync, database, key)) ${tableEnd}`,
    `create table oneway_waiting (
      target text not null, target_key text not null, database text not null, key text not null,
      primary key (target, target_key, database, key)) ${tableEnd}`,
    `create table oneway_run (
      id text not null primary key, sync text not null, started_at ${integer} not null,
      status text not null, doc text not null) ${tableEnd}`,
    `create table oneway_log (
      run text not null, n ${integer} not null, at ${integer} not null, stream text not null,
      line text not null, primary key (run, n)) ${tableEnd}`,
    `create table oneway_pacer (
      worker text not null, pacer text not null, last_at ${integer} not null,
      primary key (worker, pacer)) ${tableEnd}`,
    `create table oneway_event (
      id text not null primary key, not_before ${integer} not null, doc text not null) ${tableEnd}`,
  ];
}

const indexes: readonly string[] = [
  "create index oneway_binding_worker on oneway_binding (worker)",
  "create index oneway_sync_worker on oneway_sync (worker)",
  "create index oneway_row_live on oneway_row (database, is_trashed) where row_id is not null",
  "create index oneway_row_open on oneway_row (database) where create_begun_at is not null",
  "create index oneway_seen_row on oneway_seen (database, key)",
  "create index oneway_waiting_row on oneway_waiting (database, key)",
  "create index oneway_run_sync on oneway_run (sync, started_at)",
  "create index oneway_event_due on oneway_event (not_before)",
];

export const oneway: Migration = {
  version: 2,
  statements: (words) => [...tables(words), ...indexes],
};
