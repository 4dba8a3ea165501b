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
