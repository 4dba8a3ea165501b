// What the names of the config mean in the two tables: by name the first time, by id from then on, so that
// a renamed field keeps syncing, and a removed or retyped one is noticed.
import { findField, type Field, type Schema } from "./schema.ts";
import type { KnownField, Renamed, SetupProblem } from "./setup.ts";
import type { Side, Sided } from "./side.ts";

/** Of a field that is looked up anew: by its name in the config, or else by its id, whatever its type. */
export const anyType = "";

export interface Lookup {
  readonly field: (side: Side, wanted: string, role: string) => Field | null;
  readonly problems: SetupProblem[];
  readonly renamed: Renamed[];
  readonly known: { left: KnownField[]; right: KnownField[] };
}

export function makeLookup(schemas: Sided<Schema>, known: Sided<readonly KnownField[]>): Lookup {
  const problems: SetupProblem[] = [];
  const renamed: Renamed[] = [];
  const seen: { left: KnownField[]; right: KnownField[] } = { left: [], right: [] };
  const field = (side: Side, wanted: string, role: string): Field | null => {
    const before = known[side].find((entry) => entry.wanted === wanted);
    const isAnew = before === undefined || before.type === anyType;
    const byName = isAnew ? findField(schemas[side], wanted) : null;
    const byId = schemas[side].fields.find((entry) => entry.id === before?.id) ?? null;
    const found = byName ?? byId;
    if (found === null) {
      problems.push(missing(schemas[side], { side, wanted, role, before: before ?? null }));
      return null;
    }
    if (!isAnew && before.type !== found.type) {
      problems.push({
        kind: "schema",
        side,
        message: `"${found.name}" in ${schemas[side].name} was a ${before.type} and is now a ${found.type}.`,
        remedy: `Change its type back, or run \`tandem pair resync\` after making sure the mapping still fits.`,
      });
      return null;
    }
    // A field may play several roles; it is looked up for each, and told of once.
    if (seen[side].some((entry) => entry.wanted === wanted)) return found;
    seen[side].push({ wanted, id: found.id, name: found.name, type: found.type });
    if (before?.id === found.id && before.name !== found.name) {
      renamed.push({ side, from: before.name, to: found.name });
    }
    return found;
  };
  return { field, problems, renamed, known: seen };
}

function missing(
  schema: Schema,
  looked: {
    readonly side: Side;
    readonly wanted: string;
    readonly role: string;
    readonly before: KnownField | null;
  },
): SetupProblem {
  const { side, wanted, role, before } = looked;
  if (before !== null) {
    return {
      kind: "schema",
      side,
      message: `"${before.name}" (${role}) was removed from ${schema.name}.`,
      remedy: "Restore the field there, or take it out of the config.",
    };
  }
  const twice = schema.fields.filter((entry) => entry.name === wanted).length > 1;
  const names = schema.fields.filter((entry) => !entry.name.startsWith("@")).map((f) => f.name);
  return {
    kind: "config",
    side,
    message: twice
      ? `${schema.name} has two fields named "${wanted}" (${role}).`
      : `${schema.name} has no field named "${wanted}" (${role}).`,
    remedy: twice
      ? "Name it by its id."
      : `Correct the name in the config; ${schema.name} has: ${names.join(", ")}.`,
  };
}
