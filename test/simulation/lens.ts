// Old readings: shows a row as it was some seconds ago. Both services may do that, each row by itself;
// the sandboxes always tell the truth, so the older states are kept here and put into their answers.
import { isObject, type Json, type JsonObject } from "../../src/sandbox/notion/json.ts";
import type { Side } from "../../src/core/side.ts";
import type { GhostRow } from "./ghost.ts";
import type { Services } from "./services.ts";
import type { SandboxRequest } from "../../src/sandbox/wire.ts";

interface Kept {
  readonly atMs: number;
  /** Null while the row was not there, or not to be listed. */
  readonly json: JsonObject | null;
}

export interface Lens {
  /** Keeps the present state of rows that just changed. */
  keep(rows: readonly GhostRow[]): void;
  /** Schemas changed: older pictures no longer fit. */
  forget(): void;
  /** The answer's body as of `lagMs` ago, where it is an answer about rows. */
  blur(
    at: { readonly side: Side; readonly request: SandboxRequest; readonly body: unknown },
    lagMs: number,
  ): unknown;
}

function picture(services: Services, row: Pick<GhostRow, "side" | "id">): JsonObject | null {
  const isLeft = row.side === "left";
  const query = new URLSearchParams(isLeft ? {} : { returnFieldsByFieldId: "true" });
  const { notion, airtable, baseId, tableId } = services;
  const answer = (isLeft ? notion : airtable).service({
    method: "GET",
    path: isLeft ? `/v1/pages/${row.id}` : `/v0/${baseId}/${tableId}/${row.id}`,
    query,
    headers: {
      authorization: `Bearer ${isLeft ? notion.token : airtable.token}`,
      ...(isLeft ? { "notion-version": "2026-03-11" } : {}),
    },
    body: "",
  });
  if (answer.status !== 200) return null;
  const json = JSON.parse(JSON.stringify(answer.body)) as Json;
  return isObject(json) ? json : null;
}

export function makeLens(services: Services): Lens {
  const kept = { left: new Map<string, Kept[]>(), right: new Map<string, Kept[]>() };
  const { clock } = services;

  /** Undefined: nothing older is known, so the truth stands. */
  const asOf = (side: Side, id: string, atMs: number): JsonObject | null | undefined => {
    const states = kept[side].get(id);
    if (states === undefined) return undefined;
    return states.findLast((state) => state.atMs <= atMs)?.json ?? null;
  };

  return {
    keep: (rows) => {
      for (const row of rows) {
        const states = kept[row.side].get(row.id) ?? [];
        states.push({ atMs: clock.nowMs(), json: picture(services, row) });
        kept[row.side].set(row.id, states);
      }
    },
    forget: () => {
      // A row that was there before is not one that came into being since: what it shows under the
      // present schema stands for all that went before.
      for (const side of ["left", "right"] as const) {
        for (const id of kept[side].keys()) {
          const json = picture(services, { side, id });
          kept[side].set(id, [{ atMs: Number.NEGATIVE_INFINITY, json }]);
        }
      }
    },
    blur: ({ side, request, body }, lagMs) => {
      const atMs = clock.nowMs() - lagMs;
      const whole = JSON.parse(JSON.stringify(body)) as Json;
      if (!isObject(whole)) return body;
      const see = (json: JsonObject): JsonObject | null => {
        const id = json["id"];
        const old = typeof id === "string" ? asOf(side, id, atMs) : undefined;
        if (old === undefined) return json;
        return old === null ? null : narrowed(side, old, request);
      };
      if (side === "left" && whole["object"] === "page") return see(whole) ?? whole;
      const key = side === "left" ? "results" : "records";
      const rows = whole[key];
      if (!Array.isArray(rows)) return body;
      const shown = rows.flatMap((row) => {
        const old = isObject(row) ? see(row) : row;
        return old === null || !isListed(old, request) ? [] : [old];
      });
      return { ...whole, [key]: shown };
    },
  };
}

/** A listing shows live rows, or those in the archive, and a recheck only those edited since. */
function isListed(row: Json, request: SandboxRequest): boolean {
  if (!isObject(row) || row["in_trash"] === true) return false;
  if ((row["is_archived"] === true) !== request.body.includes('"is_archived":true')) return false;
  const since = /"last_edited_time":\{"on_or_after":"([^"]+)"/.exec(request.body)?.[1];
  const edited = row["last_edited_time"];
  return (
    since === undefined || (typeof edited === "string" && Date.parse(edited) >= Date.parse(since))
  );
}

/** Only the properties that were asked for. */
function narrowed(side: Side, row: JsonObject, request: SandboxRequest): JsonObject {
  if (side === "left") {
    const asked = new Set(request.query.getAll("filter_properties").map(decodeURIComponent));
    const properties = row["properties"];
    if (asked.size === 0 || !isObject(properties)) return row;
    const left = Object.entries(properties).filter(
      ([, json]) =>
        isObject(json) &&
        typeof json["id"] === "string" &&
        asked.has(decodeURIComponent(json["id"])),
    );
    return { ...row, properties: Object.fromEntries(left) };
  }
  const asked = new Set(request.query.getAll("fields[]"));
  const { fields } = row;
  if (asked.size === 0 || !isObject(fields)) return row;
  const left = Object.entries(fields).filter(([id]) => asked.has(id));
  return { ...row, fields: Object.fromEntries(left) };
}
