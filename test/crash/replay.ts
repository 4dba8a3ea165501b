// The audit log against the world: its changes, carried out one after another on the rows that stood
// there when the scene was set, give exactly the rows that stand there at the end. A write of an earlier
// run that nobody has confirmed yet is told later, and so is taken out of the rows at the start.
import type { ChangeEntry, Entry } from "../../src/core/entry.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Intent } from "../../src/core/intent.ts";
import { sides, type Side } from "../../src/core/side.ts";
import { valueKey, type Value } from "../../src/core/value.ts";
import type { Bench } from "./bench.ts";
import { cellKey, contentNames } from "./picture.ts";

type Rows = Map<RecordId, Map<string, string>>;

interface Rowset {
  readonly left: Rows;
  readonly right: Rows;
}

/** Where the log's story begins. */
export interface Start {
  readonly live: Rowset;
  readonly away: Rowset;
}

function contentOf(bench: Bench, side: Side, id: RecordId): Map<string, string> {
  return new Map(contentNames(bench).map((name) => [name, cellKey(bench[side], id, name)]));
}

function liveRows(bench: Bench, side: Side): Rows {
  return new Map(bench[side].admin.ids().map((id) => [id, contentOf(bench, side, id)]));
}

export async function startOf(bench: Bench): Promise<Start> {
  const store = bench.store();
  const live = { left: liveRows(bench, "left"), right: liveRows(bench, "right") };
  const away: Rowset = { left: new Map(), right: new Map() };
  for (const { ids } of await store.loadLinkIndex(bench.policy.id)) {
    for (const side of sides) {
      const id = ids[side];
      if (id === null || !bench[side].admin.isTrashed(id)) continue;
      away[side].set(id, contentOf(bench, side, id));
    }
  }
  for (const intent of await store.loadIntents(bench.policy.id)) takeOut(bench, intent, live);
  return { live, away };
}

function takeOut(bench: Bench, intent: Intent, live: Rowset): void {
  const rows = live[intent.side];
  if (intent.kind === "create") {
    for (const id of rows.keys()) {
      const marker = bench[intent.side].admin.cell(id, "Link");
      if (marker?.kind === "text" && marker.text === intent.marker) rows.delete(id);
    }
    return;
  }
  const row = intent.target === null ? undefined : rows.get(intent.target);
  for (const cell of intent.cells) {
    if (row?.get(cell.name) === keyOf(cell.after)) row.set(cell.name, keyOf(cell.before));
  }
}

const keyOf = (value: Value): string => (value.kind === "empty" ? "" : valueKey(value));

/** Differences between what the log tells and what is there. */
export function replay(bench: Bench, start: Start, entries: readonly Entry[]): readonly string[] {
  const bad: string[] = [];
  const copy = (rows: Rows): Rows => new Map([...rows].map(([id, row]) => [id, new Map(row)]));
  const both = ({ left, right }: Rowset): Rowset => ({ left: copy(left), right: copy(right) });
  const [told, away] = [both(start.live), both(start.away)];
  const ops = new Set<string>();
  for (const { body } of entries) {
    if (body.type !== "change") continue;
    if (body.opId !== null && ops.has(body.opId)) bad.push(`${body.opId} is told twice`);
    if (body.opId !== null) ops.add(body.opId);
    bad.push(...step(body, { told: told[body.side], away: away[body.side] }));
  }
  for (const side of sides) bad.push(...compare(side, told[side], liveRows(bench, side)));
  return bad;
}

function step(
  body: ChangeEntry,
  at: { readonly told: Rows; readonly away: Rows },
): readonly string[] {
  const id = body.ids[body.side];
  if (id === null || body.op === "link" || body.op === "unlink") return [];
  const bad: string[] = [];
  const fields = Object.entries(body.fields);
  if (body.op === "create") at.told.set(id, new Map());
  if (body.op === "restore" && fields.length === 0) move(id, at.away, at.told);
  const row = at.told.get(id);
  if (row === undefined) return [`${body.op} of a row that is not there: ${body.title}`];
  for (const [name, { before, after }] of fields) {
    const stood = row.get(name) ?? "";
    if (keyOf(before) !== stood) {
      bad.push(
        `${body.op} ${body.title}.${name} tells ${keyOf(before)} before, and it was ${stood}`,
      );
    }
    row.set(name, keyOf(after));
  }
  const isAway = body.op === "delete" || (body.op === "archive" && fields.length === 0);
  if (isAway) move(id, at.told, at.away);
  return bad;
}

function move(id: RecordId, from: Rows, to: Rows): void {
  const row = from.get(id);
  from.delete(id);
  to.set(id, row ?? new Map());
}

function compare(side: Side, told: Rows, now: Rows): readonly string[] {
  const bad: string[] = [];
  for (const id of new Set([...told.keys(), ...now.keys()])) {
    const [one, two] = [told.get(id), now.get(id)];
    if (one === undefined || two === undefined) {
      bad.push(
        `${side} ${id} is ${one === undefined ? "there, and no line tells it" : "told, and not there"}`,
      );
      continue;
    }
    for (const [name, is] of two) {
      const said = one.get(name) ?? "";
      if (said !== is) bad.push(`${side} ${id}.${name} is ${is}, and the log tells ${said}`);
    }
  }
  return bad;
}
