// Points in time as upstreams write them: ISO 8601 with a zone, without one, or a day alone. Without a
// zone it is UTC, never the machine's own: the same worker must decide the same everywhere.

/** ms since 1970, or null. */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim();
  const isLocal = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?$/u.test(trimmed);
  const atMs = Date.parse(isLocal ? `${trimmed.replace(" ", "T").replace(",", ".")}Z` : trimmed);
  return Number.isNaN(atMs) ? null : atMs;
}
