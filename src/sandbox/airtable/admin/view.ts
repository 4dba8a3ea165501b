// Views, which the API can read through but not make.
import type { Sight } from "../sight.ts";
import type { SortKey } from "../world.ts";
import { fieldOf } from "./find.ts";

export interface ViewWish {
  readonly name: string;
  readonly id?: string;
  readonly type?: string;
  /** Filter, in formula language. */
  readonly formula?: string;
  readonly sort?: readonly { readonly field: string; readonly direction?: "asc" | "desc" }[];
  readonly rowOrder?: readonly string[];
}

export function addView(sight: Sight, wish: ViewWish): string {
  const sort = (wish.sort ?? []).map((key): SortKey => ({
    fieldId: fieldOf(sight, key.field).id,
    direction: key.direction ?? "asc",
  }));
  const view = {
    id: wish.id ?? sight.world.chance.id("viw"),
    name: wish.name,
    type: wish.type ?? "grid",
    formula: wish.formula ?? null,
    sort,
    rowOrder: wish.rowOrder ?? null,
    visibleFieldIds: null,
  };
  sight.table.views.push(view);
  return view.id;
}
