// One row of a run, taken back as a whole: its cells, its being made, put away or brought back, and its
// link. A row that an undo puts away or brings back parts from its counterpart, for otherwise the next
// sync would do it all again; an undo of that undo joins the two again.
import type { ChangeEntry } from "../core/entry.ts";
import { undoRule } from "../core/link.ts";
import type { PlannedCell, RowAction } from "../core/reconcile.ts";
import { sided, sides, type Side } from "../core/side.ts";
import { isSame, type Value } from "../core/value.ts";
import type { LinkFate } from "./journal.ts";
import {
  facing,
  mergedFields,
  touchedFields,
  undoneCells,
  whyNotLive,
  type Kept,
  type UndoAt,
} from "./undo-cells.ts";

export interface UndoneRow {
  /** In the order in which they are to be sent. */
  readonly actions: readonly RowAction[];
  /** What becomes of the link, and the action that brings it about; null for none: no call. */
  readonly fate: { readonly turn: LinkFate; readonly by: RowAction | null };
  readonly kept: readonly Kept[];
}

type RowOp = "create" | "archive" | "restore" | "delete";

/** What the run did to one row, in short. `turn`: linked or taken apart, by no call of its own. */
interface Story {
  readonly changes: readonly ChangeEntry[];
  readonly rowChange: (ChangeEntry & { readonly op: RowOp }) | null;
  readonly turn: "link" | "unlink" | null;
}

/** `changes`: all changes of one link in one run, oldest first. */
export function undoRow(changes: readonly ChangeEntry[], at: UndoAt): UndoneRow {
  const story = storyOf(changes);
  const change = story.rowChange;
  switch (change?.op) {
    case undefined:
      return undoPlain(story, at);
    case "create":
      return undoCreate(story, change?.side ?? "right", at);
    case "restore":
      return undoRestore(story, change ?? null, at);
    case "archive":
      return undoArchive(story, change ?? null, at);
    case "delete":
      return staying(at, "was deleted for good; restore it in the service's own trash");
  }
}

function isRowChange(change: ChangeEntry): change is ChangeEntry & { readonly op: RowOp } {
  switch (change.op) {
    case "create":
    case "archive":
    case "restore":
    case "delete":
      return true;
    case "update":
    case "link":
    case "unlink":
      return false;
  }
}

function storyOf(changes: readonly ChangeEntry[]): Story {
  const rows = changes.filter(isRowChange);
  // A link marker written by a call of its own is told as `link` too, and changes no link.
  const turn = changes.findLast(
    (change) => change.opId === null && (change.op === "link" || change.op === "unlink"),
  );
  return {
    changes,
    rowChange: rows.find((change) => change.op === "create") ?? rows.at(-1) ?? null,
    turn: turn?.op === "link" ? "link" : turn?.op === "unlink" ? "unlink" : null,
  };
}

function keptRow(at: UndoAt, why: string, side: Side | null = null): Kept {
  return { title: at.link.title, side, field: null, why, now: null };
}

function staying(at: UndoAt, why: string, side: Side | null = null): UndoneRow {
  return { actions: [], fate: { turn: null, by: null }, kept: [keptRow(at, why, side)] };
}

function updates(story: Story, at: UndoAt): Pick<UndoneRow, "actions" | "kept"> {
  const plain = story.changes.filter((change) => change.op === "update");
  const found = sided((side) => undoneCells(mergedFields(plain, side), side, at));
  const cells = facing({ left: found.left.cells, right: found.right.cells });
  return {
    actions: sides.flatMap((side) => (cells[side].length === 0 ? [] : [update(side, cells[side])])),
    kept: sides.flatMap((side) => found[side].kept),
  };
}

function update(side: Side, cells: readonly PlannedCell[]): RowAction {
  return { kind: "update", side, cells, marker: null, archival: null };
}

function undoPlain(story: Story, at: UndoAt): UndoneRow {
  const { actions, kept } = updates(story, at);
  const done = (turn: LinkFate): UndoneRow => ({ actions, fate: { turn, by: null }, kept });
  switch (story.turn) {
    case null:
      return done(null);
    case "link":
      if (at.link.state === "live") return done("part");
      return { ...done(null), kept: [...kept, keptRow(at, "is not linked any more")] };
    case "unlink": {
      const why = whyNotJoined(at);
      return why === null ? done("join") : { ...done(null), kept: [...kept, keptRow(at, why)] };
    }
  }
}

/** `back`: the side whose row is about to be brought back. */
function whyNotJoined(at: UndoAt, back: Side | null = null): string | null {
  if (at.link.state !== "detached") return "is linked already";
  if (at.isTaken) return "stays unlinked: one of its rows is linked with another one by now";
  const isBoth = sides.every((side) => side === back || at.readings[side]?.state === "live");
  return isBoth ? null : "stays unlinked: its two rows are not both there";
}

/** A created row goes the way the config says rows go, and only if nobody has touched it since. */
function undoCreate(story: Story, side: Side, at: UndoAt): UndoneRow {
  const reading = at.readings[side];
  if (reading?.state !== "live") return staying(at, "was created, and is not there any more", side);
  const written = undoneCells(mergedFields(story.changes, side), side, at);
  const edited = [
    ...written.kept.flatMap((kept) => kept.field ?? []),
    ...touchedFields(reading.row, side, { ...at, changes: story.changes }),
  ];
  if (edited.length > 0) {
    const names = [...new Set(edited)].join(", ");
    return staying(at, `was created, and was edited since (${names}); it stays`, side);
  }
  const mark = at.setup.marks[side];
  const before = mark === null ? undefined : reading.row.cells.get(mark.field.id);
  const action =
    mark === null
      ? remove(side)
      : putAway(side, at, { before: before ?? { kind: "empty" }, value: mark.value });
  const rest = updates({ ...story, changes: story.changes.filter((c) => c.side !== side) }, at);
  const actions = [...rest.actions, action];
  return { actions, fate: { turn: "part", by: action }, kept: rest.kept };
}

function remove(side: Side): RowAction {
  return { kind: "remove", side, archival: { side, how: { kind: "removed" } } };
}

function putAway(
  side: Side,
  at: UndoAt,
  { before, value }: { readonly before: Value; readonly value: Value },
): RowAction {
  const field = at.setup.marks[side]?.field;
  if (field === undefined) return remove(side);
  const cell = markCell(field, { before, after: value });
  const archival = { side, how: { kind: "marked", field: field.id, before, value } } as const;
  return { kind: "update", side, cells: [cell], marker: null, archival };
}

function markCell(
  field: PlannedCell["field"],
  { before, after }: { readonly before: Value; readonly after: Value },
): PlannedCell {
  const rest = { rule: undoRule, isLossy: false, isBase: false };
  return { mapping: null, field, before, after, source: after, ...rest };
}

/** The mark that putting away or bringing back wrote; null where it was done by the trash. */
function markWritten(change: ChangeEntry): { before: Value; after: Value } | null {
  const [cell] = Object.values(change.fields);
  return cell === undefined ? null : { before: cell.before, after: cell.after };
}

/** A row that was brought back is put away again, if it holds nothing that is nowhere else. */
function undoRestore(story: Story, change: ChangeEntry | null, at: UndoAt): UndoneRow {
  const side = change?.side ?? "right";
  const reading = at.readings[side];
  const rest = updates(story, at);
  const stay = (why: string): UndoneRow => {
    const kept = [...rest.kept, keptRow(at, why, side)];
    return { actions: rest.actions, fate: { turn: null, by: null }, kept };
  };
  const away = whyNotLive(reading);
  if (reading?.state !== "live") return stay(`was brought back, and ${away ?? "is not there"}`);
  const touched = touchedFields(reading.row, side, { ...at, changes: story.changes });
  if (touched.length > 0) {
    return stay(`was brought back, and was edited since (${touched.join(", ")}); it stays`);
  }
  const mark = change === null ? null : markWritten(change);
  const field = at.setup.marks[side]?.field;
  if (mark !== null && field === undefined) {
    return stay("was brought back, and the config does not say how to put it away");
  }
  const now = field === undefined ? undefined : reading.row.cells.get(field.id);
  const action =
    mark === null
      ? remove(side)
      : putAway(side, at, { before: now ?? mark.after, value: mark.before });
  // Brought back by an undo, it was taken apart: what was put away is linked as that once more.
  const turn = story.turn === "unlink" ? null : "part";
  return { actions: [...rest.actions, action], fate: { turn, by: action }, kept: rest.kept };
}

function undoArchive(story: Story, change: ChangeEntry | null, at: UndoAt): UndoneRow {
  const side = change?.side ?? "right";
  const mark = change === null ? null : markWritten(change);
  const reading = at.readings[side];
  const rest = updates(story, at);
  // Its counterpart is gone, so the two part; where an undo had parted them, they belong together again.
  const isParted = story.turn === "unlink";
  const apart = isParted ? whyNotJoined(at, side) : null;
  const turn = !isParted ? "part" : apart === null ? "join" : null;
  const fate = (action: RowAction): UndoneRow => ({
    actions: [action, ...rest.actions],
    fate: { turn, by: action },
    kept: [...rest.kept, ...(apart === null ? [] : [keptRow(at, apart)])],
  });
  if (mark === null) {
    if (reading?.state === "trashed" && at.canRestore[side]) return fate({ kind: "restore", side });
    return staying(at, "was put away, and is not in the trash any more", side);
  }
  const field = at.setup.marks[side]?.field;
  const now =
    field === undefined || reading?.state !== "live" ? undefined : reading.row.cells.get(field.id);
  if (field === undefined || now === undefined || !isSame(now, mark.after)) {
    return staying(at, "was put away, and does not carry the archive mark any more", side);
  }
  const cell = markCell(field, { before: now, after: mark.before });
  return fate({ kind: "update", side, cells: [cell], marker: null, archival: "lift" });
}
