// What an earlier program stored is still read: keys that came later have a default.
import { expect, test } from "vitest";

import { makeIndexed, makeOnewayRun, makeSyncState } from "../../../test/fixture/oneway-store.ts";
import { decodeDocument } from "../document.ts";
import * as documents from "./documents.ts";

const without = (whole: object, ...keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));

test("a state without what was added to it since", () => {
  const state = makeSyncState();
  const old = {
    ...without(state, "cyclesBegun", "lastCycleDone"),
    cycle: without(state.cycle ?? {}, "startCursor", "unnamed"),
  };
  expect(decodeDocument(documents.syncState, "s", JSON.stringify(old))).toEqual({
    ...state,
    cyclesBegun: 0,
    lastCycleDone: null,
    cycle: { ...state.cycle, startCursor: null, unnamed: 0 },
  });
});

test("a row without what was added to it since", () => {
  const { parts } = makeIndexed("k");
  expect(decodeDocument(documents.rowDocument, "r", JSON.stringify({ parts }))).toEqual({
    parts,
    waiting: {},
    problem: null,
  });
});

test.each([
  ["a key that nobody knows", { ...makeOnewayRun("r"), more: 1 }],
  ["a status that nobody knows", { ...makeOnewayRun("r"), status: "done" }],
  ["half an instant", { ...makeOnewayRun("r"), startedAtMs: 1.5 }],
  ["a count that is missing", { ...makeOnewayRun("r"), counts: { created: 1 } }],
])("a run with %s is damage", (_, run) => {
  expect(() => decodeDocument(documents.run, "run r", JSON.stringify(run))).toThrow(
    expect.objectContaining({ code: "store_corrupt" }),
  );
});
