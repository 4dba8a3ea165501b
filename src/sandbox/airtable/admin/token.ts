// The token's owner at work on its rights, and the operators of the service on its memory.
import type { IteratorShelf } from "../list/iterator.ts";
import type { World } from "../world.ts";
import { baseOf } from "./find.ts";

export interface TokenAdmin {
  /** Replaces the token's scopes, e.g. `["data.records:read"]`. */
  setScopes(scopes: readonly string[]): void;
  /** Takes a base away from the token: from now on it is a 403. */
  revokeBase(base: string): void;
  restoreBase(base: string): void;
  /** Makes the token worthless: from now on everything is a 401. */
  revokeToken(): void;
  restoreToken(): void;
  /** Forgets all listings under way, as a restart of the service does. */
  killIterators(): void;
}

export function makeTokenAdmin(world: World, shelf: IteratorShelf): TokenAdmin {
  const { grant } = world;
  return {
    setScopes: (scopes) => {
      grant.scopes = new Set(scopes);
    },
    revokeBase: (base) => {
      grant.lostBaseIds.add(baseOf(world, base).id);
    },
    restoreBase: (base) => {
      grant.lostBaseIds.delete(baseOf(world, base).id);
    },
    revokeToken: () => {
      grant.isRevoked = true;
    },
    restoreToken: () => {
      grant.isRevoked = false;
    },
    killIterators: () => {
      shelf.killAll();
    },
  };
}
