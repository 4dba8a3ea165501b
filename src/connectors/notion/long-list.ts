// Completes the cells that a page cut short, through the property endpoint. A cell that cannot be read
// to its end stays unknown: a list that is written back shorter than it was would unlink rows.
import type { FieldId } from "../../core/ids.ts";
import type { Row } from "../../core/row.ts";
import { unknown, type Value } from "../../core/value.ts";
import { SyncError } from "../../errors.ts";
import type { ReadResult } from "./caller.ts";
import { isRecord } from "./codec/codec.ts";
import { limits } from "./limits.ts";
import type { DecodedRow, Reader } from "./row.ts";
import type { Property } from "./source.ts";
import { listSchema, type WireList } from "./wire.ts";

async function readWhole(reader: Reader, pageId: string, property: Property): Promise<Value> {
  const { type } = property.field;
  const items: unknown[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < limits.itemPagesMax; page += 1) {
    const result: ReadResult<WireList> = await reader.caller.read(
      {
        kind: "read",
        method: "get",
        path: `pages/${pageId}/properties/${property.wireId}`,
        query: {
          page_size: limits.pageSize,
          ...(cursor === null ? {} : { start_cursor: cursor }),
        },
      },
      listSchema,
    );
    if (result.kind === "refused") return unknown("incomplete");
    for (const item of result.body.results) {
      if (!isRecord(item) || item["type"] !== type) return unknown("undecodable");
      items.push(item[type]);
    }
    const next: string | null = result.body.next_cursor ?? null;
    if (next === null) return property.type.codec.decode(items);
    if (next === cursor) return unknown("incomplete");
    cursor = next;
  }
  return unknown("incomplete");
}

/** The row with its long lists whole, or unknown where they could not be read. */
export async function completeRow(reader: Reader, decoded: DecodedRow): Promise<Row> {
  const { row, cut } = decoded;
  if (cut.length === 0) return row;
  const cells = new Map<FieldId, Value>(row.cells);
  for (const property of cut) {
    const value = await readWhole(reader, row.id, property);
    reader.directory.learn(value);
    cells.set(property.field.id, value);
  }
  return { ...row, cells };
}

/**
 * The same for a row that a write gave back. The write is done whatever happens to these reads, so
 * their failure leaves the cells unknown instead of hiding the outcome.
 */
export async function completeWritten(reader: Reader, decoded: DecodedRow): Promise<Row> {
  try {
    return await completeRow(reader, decoded);
  } catch (error) {
    if (error instanceof SyncError) return decoded.row;
    throw error;
  }
}
