// Rows of a destination: made, changed in the parts given, and deleted or marked. Says of each what became
// of it; only what concerns every row throws.
import type { RecordId } from "../../../core/ids.ts";
import type { RowContent, RowCreate, RowOutcome, RowUpdate } from "../../destination.ts";
import { remove } from "../remove.ts";
import { makeKnownOptions } from "../typecast.ts";
import type { Column } from "./column.ts";
import { encodeRow, isTypecastSafe, type Part } from "./part.ts";
import { sendWithPeople } from "./people.ts";
import { sendItems, type Item } from "./send.ts";
import { preparedTable, type Table, type TableState } from "./table.ts";

/** What a record has no place for is told once, not of every row. */
function placeless(state: TableState, { body, icon, coverUrl }: RowContent): readonly string[] {
  const isNone = (body ?? "") === "" && icon === null && coverUrl === null;
  if (isNone || state.hasToldPlaceless) return [];
  state.hasToldPlaceless = true;
  return [
    "Bodies, icons and covers have no place in Airtable and are left out, here and elsewhere.",
  ];
}

/** Takes the mark of removal away, unless the change itself says what stands in that field. */
function unmarked(table: Table, parts: readonly Part[]): readonly Part[] {
  const { mark } = table;
  if (mark === null || parts.some(({ id }) => id === mark.id)) return parts;
  return [...parts, { column: null, id: mark.id, json: null, newOptions: [] }];
}

/**
 * New rows go by upsert where the key's field can be merged on, so that a row that is there already is
 * taken over instead of being made twice; with several such rows the service refuses.
 */
function mergeField({ key }: Table): Column | null {
  return key?.type === "singleLineText" || key?.type === "multilineText" ? key : null;
}

function createItem(state: TableState, row: RowCreate, mergeOn: Column | null): Item {
  const table = preparedTable(state);
  const encoded = encodeRow(table, row);
  const hasKey = encoded.parts.some(({ id }) => id === mergeOn?.id);
  const key: readonly Part[] =
    mergeOn === null || hasKey
      ? []
      : [{ column: mergeOn, id: mergeOn.id, json: row.key, newOptions: [] }];
  const parts = [...encoded.parts, ...key];
  return {
    id: null,
    parts: mergeOn === null ? parts : unmarked(table, parts),
    notes: [...encoded.notes, ...placeless(state, row)],
    mayBeMarked: true,
  };
}

function makesOptions({ parts }: Item): boolean {
  return parts.some(({ newOptions }) => newOptions.length > 0);
}

function withParts(item: Item, isWanted: (part: Part) => boolean): Item {
  return { ...item, parts: item.parts.filter(isWanted) };
}

/** A row that is made, and whose links or files could not be written after it. */
function halfDone(first: RowOutcome & { readonly kind: "done" }, second: RowOutcome): RowOutcome {
  switch (second.kind) {
    case "done":
      return second;
    case "failed":
      return {
        ...first,
        notes: [...first.notes, `${second.property ?? "A part"} was left out: ${second.message}`],
      };
    // Its content counts as not known, so the next change writes all of it.
    case "not-applied":
    case "unknown":
      return { kind: "unknown", message: second.message, hint: first.id };
  }
}

/**
 * Links and files in a call of their own, after the one that makes new options: what makes options would
 * take names of links for rows to be made, and refuses files.
 */
async function sendInTwo(
  state: TableState,
  items: readonly Item[],
  mergeOn: Column | null,
): Promise<readonly RowOutcome[]> {
  const firsts = await sendWithPeople(
    state,
    items.map((item) => withParts(item, isTypecastSafe)),
    mergeOn,
  );
  const rest = items.flatMap((item, index) => {
    const first = firsts[index];
    const later = withParts(item, (part) => !isTypecastSafe(part));
    if (first?.kind !== "done" || later.parts.length === 0) return [];
    return [{ index, first, item: { ...later, id: first.id, notes: first.notes } }];
  });
  const seconds =
    rest.length === 0
      ? []
      : await sendItems(
          state,
          rest.map(({ item }) => item),
          null,
        );
  const outcomes = [...firsts];
  for (const [at, { index, first, item }] of rest.entries()) {
    const second = seconds[at] ?? { kind: "unknown", message: "no outcome", hint: null };
    outcomes[index] = items[index]?.id === null ? halfDone(first, second) : second;
    if (second.kind === "done") outcomes[index] = { ...second, notes: item.notes };
  }
  return outcomes;
}

async function send(
  state: TableState,
  items: readonly Item[],
  mergeOn: Column | null,
): Promise<readonly RowOutcome[]> {
  const isMixed =
    items.some(makesOptions) &&
    items.some(({ parts }) => parts.some((part) => !isTypecastSafe(part)));
  return isMixed ? sendInTwo(state, items, mergeOn) : sendWithPeople(state, items, mergeOn);
}

export async function createRows(
  state: TableState,
  rows: readonly RowCreate[],
): Promise<readonly RowOutcome[]> {
  const mergeOn = mergeField(preparedTable(state));
  return send(
    state,
    rows.map((row) => createItem(state, row, mergeOn)),
    mergeOn,
  );
}

function updateItem(state: TableState, row: RowUpdate): Item {
  const table = preparedTable(state);
  const { parts, notes } = encodeRow(table, row);
  return {
    id: row.id,
    parts: row.isRevival ? unmarked(table, parts) : parts,
    notes: [...notes, ...placeless(state, row)],
    mayBeMarked: row.isRevival,
  };
}

export async function updateRows(
  state: TableState,
  rows: readonly RowUpdate[],
): Promise<readonly RowOutcome[]> {
  return send(
    state,
    rows.map((row) => updateItem(state, row)),
    null,
  );
}

/** Marks the rows where the config names a field for it, and deletes them otherwise. */
export async function removeRows(
  state: TableState,
  ids: readonly RecordId[],
): Promise<readonly RowOutcome[]> {
  const { mark, source } = preparedTable(state);
  if (mark !== null) {
    const newOptions = mark.isNewOption ? [String(mark.json)] : [];
    const parts = [{ column: null, id: mark.id, json: mark.json, newOptions }];
    const items = ids.map((id) => ({ id, parts, notes: [], mayBeMarked: true }));
    return sendItems(state, items, null);
  }
  const wanted = { fields: [], marker: null, filter: null };
  const { caller } = state;
  const writer = { caller, table: source, options: makeKnownOptions(source), wanted };
  const outcomes = await remove(writer, ids);
  return outcomes.map((outcome): RowOutcome => {
    switch (outcome.kind) {
      case "done":
        return { kind: "done", id: outcome.row.id, notes: [] };
      case "failed":
        return { kind: "failed", why: outcome.why, message: outcome.message, property: null };
      case "not-applied":
      case "unknown":
        return outcome;
    }
  });
}
