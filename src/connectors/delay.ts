// How long to wait before the next try: pure, chance handed in. The server's own word wins over ours.

/** Growth of the waits: `firstMs`, twice that, four times that, never more than `capMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly capMs: number;
}

/** About 0.5, 1, 2 and 4 s. */
const defaultBackoff: Backoff = { firstMs: 500, capMs: 8_000 };

export interface DelayOptions {
  /** Tries that have failed so far, at least 1. */
  readonly failures: number;
  /** What the server asked for, or null when it asked for nothing. */
  readonly retryAfterMs: number | null;
  /** In [0, 1). */
  readonly random: number;
  readonly backoff?: Backoff;
}

/** The wait in ms. Jitter keeps it within a quarter of the nominal step, so that workers spread out. */
export function delayMs(options: DelayOptions): number {
  if (options.retryAfterMs !== null) return Math.max(0, options.retryAfterMs);
  const { firstMs, capMs } = options.backoff ?? defaultBackoff;
  const nominalMs = Math.min(capMs, firstMs * 2 ** (Math.max(1, options.failures) - 1));
  return Math.round(nominalMs * (0.75 + options.random / 2));
}

/** A `Retry-After` header, which is whole seconds or an HTTP date; null when absent or unreadable. */
export function parseRetryAfterMs(header: string | null, nowMs: number): number | null {
  const content = header?.trim() ?? "";
  if (content === "") return null;
  if (/^\d+(\.\d+)?$/.test(content)) return Math.ceil(Number(content) * 1_000);
  const atMs = Date.parse(content);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
