// What people do in both apps, through the side doors: each act of a script is carried out on what is
// there, or passed over where there is nothing to do it to.
import type { Side } from "../../src/core/side.ts";
import { columnOf } from "./fields.ts";
import { partnersOf, stateOf, valueOf, type GhostKey, type GhostRow } from "./ghost.ts";
import type { Lens } from "./lens.ts";
import {
  isCellAct,
  isRowAct,
  isSchemaAct,
  type Act,
  type CellAct,
  type CreateAct,
  type MarkerAct,
  type RowAct,
} from "./acts.ts";
import { changeSchema, hasColumn } from "./schema-acts.ts";
import type { Key } from "./script.ts";
import { markValue } from "./services.ts";
import { note, pick, poisonTitle, type World } from "./world.ts";

/** Rows that people see on a side, oldest first; by what they hold where that must not count. */
function there(world: World, side: Side, state: "live" | "removed" | "away"): readonly GhostRow[] {
  const rows = world.ghost.rows(side).filter((row) => stateOf(row) === state);
  const shown = rows.filter((row) =>
    [row, ...partnersOf(world.ghost, row)].every((one) => valueOf(one, "title") !== poisonTitle),
  );
  return world.setting.isSorted === true ? shown.toSorted(byContent(world)) : shown;
}

function byContent({ setting }: World): (one: GhostRow, two: GhostRow) => number {
  const content = (row: GhostRow): string =>
    JSON.stringify(setting.fields.map(({ key }) => valueOf(row, key)));
  return (one, two) => (content(one) < content(two) ? -1 : content(one) > content(two) ? 1 : 0);
}

/** Columns people can type into on a side. */
function typable(world: World, side: Side): readonly Key[] {
  return world.setting.fields
    .map((field) => field.key)
    .filter((key) => key !== "shout" || side === "left")
    .filter((key) => !world.ghost.isFrozen(side, key));
}

function setCell(
  world: World,
  row: GhostRow,
  to: { readonly key: GhostKey; readonly plain: string; readonly isStyled?: boolean },
): void {
  const { notion, airtable, person } = world.services;
  const name = world.ghost.nameOf(row.side, to.key);
  const { plain } = to;
  if (to.key === "@marker" || to.key === "@mark") {
    const isMark = to.key === "@mark";
    if (row.side === "right") {
      airtable.admin.editRow(row.id, { [name]: plain === "" ? null : plain }, person);
    } else if (isMark) {
      notion.admin.editPage(row.id, { [name]: { select: plain === "" ? null : { name: plain } } });
    } else {
      const words = plain === "" ? [] : [{ text: { content: plain } }];
      notion.admin.editPage(row.id, { [name]: { rich_text: words } });
    }
    return;
  }
  const column = columnOf(to.key);
  if (row.side === "right") {
    airtable.admin.editRow(row.id, { [name]: column.toRight(plain) }, person);
  } else {
    notion.admin.editPage(row.id, { [name]: column.toLeft(plain, to.isStyled ?? false) });
  }
}

/** What an act came to, in words; null when there was nothing to do it to. */
function carryOut(world: World, act: Act): string | null {
  if (isCellAct(act)) return type(world, act);
  if (isRowAct(act)) return handle(world, act);
  if (isSchemaAct(act)) return changeSchema(world, act);
  return act.do === "create" ? create(world, act) : setMarker(world, act);
}

function setMarker(world: World, act: MarkerAct): string | null {
  const row = pick(there(world, act.side, "live"), act.row);
  if (row === null || !hasColumn(world, act.side, "@marker")) return null;
  const others = world.ghost.rows(act.side === "left" ? "right" : "left");
  const plain = { blank: "", junk: "junk", other: pick(others, act.row + 1)?.id ?? "" }[act.to];
  setCell(world, row, { key: "@marker", plain });
  return `sets the link marker of ${titled(row)} to "${plain}"`;
}

export function titled(row: GhostRow): string {
  return `"${valueOf(row, "title")}" (${row.id.slice(-6)})`;
}

function type(world: World, act: CellAct): string | null {
  const row = pick(there(world, act.side, "live"), act.row);
  const key = pick(typable(world, act.side), act.field);
  if (row === null || key === null) return null;
  const now = valueOf(row, key);
  const earlier = row.cells.get(key)?.findLast((version) => version.value !== now);
  const plain = {
    clear: "",
    undo: earlier?.value ?? "",
    echo: echoed(world, row, { key, value: act.value }),
    edit: columnOf(key).value(act.side, act.value),
    style: columnOf(key).value(act.side, act.value),
  }[act.do];
  // Notion takes no option with a comma in its name.
  if (key === "stage" && act.side === "left" && plain.includes(",")) return null;
  const isStyled = act.do === "style";
  setCell(world, row, { key, plain, isStyled });
  if (plain.trimEnd() === now && (plain !== now || isStyled)) {
    const edit = { value: now, atMs: world.nowMs(), by: "person" } as const;
    row.retyped.set(key, [...(row.retyped.get(key) ?? []), edit]);
  }
  return `sets ${key} of ${titled(row)} from "${now}" to "${plain}"${isStyled ? " in bold" : ""}`;
}

/** What the counterpart shows, or something that means the same there. */
function echoed(
  world: World,
  row: GhostRow,
  at: { readonly key: Key; readonly value: number },
): string {
  const [partner] = partnersOf(world.ghost, row);
  const there = partner === undefined ? "" : valueOf(partner, at.key);
  if (there === "" || at.value % 2 === 0) return there;
  if (at.key === "cost") return String(Math.round(Number(there) * 100 + 2) / 100);
  return at.key === "title" || at.key === "note" ? `${there} ` : there;
}

function create(world: World, act: CreateAct): string {
  const { notion, airtable, dataSourceId, tableId, person } = world.services;
  const keys = typable(world, act.side).filter(
    (_, at) => at === 0 || ((act.value >> at) & 1) === 1,
  );
  const entries = keys.map((key) => {
    const column = columnOf(key);
    const plain = column.value(act.side, act.value);
    return [
      world.ghost.nameOf(act.side, key),
      act.side === "left" ? column.toLeft(plain, false) : column.toRight(plain),
    ] as const;
  });
  const fields = Object.fromEntries(entries);
  if (act.side === "left")
    notion.admin.createPage({ parent: { dataSourceId }, properties: fields });
  else airtable.admin.addRow(tableId, fields, { by: person });
  return `makes a row "Row ${act.value}"`;
}

function handle(world: World, act: RowAct): string | null {
  const { notion, airtable } = world.services;
  const isLeft = act.side === "left";
  const from = { restore: "removed", purge: "removed", unshelve: "away", share: "away" } as const;
  const state = act.do in from ? from[act.do as keyof typeof from] : "live";
  const row = pick(there(world, act.side, state), act.row);
  if (row === null) return null;
  const what = titled(row);
  const markKey: GhostKey = world.setting.isMarkMapped ? "stage" : "@mark";
  switch (act.do) {
    case "copy": {
      const id = isLeft ? notion.admin.duplicatePage(row.id) : airtable.admin.duplicateRow(row.id);
      return `copies ${what} as (${id.slice(-6)})`;
    }
    case "remove":
      if (isLeft) notion.admin.trash(row.id);
      else airtable.admin.deleteRow(row.id);
      return `removes ${what}`;
    case "restore":
      if (isLeft && notion.admin.readPage(row.id) === null) return null;
      if (isLeft) notion.admin.restore(row.id);
      else airtable.admin.restoreRow(row.id);
      return `restores ${what}`;
    case "purge":
      if (!isLeft || notion.admin.readPage(row.id) === null) return null;
      notion.admin.purgePage(row.id);
      return `purges ${what}`;
    case "shelve":
    case "unshelve":
      if (!isLeft) return null;
      notion.admin.archivePage(row.id, act.do === "shelve");
      return `${act.do}s ${what}`;
    case "unshare":
    case "share":
      if (!isLeft) return null;
      if (act.do === "unshare") notion.admin.unshare(row.id);
      else notion.admin.share(row.id);
      world.ghost.setAway(row, act.do === "unshare");
      return `${act.do}s ${what}`;
    case "mark":
    case "unmark": {
      if (!hasColumn(world, act.side, markKey)) return null;
      const plain = act.do === "mark" ? markValue : "";
      if (act.do === "unmark" && valueOf(row, markKey) !== markValue) return null;
      setCell(world, row, { key: markKey, plain });
      return `${act.do === "mark" ? "sets" : "takes off"} the archive mark of ${what}`;
    }
  }
}

/** Carries an act out, and keeps what it changed. */
export function perform(world: World, lens: Lens | null, act: Act): void {
  const told = carryOut(world, act);
  if (told === null) return;
  world.tally.add("people", act.do);
  const changes = note(world, act.side, act.do === "replace-field" ? "schema" : "person");
  if (isSchemaAct(act)) lens?.forget();
  lens?.keep(changes.touched);
  world.tell(() => `somebody in ${act.side === "left" ? "Notion" : "Airtable"} ${told}`);
}
