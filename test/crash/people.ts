// What people do before a scene is set: rows they type, rows that are in step already, and the row on
// the other side of one.
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import type { Bench } from "./bench.ts";

/** Rows typed in on one side, with a content that tells them apart. */
export function typed(
  bench: Bench,
  side: "left" | "right",
  rows: { readonly name: string; readonly count: number },
): readonly RecordId[] {
  return Array.from({ length: rows.count }, (_, at) =>
    bench[side].admin.add({
      Name: text(`${rows.name} ${at}`),
      A: text(`a${at}`),
      B: text(`${rows.name}${at}`),
    }),
  );
}

export interface Linked {
  readonly left: readonly RecordId[];
  readonly right: readonly RecordId[];
}

/** Rows typed in on the left and synced, and some time gone by since. */
export async function linked(bench: Bench, count: number): Promise<Linked> {
  const left = typed(bench, "left", { name: "Old", count });
  await bench.sync();
  bench.wait(10);
  return { left, right: left.map((id) => partner(bench, id)) };
}

/** The right row that names a left one. */
function partner(bench: Bench, left: RecordId): RecordId {
  const found = bench.right.admin.ids().find((id) => {
    const link = bench.right.admin.cell(id, "Link");
    return link?.kind === "text" && link.text === left;
  });
  return must(found, "no counterpart");
}

export function nth(ids: readonly RecordId[], at: number): RecordId {
  return must(ids[at], "no such row");
}
