// What the config may say to point at a base and a table: ids, names, or a pasted address such as
// https://airtable.com/app…/tbl…/viw…. Ids have a prefix of three letters and fourteen characters
// (Airtable docs: IDs); a name that looks like one is taken for the id.

const baseIdShape = /^app[A-Za-z0-9]{14}$/;
const tableIdShape = /^tbl[A-Za-z0-9]{14}$/;

export interface Address {
  /** `id` when it is one or an address holds one, else `name`. */
  readonly base: { readonly kind: "id" | "name"; readonly text: string };
  readonly table: { readonly kind: "id" | "name"; readonly text: string };
}

function idInAddress(content: string, shape: RegExp): string | null {
  if (!/^https?:\/\//i.test(content)) return null;
  const parts = content.split(/[/?#&=]/);
  return parts.find((part) => shape.test(part)) ?? null;
}

function find(contents: readonly string[], shape: RegExp): string | null {
  for (const content of contents) {
    const id = shape.test(content) ? content : idInAddress(content, shape);
    if (id !== null) return id;
  }
  return null;
}

/** Reads the two settings. An address in either of them serves both. */
export function parseAddress(base: string, table: string): Address {
  const [baseText, tableText] = [base.trim(), table.trim()];
  // The table's own setting comes first for the table, the base's for the base: an address pasted for
  // the base may well name another table.
  const baseId = find([baseText, tableText], baseIdShape);
  const tableId =
    find([tableText], tableIdShape) ?? (tableText === "" ? find([baseText], tableIdShape) : null);
  return {
    base: baseId === null ? { kind: "name", text: baseText } : { kind: "id", text: baseId },
    table: tableId === null ? { kind: "name", text: tableText } : { kind: "id", text: tableId },
  };
}
