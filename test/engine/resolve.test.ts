// A person's answer on its way into the store, and the answers that are turned away.
import { afterEach, beforeEach, expect, test } from "vitest";
import { pairId, type PairId } from "../../src/core/ids.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Conflict, ConflictAnswer, Store } from "../../src/store/store.ts";
import { makeConflict, makeLink, makePair, pair } from "../fixture/store.ts";

const second = pairId("second");
const pairs = [pair, second];

const conflictOf = (id: string, change: Partial<Conflict> = {}): Conflict =>
  makeConflict(id, "l1", change);

let store: Store;
beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:", nowMs: () => 0 });
  await store.commit(null, [
    { kind: "pair", pair: makePair() },
    { kind: "pair", pair: makePair({ id: second }) },
    { kind: "link", link: makeLink("l1") },
    { kind: "link", link: makeLink("l2", { pair: second }) },
  ]);
});
afterEach(() => store.close());

const put = async (...conflicts: readonly Conflict[]): Promise<void> =>
  store.commit(
    null,
    conflicts.map((conflict) => ({ kind: "conflict", conflict })),
  );
const kept = async (of: PairId): Promise<readonly Conflict[]> =>
  store.loadConflicts(of, ["open", "answered"]);

/** Code, message and remedy of what was thrown. */
const refusal = async (id: string, answer: ConflictAnswer): Promise<unknown> => {
  const thrown: unknown = await resolveConflict(store, pairs, { id, answer }).catch(
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error) || !("code" in thrown) || !("remedy" in thrown)) {
    throw new Error("it was taken");
  }
  return [thrown.code, thrown.message, thrown.remedy];
};

test.each<ConflictAnswer>([{ keep: "left" }, { keep: "right" }, { keep: "value", text: "typed" }])(
  "the answer %j is kept with the matter as it stands, for the next run",
  async (answer) => {
    const other = conflictOf("c2");
    await put(conflictOf("c1"), other);
    const answered = { ...conflictOf("c1"), answer };
    expect(await resolveConflict(store, pairs, { id: "c1", answer })).toEqual(answered);
    expect(await kept(pair)).toEqual([answered, other]);
  },
);

test("an answer can be changed, and one that was carried out is asked for again", async () => {
  const before = conflictOf("c1", { status: "answered", answer: { keep: "right" } });
  await put(before);
  const answered = { ...before, status: "open", answer: { keep: "left" } };
  expect(await resolveConflict(store, pairs, { id: "c1", answer: { keep: "left" } })).toEqual(
    answered,
  );
  expect(await kept(pair)).toEqual([answered]);
});

test("matters of every pair are looked through", async () => {
  await put(conflictOf("c1"), makeConflict("c9", "l2", { pair: second }));
  const found = await resolveConflict(store, pairs, { id: "c9", answer: { keep: "left" } });
  expect(found.pair).toBe(second);
  expect(await kept(pair)).toEqual([conflictOf("c1")]);
});

test("of a whole row a side may be kept, and nothing else", async () => {
  const row = conflictOf("c1", { kind: "edit-vs-delete", cell: null, field: null, base: null });
  await put(row);
  expect(await refusal("c1", { keep: "value", text: "typed" })).toEqual([
    "usage",
    "The conflict c1 is about a whole row; a value cannot answer it.",
    "Answer with the side whose fate counts.",
  ]);
  expect(await refusal("c1", { keep: "both" })).toEqual([
    "usage",
    "Both cannot be kept: the conflict c1 is about which of two counts.",
    "Answer with the side whose fate counts.",
  ]);
  expect(await kept(pair)).toEqual([row]);
  const answer = { keep: "right" } as const;
  expect(await resolveConflict(store, pairs, { id: "c1", answer })).toEqual({ ...row, answer });
});

test("both values of a cell cannot be kept, and a matter that is closed or unknown is no matter", async () => {
  await put(conflictOf("c1"), conflictOf("c2", { status: "closed" }));
  expect(await refusal("c1", { keep: "both" })).toEqual([
    "usage",
    "Both cannot be kept: the conflict c1 is about which of two counts.",
    "Answer with a side, or with a value.",
  ]);
  for (const id of ["c2", "c3", ""]) {
    expect(await refusal(id, { keep: "left" })).toEqual([
      "usage",
      `There is no open conflict ${id}.`,
      "List them with `tandem conflicts`.",
    ]);
  }
});
