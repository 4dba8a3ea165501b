// What the parts of the in-memory connector share.
import type { FaultLine } from "./admin.ts";
import type { MemoryTable } from "./table.ts";

export interface State {
  readonly table: MemoryTable;
  readonly faults: FaultLine;
  readonly hasTrash: boolean;
  readonly pageSize: number;
  readonly count: { read: number; write: number };
}
