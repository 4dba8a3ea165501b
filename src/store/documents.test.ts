// Documents of stores of earlier versions: a key that was added later is absent there, and means what it
// meant before it existed. What never may be absent stays damage, and what nobody knows is refused.
import { expect, test } from "vitest";
import type { z } from "zod";

import {
  changeBody,
  makeConflict,
  makeEntry,
  makeIntent,
  makePair,
  makeQuarantine,
  makeRun,
  runBody,
} from "../../test/fixture/store.ts";
import { decodeDocument, encodeDocument } from "./document.ts";
import { entry, intent } from "./entry-document.ts";
import * as documents from "./state-document.ts";

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
