// What an end looks like, in words that do not depend on ids: rows with their content and their marks,
// links, open questions, refused rows, and the edits the log says gave way.
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { Entry } from "../../src/core/entry.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { fieldId } from "../../src/core/ids.ts";
import { valueKey, type Value } from "../../src/core/value.ts";
import type { Bench } from "./bench.ts";

export interface Picture {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly links: readonly string[];
  readonly conflicts: readonly string[];
  readonly refused: readonly string[];
  readonly losers: readonly string[];
  readonly intents: number;
}

/** Fields by the id they keep when somebody renames them. */
export function cellKey(connector: MemoryConnector, row: RecordId, name: string): string {
  const value = connector.admin.cell(row, fieldId(`f-${name}`));
  return value === null || value.kind === "empty" ? "" : valueKey(value);
}

export function contentNames(bench: Bench): readonly string[] {
  return [...new Set([...bench.policy.fields.map((field) => field.name), "State"])];
}

function rowsOf(bench: Bench, side: "left" | "right"): readonly string[] {
  const connector = bench[side];
  return connector.admin
    .ids()
    .map((id) =>
      contentNames(bench)
        .map((name) => cellKey(connector, id, name))
        .join(" | "),
    )
    .toSorted();
}

const shown = (value: Value | null): string => (value === null ? "-" : valueKey(value));

export async function pictureOf(bench: Bench, entries: readonly Entry[]): Promise<Picture> {
  const store = bench.store();
  const { id } = bench.policy;
  const index = await store.loadLinkIndex(id);
  const links = await store.loadLinks(index.map((entry) => entry.id));
  const titles = new Map(links.map((link) => [link.id, link.title]));
  const conflicts = await store.loadConflicts(id, ["open", "answered"]);
  const refused = await store.loadQuarantine(id);
  return {
    left: rowsOf(bench, "left"),
    right: rowsOf(bench, "right"),
    links: links
      .map((link) => `${link.title} ${link.state} ${[...link.cells.keys()].toSorted().join(",")}`)
      .toSorted(),
    conflicts: conflicts
      .map(
        ({ kind, title, field, values, status, answer }) =>
          `${kind} ${title} ${field} ${shown(values.left)} ${shown(values.right)} ${status} ${answer?.keep}`,
      )
      .toSorted(),
    refused: refused
      .map((entry) => `${titles.get(entry.link)} ${entry.side} ${entry.code}`)
      .toSorted(),
    losers: [...new Set(entries.flatMap(loser))].toSorted(),
    intents: (await store.loadIntents(id)).length,
  };
}

function loser({ body }: Entry): readonly string[] {
  if (body.type !== "conflict" || body.winner === null) return [];
  const { title, field, values, winner } = body;
  return [`${title} ${field} ${shown(values.left.value)} ${shown(values.right.value)} ${winner}`];
}

/** Links whose rows are not where they say, or that do not name each other. */
export async function brokenLinks(bench: Bench): Promise<readonly string[]> {
  const store = bench.store();
  const index = await store.loadLinkIndex(bench.policy.id);
  return index
    .filter((entry) => entry.state === "live")
    .flatMap((entry): string[] => {
      const left = must(entry.ids.left, "a live link without a left row");
      const right = must(entry.ids.right, "a live link without a right row");
      const marker = cellKey(bench.right, right, "Link");
      const isMarked = marker === "" || marker.includes(left);
      return isMarked ? [] : [`${left} and ${right}: the marker names ${marker}`];
    });
}

/** The store's own memory: what a quiet run must leave exactly as it was. */
export async function memoryOf(bench: Bench): Promise<string> {
  const store = bench.store();
  const { id } = bench.policy;
  const index = await store.loadLinkIndex(id);
  const plain = (_key: string, value: unknown): unknown =>
    value instanceof Map ? [...value.entries()] : value;
  return JSON.stringify(
    [
      index,
      await store.loadLinks(index.map((entry) => entry.id)),
      await store.loadIntents(id),
      await store.loadConflicts(id, ["open", "answered"]),
    ],
    plain,
  );
}
