// What every route works with: the world, the open listings, and the request taken apart.
import type { Json, JsonObject } from "./json.ts";
import type { IteratorShelf } from "./list/iterator.ts";
import type { RowOrder } from "./list/order.ts";
import type { Edit } from "./row-change.ts";
import type { World } from "./world.ts";

/** The service's whole state. */
export interface Desk {
  readonly world: World;
  readonly shelf: IteratorShelf;
  readonly order: RowOrder;
}

/** A request, authenticated and taken apart. */
export interface Ask {
  readonly method: string;
  /** Decoded path segments after `/v0`, a trailing slash left out. */
  readonly segments: readonly string[];
  readonly query: JsonObject;
  /** Parsed body, or `undefined` when it is no JSON. */
  readonly body: Json | undefined;
}

/** An edit by the token's owner, now. */
export function apiEdit(desk: Desk): Edit {
  return { by: desk.world.grant.owner, atMs: desk.world.nowMs() };
}
