// What a sandbox sees and says, free of sockets: a request comes in whole, an answer goes out whole.
// Both sandboxes are functions from one to the other, so a simulation can call them without HTTP.

/** One HTTP request, its body read and its query split. */
export interface SandboxRequest {
  readonly method: string;
  /** Decoded path without the query, e.g. `/v1/pages/…`; percent-escapes are left as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Raw body, `""` when none was sent. */
  readonly body: string;
}

/** One HTTP answer. `body` is sent as JSON, unless it is a string, which is sent as it is. */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The whole behaviour of a sandbox: changes its world and answers. */
export type SandboxService = (request: SandboxRequest) => SandboxAnswer;

/** A line of the request log, in order of arrival. */
export interface LoggedRequest {
  readonly seq: number;
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** Status sent, or `null` while open or when the connection was cut. */
  status: number | null;
  /** Name of the fault that struck it, or `null`. */
  fault: string | null;
}
