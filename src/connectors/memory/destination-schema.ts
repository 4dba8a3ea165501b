// The schema half of the in-memory destination: adds what is declared and not there, and says of each
// step the same words before and after.
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
  PropertyType,
} from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import type { Binding, Preparation, PrepareHow, SchemaStep } from "../destination.ts";
import { addTable, type MemoryWorld, type WorldTable } from "./world.ts";

export interface Bound {
  readonly declaration: DatabaseDeclaration;
  readonly world: MemoryWorld;
  table: WorldTable | null;
}

function gone(declaration: DatabaseDeclaration): SyncError {
  return new SyncError({
    code: "not_shared",
    message: `The table attached as ${declaration.key} is not there.`,
    remedy: "Attach a table that is.",
  });
}

function makeTable(bound: Bound, how: PrepareHow): SchemaStep {
  const { declaration, world } = bound;
  if (!how.isPreview) {
    const table = addTable(world, { title: declaration.title, owner: declaration.key });
    for (const { name, shape } of declaration.properties) {
      if (shape.type !== "relation") table.properties.set(name, shape.type);
    }
    bound.table = table;
  }
  const message = `Make the table ${declaration.title}.`;
  return { kind: "create-table", property: null, message };
}

function addProperty(
  bound: Bound,
  declared: PropertyDeclaration,
  kind: "add-property" | "add-relation",
  how: PrepareHow,
): SchemaStep {
  if (!how.isPreview) bound.table?.properties.set(declared.name, declared.shape.type);
  return { kind, property: declared.name, message: `Add the property ${declared.name}.` };
}

function typeNote(name: string, found: PropertyType, asked: PropertyType): string {
  return `${name} is a ${found} and not a ${asked}, so it is not written.`;
}

/** The declared properties that the table lacks, and what stands in the way of the others. */
function compare(
  bound: Bound,
  declared: readonly PropertyDeclaration[],
): { readonly missing: readonly PropertyDeclaration[]; readonly notes: readonly string[] } {
  const missing: PropertyDeclaration[] = [];
  const notes: string[] = [];
  for (const one of declared) {
    const found = bound.table?.properties.get(one.name);
    if (found === undefined) missing.push(one);
    else if (found !== one.shape.type) notes.push(typeNote(one.name, found, one.shape.type));
  }
  return { missing, notes };
}

function learnStatuses(bound: Bound, how: PrepareHow): void {
  if (how.isPreview) return;
  for (const { name, shape } of bound.declaration.properties) {
    if (shape.type !== "status") continue;
    const names = shape.groups.flatMap((group) => group.options.map((option) => option.name));
    bound.table?.statuses.set(name, new Set(names));
  }
}

export function prepareTable(bound: Bound, how: PrepareHow): Preparation {
  const { declaration } = bound;
  const isTrashed = bound.table?.isTrashed === true;
  if (bound.table === null || isTrashed) {
    if (declaration.type === "attached") throw gone(declaration);
    const again = `The table of ${declaration.key} was in the trash; a new one takes its place.`;
    const step = makeTable(bound, how);
    learnStatuses(bound, how);
    const binding = how.isPreview ? null : (bound.table?.binding ?? null);
    return { binding, steps: [step], notes: isTrashed ? [again] : [] };
  }
  const plain = declaration.properties.filter((one) => one.shape.type !== "relation");
  const { missing, notes } = compare(bound, plain);
  const steps = missing.map((one) => addProperty(bound, one, "add-property", how));
  learnStatuses(bound, how);
  return { binding: bound.table.binding, steps, notes };
}

export function prepareRelations(
  bound: Bound,
  related: ReadonlyMap<string, Binding>,
  how: PrepareHow,
): Preparation {
  const notes: string[] = [];
  const asked: PropertyDeclaration[] = [];
  for (const one of bound.declaration.properties) {
    if (one.shape.type !== "relation") continue;
    if (how.isPreview || related.has(one.shape.database)) asked.push(one);
    else notes.push(`${one.name}: there is no table for ${one.shape.database}.`);
  }
  const found = compare(bound, asked);
  return {
    binding: bound.table?.binding ?? null,
    steps: found.missing.map((one) => addProperty(bound, one, "add-relation", how)),
    notes: [...notes, ...found.notes],
  };
}
