// A run that somebody takes back, and the oracle at it. What the run did is taken from its history, which
// other rules hold against the truth (P27); the truth says what became of it since. An undo may only put
// back what the run had written and nobody has touched, must put back all of it where nothing stands in
// the way, and what it put back stays until somebody edits it.
//
// Answers to questions that the specification leaves open:
// - A value that somebody entered, and that reads as the run had left it, is taken for the run's.
// - What cannot be put back (the row is away, a write is in doubt, the config changed) is told, and any
//   such reason that the engine gives is taken at its word, but for "was changed since".
import type { ChangeEntry } from "../../src/core/entry.ts";
import { undoPair, type UndoRun } from "../../src/engine/undo-run.ts";
import { columnOf } from "./fields.ts";
import {
  enteredIn,
  partnersOf,
  stateOf,
  valueOf,
  type Changes,
  type GhostKey,
  type GhostRow,
  type Version,
} from "./ghost.ts";
import type { Job } from "./machine.ts";
import { titled } from "./people.ts";
import { keyOf, plainValue } from "./plain.ts";
import type { Key } from "./script.ts";
import { markValue } from "./services.ts";
import { staleMsMax, type PlayedRun, type World } from "./world.ts";

/** What a run made of a cell, by its history. */
interface Written {
  readonly row: GhostRow;
  readonly key: Key;
  readonly before: string;
  readonly after: string;
}

/** What a run did, as far as an undo may take it back. */
export interface Undoing {
  /** By side, row and column. */
  readonly cells: ReadonlyMap<string, Written>;
  /** Rows it made, put away or brought back. */
  readonly rows: ReadonlySet<string>;
  /** When it was over. */
  readonly sinceMs: number;
  /** What was entered later than this it may not have known. */
  readonly knownMs: number;
}

/** A cell an undo has put back, and what its counterpart showed then. */
export interface PutBack {
  readonly row: GhostRow;
  readonly key: Key;
  readonly value: string;
  readonly atMs: number;
  /** An edit of the counterpart since then is news, although it came before the undo. */
  readonly knownMs: number;
}

const cellId = (row: GhostRow, key: GhostKey): string => `${row.side} ${row.id} ${key}`;

/** The n-th newest run that wrote something and is told in the history; null when there is none. */
export async function findUndoing(
  world: World,
  back: number,
): Promise<{ readonly run: PlayedRun; readonly undoing: Undoing } | null> {
  const wrote = world.runs.filter((run) => run.hasWritten).toReversed();
  for (let at = 0; at < wrote.length; at += 1) {
    const run = wrote[(at + back) % wrote.length];
    if (run === undefined) continue;
    const undoing = await undoingOf(world, run);
    if (undoing !== null) return { run, undoing };
  }
  return null;
}

async function undoingOf(world: World, run: PlayedRun): Promise<Undoing | null> {
  const store = world.disk.open(() => world.ourNowMs());
  const entries = await store.loadEntries({
    run: run.id,
    pair: world.policy.id,
    types: ["change"],
  });
  const changes = entries.flatMap(({ body }) => (body.type === "change" ? [body] : []));
  if (changes.length === 0) return null;
  const cells = new Map<string, Written>();
  const rows = new Set<string>();
  for (const change of changes) {
    const id = change.ids[change.side];
    const row = id === null ? null : world.ghost.row(change.side, id);
    if (row === null) continue;
    if (isOfRow(change)) rows.add(row.id);
    for (const [name, cell] of Object.entries(change.fields)) {
      const key = keyOf(name);
      if (key === null || key === "@mark" || key === "@marker") continue;
      const first = cells.get(cellId(row, key));
      const before = first?.before ?? plainValue(cell.before);
      cells.set(cellId(row, key), { row, key, before, after: plainValue(cell.after) });
    }
  }
  // Only a run that lists both tables knows what the other side of a cell holds; an undo does not.
  const whole = world.runs.findLast((one) => one.isWhole && one.startMs <= run.startMs);
  const knownMs = (whole?.startMs ?? 0) - staleMsMax;
  return { cells, rows, sinceMs: run.endMs, knownMs };
}

function isOfRow({ op }: ChangeEntry): boolean {
  return op === "create" || op === "archive" || op === "restore" || op === "delete";
}

/** The job of an undo, and where it leaves what it came to. */
export function undoJob(
  world: World,
  run: PlayedRun,
): { readonly job: Job; readonly done: () => UndoRun | null } {
  let done: UndoRun | null = null;
  return {
    job: async (deps, options) => {
      const at = { undone: run.id, options: { ...options, trigger: "undo" as const } };
      done = await undoPair(world.policy, at, deps);
      return done.run;
    },
    done: () => done,
  };
}

/** Somebody entered a value later than the run, and not only now. */
function editedSince(row: GhostRow, key: Key, sinceMs: number): Version | null {
  const last = enteredIn(row, key).at(-1);
  return last !== undefined && last.atMs > sinceMs ? last : null;
}

/** Looks at everything a call of an undo changed. `horizonMs`: what came later is in the window. */
export function watchUndoing(
  world: World,
  at: {
    readonly undoing: Undoing;
    readonly changes: Changes;
    readonly horizonMs: (row: GhostRow) => number;
  },
): void {
  const { undoing, changes } = at;
  for (const row of changes.born) world.find("undo", `an undo made ${titled(row)}`);
  for (const { row, before } of changes.presence) {
    // What a filter shows and hides follows from its cells.
    if (stateOf(row) !== "removed" && before.state !== "removed") continue;
    watchUndoneRow(world, undoing, row);
    if (stateOf(row) === "removed") {
      watchUndonePutAway(world, { undoing, row, horizonMs: at.horizonMs(row) });
    }
  }
  for (const { row, key, before, after } of changes.cells) {
    // Its formula follows from the title.
    if (key === "shout" && row.side === "right") continue;
    world.tally.add("engine", `undo ${row.side}`);
    world.tell(() => `  ${key} of ${titled(row)}: "${before?.value}" went back to "${after}"`);
    const isMark = key === "@mark" || (key === "stage" && undoing.rows.has(row.id));
    if (isMark && after === markValue) {
      world.putAway.add(row.id);
      watchUndoneRow(world, undoing, row);
      watchUndonePutAway(world, { undoing, row, horizonMs: at.horizonMs(row) });
    } else if (isMark) {
      world.putAway.delete(row.id);
      watchUndoneRow(world, undoing, row);
    } else if (key === "@marker") {
      world.find("undo", `${key} of ${titled(row)} became "${after}" by an undo`);
    } else {
      const horizonMs = at.horizonMs(row);
      watchUndone(world, { undoing, row, key, before, after, horizonMs });
    }
  }
}

/** A cell that an undo wrote. */
function watchUndone(
  world: World,
  at: {
    readonly undoing: Undoing;
    readonly row: GhostRow;
    readonly key: Key;
    readonly before: Version | null;
    readonly after: string;
    readonly horizonMs: number;
  },
): void {
  const { undoing, row, key, before, after, horizonMs } = at;
  world.tally.add("tested", "undo");
  const written = undoing.cells.get(cellId(row, key));
  if (written === undefined) {
    world.find("undo", `${key} of ${titled(row)} was written, and the run had not written it`);
    return;
  }
  if (written.before !== after) {
    world.find(
      "undo",
      `${key} of ${titled(row)} became "${after}", and held "${written.before}" before the run`,
    );
  }
  if (!(row.cells.get(key) ?? []).some((version) => version.value === written.before)) {
    world.find("undo", `${key} of ${titled(row)} never held "${written.before}"`);
  }
  const isEdited = before !== null && before.by === "person" && before.atMs > undoing.sinceMs;
  if (isEdited && !means(row, key, before.value, written.after)) {
    if (before.atMs >= horizonMs) world.tally.add("window", "W1");
    else {
      world.find(
        "undo",
        `${key} of ${titled(row)} was put back over "${before.value}", which somebody had entered since`,
      );
    }
  }
  // An undo of an undo brings back what the first one had known, and edits since then are still news.
  const put = world.putBack.get(cellId(row, key));
  const isUndoOfUndo = put !== undefined && before?.value === put.value;
  const knownMs = isUndoOfUndo ? Math.min(put.knownMs, undoing.knownMs) : undoing.knownMs;
  world.everPutBack.add(cellId(row, key));
  world.putBack.set(cellId(row, key), { row, key, value: after, atMs: world.nowMs(), knownMs });
}

function means(row: GhostRow, key: Key, one: string, two: string): boolean {
  const { agree } = columnOf(key);
  return one === two || (row.side === "left" ? agree(one, two) : agree(two, one));
}

/** A row that an undo put away or brought back. */
function watchUndoneRow(world: World, undoing: Undoing, row: GhostRow): void {
  world.tally.add("tested", "undo");
  if (undoing.rows.has(row.id)) return;
  world.find("undo", `${titled(row)} was put away or brought back, and the run had not touched it`);
}

/** A row of the run's that an undo puts away holds nothing that somebody entered since. */
function watchUndonePutAway(
  world: World,
  at: { readonly undoing: Undoing; readonly row: GhostRow; readonly horizonMs: number },
): void {
  const { undoing, row, horizonMs } = at;
  world.tally.add("tested", "P11");
  for (const { key } of world.setting.fields) {
    // Its formula follows from the title, which is judged by itself.
    if (key === "shout" && row.side === "right") continue;
    const edit = editedSince(row, key, Math.max(undoing.sinceMs, row.bornMs));
    if (edit === null || edit.atMs >= horizonMs || edit.value !== valueOf(row, key)) continue;
    const written = undoing.cells.get(cellId(row, key));
    if (written !== undefined && means(row, key, edit.value, written.after)) continue;
    if (edit.value === "" && written === undefined) continue;
    world.find(
      "P11",
      `${titled(row)} was put away by an undo with ${key} "${edit.value}" on it, entered since the run`,
    );
  }
}

/** What the cells of a run held when its undo began. */
export type Standing = ReadonlyMap<string, string>;

export function standingOf(undoing: Undoing): Standing {
  return new Map([...undoing.cells].map(([id, { row, key }]) => [id, valueOf(row, key)]));
}

/** Where nothing stood in the way, everything was put back; and what was not is told. */
export function judgeUndo(
  world: World,
  at: { readonly undoing: Undoing; readonly before: Standing; readonly done: UndoRun },
): void {
  const { undoing, before, done } = at;
  const kept = [...(done.plan?.kept ?? []), ...done.moved];
  for (const [id, { row, key, before: held, after }] of undoing.cells) {
    if (undoing.rows.has(row.id) || stateOf(row) !== "live" || held === after) continue;
    world.tally.add("tested", "undo whole");
    const stood = before.get(id) ?? "";
    const isAsLeft = means(row, key, stood, after);
    const now = valueOf(row, key);
    if (isAsLeft && now === held) {
      world.tally.add("undo", "put back");
      continue;
    }
    // A row that stays, on either side, keeps what was carried from it.
    const said = kept.filter(
      (entry) => entry.field === null || (entry.side === row.side && keyOf(entry.field) === key),
    );
    if (said.length === 0) {
      world.find(
        "undo",
        `${key} of ${titled(row)} stays "${now}", not "${held}", and nothing tells why`,
      );
    } else if (isAsLeft && said.every((entry) => entry.why === "was changed since")) {
      world.find("undo", `${key} of ${titled(row)} is said to have changed, and holds "${stood}"`);
    } else world.tally.add("undo", said[0]?.why.replace(/\(.*\)/u, "(…)") ?? "");
    if (!isAsLeft && now !== stood) {
      world.find("undo", `${key} of ${titled(row)} was "${stood}", and became "${now}"`);
    }
  }
}

/** Whether one of these cells was put back by an undo, ever. */
export function wasPutBack(world: World, rows: readonly GhostRow[], key: Key): boolean {
  return rows.some((row) => world.everPutBack.has(cellId(row, key)));
}

/** Nobody has touched either side of a cell since it was put back, nor said what should count. */
function isResting(world: World, row: GhostRow, key: Key): boolean {
  const put = world.putBack.get(cellId(row, key));
  if (put === undefined) return false;
  const rows = [row, ...partnersOf(world.ghost, row)];
  // What is computed follows from other cells of its row.
  if (key === "shout") return false;
  return rows.every(
    (one) =>
      !world.ruled.has(`${one.id} ${key}`) &&
      !world.ruled.has(one.id) &&
      editedSince(one, key, one === row ? put.atMs : put.knownMs) === null,
  );
}

/** What an undo put back is written over only after somebody edited it, or said so. */
export function watchFlowBack(world: World, row: GhostRow, key: Key): void {
  const rows = [row, ...partnersOf(world.ghost, row)];
  const put = rows.find((one) => isResting(world, one, key));
  if (put === undefined) return;
  world.find("undo", `${key} of ${titled(row)} flowed back after an undo`);
}

/** At rest, what was put back is there, as long as nobody touched it. */
export function judgePutBack(world: World): void {
  for (const { row, key, value } of world.putBack.values()) {
    if (!isResting(world, row, key)) continue;
    world.tally.add("tested", "undo at rest");
    if (valueOf(row, key) === value) continue;
    world.find("undo", `${key} of ${titled(row)} does not hold "${value}" any more`);
  }
}

/** After a resync nobody knows what was put back. */
export function forgetPutBack(world: World): void {
  world.putBack.clear();
}
