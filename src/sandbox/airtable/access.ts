// Who may reach what: scopes, bases, tables, and the refusal each lack meets. A token hears the same 403
// for a missing right and a missing thing; in 2022 it heard 404 (recorded).
import { isId } from "./chance.ts";
import type { Desk } from "./desk.ts";
import { forbidden, notFound, refusal, type Refusal } from "./refusal.ts";
import type { Sight } from "./sight.ts";
import { findTable, type Base } from "./world.ts";

export type Scope =
  | "data.records:read"
  | "data.records:write"
  | "schema.bases:read"
  | "schema.bases:write";

/** All scopes a token of the sandbox has unless told otherwise, in the order whoami lists them. */
export const allScopes: readonly string[] = [
  "data.records:write",
  "data.records:read",
  "data.recordComments:write",
  "data.recordComments:read",
  "schema.bases:read",
  "schema.bases:write",
  "user.email:read",
  "webhook:manage",
];

/** What a permission level may do. */
const canEdit = ["edit", "create"];

export function needScope(desk: Desk, scope: Scope): void {
  if (desk.world.grant.scopes.has(scope)) return;
  const isSchema = scope.startsWith("schema.");
  // Recorded without a message.
  throw desk.world.dialect === "2022" && isSchema ? refusal(404, "NOT_FOUND") : forbidden();
}

/** The base of a path, if the token reaches it. */
export function needBase(desk: Desk, baseId: string): Base {
  if (!isId(baseId, "app")) throw notFound();
  const base = desk.world.bases.find((candidate) => candidate.id === baseId);
  if (base === undefined || desk.world.grant.lostBaseIds.has(baseId)) {
    throw desk.world.dialect === "2022" ? notFound() : forbidden();
  }
  return base;
}

/** The table of a path, by id or name. */
export function needTable(desk: Desk, baseId: string, tableIdOrName: string): Sight {
  const base = needBase(desk, baseId);
  const table = findTable(base, tableIdOrName);
  if (table === null) {
    const message = `Could not find table ${tableIdOrName} in application ${baseId}`;
    throw desk.world.dialect === "2022" ? refusal(404, "TABLE_NOT_FOUND", message) : forbidden();
  }
  return { world: desk.world, base, table };
}

/** Refuses writes to a base the token's owner can only read. */
export function needEditor(base: Base, isSchema: boolean): void {
  const isAllowed = isSchema
    ? base.permissionLevel === "create"
    : canEdit.includes(base.permissionLevel);
  if (!isAllowed) {
    throw refusal(403, "INVALID_PERMISSIONS", "You are not permitted to perform this operation");
  }
}

/** The refusal for a record that is not there. */
export function missingRecord(desk: Desk): Refusal {
  return desk.world.dialect === "2022"
    ? refusal(404, "MODEL_ID_NOT_FOUND", "Record not found")
    : forbidden();
}

/** The refusal for a batch of deletions that names a record that is not there. */
export function missingInBatch(desk: Desk): Refusal {
  return desk.world.dialect === "2022" ? notFound() : forbidden();
}
