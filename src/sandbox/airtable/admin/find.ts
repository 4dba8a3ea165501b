// Finding things for the admin, which may name them loosely: by id, or by a name that is unique enough.
// A miss is a mistake in the caller's test, so it throws a plain error that lists what there is.
import type { Sight } from "../sight.ts";
import {
  findField,
  findRow,
  findTable,
  type Base,
  type Field,
  type Place,
  type World,
} from "../world.ts";

export function baseOf(world: World, idOrName: string): Base {
  const base =
    world.bases.find((candidate) => candidate.id === idOrName) ??
    world.bases.find((candidate) => candidate.name === idOrName);
  if (base === undefined)
    throw missing(
      "base",
      idOrName,
      world.bases.map((each) => each.name),
    );
  return base;
}

/** A table in any base. */
export function sightOf(world: World, idOrName: string): Sight {
  for (const base of world.bases) {
    const table = findTable(base, idOrName);
    if (table !== null) return { world, base, table };
  }
  const names = world.bases.flatMap((base) => base.tables.map((table) => table.name));
  throw missing("table", idOrName, names);
}

export function fieldOf(sight: Sight, idOrName: string): Field {
  const field = findField(sight.table, idOrName);
  if (field === null) {
    throw missing(
      "field",
      idOrName,
      sight.table.fields.map((each) => each.name),
    );
  }
  return field;
}

/** A living row in any base. */
export function placeOf(world: World, rowId: string): Place & { readonly sight: Sight } {
  for (const base of world.bases) {
    const place = findRow(base, rowId);
    if (place !== null) return { ...place, sight: { world, base, table: place.table } };
  }
  throw missing("row", rowId, []);
}

function missing(noun: string, wanted: string, there: readonly string[]): Error {
  const hint = there.length === 0 ? "" : `; there are: ${there.join(", ")}`;
  return new Error(`sandbox: no ${noun} ${JSON.stringify(wanted)}${hint}`);
}
