// The tables of one-way syncs as Kysely sees them. Columns exist for what is searched, counted or kept
// unique; all else lies in the row's `doc`.

interface BindingTable {
  readonly database: string;
  readonly worker: string;
  readonly doc: string;
}

interface SyncTable {
  readonly id: string;
  readonly worker: string;
  readonly doc: string;
}

export interface RowTable {
  readonly database: string;
  readonly key: string;
  readonly row_id: string | null;
  readonly is_trashed: number;
  readonly touched_at: number;
  readonly create_begun_at: number | null;
  readonly doc: string;
}

/** The newest cycle in which a sync named a key; a row a sync and key, however many cycles there were. */
interface SeenTable {
  readonly sync: string;
  readonly database: string;
  readonly key: string;
  readonly cycle: number;
}

/** Derived from a row's document: which missing key of which database it waits for. */
interface WaitingTable {
  readonly target: string;
  readonly target_key: string;
  readonly database: string;
  readonly key: string;
}

interface RunTable {
  readonly id: string;
  readonly sync: string;
  readonly started_at: number;
  readonly status: string;
  readonly doc: string;
}

interface LogTable {
  readonly run: string;
  readonly n: number;
  readonly at: number;
  readonly stream: string;
  readonly line: string;
}

interface PacerTable {
  readonly worker: string;
  readonly pacer: string;
  readonly last_at: number;
}

interface EventTable {
  readonly id: string;
  readonly not_before: number;
  readonly doc: string;
}

export interface OnewayTables {
  readonly oneway_binding: BindingTable;
  readonly oneway_sync: SyncTable;
  readonly oneway_row: RowTable;
  readonly oneway_seen: SeenTable;
  readonly oneway_waiting: WaitingTable;
  readonly oneway_run: RunTable;
  readonly oneway_log: LogTable;
  readonly oneway_pacer: PacerTable;
  readonly oneway_event: EventTable;
}
