// A short text that stands for all mapped cells of one row, to tell at a glance that nothing on it
// has changed since both sides last agreed. Made the same way from a row just read and from the base,
// so the two are equal exactly when no cell differs.
import type { Link } from "./link.ts";
import type { Row } from "./row.ts";
import type { PairSetup } from "./setup.ts";
import { other, type Side } from "./side.ts";
import { valueKey } from "./value.ts";

/** Cells are joined by a character that normal form text cannot hold. */
const between = "\u0000";
/** Stands for a cell nobody has read, or agreed on: equal to nothing a row can hold. */
const nothing = "\u0001";

/** Ids compare without dashes: people and older tools write page ids either way. */
export function idText(content: string): string {
  return content.trim().replaceAll("-", "");
}

export function rowFingerprint(setup: PairSetup, side: Side, row: Row): string {
  const cells = setup.mappings.map((mapping) => {
    const value = row.cells.get(mapping.fields[side].id);
    return value === undefined || value.kind === "unknown" ? nothing : valueKey(value);
  });
  return cells.join(between) + markerPart(setup, side, row.marker);
}

/** What `rowFingerprint` gives for a row that is exactly as the base says. */
export function baseFingerprint(setup: PairSetup, side: Side, link: Link): string {
  const cells = setup.mappings.map((mapping) => {
    const base = link.cells.get(mapping.key);
    return base === undefined ? `${nothing}?` : valueKey(base[side]);
  });
  return cells.join(between) + markerPart(setup, side, link.ids[other(side)]);
}

/** Only the right side's marker is kept up: the left one is written by the create call alone. */
function markerPart(setup: PairSetup, side: Side, marker: string | null): string {
  // Stryker disable next-line StringLiteral: any other text would stand in both fingerprints.
  if (side === "left" || setup.markers.right === null) return "";
  return between + idText(marker ?? "");
}
