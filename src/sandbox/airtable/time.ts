// How the service shows instants.

/** ISO in UTC with whole seconds, rounded to the nearest: it can run ahead of the clock (recorded). */
export function wholeSecond(atMs: number): string {
  return new Date(Math.round(atMs / 1000) * 1000).toISOString();
}

const windowMs = 2 * 3_600_000;

/** Expiry of attachment URLs made at an instant: two hours on, rounded up to an even hour (recorded). */
export function attachmentExpiryMs(nowMs: number): number {
  return Math.ceil((nowMs + windowMs) / windowMs) * windowMs;
}
