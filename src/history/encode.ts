// One entry of the store as one line of the audit log. The same entry under the same number after the
// same line always gives the same bytes: that is how a line is recognised after a crash.
import { createHash } from "node:crypto";

import type { EntryBody, RunCounts } from "../core/entry.ts";
import type { RunReport } from "../core/report.ts";
import type { RecordId } from "../core/ids.ts";
import type { Side, Sided } from "../core/side.ts";
import { redact } from "../lib/redact.ts";
import type { NumberedEntry } from "../store/store.ts";
import { isoTime, showValue } from "./shown.ts";

/** What the sides are called in the log: `{ left: "notion", right: "airtable" }`. */
export type SideNames = Sided<string>;

/** `prev` of the first line. */
export const noLine: string = "0".repeat(64);

/** The hash that the next line carries as `prev`. Takes the line without its line end. */
export function hashLine(line: string | Uint8Array): string {
  return createHash("sha256").update(line).digest("hex");
}

/** The line without its line end. */
export function encodeLine(item: NumberedEntry, prev: string, names: SideNames): string {
  const { run, pair, atMs, body } = item.entry;
  return JSON.stringify({
    type: body.type,
    at: isoTime(atMs),
    run,
    pair,
    seq: item.seq,
    prev,
    ...encodeBody(body, names),
  });
}

function encodeBody(body: EntryBody, names: SideNames): object {
  switch (body.type) {
    case "change":
      return {
        side: names[body.side],
        op: body.op,
        ...encodeIds(body.ids, names),
        title: redact(body.title),
        fields: Object.fromEntries(
          Object.entries(body.fields).map(([name, { before, after, rule }]) => [
            name,
            { before: showValue(before), after: showValue(after), rule },
          ]),
        ),
      };
    case "conflict":
      return {
        ...encodeIds(body.ids, names),
        title: redact(body.title),
        field: body.field,
        base: body.base === null ? null : showValue(body.base),
        ...bySide(names, (side) => ({
          value: showValue(body.values[side].value),
          at: body.values[side].atMs === null ? null : isoTime(body.values[side].atMs),
        })),
        winner: body.winner === null || body.winner === "merged" ? body.winner : names[body.winner],
        rule: body.rule,
        label: body.label,
      };
    case "problem":
      return {
        side: body.side === null ? null : names[body.side],
        ...withoutNulls(encodeIds(body.ids, names)),
        ...withoutNulls({ field: body.field }),
        code: body.code,
        message: redact(body.message),
        remedy: redact(body.remedy),
      };
    case "halt":
      return {
        guard: body.guard,
        message: redact(body.message),
        remedy: redact(body.remedy),
        counts: body.counts,
      };
    case "run":
      return {
        status: body.status,
        trigger: body.trigger,
        startedAt: isoTime(body.startedAtMs),
        durationMs: body.durationMs,
        counts: encodeCounts(body.counts, names),
        requests: bySide(names, (side) => body.requests[side]),
        windowMsMax: body.windowMsMax,
        ...(body.report === undefined ? {} : { report: encodeReport(body.report, names) }),
        ...(body.error === null ? {} : { error: encodeError(body.error) }),
      };
  }
}

function encodeReport(report: RunReport, names: SideNames): object {
  const { overwrites, unseen, agreement, ...rest } = report;
  return {
    agreement,
    overwrites: bySide(names, (side) => overwrites[side]),
    ...rest,
    ...(unseen === null ? {} : { unseen }),
  };
}

type RunError = { readonly code: string; readonly message: string; readonly remedy: string };

function encodeError({ code, message, remedy }: RunError): RunError {
  return { code, message: redact(message), remedy: redact(remedy) };
}

function encodeCounts(counts: RunCounts, names: SideNames): object {
  const named = (pair: Sided<number>): object => bySide(names, (side) => pair[side]);
  return {
    created: named(counts.created),
    updated: named(counts.updated),
    archived: named(counts.archived),
    deleted: named(counts.deleted),
    linked: counts.linked,
    unlinked: counts.unlinked,
    conflicts: counts.conflicts,
    failed: counts.failed,
    unchanged: counts.unchanged,
    restored: named(counts.restored),
    waiting: counts.waiting,
  };
}

function encodeIds(
  ids: Sided<RecordId | null>,
  names: SideNames,
): Readonly<Record<string, string | null>> {
  return { [`${names.left}Id`]: ids.left, [`${names.right}Id`]: ids.right };
}

function bySide<T>(names: SideNames, make: (side: Side) => T): Readonly<Record<string, T>> {
  return { [names.left]: make("left"), [names.right]: make("right") };
}

function withoutNulls(keys: Readonly<Record<string, string | null>>): object {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null));
}
