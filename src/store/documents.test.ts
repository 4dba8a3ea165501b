// Documents of stores of earlier versions: a key that was added later is absent there, and means what it
// meant before it existed. What never may be absent stays damage, and what nobody knows is refused.
import { expect, test } from "vitest";
import type { z } from "zod";

import {
  makeBinding,
  makeIndexed,
  makeOnewayRun,
  makeSyncState,
} from "../../test/fixture/oneway-store.ts";
import {
  changeBody,
  everyValue,
  makeConflict,
  makeEntry,
  makeIntent,
  makePair,
  makeQuarantine,
  makeRun,
  runBody,
  runReport,
} from "../../test/fixture/store.ts";
import type { ConflictEntry } from "../core/entry.ts";
import { recordId } from "../core/ids.ts";
import { decodeDocument, encodeDocument } from "./document.ts";
import { entry, intent } from "./entry-document.ts";
import * as oneway from "./oneway/documents.ts";
import * as documents from "./state-document.ts";

const conflictBody: ConflictEntry = {
  type: "conflict",
  link: changeBody.link,
  ids: changeBody.ids,
  title: "Spec",
  field: "Name",
  base: everyValue.text,
  values: {
    left: { value: everyValue.files, atMs: 1 },
    right: { value: everyValue.empty, atMs: null },
  },
  winner: null,
  rule: "F12",
  label: "held",
};

const problemBody = {
  type: "problem",
  side: null,
  ids: changeBody.ids,
  field: null,
  code: "drift",
  message: "m",
  remedy: "r",
} as const;

const problemCodes = [
  "undecodable",
  "not_representable",
  "answer_refused",
  "rejected",
  "row_missing",
  "row_lost",
  "row_unknown",
  "out_of_scope",
  "duplicate_key",
  "copied_row",
  "marker_dangling",
  "outcome_unknown",
  "create_in_doubt",
  "edit_versus_delete",
  "differs_at_first_sync",
  "archive_not_configured",
  "unarchived_by_hand",
  "drift",
  "lossy_target",
  "renamed",
  "hot_row",
  "moved_meanwhile",
  "suspect_reading",
  "listing_incomplete",
  "unlinked_left",
  "history",
];

interface Case {
  readonly schema: z.ZodType;
  readonly sample: object;
  /** Keys an earlier store may lack, and what stands for them. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** A key that makes the document what it is. */
  readonly needed: string;
}

const cases: Readonly<Record<string, Case>> = {
  pair: {
    schema: documents.pairState,
    sample: makePair(),
    defaults: {
      resolved: null,
      isPaused: false,
      firstSyncedAtMs: null,
      lastScans: { left: null, right: null },
      prefer: null,
      halted: null,
      approvals: [],
    },
    needed: "id",
  },
  conflict: {
    schema: documents.conflict,
    sample: makeConflict("k7f2", "a"),
    defaults: { base: null, answer: null },
    needed: "kind",
  },
  quarantine: {
    schema: documents.quarantine,
    sample: makeQuarantine("a"),
    defaults: { contentHash: "", retryAtMs: 0, attempts: 1 },
    needed: "side",
  },
  run: {
    schema: documents.runRecord,
    sample: makeRun("run1"),
    defaults: { counts: null, requests: null, error: null },
    needed: "status",
  },
  intent: {
    schema: intent,
    sample: makeIntent("op1", "a"),
    defaults: {
      marker: null,
      archival: null,
      isParting: false,
      title: "",
      conflicts: [],
      attempt: 1,
    },
    needed: "cells",
  },
  "change entry": {
    schema: entry,
    sample: makeEntry(changeBody),
    defaults: {},
    needed: "atMs",
  },
  binding: { schema: oneway.binding, sample: makeBinding(), defaults: {}, needed: "isIndexed" },
  "sync state": {
    schema: oneway.syncState,
    sample: makeSyncState(),
    defaults: { cyclesBegun: 0, lastCycleDone: null },
    needed: "cursor",
  },
  "cycle of a sync state": {
    schema: oneway.syncState,
    sample: makeSyncState({ cycle: null, held: null, lastFailure: null }),
    defaults: {},
    needed: "cycle",
  },
  "one-way row": {
    schema: oneway.rowDocument,
    sample: { parts: makeIndexed("k").parts, waiting: {}, problem: { message: "m", hash: "h" } },
    defaults: { waiting: {}, problem: null },
    needed: "parts",
  },
  "one-way run": {
    schema: oneway.run,
    sample: makeOnewayRun("r", { error: { name: "Error", message: "m" }, hasMore: true }),
    defaults: {},
    needed: "hasMore",
  },
  "webhook call": {
    schema: oneway.event,
    sample: { id: "e", hook: "crm/hook", json: { a: [null] }, attempts: 2, notBeforeMs: 3 },
    defaults: {},
    needed: "attempts",
  },
  "run entry with a report": {
    schema: entry,
    sample: makeEntry({ ...runBody, report: runReport }),
    defaults: {},
    needed: "run",
  },
  "run entry": {
    schema: entry,
    sample: makeEntry(runBody),
    defaults: {},
    needed: "body",
  },
};

test.each(Object.entries(cases))("a %s of an earlier store is read with defaults", (_, given) => {
  const { schema, sample, defaults, needed } = given;
  expect(decodeDocument(schema, "it", encodeDocument(schema, "it", sample))).toEqual(sample);
  for (const [key, value] of Object.entries(defaults)) {
    const doc: Record<string, unknown> = { ...sample };
    delete doc[key];
    const read = decodeDocument(schema, "it", JSON.stringify(doc));
    expect(read).toEqual({ ...sample, [key]: value });
  }
  const { [needed]: _gone, ...broken } = { ...sample } as Record<string, unknown>;
  expect(() => decodeDocument(schema, "it", JSON.stringify(broken))).toThrow("cannot be read");
});

test("keys inside an entry that came later are absent there too", () => {
  const { report: _report, ...early } = { ...runBody, report: undefined };
  const { windowMsMax: _window, ...earlier } = early;
  const doc = JSON.stringify(makeEntry(runBody, {})).replace(
    JSON.stringify(runBody),
    JSON.stringify(earlier),
  );
  expect(decodeDocument(entry, "it", doc).body).toEqual({ ...runBody, windowMsMax: 0 });
});

test.each<[string, object, object]>([
  ["opId", { ...changeBody }, { opId: null }],
  ["field", { ...problemBody }, { field: null }],
  [
    "counts",
    { type: "halt", guard: "maxRemove", message: "m", remedy: "r", counts: {} },
    { counts: {} },
  ],
  ["windowMsMax", { ...runBody }, { windowMsMax: 0 }],
  ["error", { ...runBody }, { error: null }],
])("an entry of an earlier store without its %s is read", (key, body, meant) => {
  const { [key]: _gone, ...rest } = body as Record<string, unknown>;
  const doc = JSON.stringify({ ...makeEntry(), body: rest });
  expect(decodeDocument(entry, "it", doc)).toEqual({ ...makeEntry(), body: { ...body, ...meant } });
});

test("an intent's cell of an earlier store is exact, and moves the base", () => {
  const whole = makeIntent("op1", "a");
  const cells = whole.cells.map(({ isLossy: _lossy, isBase: _base, ...cell }) => cell);
  expect(decodeDocument(intent, "it", JSON.stringify({ ...whole, cells }))).toEqual(whole);
  const more = makeIntent("op1", "a", {
    isJoining: true,
    isLift: false,
    replaces: recordId("rec-z"),
    conflicts: [conflictBody],
  });
  expect(decodeDocument(intent, "it", encodeDocument(intent, "it", more))).toEqual(more);
});

test("keys inside a document that came later are absent there too", () => {
  const state = makeSyncState();
  const { startCursor: _cursor, unnamed: _unnamed, ...cycle } = { ...state.cycle };
  const read = decodeDocument(oneway.syncState, "it", JSON.stringify({ ...state, cycle }));
  expect(read.cycle).toEqual({ ...state.cycle, startCursor: null, unnamed: 0 });
  const { resolved, halted, ...rest } = makePair();
  const side = (from: object | undefined): object => {
    const { parentId: _parent, ...others } = { parentId: 1, ...from };
    return others;
  };
  const { amount: _amount, ...stopped } = { ...halted };
  const earlier = {
    ...rest,
    resolved: { left: side(resolved?.left), right: side(resolved?.right) },
    halted: stopped,
  };
  expect(decodeDocument(documents.pairState, "it", JSON.stringify(earlier))).toEqual({
    ...makePair(),
    halted: { ...halted, amount: 0 },
  });
  const { restored: _restored, waiting: _waiting, ...counts } = runBody.counts;
  const run = makeEntry({ ...runBody, counts: counts as never });
  expect(decodeDocument(entry, "it", JSON.stringify(run)).body).toEqual({
    ...runBody,
    counts: { ...counts, restored: { left: 0, right: 0 }, waiting: 0 },
  });
});

test("a report without any of its keys is damage, also one within another", () => {
  const keys: readonly (readonly string[])[] = [
    ...Object.keys(runReport).map((key) => [key]),
    ...Object.keys(runReport.conflicts).map((key) => ["conflicts", key]),
    ...Object.keys(runReport.writes).map((key) => ["writes", key]),
    ["overwrites", "left"],
  ];
  for (const [first = "", second] of keys) {
    const report: Record<string, unknown> = structuredClone({ ...runReport });
    if (second === undefined) Reflect.deleteProperty(report, first);
    else Reflect.deleteProperty(report[first] as object, second);
    const doc = JSON.stringify(makeEntry({ ...runBody, report: report as never }));
    expect(() => decodeDocument(entry, "it", doc), `${first} ${second}`).toThrow("cannot be read");
  }
});

test("a key that nobody knows is not passed over", () => {
  const doc = JSON.stringify({ ...makePair(), mood: "good" });
  expect(() => decodeDocument(documents.pairState, "pair", doc)).toThrow("cannot be read");
});

/** What may stand in a place, for every closed set of words that is stored. */
const words: readonly (readonly [z.ZodType, (word: string) => object, readonly string[]])[] = [
  [
    documents.runRecord,
    (status) => ({ ...makeRun("r"), status }),
    ["ok", "attention", "halted", "error", "running"],
  ],
  [
    documents.runRecord,
    (trigger) => ({ ...makeRun("r"), trigger }),
    ["cli", "cron", "webhook", "undo", "apply", "resync", "demo"],
  ],
  [documents.pairState, (prefer) => ({ ...makePair(), prefer }), ["left", "right", "newer"]],
  [
    documents.pairState,
    (guard) => ({ ...makePair(), approvals: [{ guard, amountMax: 1 }] }),
    ["maxRemove", "maxCreate", "massChange", "massBlank", "emptySide"],
  ],
  [
    documents.conflict,
    (status) => ({ ...makeConflict("k", "a"), status }),
    ["open", "answered", "closed"],
  ],
  [
    documents.conflict,
    (kind) => ({ ...makeConflict("k", "a"), kind }),
    ["cell", "alignment", "lossy", "drift", "edit-vs-delete", "create-in-doubt", "undone"],
  ],
  [
    documents.conflict,
    (keep) => ({ ...makeConflict("k", "a"), answer: { keep } }),
    ["left", "right", "both"],
  ],
  [documents.quarantine, (side) => ({ ...makeQuarantine("a"), side }), ["left", "right"]],
  [
    intent,
    (kind) => ({ ...makeIntent("o", "a"), kind }),
    ["create", "update", "remove", "restore"],
  ],
  [intent, (status) => ({ ...makeIntent("o", "a"), status }), ["sent", "unknown"]],
  [intent, (side) => ({ ...makeIntent("o", "a"), side }), ["left", "right"]],
  [
    entry,
    (op) => ({ ...makeEntry(), body: { ...changeBody, op } }),
    ["create", "update", "archive", "restore", "delete", "link", "unlink"],
  ],
  [
    entry,
    (status) => ({ ...makeEntry(), body: { ...runBody, status } }),
    ["ok", "attention", "halted", "error"],
  ],
  [
    entry,
    (winner) => ({ ...makeEntry(), body: { ...conflictBody, winner } }),
    ["left", "right", "merged"],
  ],
  [
    entry,
    (label) => ({ ...makeEntry(), body: { ...conflictBody, label } }),
    ["proven", "estimated", "tie", "policy", "held"],
  ],
  [entry, (code) => ({ ...makeEntry(), body: { ...problemBody, code } }), problemCodes],
  [oneway.binding, (origin) => ({ ...makeBinding(), origin }), ["config", "managed", "command"]],
  [
    oneway.syncState,
    (guard) => ({ ...makeSyncState(), held: { ...makeSyncState().held, guard } }),
    ["empty", "shrunk", "cap", "first-attached"],
  ],
  [
    oneway.run,
    (trigger) => ({ ...makeOnewayRun("r"), trigger }),
    ["schedule", "manual", "preview", "exec", "webhook"],
  ],
  [
    oneway.run,
    (status) => ({ ...makeOnewayRun("r"), status }),
    ["running", "ok", "attention", "failed", "rate-limited", "held", "stopped"],
  ],
];

test.each(words)(
  "every word of a closed set is stored, and no other: %#",
  (schema, make, known) => {
    for (const word of known) {
      const sample = make(word);
      expect(decodeDocument(schema, "it", encodeDocument(schema, "it", sample)), word).toEqual(
        sample,
      );
    }
    expect(() => encodeDocument(schema, "it", make("nonsense"))).toThrow("it cannot be stored: ");
    expect(() => decodeDocument(schema, "it", JSON.stringify(make("nonsense")))).toThrow(
      "The store holds it that cannot be read",
    );
  },
);

test("what cannot be stored or read is told by its place, never by its content", () => {
  const lost = { ...makePair(), isPaused: "secret" };
  expect(() => encodeDocument(documents.pairState, "pair p", lost as never)).toThrow(
    /^pair p cannot be stored: isPaused$/u,
  );
  expect(() => decodeDocument(documents.pairState, "pair p", "{")).toThrow(
    "The store holds pair p that cannot be read (not JSON).",
  );
  expect(() => decodeDocument(documents.pairState, "pair p", "7")).toThrow("(whole)");
});
