// A row as a whole for `tandem explain`: where its two halves are, and what keeps it from being synced:
// put away, taken apart, refused, or with a write whose outcome is not known.
import type { ExplainedRow } from "../cli/services.ts";
import type { Intent } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowReading } from "../core/row.ts";
import { other, sides } from "../core/side.ts";
import type { Quarantine } from "../store/store.ts";

export function explainRow(reading: RowReading | null): ExplainedRow | null {
  if (reading === null) return null;
  switch (reading.state) {
    case "live":
      return { state: "there", stampMs: reading.row.stampMs, readAt: reading.row.window };
    case "trashed":
      return { state: "in the trash", stampMs: null, readAt: null };
    case "gone":
      return { state: "gone", stampMs: null, readAt: null };
    case "left":
      return { state: `out of the table (${reading.why})`, stampMs: null, readAt: null };
    case "unknown":
      return { state: `not known: ${reading.why}`, stampMs: null, readAt: null };
  }
}

export interface RowNotesInput {
  readonly link: Link;
  readonly policy: PairPolicy;
  readonly intents: readonly Intent[];
  readonly quarantine: readonly Quarantine[];
}

/** Sentences, most telling first. */
export function rowNotes(input: RowNotesInput): readonly string[] {
  const { link, policy, intents, quarantine } = input;
  return [
    ...stateNote(link, policy),
    ...intents.map((intent) => doubtNote(intent, policy)),
    ...quarantine.map((entry) => restNote(entry, policy)),
  ];
}

function stateNote(link: Link, policy: PairPolicy): readonly string[] {
  switch (link.state) {
    case "live":
      return [];
    case "creating": {
      const missing = sides.find((side) => link.ids[side] === null) ?? "right";
      return [`Its counterpart in ${policy.names[missing]} is still to be made.`];
    }
    case "archived": {
      const put = link.archival?.side ?? null;
      if (put === null) return ["It is put away."];
      const how = link.archival?.how.kind === "marked" ? "marked as archived" : "removed";
      return [
        `It was removed in ${policy.names[other(put)]}, and so ${how} in ${policy.names[put]}; it comes back when somebody restores it there.`,
      ];
    }
    case "tombstone":
      return ["Both rows are gone; the link is kept, so that a restored row is known again."];
    case "detached":
      return [
        "The two rows were taken apart and are not synced, nor linked again by themselves. The run that did it can be taken back with `tandem undo`.",
      ];
  }
}

function doubtNote(intent: Intent, policy: PairPolicy): string {
  const sent = new Date(intent.sentAtMs).toISOString();
  const { settleMs } = policy.guards;
  const free = new Date(intent.sentAtMs + settleMs).toISOString();
  return `The outcome of a write to ${policy.names[intent.side]} is not known (${intent.kind}, run ${intent.run}, request ${intent.id}, sent ${sent}); the row rests until a look after ${free} tells.`;
}

function restNote(entry: Quarantine, policy: PairPolicy): string {
  const retry = new Date(entry.retryAtMs).toISOString();
  const times = entry.attempts === 1 ? "once" : `${entry.attempts} times`;
  return `${policy.names[entry.side]} has refused it ${times}: ${entry.message} It is tried again after ${retry}, or as soon as its content changes.`;
}
