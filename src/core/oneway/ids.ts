// Ids of one-way syncs. A worker's keys are unique only within the worker, so every id here carries
// the worker's name in front.

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** `<worker>/<sync key>`, or the name of a flow. */
export type SyncId = Branded<string, "SyncId">;
/** `<worker>/<database key>`. */
export type DatabaseId = Branded<string, "DatabaseId">;

export const syncId = (text: string): SyncId => text as SyncId;
export const databaseId = (text: string): DatabaseId => text as DatabaseId;

export function syncIdOf(worker: string, key: string): SyncId {
  return `${worker}/${key}` as SyncId;
}

export function databaseIdOf(worker: string, key: string): DatabaseId {
  return `${worker}/${key}` as DatabaseId;
}
