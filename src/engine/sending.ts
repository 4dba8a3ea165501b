// What every call of a run shares, and what a sent row came to.
import type { WriteOutcome } from "../connectors/connector.ts";
import type { FoldContext } from "../core/fold.ts";
import type { LinkId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import type { RowAction } from "../core/reconcile.ts";
import type { PairSetup } from "../core/setup.ts";
import type { Side } from "../core/side.ts";
import type { Conflict, Lease, Quarantine } from "../store/store.ts";
import type { EngineDeps } from "./deps.ts";
import type { LinkFate } from "./journal.ts";
import type { Work } from "./work.ts";

export interface Sending {
  readonly setup: PairSetup;
  readonly fold: FoldContext;
  readonly lease: Lease | null;
  readonly quarantine: ReadonlyMap<string, Quarantine>;
  readonly attempts: ReadonlyMap<LinkId, number>;
  /** People's words about whole rows, each of which its call carries out. */
  readonly words: ReadonlyMap<LinkId, Conflict>;
  readonly deps: EngineDeps;
  /** Actions whose link parts, or comes together again, when they are done. */
  readonly fates?: ReadonlyMap<RowAction, LinkFate>;
  /** Links as they stand; kept up as outcomes come in. */
  readonly links: Map<LinkId, Link>;
}

export interface Sent {
  readonly work: Work;
  readonly intent: Intent;
  readonly outcome: WriteOutcome;
  readonly link: Link;
}

export function quarantineKey(link: LinkId, side: Side): string {
  return `${link} ${side}`;
}
