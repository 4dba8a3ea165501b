// The tables as Kysely sees them, the same for every dialect: whole numbers for instants and flags,
// text for ids and JSON documents. Columns exist for what is searched or kept unique; all else lies in
// the row's `doc`.
import type { OnewayTables } from "./oneway/tables.ts";

interface MetaTable {
  readonly key: string;
  readonly value: string;
}

interface PairTable {
  readonly id: string;
  readonly doc: string;
}

export interface LinkTable {
  readonly id: string;
  readonly pair: string;
  readonly left_id: string | null;
  readonly right_id: string | null;
  readonly state: string;
  readonly left_hash: string | null;
  readonly right_hash: string | null;
  readonly left_stamp: number | null;
  readonly right_stamp: number | null;
  readonly is_flagged: number;
  readonly title: string;
  /** The title in lower case, for search: the dialects fold case differently. */
  readonly title_key: string;
  readonly born_at: number;
  readonly doc: string;
}

interface IntentTable {
  readonly id: string;
  readonly pair: string;
  readonly link: string;
  readonly sent_at: number;
  readonly doc: string;
}

interface ConflictTable {
  readonly pair: string;
  readonly id: string;
  readonly link: string;
  readonly status: string;
  readonly since_at: number;
  readonly doc: string;
}

interface QuarantineTable {
  readonly link: string;
  readonly side: string;
  readonly pair: string;
  readonly doc: string;
}

interface RunTable {
  readonly id: string;
  readonly pair: string;
  readonly started_at: number;
  readonly status: string;
  readonly doc: string;
}

interface EntryTable {
  readonly seq: number;
  readonly run: string;
  readonly pair: string;
  /** Null for entries that belong to no link. */
  readonly link: string | null;
  readonly type: string;
  readonly doc: string;
}

/** One row: the last number given to an entry, and the last one that is in the audit log. */
interface AuditTable {
  readonly id: number;
  readonly last_seq: number;
  readonly drained_seq: number;
}

interface LeaseTable {
  readonly name: string;
  /** Null once the lease was dropped. */
  readonly holder: string | null;
  readonly token: number;
  readonly expires_at: number;
  /** 1: a lock of the operating system stands for the holder, so a free lock means that it is gone. */
  readonly is_locked: number;
}

export interface Tables extends OnewayTables {
  readonly meta: MetaTable;
  readonly pair: PairTable;
  readonly link: LinkTable;
  readonly intent: IntentTable;
  readonly conflict: ConflictTable;
  readonly quarantine: QuarantineTable;
  readonly run: RunTable;
  readonly entry: EntryTable;
  readonly audit: AuditTable;
  readonly lease: LeaseTable;
}
