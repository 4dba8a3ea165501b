// What the config calls a database: a pasted link, a database id or a data source id.

const idPattern = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])/gi;

function dashed(hex: string): string {
  const plain = hex.replaceAll("-", "").toLowerCase();
  return [
    plain.slice(0, 8),
    plain.slice(8, 12),
    plain.slice(12, 16),
    plain.slice(16, 20),
    plain.slice(20),
  ].join("-");
}

/**
 * The id in a reference, dashed and in lower case; null when there is none. In a link it is the last
 * one of the path, after the title's words; `?v=` names a view and is passed over.
 */
export function parseReference(reference: string): string | null {
  const path = reference.trim().split(/[?#]/)[0] ?? "";
  const found = path.match(idPattern)?.at(-1);
  return found === undefined ? null : dashed(found);
}
