// The table in which a row is being looked at, with the base and world around it.
import type { Base, Table, World } from "./world.ts";

export interface Sight {
  readonly world: World;
  readonly base: Base;
  readonly table: Table;
}
