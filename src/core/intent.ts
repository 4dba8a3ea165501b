// The journal entry of one call for one row, written before the call is sent. After a crash or a lost
// answer it is all we know: what was there, what we wanted, and when.
import type { ConflictEntry } from "./entry.ts";
import type { CellKey, FieldId, LinkId, OpId, PairId, RecordId, RunId } from "./ids.ts";
import type { Archival } from "./link.ts";
import type { Row } from "./row.ts";
import type { Side } from "./side.ts";
import type { Value } from "./value.ts";

export type IntentKind = "create" | "update" | "remove" | "restore";

export interface IntentCell {
  /** Mapping name, or the field's own name: what the history calls the cell. */
  readonly name: string;
  /** Null for cells that belong to no mapping: an archive mark, a stamp. */
  readonly key: CellKey | null;
  readonly field: FieldId;
  /** What the target held when we decided; `empty` for a create. */
  readonly before: Value;
  /** What we send. */
  readonly after: Value;
  /** The other side's value behind it; becomes that side's half of the base. */
  readonly source: Value;
  readonly rule: string;
  /** The target holds less than the source. */
  readonly isLossy: boolean;
  /** Whether success makes this pair of values the base. Not for a merge that writes both sides. */
  readonly isBase: boolean;
}

export interface Intent {
  readonly id: OpId;
  readonly run: RunId;
  readonly pair: PairId;
  readonly link: LinkId;
  /** The side written. */
  readonly side: Side;
  readonly kind: IntentKind;
  /** The row written, or null for a create. */
  readonly target: RecordId | null;
  /** The removed row whose place the one that a create makes is to take. Absent: it replaces none. */
  readonly replaces?: RecordId;
  readonly cells: readonly IntentCell[];
  /** The marker that goes with a create or an update, or null. */
  readonly marker: string | null;
  /** What the link becomes when the intent is confirmed. */
  readonly archival: Archival | null;
  /** The two rows part when this is confirmed: an undo that the next run must not undo again. */
  readonly isParting: boolean;
  /** The link lives again when this is confirmed: an undo of an undo. Absent: no. */
  readonly isJoining?: boolean;
  /** Takes an archive mark off. Absent in journals of earlier versions: known by its rule. */
  readonly isLift?: boolean;
  readonly title: string;
  /** Edits that give way to this write: told in the history when it is confirmed. */
  readonly conflicts: readonly ConflictEntry[];
  /** On the written service's clock. */
  readonly sentAtMs: number;
  /** 1 for the first try. The first try's cells are kept until the link is live. */
  readonly attempt: number;
  /** `sent`: no answer recorded yet. `unknown`: the answer was lost; the row is frozen. */
  readonly status: "sent" | "unknown";
}

/** How far a row's creation stamp may lie before the call that made it: stamps are cut to the minute. */
const creationSlackMs = 65_000;

/**
 * How far our clock may have been set between the service's last answer and the call. Where no marker
 * settles it, a row too many that a person is asked about costs less than one that is made twice.
 */
const clockErrorMs = 3_600_000;

/**
 * Whether a row that carries a create's marker is older than the call. A person may have brought back
 * the row that was there before, marker and all; what the journal says of the new one is not about it.
 */
export function isOlderThan(intent: Intent, row: Row): boolean {
  return row.createdAtMs !== null && row.createdAtMs < intent.sentAtMs - creationSlackMs;
}

/**
 * Whether a create whose answer was lost may have made a row although no marker says so. Without a marker
 * on that side: by its title, if it was not there before the call, or, as people rename rows, by who made
 * it and when. With one, somebody must have changed it before the row was ever seen: only a row of that
 * time can be it, made by our token or, where the service does not tell whose it is, of the same title.
 */
export function mayHaveMade(intent: Intent, row: Row, settleMs: number): boolean {
  const isNamed = row.title === intent.title;
  if (intent.marker === null) {
    if (isNamed) return !wasThereLong(intent, row);
    return row.isOurs === true && isOfTime(intent, row, settleMs);
  }
  if (row.isOurs === false || !isOfTime(intent, row, settleMs)) return false;
  return row.isOurs === true || isNamed;
}

/** Whether a row was there before the call by whatever clock. */
function wasThereLong(intent: Intent, row: Row): boolean {
  const sinceMs = intent.sentAtMs - creationSlackMs - clockErrorMs;
  return row.createdAtMs !== null && row.createdAtMs < sinceMs;
}

/** Whether a row came into being when a create's call was under way, as far as its stamp tells. */
export function isOfTime(intent: Intent, row: Row, settleMs: number): boolean {
  // Stryker disable next-line ConditionalExpression: the year 1970 is long before any call.
  if (row.createdAtMs === null) return false;
  const ageMs = row.createdAtMs - intent.sentAtMs;
  return ageMs >= -creationSlackMs && ageMs <= settleMs;
}
