// The first schema: pairs, links, journal, conflicts, quarantine, runs, entries and leases.
// Uniqueness of row ids holds for links that are alive; a tombstone or a pair of rows taken apart may
// share an id with the link that came after it.
import type { DialectWords, Migration } from "./migration.ts";

const dead = "('tombstone', 'detached')";

function tables({ integer, tableEnd }: DialectWords): readonly string[] {
  return [
    `create table pair (id text not null primary key, doc text not null) ${tableEnd}`,
    `create table link (
      id text not null primary key, pair text not null, left_id text, right_id text,
      state text not null, left_hash text, right_hash text, left_stamp ${integer},
      right_stamp ${integer}, is_flagged ${integer} not null, title text not null,
      title_key text not null, born_at ${integer} not null, doc text not null) ${tableEnd}`,
    `create table intent (
      id text not null primary key, pair text not null,
      link text not null references link (id) deferrable initially deferred,
      sent_at ${integer} not null, doc text not null) ${tableEnd}`,
    `create table conflict (
      pair text not null, id text not null,
      link text not null references link (id) on delete cascade deferrable initially deferred,
      status text not null, since_at ${integer} not null, doc text not null,
      primary key (pair, id)) ${tableEnd}`,
    `create table quarantine (
      link text not null references link (id) on delete cascade deferrable initially deferred,
      side text not null, pair text not null, doc text not null,
      primary key (link, side)) ${tableEnd}`,
    `create table run (
      id text not null primary key, pair text not null, started_at ${integer} not null,
      status text not null, doc text not null) ${tableEnd}`,
    `create table entry (
      seq ${integer} not null primary key, run text not null, pair text not null, link text,
      type text not null, doc text not null) ${tableEnd}`,
    `create table audit (
      id ${integer} not null primary key, last_seq ${integer} not null,
      drained_seq ${integer} not null) ${tableEnd}`,
    `create table lease (
      name text not null primary key, holder text, token ${integer} not null,
      expires_at ${integer} not null, is_locked ${integer} not null) ${tableEnd}`,
  ];
}

const indexes: readonly string[] = [
  `create unique index link_left_alive on link (pair, left_id) where state not in ${dead}`,
  `create unique index link_right_alive on link (pair, right_id) where state not in ${dead}`,
  "create index link_left on link (pair, left_id)",
  "create index link_right on link (pair, right_id)",
  "create index link_title on link (pair, title_key)",
  "create index intent_pair on intent (pair, sent_at)",
  "create index intent_link on intent (link)",
  "create index conflict_link on conflict (link)",
  "create index quarantine_pair on quarantine (pair)",
  "create index run_started on run (pair, started_at)",
  "create index entry_run on entry (run)",
  "create index entry_link on entry (link)",
  "insert into audit (id, last_seq, drained_seq) values (1, 0, 0)",
];

export const first: Migration = {
  version: 1,
  statements: (words) => [...tables(words), ...indexes],
};
