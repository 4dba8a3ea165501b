// Everything people do in these histories, in one table: what each act is called, and what must be told
// of it. The drawing, the script and the people who carry it out all go by it.
import type { Side } from "../../src/core/side.ts";

const rowActs = [
  "copy",
  "remove",
  "restore",
  "purge",
  "shelve",
  "unshelve",
  "mark",
  "unmark",
  "unshare",
  "share",
] as const;
/** `echo` enters what the counterpart shows, or nearly so. */
const cellActs = ["edit", "style", "clear", "undo", "echo"] as const;
const schemaActs = [
  "rename-field",
  "add-field",
  "rename-option",
  "remove-option",
  "remove-field",
  "retype-field",
  "replace-field",
  "mend-field",
] as const;

/** Something done to a row, counted among those it can be done to. */
export interface RowAct {
  readonly do: (typeof rowActs)[number];
  readonly side: Side;
  readonly row: number;
}

export interface CellAct {
  readonly do: (typeof cellActs)[number];
  readonly side: Side;
  readonly row: number;
  readonly field: number;
  readonly value: number;
}

/**
 * Done to the columns. `replace-field` puts an empty one of the same name in place of one; `mend-field`
 * takes back the removal or the change of type that was made first.
 */
export interface SchemaAct {
  readonly do: (typeof schemaActs)[number];
  readonly side: Side;
  readonly field: number;
}

export interface MarkerAct {
  readonly do: "marker";
  readonly side: Side;
  readonly row: number;
  readonly to: "blank" | "junk" | "other";
}

export interface CreateAct {
  readonly do: "create";
  readonly side: Side;
  readonly value: number;
}

export type Act = RowAct | CellAct | SchemaAct | MarkerAct | CreateAct;

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((one) => one === name);
}

export function isRowAct(act: Act): act is RowAct {
  return isOneOf(rowActs, act.do);
}

export function isCellAct(act: Act): act is CellAct {
  return isOneOf(cellActs, act.do);
}

export function isSchemaAct(act: Act): act is SchemaAct {
  return isOneOf(schemaActs, act.do);
}

/** What chance has to say of an act beside its name. */
export interface ActDice {
  readonly side: Side;
  readonly row: number;
  readonly field: number;
  readonly value: number;
  readonly marker: () => MarkerAct["to"];
}

export function makeAct(name: Act["do"], dice: ActDice): Act {
  const { side, row, field, value } = dice;
  if (name === "create") return { do: name, side, value };
  if (name === "marker") return { do: name, side, row, to: dice.marker() };
  if (isOneOf(cellActs, name)) return { do: name, side, row, field, value };
  if (isOneOf(schemaActs, name)) return { do: name, side, field };
  return { do: name, side, row };
}
