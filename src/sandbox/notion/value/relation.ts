// Two-way relations: what is written on one side shows on the other.
//
// The mirrored page's edit time is left alone: whether the real service moves it is not recorded.
import type { Property } from "../property.ts";
import { isVisible, type DataSource, type Page, type World } from "../world.ts";

/** Page ids stored under a relation, whatever their state. */
function relatedIds(page: Page, propertyId: string): readonly string[] {
  const cell = page.values.get(propertyId);
  return cell?.kind === "relation" ? cell.pageIds : [];
}

/** Ids a relation shows: pages that are there, not in the trash, and shared. */
export function visibleRelated(world: World, page: Page, property: Property): string[] {
  return relatedIds(page, property.id).filter((id) => {
    const other = world.pages.get(id);
    return other !== undefined && !other.isInTrash && isVisible(world, other);
  });
}

/** Sets a relation and keeps its mirror in step. */
export function setRelation(
  world: World,
  page: Page,
  write: { readonly property: Property; readonly pageIds: readonly string[] },
): void {
  const { property, pageIds } = write;
  const before = relatedIds(page, property.id);
  page.values.set(property.id, { kind: "relation", pageIds });
  const { config } = property;
  if (config.type !== "relation" || config.syncedId === null) return;
  for (const id of before) {
    if (!pageIds.includes(id))
      mirrorChange(world, page, { id, syncedId: config.syncedId, isAdded: false });
  }
  for (const id of pageIds) {
    if (!before.includes(id))
      mirrorChange(world, page, { id, syncedId: config.syncedId, isAdded: true });
  }
}

function mirrorChange(
  world: World,
  page: Page,
  at: { readonly id: string; readonly syncedId: string; readonly isAdded: boolean },
): void {
  const other = world.pages.get(at.id);
  if (other === undefined) return;
  const known = relatedIds(other, at.syncedId);
  const rest = known.filter((id) => id !== page.id);
  other.values.set(at.syncedId, {
    kind: "relation",
    pageIds: at.isAdded ? [...rest, page.id] : rest,
  });
  world.onPageChange(other);
}

/** Fills a freshly added mirror from the values that are there. */
export function fillMirror(world: World, source: DataSource, property: Property): void {
  const { config } = property;
  if (config.type !== "relation" || config.syncedId === null) return;
  for (const rowId of source.rowIds) {
    const row = world.pages.get(rowId);
    if (row === undefined) continue;
    for (const id of relatedIds(row, property.id)) {
      mirrorChange(world, row, { id, syncedId: config.syncedId, isAdded: true });
    }
  }
}
