// The oracle's eye at the services: looks at everything a call of the engine changed, in the moment it
// takes effect, with the true history at hand. It knows nothing of the engine's codecs or decisions.
//
// Answers to questions the specification leaves open:
// - Equal values entered twice: a written value counts as the newest version that reads the same. What
//   comes after it is held against the one the engine was last shown: an old reading (a state that was
//   entered again since) may be followed by any that is newer than itself.
// - An edit younger than the engine's last look at the row (less what a reading may lag) is in the
//   window that cannot be closed; it is counted (W1, W3), and no violation.
// - A row that was made anew replaces the one that somebody removed: should that one be restored, it is
//   a new row like any other.
// - An old reading of a value that the engine never saw, under a stamp that does not give it away, is
//   taken for an edit, and mended by the next run (decision 0007): W2, counted.
// - A reading may be old where Airtable keeps no "last modified" field: W7, counted, if it shows a value
//   that was never carried over. One that was is known, and fenced for the settling time.
import { other, type Side } from "../../src/core/side.ts";
import type { SandboxRequest } from "../../src/sandbox/wire.ts";
import { columnOf } from "./fields.ts";
import {
  latest,
  partnersOf,
  stateOf,
  tie,
  untie,
  valueOf,
  type CellChange,
  type Changes,
  type GhostKey,
  type GhostRow,
  type Version,
} from "./ghost.ts";
import { watchSource } from "./schema-watch.ts";
import type { Key } from "./script.ts";
import { markValue } from "./services.ts";
import { titled } from "./people.ts";
import { watchFlowBack, watchUndoing, type Undoing } from "./undone.ts";
import { staleMsMax, type World } from "./world.ts";

export type Looks = ReadonlyMap<string, GhostRow["look"]>;

export interface Seen {
  readonly side: Side;
  readonly request: SandboxRequest;
  readonly changes: Changes;
  /** The row that a create without a marker was sent for. */
  readonly creatingFor: string | null;
  /** The looks when the call was sent, where it takes effect later; null for a call in time. */
  readonly looks: Looks | null;
  /** What the call takes back, where it is an undo's. */
  readonly undoing: Undoing | null;
}

export function watch(world: World, seen: Seen): void {
  const { undoing, changes } = seen;
  if (undoing !== null) {
    const horizonMs = (row: GhostRow): number =>
      (lookAt(seen, row)?.askedMs ?? world.nowMs()) - staleMsMax;
    watchUndoing(world, { undoing, changes, horizonMs });
    return;
  }
  for (const row of seen.changes.born) watchBirth(world, seen, row);
  for (const change of seen.changes.cells) watchCell(world, seen, change);
  for (const { row, before } of seen.changes.presence) {
    if (stateOf(row) === "removed") watchRemoval(world, seen, row);
    else if (before.state === "removed") watchReturn(world, row);
  }
}

const idOf = (text: string): string => text.replaceAll("-", "").toLowerCase();

/** The row a new one was made from: by its marker, else the one the journal names for the call. */
function sourceOf(world: World, row: GhostRow, creatingFor: string | null): GhostRow | null {
  const facing = world.ghost.rows(other(row.side));
  const marker = idOf(valueOf(row, "@marker"));
  if (marker !== "") return facing.find((entry) => idOf(entry.id) === marker) ?? null;
  return facing.find((entry) => entry.id === creatingFor) ?? null;
}

function hadValue(row: GhostRow, key: Key, fits: (value: string) => boolean): boolean {
  return row.cells.get(key)?.some((version) => fits(version.value)) ?? false;
}

function agree(
  key: Key,
  from: { readonly side: Side; readonly value: string },
  to: string,
): boolean {
  const { agree: agrees } = columnOf(key);
  return from.side === "left" ? agrees(from.value, to) : agrees(to, from.value);
}

function watchBirth(world: World, seen: Seen, row: GhostRow): void {
  world.tally.add("engine", `create ${row.side}`);
  const source = sourceOf(world, row, seen.creatingFor);
  if (source === null) {
    world.tally.add("unknown", "whose counterpart a new row is");
    world.tell(() => `  made ${titled(row)}, from nobody knows whom`);
    return;
  }
  world.tell(() => `  made ${titled(row)} for ${titled(source)}`);
  world.tally.add("tested", "P14");
  source.made += 1;
  row.madeFromMs = lookAt(seen, source)?.shownMs ?? null;
  for (const partner of partnersOf(world.ghost, source)) {
    if (stateOf(partner) === "removed") {
      // Taken away by somebody before the engine knew that its call had made it.
      if (world.linked.has(partner.id)) watchReturnOf(world, source, partner);
      else world.tally.add("window", "W9");
      untie(source, partner);
      continue;
    }
    if (isNeverListed(world, partner)) {
      world.tally.add("window", "W9");
      untie(source, partner);
      continue;
    }
    if (isBackUnseen(partner)) {
      world.tally.add("window", "brought back after the last look");
      untie(source, partner);
      continue;
    }
    world.find(
      "P14",
      `${titled(row)} was made for ${titled(source)}, which has ${titled(partner)}`,
    );
  }
  tie(row, source);
  for (const { key } of world.setting.fields) {
    const value = valueOf(row, key);
    if (value !== "" && !isComputed(row, key)) watchValue(world, { row, key, value });
  }
}

/**
 * W9: taken out of reach by somebody before any listing told that it is there. Should it be shown
 * again, it is a new row like any other.
 */
function isNeverListed(world: World, row: GhostRow): boolean {
  if (row.by !== "engine" || stateOf(row) !== "away") return false;
  return !row.isListed && !world.linked.has(row.id);
}

/** Somebody restored it later than anything the engine was shown of it: W9, as at a removal. */
function isBackUnseen({ presence, look }: GhostRow): boolean {
  const last = presence.at(-1);
  if (last === undefined || presence.length < 2) return false;
  if (last.state !== "live" || last.by === "engine") return false;
  return look === null || look.shownMs <= last.atMs;
}

/** The cell follows from others of its row; nobody writes it. */
function isComputed(row: GhostRow, key: GhostKey): boolean {
  return key === "shout" && row.side === "right";
}

/** P4 and P5 for a value the engine put into a cell. */
function watchValue(world: World, at: { row: GhostRow; key: Key; value: string }): void {
  const { row, key, value } = at;
  const known = partnersOf(world.ghost, row);
  const sources = known.length > 0 ? known : world.ghost.rows(other(row.side));
  world.tally.add("tested", "P4");
  let found = false;
  for (const source of sources) {
    const versions = source.cells.get(key) ?? [];
    const index = versions.findLastIndex((version) =>
      agree(key, { side: source.side, value: version.value }, value),
    );
    if (index === -1) continue;
    found = true;
    if (known.length !== 1) break;
    watchOrder(world, { source, key, index, versions });
  }
  if (found || world.said.has(value) || isMerge(world, at, sources)) return;
  world.find("P4", `${key} of ${titled(row)} became "${value}", which nobody entered`);
}

/** Sets and lines may come from both sides. */
function isMerge(
  world: World,
  at: { row: GhostRow; key: Key; value: string },
  sources: readonly GhostRow[],
): boolean {
  const field = world.setting.fields.find((entry) => entry.key === at.key);
  if (field?.owner !== "merge") return false;
  const cut = (text: string): readonly string[] => text.split(/[|\n]/);
  const parts = new Set(
    [at.row, ...sources].flatMap((row) =>
      (row.cells.get(at.key) ?? []).flatMap((version) => cut(version.value)),
    ),
  );
  return cut(at.value).every((part) => parts.has(part));
}

function watchOrder(
  world: World,
  at: { source: GhostRow; key: Key; index: number; versions: readonly Version[] },
): void {
  const { source, key, index, versions } = at;
  const carried = source.carried.get(key) ?? new Set();
  source.carried.set(key, carried);
  // What the engine wrote into the source itself is newer than what it had carried from there before:
  // that coming back is an old reading, as long as no call was lost that may have landed later.
  // A formula is nobody's write: it follows from a title that was written a call ago.
  const isWritten = !isComputed(source, key);
  const isBack = world.isUndisturbed && !world.isSequel && isWritten && carried.has(index);
  const own = isBack ? versions.findLastIndex((version) => version.by === "engine") : -1;
  const newest = Math.max(own, ...carried);
  if (newest >= 0) world.tally.add("tested", "P5");
  if (index >= newest) {
    const value = versions[index]?.value ?? "";
    carried.add(lastShown(source, versions, value) ?? index);
    return;
  }
  const [was, is] = [versions[index]?.atMs ?? 0, versions[newest]?.atMs ?? 0];
  if (!carried.has(index) && isOneStamp(source.side, was, is)) {
    world.tally.add("window", "W2");
    return;
  }
  if (source.side === "right" && !world.setting.hasStamp && !carried.has(index)) {
    world.tally.add("window", "W7");
    return;
  }
  world.find(
    "P5",
    `${key} of ${titled(source)} was carried over as "${versions[index]?.value}" after "${versions[newest]?.value}"`,
  );
}

/** The place of the version with this value that an answer showed last; null when none did. */
function lastShown(row: GhostRow, versions: readonly Version[], value: string): number | null {
  const placeAt = (shownMs: number): number =>
    versions.findLastIndex((version) => version.atMs <= shownMs);
  const shown = row.shownMs.findLast((atMs) => versions[placeAt(atMs)]?.value === value);
  return shown === undefined ? null : placeAt(shown);
}

/** Two edits that the row's stamp does not tell apart: a minute in Notion, two seconds in Airtable. */
function isOneStamp(side: Side, oneMs: number, twoMs: number): boolean {
  if (side === "right") return Math.abs(oneMs - twoMs) <= 3_000;
  return Math.floor(oneMs / 60_000) === Math.floor(twoMs / 60_000);
}

function isMark(world: World, change: CellChange): "set" | "lifted" | null {
  const key = world.setting.isMarkMapped ? "stage" : "@mark";
  if (change.key !== key) return null;
  const [before, after] = [change.before?.value ?? "", change.after];
  if (after === markValue) {
    // A mapped mark may also be a value that somebody entered, there or here: one that gave way to an
    // old reading comes back from the other side (W2). From a row that was removed nothing is carried.
    const partners = partnersOf(world.ghost, change.row);
    const isCarried =
      world.setting.isMarkMapped &&
      partners.some((row) => stateOf(row) !== "removed") &&
      [change.row, ...partners].some((row) =>
        row.cells.get("stage")?.some((entry) => entry.value === markValue && entry.by === "person"),
      );
    return isCarried ? null : "set";
  }
  return before === markValue && world.putAway.has(change.row.id) ? "lifted" : null;
}

function watchCell(world: World, seen: Seen, change: CellChange): void {
  const { row, key, before, after } = change;
  if (isComputed(row, key)) return;
  world.tally.add("engine", `write ${row.side}`);
  world.tell(() => `  ${key} of ${titled(row)}: "${before?.value}" became "${after}"`);
  const mark = isMark(world, change);
  if (mark === "set") {
    world.putAway.add(row.id);
    watchRemoval(world, seen, row);
  }
  if (mark === "lifted") {
    world.putAway.delete(row.id);
    watchReturn(world, row);
  }
  if (key === "@marker") watchMarker(world, row, after);
  if (key === "@marker" || key === "@mark") return;
  watchSource(world, { row, key, after });
  if (mark === null) watchValue(world, { row, key, value: after });
  if (mark === null && seen.looks === null) watchFlowBack(world, row, key);
  watchOverwrite(world, seen, { ...change, key });
}

function watchMarker(world: World, row: GhostRow, after: string): void {
  const target = world.ghost.rows(other(row.side)).find((entry) => idOf(entry.id) === idOf(after));
  if (target === undefined) world.find("P4", `the marker of ${titled(row)} became "${after}"`);
  else if (row.partners.size === 0) tie(row, target);
}

/** When the engine last looked at the row before the call. */
function lookAt(seen: Seen, row: GhostRow): GhostRow["look"] {
  return seen.looks === null ? row.look : (seen.looks.get(row.id) ?? null);
}

/** P6: what was written over had been looked at. What was written over knowingly is owed to the log. */
function watchOverwrite(
  world: World,
  seen: Seen,
  change: CellChange & { readonly key: Key },
): void {
  const { row, key, before, after } = change;
  const lookMs = lookAt(seen, row)?.askedMs ?? null;
  if (lookMs !== null) {
    const windowMs = world.nowMs() - lookMs;
    world.tally.add("overwrite", windowMs <= 60_000 ? "looked at within a minute" : "later");
  }
  if (before === null || before.by !== "person" || before.value === "" || before.value === after) {
    return;
  }
  world.tally.add("tested", "P6");
  if (after === "") watchBlanking(world, row, { key, before });
  const pre = world.journal.get(`${row.side} ${row.id} ${key}`)?.before ?? null;
  if (pre === null) {
    world.find("P6", `${key} of ${titled(row)} was written over without a journal entry`);
    return;
  }
  if (pre !== before.value) {
    if (lookMs !== null && before.atMs >= lookMs - staleMsMax) {
      world.tally.add("window", seen.looks === null ? "W1" : "W3");
      world.raced.add(`${row.id} ${key}`);
      return;
    }
    world.find(
      "P6",
      `${key} of ${titled(row)} held "${before.value}" long before it was written over; the journal says "${pre}"`,
    );
    return;
  }
  const isSpan = isShortened(key, before.value) && !world.isSequel;
  if (!isSpan && isSettled(world, row, { key, value: before.value })) return;
  world.owed.push({ side: row.side, row: row.id, key, value: before.value, atMs: world.nowMs() });
}

/** F18: what only holds the first day of it is no second place where the value stands. */
function isShortened(key: Key, value: string): boolean {
  return key === "due" && value.includes("/");
}

/** F16: a filled cell is emptied only because somebody emptied its counterpart. */
function watchBlanking(
  world: World,
  row: GhostRow,
  cell: { readonly key: Key; readonly before: Version },
): void {
  const partners = partnersOf(world.ghost, row);
  if (partners.length === 0) return;
  // Entered where values only arrive, after the two rows had met: drift, and put back to blank.
  const metMs = Math.max(row.bornMs, ...partners.map((partner) => partner.bornMs));
  const flow = world.setting.fields.find((field) => field.key === cell.key)?.flow;
  if (flow !== "both" && cell.before.atMs > metMs) return;
  // So is what was entered while the counterpart was under way: both were blank when it was made, as far
  // as the engine could see, and that is what they agreed on.
  const isEnteredSince = partners.some(
    ({ madeFromMs }) =>
      madeFromMs !== null &&
      cell.before.atMs > madeFromMs &&
      seenBefore(row, cell.key, madeFromMs)?.value === "",
  );
  if (flow !== "both" && isEnteredSince) {
    world.tally.add("window", "entered while the counterpart was made");
    return;
  }
  if (world.ruled.has(`${row.id} ${cell.key}`)) return;
  world.tally.add("tested", "F16");
  if (partners.some((partner) => hadValue(partner, cell.key, (value) => value !== ""))) return;
  world.find(
    "F16",
    `${cell.key} "${cell.before.value}" of ${titled(row)} was emptied, and nobody emptied it`,
  );
}

/** The value also stood on the other side at some time: it was carried over, or entered there. */
function isSettled(
  world: World,
  row: GhostRow,
  cell: { readonly key: Key; readonly value: string },
): boolean {
  return partnersOf(world.ghost, row).some((partner) =>
    hadValue(partner, cell.key, (value) =>
      agree(cell.key, { side: row.side, value: cell.value }, value),
    ),
  );
}

/** P10 and P11: a row is put away only after its counterpart was, and with nothing unsynced on it. */
function watchRemoval(world: World, seen: Seen, row: GhostRow): void {
  world.tally.add("engine", `put away ${row.side}`);
  world.tally.add("tested", "P10");
  const partners = partnersOf(world.ghost, row);
  if (partners.length === 0) {
    world.tally.add("unknown", "whose counterpart a removed row is");
    return;
  }
  const lookMs = lookAt(seen, row)?.askedMs ?? world.nowMs();
  const horizonMs = lookMs - staleMsMax;
  const hasEvidence = partners.some((partner) => {
    const gone = partner.presence.findLast((entry) => entry.state === "removed");
    if (gone === undefined || gone.by !== "person") return false;
    const last = partner.presence.at(-1);
    if (last?.state === "removed") return true;
    const askedMs = lookAt(seen, partner)?.askedMs ?? lookMs;
    if ((last?.atMs ?? 0) < askedMs - staleMsMax) return false;
    world.tally.add("window", "brought back after the last look");
    return true;
  });
  if (!hasEvidence && !world.ruled.has(row.id)) {
    world.find("P10", `${titled(row)} was put away although its counterpart was not removed`);
  }
  if (world.ruled.has(row.id)) return;
  world.tally.add("tested", "P11");
  for (const { key } of world.setting.fields) {
    const present = seenBefore(row, key, world.nowMs());
    if (present === null || present.by !== "person" || present.value === "") continue;
    if (present.atMs >= horizonMs || isSettled(world, row, { key, value: present.value })) continue;
    if (world.setting.isMarkMapped && key === "stage") continue;
    world.find("P11", `${titled(row)} was put away with ${key} "${present.value}" on it, unsynced`);
  }
}

function seenBefore(row: GhostRow, key: Key, atMs: number): Version | null {
  return row.cells.get(key)?.findLast((version) => version.atMs <= atMs) ?? latest(row, key);
}

/** P13: a row comes back only because a person brought its counterpart back. */
function watchReturn(world: World, row: GhostRow): void {
  world.tally.add("engine", `bring back ${row.side}`);
  const partners = partnersOf(world.ghost, row);
  if (partners.length === 0) world.tally.add("unknown", "whose counterpart a returned row is");
  for (const partner of partners) watchReturnOf(world, partner, row);
}

function watchReturnOf(world: World, source: GhostRow, back: GhostRow): void {
  world.tally.add("tested", "P13");
  if (world.ruled.has(source.id) || world.ruled.has(back.id)) return;
  const gone = back.presence.findLast((entry) => entry.state === "removed");
  const isRestored = source.presence.some(
    (entry, at) => at > 0 && entry.state === "live" && entry.by === "person",
  );
  const wasUnmarked = (["stage", "@mark"] as const).some((key) =>
    source.cells.get(key)?.some((entry) => entry.by === "person" && entry.value !== markValue),
  );
  if (isRestored || (gone?.by === "engine" && stateOf(source) === "live" && wasUnmarked)) return;
  if (gone === undefined && stateOf(source) === "live") return;
  world.find("P13", `${titled(back)} came back although nobody restored ${titled(source)}`);
}
