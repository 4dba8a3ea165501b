// What truly happened: every value every cell ever had, with its true time and author, and every row's
// coming and going. Kept by looking at the services through their side doors after each act and each
// call; the engine has no part in it.
import { other, type Side } from "../../src/core/side.ts";
import { columnOf, plainOf } from "./fields.ts";
import type { Key, Setting } from "./script.ts";
import { markerNames, markName, type Services } from "./services.ts";

/** `schema`: cells that went with their column; nobody meant them. */
export type Author = "person" | "engine" | "schema";

/** A cell of the ghost: a mapped column, the link marker, or the archive mark. */
export type GhostKey = Key | "@marker" | "@mark";

export interface Version {
  readonly value: string;
  readonly atMs: number;
  readonly by: Author;
}

export interface Presence {
  /** `away`: archived in Notion, or not shared; there, but not to be seen. */
  readonly state: "live" | "removed" | "away";
  readonly atMs: number;
  readonly by: Author;
}

export interface GhostRow {
  readonly side: Side;
  readonly id: string;
  readonly by: Author;
  readonly bornMs: number;
  readonly cells: Map<GhostKey, Version[]>;
  /** Edits of people that left a cell reading as it did: a space, a style. */
  readonly retyped: Map<GhostKey, Version[]>;
  readonly presence: Presence[];
  /** Rows of the other side that stand for the same thing. */
  readonly partners: Set<string>;
  /** Last time the engine asked for the row: when it asked, and which moment it was shown. */
  look: { readonly askedMs: number; readonly shownMs: number } | null;
  /** Which moments its answers showed, in the order they came. */
  readonly shownMs: number[];
  /** An answer that new rows are learned from showed it: any but the last look before a write. */
  isListed: boolean;
  /** Versions the engine carried over, by column: their places in `cells`. */
  readonly carried: Map<GhostKey, Set<number>>;
  /** Which moment of its source the engine had last been shown when it made this row; else null. */
  madeFromMs: number | null;
  /** How often the engine made a counterpart for this row. */
  made: number;
}

export interface CellChange {
  readonly row: GhostRow;
  readonly key: GhostKey;
  readonly before: Version | null;
  readonly after: string;
}

export interface Changes {
  /** Rows of which anything is different, even where it reads the same: a space, a style. */
  readonly touched: readonly GhostRow[];
  readonly born: readonly GhostRow[];
  readonly cells: readonly CellChange[];
  readonly presence: readonly { readonly row: GhostRow; readonly before: Presence }[];
}

export interface Ghost {
  readonly keys: readonly GhostKey[];
  row(side: Side, id: string): GhostRow | null;
  rows(side: Side): readonly GhostRow[];
  /** The present name of a column, which people may change. */
  nameOf(side: Side, key: GhostKey): string;
  rename(side: Side, key: GhostKey, name: string): void;
  /** Looks at a side and keeps what is different. */
  note(side: Side, by: Author): Changes;
  setAway(row: GhostRow, isAway: boolean): void;
  /** Not shared with the engine, which so cannot read it by any way. */
  isUnshared(row: GhostRow): boolean;
  /**
   * The column was just removed or retyped, and will be taken back: what its cells show until then is
   * no version of them, unless somebody writes it.
   */
  freeze(side: Side, key: GhostKey): void;
  thaw(side: Side, key: GhostKey): void;
  isFrozen(side: Side, key: GhostKey): boolean;
}

export function latest(row: GhostRow, key: GhostKey): Version | null {
  return row.cells.get(key)?.at(-1) ?? null;
}

/** What people entered into a cell, and when, earliest first. */
export function enteredIn(row: GhostRow, key: GhostKey): readonly Version[] {
  return [...(row.cells.get(key) ?? []), ...(row.retyped.get(key) ?? [])]
    .filter((version) => version.by === "person")
    .toSorted((one, two) => one.atMs - two.atMs);
}

export function valueOf(row: GhostRow, key: GhostKey): string {
  return latest(row, key)?.value ?? "";
}

export function stateOf(row: GhostRow): Presence["state"] {
  return row.presence.at(-1)?.state ?? "removed";
}

/** What the config calls a column. */
export function configuredName(key: GhostKey, side: Side): string {
  if (key === "@marker") return markerNames[side];
  return key === "@mark" ? markName : columnOf(key).names[side];
}

interface Sight {
  readonly id: string;
  readonly state: "live" | "removed" | "away";
  readonly values: Readonly<Record<string, unknown>>;
  /** All there is to see of it, its edit time included. */
  readonly whole: string;
}

function look(services: Services, side: Side): readonly Sight[] {
  if (side === "left") {
    return services.notion.admin.rows(services.dataSourceId, { withTrash: true }).map((row) => ({
      id: row.id,
      state: row.isInTrash ? "removed" : row.isArchived ? "away" : "live",
      values: row.values,
      whole: JSON.stringify(row),
    }));
  }
  return services.airtable.admin.rows(services.tableId).map((row) => ({
    id: row.id,
    state: "live",
    values: row.fields,
    whole: JSON.stringify(row),
  }));
}

export function makeGhost(services: Services, setting: Setting): Ghost {
  const keys: GhostKey[] = [...setting.fields.map((field) => field.key), "@marker", "@mark"];
  const rows = { left: new Map<string, GhostRow>(), right: new Map<string, GhostRow>() };
  const hidden = new Set<string>();
  /** All that each row was last seen to hold. */
  const whole = new Map<string, string>();
  /** What cells of columns that are broken for now were last seen to show, by row. */
  const frozen = {
    left: new Map<GhostKey, Map<string, string>>(),
    right: new Map<GhostKey, Map<string, string>>(),
  };
  const names = {
    left: new Map<GhostKey, string>(),
    right: new Map<GhostKey, string>(),
  };
  for (const side of ["left", "right"] as const) {
    for (const key of keys) names[side].set(key, configuredName(key, side));
  }
  const { clock } = services;
  const nameOf = (side: Side, key: GhostKey): string => names[side].get(key) ?? key;

  const note = (side: Side, by: Author): Changes => {
    const atMs = clock.nowMs();
    const born: GhostRow[] = [];
    const cells: CellChange[] = [];
    const presence: { row: GhostRow; before: Presence }[] = [];
    const touched = new Set<GhostRow>();
    const seen = new Set<string>();
    const stand = (row: GhostRow, state: Presence["state"]): void => {
      const before = row.presence.at(-1);
      if (before === undefined || before.state === state) return;
      row.presence.push({ state, atMs, by });
      presence.push({ row, before });
      touched.add(row);
    };
    for (const sight of look(services, side)) {
      seen.add(sight.id);
      const isOut =
        setting.filtered === side && plainOf(sight.values[nameOf(side, "stage")]) === "Later";
      const isAway = sight.state === "live" && (isOut || hidden.has(sight.id));
      const state = isAway ? "away" : sight.state;
      let row = rows[side].get(sight.id);
      if (row === undefined) {
        row = makeRow({ side, id: sight.id, by, atMs });
        rows[side].set(sight.id, row);
        born.push(row);
        touched.add(row);
        whole.set(sight.id, sight.whole);
        for (const key of keys) {
          row.cells.set(key, [{ value: plainOf(sight.values[nameOf(side, key)]), atMs, by }]);
        }
        row.presence.push({ state, atMs, by });
        continue;
      }
      stand(row, state);
      if (whole.get(sight.id) !== sight.whole) touched.add(row);
      whole.set(sight.id, sight.whole);
      for (const key of keys) {
        const value = plainOf(sight.values[nameOf(side, key)]);
        if (isOnlyShown(frozen[side].get(key), sight.id, value)) continue;
        const versions = row.cells.get(key) ?? [];
        const before = versions.at(-1) ?? null;
        if (before?.value === value) continue;
        versions.push({ value, atMs, by });
        cells.push({ row, key, before, after: value });
      }
    }
    for (const row of rows[side].values()) if (!seen.has(row.id)) stand(row, "removed");
    return { touched: [...touched], born, cells, presence };
  };

  return {
    keys,
    row: (side, id) => rows[side].get(id) ?? null,
    rows: (side) => [...rows[side].values()],
    nameOf,
    rename: (side, key, name) => {
      names[side].set(key, name);
    },
    note,
    isUnshared: (row) => hidden.has(row.id),
    setAway: (row, isAway) => {
      if (isAway) hidden.add(row.id);
      else hidden.delete(row.id);
    },
    freeze: (side, key) => {
      const name = nameOf(side, key);
      const shown = look(services, side).map(
        (sight) => [sight.id, plainOf(sight.values[name])] as const,
      );
      frozen[side].set(key, new Map(shown));
    },
    thaw: (side, key) => {
      frozen[side].delete(key);
    },
    isFrozen: (side, key) => frozen[side].has(key),
  };
}

/** What a cell of a broken column shows is news only when it is not what was seen there before. */
function isOnlyShown(seen: Map<string, string> | undefined, row: string, value: string): boolean {
  if (seen === undefined) return false;
  const before = seen.get(row);
  seen.set(row, value);
  return before === undefined || before === value;
}

function makeRow(made: {
  readonly side: Side;
  readonly id: string;
  readonly by: Author;
  readonly atMs: number;
}): GhostRow {
  return {
    side: made.side,
    id: made.id,
    by: made.by,
    bornMs: made.atMs,
    cells: new Map(),
    retyped: new Map(),
    presence: [],
    partners: new Set(),
    look: null,
    shownMs: [],
    isListed: false,
    carried: new Map(),
    madeFromMs: null,
    made: 0,
  };
}

/** The rows of the other side that stand for this one. */
export function partnersOf(ghost: Ghost, row: GhostRow): readonly GhostRow[] {
  return [...row.partners].flatMap((id) => ghost.row(other(row.side), id) ?? []);
}

/** One of the two has been replaced. */
export function untie(one: GhostRow, two: GhostRow): void {
  one.partners.delete(two.id);
  two.partners.delete(one.id);
}

export function tie(one: GhostRow, two: GhostRow): void {
  one.partners.add(two.id);
  two.partners.add(one.id);
}
