// Numbers in sentences: `1 row`, `2 rows`, and what a plan or a run comes to, a side.
import type { ChangeOp, RunCounts } from "../../core/entry.ts";
import { sides, type Side, type Sided } from "../../core/side.ts";

export function count(amount: number, one: string, many: string = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

const past: Record<"created" | "updated" | "archived" | "deleted" | "restored", string> = {
  created: "created",
  updated: "updated",
  archived: "put away",
  deleted: "deleted",
  restored: "restored",
};

/**
 * `4 updated and 1 created in Airtable, 2 updated in Notion`; where nothing changed, `idle` says why.
 */
export function doneText(counts: RunCounts, names: Sided<string>, idle = "nothing to do"): string {
  const perSide = (["right", "left"] as const).flatMap((side) => {
    const done = (["updated", "created", "archived", "deleted", "restored"] as const)
      .filter((key) => counts[key][side] > 0)
      .map((key) => `${counts[key][side]} ${past[key]}`);
    return done.length === 0 ? [] : [`${listed(done)} in ${names[side]}`];
  });
  const links = [
    ...(counts.linked > 0 ? [`${counts.linked} linked`] : []),
    ...(counts.unlinked > 0 ? [`${counts.unlinked} unlinked`] : []),
  ];
  const all = [...perSide, ...links];
  return all.length === 0 ? idle : all.join(", ");
}

/** `Notion 3 reads, 2 writes · Airtable 4 reads`. */
export function callsText(
  calls: Sided<{ readonly read: number; readonly write: number }>,
  names: Sided<string>,
): string {
  const parts = sides.flatMap((side) => {
    const { read, write } = calls[side];
    const words = [
      ...(read > 0 ? [count(read, "read")] : []),
      ...(write > 0 ? [count(write, "write")] : []),
    ];
    return words.length === 0 ? [] : [`${names[side]} ${words.join(", ")}`];
  });
  return parts.length === 0 ? "none" : parts.join(" · ");
}

const planned: Record<ChangeOp, readonly [one: string, many: string]> = {
  update: ["update", "updates"],
  create: ["new row", "new rows"],
  archive: ["put away", "put away"],
  delete: ["deleted", "deleted"],
  restore: ["restored", "restored"],
  link: ["linked", "linked"],
  unlink: ["unlinked", "unlinked"],
};

const ops: readonly ChangeOp[] = ["update", "create", "archive", "delete", "restore"];

/** `4 updates, 1 new row`, for the rows of a plan on one side. Empty when there are none. */
export function plannedText(
  rows: readonly { readonly op: ChangeOp; readonly side: Side }[],
  side: Side,
): string {
  return ops
    .flatMap((op) => {
      const amount = rows.filter((row) => row.op === op && row.side === side).length;
      return amount === 0 ? [] : [count(amount, planned[op][0], planned[op][1])];
    })
    .join(", ");
}
