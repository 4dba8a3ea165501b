// Every error that is thrown across a layer, and the one table that says what follows from its code:
// whether to try again, the exit code, and the level in the log. Nobody matches on message text.

export type ErrorCode =
  | "usage" /* wrong words on the command line */
  | "config_invalid"
  | "schema_changed" /* a mapped field vanished or changed its type */
  | "unauthorized" /* the token is not accepted */
  | "not_shared" /* the token is good, but the thing is out of its reach */
  | "forbidden" /* a capability or scope is missing */
  | "rate_limited" /* beyond the deadline */
  | "unavailable" /* the service, or the way to it, is down */
  | "timeout"
  | "contract_broken" /* the service sent what our schema refuses */
  | "rejected" /* the service refused this one request as invalid */
  | "lease_held" /* another run is at work on the pair */
  | "lease_lost"
  | "store_newer"
  | "store_corrupt"
  | "store_unusable" /* disk full, no permission, locked by another program */
  | "halted" /* a guard stopped the run before its first write */
  | "aborted"; /* the user or the system asked the program to stop */

export interface Disposition {
  readonly retry: "never" | "later" | "soon";
  readonly exit: number;
  readonly level: "debug" | "info" | "warn" | "error";
}

const dispositions: Record<ErrorCode, Disposition> = {
  usage: { retry: "never", exit: 64, level: "error" },
  config_invalid: { retry: "never", exit: 78, level: "error" },
  schema_changed: { retry: "never", exit: 78, level: "error" },
  unauthorized: { retry: "never", exit: 77, level: "error" },
  not_shared: { retry: "never", exit: 77, level: "error" },
  forbidden: { retry: "never", exit: 77, level: "error" },
  rate_limited: { retry: "later", exit: 75, level: "warn" },
  unavailable: { retry: "later", exit: 75, level: "warn" },
  timeout: { retry: "later", exit: 75, level: "warn" },
  contract_broken: { retry: "later", exit: 75, level: "error" },
  rejected: { retry: "never", exit: 70, level: "error" },
  lease_held: { retry: "later", exit: 75, level: "info" },
  lease_lost: { retry: "later", exit: 75, level: "warn" },
  store_newer: { retry: "never", exit: 70, level: "error" },
  store_corrupt: { retry: "never", exit: 70, level: "error" },
  store_unusable: { retry: "later", exit: 75, level: "error" },
  halted: { retry: "never", exit: 3, level: "error" },
  aborted: { retry: "never", exit: 0, level: "info" },
};

/** Whether a name that was kept as text is one of our codes. */
export function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(dispositions, name);
}

export function disposition(code: ErrorCode): Disposition {
  return dispositions[code];
}

export interface SyncErrorOptions {
  readonly code: ErrorCode;
  /** What happened, where. One sentence, no secret. */
  readonly message: string;
  /** What to do about it. One sentence. */
  readonly remedy: string;
  readonly cause?: unknown;
  /** Facts for the log, such as status, request id, field. Never a token or a cell value. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
}

/** An error with a code to act on and a remedy to show. */
export class SyncError extends Error {
  override readonly name = "SyncError";
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;

  constructor(options: SyncErrorOptions) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.remedy = options.remedy;
    this.context = options.context ?? {};
  }
}
