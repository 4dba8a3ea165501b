// How a batch falls apart, without a service: rows are letters, the sender knows which are bad.
import { describe, expect, test } from "vitest";
import { recordId, type RecordId } from "../../core/ids.ts";
import { SyncError } from "../../errors.ts";
import type { WriteOutcome } from "../connector.ts";
import { writeBatch, type Batch } from "./batch.ts";
import type { WriteResult } from "./caller.ts";
import type { Refusal } from "./failure.ts";

const done = (id: string): WriteOutcome => ({
  kind: "done",
  wasCreated: false,
  row: {
    id: recordId(id),
    title: "",
    url: null,
    createdAtMs: null,
    stampMs: null,
    editedBy: "us",
    marker: null,
    cells: new Map(),
    window: { startMs: 0, endMs: 0 },
  },
});

const refusal = (kind: Refusal["kind"]): WriteResult<never> => ({
  kind: "refused",
  refusal: { kind, status: 422, type: kind.toUpperCase(), message: kind },
});

interface Play {
  /** What the service says to a call; null for done. */
  readonly answer: (items: readonly string[]) => WriteResult<never> | SyncError | null;
  readonly gone?: string;
  /** The lookup comes to no end. */
  readonly isBlind?: boolean;
  readonly isNew?: boolean;
}

async function play(rows: string, options: Play): Promise<{ calls: string[]; result: string }> {
  const calls: string[] = [];
  const batch: Batch<string, WriteOutcome> = {
    send: (items) => {
      calls.push(items.join(""));
      const answer = options.answer(items);
      if (answer instanceof SyncError) return Promise.reject(answer);
      return Promise.resolve(answer ?? { kind: "done", body: items.map(done) });
    },
    idOf: (item) => (options.isNew === true ? null : recordId(item)),
    failed: (_item, why, told) => ({ kind: "failed", why, message: told.message, field: null }),
    existing: (ids) => {
      calls.push(`?${ids.join("")}`);
      if (options.isBlind === true) return Promise.resolve(null);
      const there = ids.filter((id) => !(options.gone ?? "").includes(id));
      return Promise.resolve(new Set<RecordId>(there));
    },
    what: "the table",
  };
  const outcomes = await writeBatch(batch, rows.split(""));
  const letters = outcomes.map((one) => (one.kind === "failed" ? one.why : one.kind)[0]);
  return { calls, result: letters.join("") };
}

const stop = new SyncError({ code: "unauthorized", message: "no", remedy: "x" });

describe("a batch", () => {
  test("that is taken is one call", async () => {
    expect(await play("abc", { answer: () => null })).toEqual({ calls: ["abc"], result: "ddd" });
    expect(await play("", { answer: () => null })).toEqual({ calls: [], result: "" });
  });

  test("with bad content is halved down to the bad rows", async () => {
    const answer: Play["answer"] = (items) => (items.includes("c") ? refusal("content") : null);
    expect(await play("abcd", { answer })).toEqual({
      calls: ["abcd", "ab", "cd", "c", "d"],
      result: "ddid",
    });
  });

  test("with rows that are gone is looked up once and sent without them", async () => {
    const answer: Play["answer"] = (items) => (items.includes("b") ? refusal("missing") : null);
    expect(await play("abc", { answer, gone: "b" })).toEqual({
      calls: ["abc", "?abc", "ac"],
      result: "dmd",
    });
    expect(await play("b", { answer, gone: "b" })).toEqual({ calls: ["b", "?b"], result: "m" });
  });

  test("with rows of which nobody can say whether they are gone is left for a later run", async () => {
    const answer: Play["answer"] = () => refusal("missing");
    expect(await play("ab", { answer, isBlind: true })).toEqual({
      calls: ["ab", "?ab"],
      result: "nn",
    });
  });

  test("that is denied though all rows are there is a matter of the token", async () => {
    const denied: Play = { answer: () => refusal("denied") };
    await expect(play("ab", denied)).rejects.toMatchObject({ code: "forbidden" });
    await expect(play("ab", { ...denied, isNew: true })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("in doubt, or not applied, is so for all its rows and sent once", async () => {
    const doubt = await play("ab", { answer: () => ({ kind: "doubt", message: "?" }) });
    expect(doubt).toEqual({ calls: ["ab"], result: "uu" });
    const busy = await play("ab", { answer: () => ({ kind: "not-applied", message: "busy" }) });
    expect(busy).toEqual({ calls: ["ab"], result: "nn" });
  });

  test("throws only while nothing has been written", async () => {
    await expect(play("ab", { answer: () => stop })).rejects.toBe(stop);
    let calls = 0;
    const later = await play("abcd", {
      answer: (items) => {
        calls += 1;
        if (items.length === 4) return refusal("content");
        return calls > 2 ? stop : null;
      },
    });
    expect(later.result).toBe("ddnn");
    const doubtful = await play("abcd", {
      answer: (items) => {
        if (items.length === 4) return refusal("content");
        return items.includes("a") ? { kind: "doubt", message: "?" } : stop;
      },
    });
    expect(doubtful.result).toBe("uunn");
  });

  test("stops at a field that is not there", async () => {
    await expect(play("ab", { answer: () => refusal("field") })).rejects.toMatchObject({
      code: "schema_changed",
    });
  });
});

describe("a refused batch", () => {
  const bad =
    (letters: string, kind: Refusal["kind"]): Play["answer"] =>
    (items) =>
      items.some((item) => letters.includes(item)) ? refusal(kind) : null;

  test.each<readonly [string, string, Play, readonly string[], string]>([
    ["of an odd number", "abc", { answer: bad("c", "content") }, ["abc", "ab", "c"], "ddi"],
    [
      "with two bad rows",
      "abcd",
      { answer: bad("ad", "content") },
      ["abcd", "ab", "a", "b", "cd", "c", "d"],
      "iddi",
    ],
    [
      "that is too large as a whole",
      "abc",
      { answer: (items) => (items.length > 1 ? refusal("too-large") : null) },
      ["abc", "ab", "a", "b", "c"],
      "ddd",
    ],
    [
      "with a row nobody may write",
      "abcd",
      { answer: bad("b", "forbidden") },
      ["abcd", "ab", "a", "b", "cd"],
      "dfdd",
    ],
    [
      "with rows that are gone first and last",
      "abcd",
      { answer: bad("ad", "missing"), gone: "ad" },
      ["abcd", "?abcd", "bc"],
      "mddm",
    ],
    [
      "of which nothing is there",
      "ab",
      { answer: () => refusal("denied"), gone: "ab" },
      ["ab", "?ab"],
      "mm",
    ],
    // Something a row links to may be missing though the row is there.
    [
      "that misses something else than its rows",
      "abc",
      { answer: bad("c", "missing") },
      ["abc", "?abc", "ab", "c", "?c"],
      "ddm",
    ],
    [
      "with a row gone and a bad one",
      "abc",
      {
        answer: (items) =>
          items.includes("a")
            ? refusal("missing")
            : items.includes("c")
              ? refusal("content")
              : null,
        gone: "a",
      },
      ["abc", "?abc", "bc", "b", "c"],
      "mdi",
    ],
    [
      "with new rows that are bad",
      "abc",
      { answer: bad("b", "content"), isNew: true },
      ["abc", "ab", "a", "b", "c"],
      "did",
    ],
  ])("%s", async (_what, rows, options, calls, result) => {
    expect(await play(rows, options)).toEqual({ calls, result });
  });

  test("of new rows that are not permitted is sent once", async () => {
    const sent: string[] = [];
    const answer: Play["answer"] = (items) => {
      sent.push(items.join(""));
      return refusal("denied");
    };
    await expect(play("ab", { answer, isNew: true })).rejects.toMatchObject({
      code: "forbidden",
      message: "Airtable does not permit this on the table: denied",
    });
    expect(sent).toEqual(["ab"]);
  });

  test("ends at a token that is taken back meanwhile: what was done stays told", async () => {
    const sent: string[] = [];
    const answer: Play["answer"] = (items) => {
      sent.push(items.join(""));
      if (items.length === 4) return refusal("content");
      return items.includes("c") ? stop : null;
    };
    expect((await play("abcd", { answer })).result).toBe("ddnn");
    // Nothing follows the call that failed.
    expect(sent).toEqual(["abcd", "ab", "cd"]);
    const before = sent.length;
    const never: Play["answer"] = (items) => {
      sent.push(items.join(""));
      return items.length === 4 ? refusal("content") : stop;
    };
    await expect(play("abcd", { answer: never })).rejects.toBe(stop);
    expect(sent.slice(before)).toEqual(["abcd", "ab"]);
  });

  test("a fault of ours is no outcome", async () => {
    const broken: Batch<string, WriteOutcome> = {
      send: () => Promise.reject(new TypeError("ours")),
      idOf: () => null,
      failed: () => done("a"),
      existing: () => Promise.resolve(null),
      what: "the table",
    };
    await expect(writeBatch(broken, ["a"])).rejects.toThrow("ours");
  });
});

test("what is said of rows that were not sent, or of which nobody can say", async () => {
  const outcomes = async (answer: WriteResult<never>, isBlind = false): Promise<unknown> =>
    writeBatch<string, WriteOutcome>(
      {
        send: () => Promise.resolve(answer),
        idOf: recordId,
        failed: () => done("a"),
        existing: (ids) => Promise.resolve(isBlind ? null : new Set(ids)),
        what: "the table",
      },
      ["a"],
    );
  expect(await outcomes({ kind: "doubt", message: "cut" })).toEqual([
    { kind: "unknown", message: "cut", hint: null },
  ]);
  expect(await outcomes({ kind: "not-applied", message: "busy" })).toEqual([
    { kind: "not-applied", message: "busy" },
  ]);
  expect(await outcomes(refusal("missing"), true)).toEqual([
    { kind: "not-applied", message: "the rows could not be looked up" },
  ]);
});
