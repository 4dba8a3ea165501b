// What one write request has decided so far. Values are worked out first and carried out together, so a
// refused record leaves neither options nor linked rows nor numbers behind (recorded).
import type { Edit } from "../row-change.ts";
import type { Sight } from "../sight.ts";
import type { Choice, Field, Table } from "../world.ts";

/** A linked row that `typecast` makes because no row has that primary text. */
interface NewLinkedRow {
  readonly table: Table;
  readonly id: string;
  readonly primaryText: string;
}

export interface WriteBatch {
  readonly sight: Sight;
  readonly edit: Edit;
  /** Convert what does not fit, and make options and linked rows that are missing. */
  readonly isTypecast: boolean;
  /** The owner in the app, who may say what a file is instead of having it looked up. */
  readonly isOwner: boolean;
  readonly newChoices: { readonly field: Field; readonly choice: Choice }[];
  readonly newRows: NewLinkedRow[];
}

export function openBatch(
  sight: Sight,
  edit: Edit,
  how: { readonly isTypecast: boolean; readonly isOwner?: boolean },
): WriteBatch {
  const { isTypecast, isOwner = false } = how;
  return { sight, edit, isTypecast, isOwner, newChoices: [], newRows: [] };
}
