// Leases as rows: the right to run a pair, with a token that grows at every take-over. Whoever holds an
// older token can still talk to the services, but can save nothing any more.
// Knows nothing of operating-system locks; an adapter that has one says so and tells when it was free.
import type { Kysely, Transaction } from "kysely";

import { SyncError } from "../errors.ts";
import type { Lease } from "./store.ts";
import type { Tables } from "./tables.ts";

/** How long a lease holds without being renewed. Renewed every 30 s (spec 4.6). */
const leaseTtlMs = 120_000;

export interface TakeOptions {
  readonly name: string;
  readonly holder: string;
  readonly nowMs: number;
  readonly lock: LeaseLock;
}

/**
 * What the operating-system lock of the lease says: `taken` by us just now, so no living process had
 * it; `ours` since an earlier lease; `busy`: a living process has it; `none` where there is no lock.
 */
export type LeaseLock = "taken" | "ours" | "busy" | "none";

/** Takes the lease if it is free, run out, or its holder's process is known to be gone. */
export async function takeRow(
  tx: Transaction<Tables>,
  options: TakeOptions,
): Promise<Lease | { readonly heldBy: string }> {
  const { name, nowMs, lock } = options;
  const row = await tx.selectFrom("lease").selectAll().where("name", "=", name).executeTakeFirst();
  const holder = row?.holder ?? null;
  const isOver = (row?.expires_at ?? 0) <= nowMs;
  const isGone = row?.is_locked === 1 && lock === "taken";
  if (holder !== null && !isOver && !isGone) return { heldBy: holder };
  // The lock is busy and no row tells by whom: its holder is between taking the lock and this table.
  if (holder === null && lock === "busy") return { heldBy: "another process" };
  const token = (row?.token ?? 0) + 1;
  const columns = {
    holder: options.holder,
    token,
    expires_at: nowMs + leaseTtlMs,
    is_locked: lock === "taken" || lock === "ours" ? 1 : 0,
  };
  await tx
    .insertInto("lease")
    .values({ name, ...columns })
    .onConflict((on) => on.column("name").doUpdateSet(columns))
    .execute();
  return { name, token };
}

/** Throws `lease_lost` unless the lease is the newest of its name and was not dropped. */
export async function checkRow(tx: Transaction<Tables>, lease: Lease): Promise<void> {
  const row = await tx
    .selectFrom("lease")
    .select(["token", "holder"])
    .where("name", "=", lease.name)
    .executeTakeFirst();
  if (row === undefined || row.token !== lease.token || row.holder === null) throw lost(lease.name);
}

/** Puts the end off. Throws `lease_lost`. */
export async function renewRow(
  db: Kysely<Tables>,
  options: { readonly lease: Lease; readonly nowMs: number; readonly isLocked: boolean },
): Promise<void> {
  const { lease, nowMs, isLocked } = options;
  const result = await db
    .updateTable("lease")
    .set({ expires_at: nowMs + leaseTtlMs, is_locked: isLocked ? 1 : 0 })
    .where("name", "=", lease.name)
    .where("token", "=", lease.token)
    .where("holder", "is not", null)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw lost(lease.name);
}

/** Does nothing when the lease is not the newest any more. */
export async function dropRow(db: Kysely<Tables>, lease: Lease): Promise<void> {
  await db
    .updateTable("lease")
    .set({ holder: null, expires_at: 0, is_locked: 0 })
    .where("name", "=", lease.name)
    .where("token", "=", lease.token)
    .execute();
}

function lost(name: string): SyncError {
  return new SyncError({
    code: "lease_lost",
    message: `Another run has taken over ${name}; this one saves nothing any more.`,
    remedy: "Nothing to do: the other run carries on from what was saved.",
    context: { lease: name },
  });
}
