// What a plan changes without a call, whole: links as they are stored, history lines, and the run's
// numbers; and that a quiet run stores nothing at all.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makeFold,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { makeConflict } from "../../test/fixture/store.ts";
import { must } from "../core/assert.ts";
import type { ChangeEntry } from "../core/entry.ts";
import { findingsOf } from "../core/findings.ts";
import { sealed } from "../core/fold.ts";
import { linkId, recordId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import { reconcile, type RowFacts, type RowPlan } from "../core/reconcile.ts";
import type { Row, RowReading } from "../core/row.ts";
import { sides, type Side, type Sided } from "../core/side.ts";
import { empty, text, unknown, type Value } from "../core/value.ts";
import { settle, type Settled, type SettleInput } from "./settle.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, Note: { kind: kinds.line, owner: "ask" } },
  policy: { archive: { left: { kind: "remove" }, right: null } },
});
const fold = makeFold(setup);
const name = mappingOf(setup, "Name");
const note = mappingOf(setup, "Note");
const agreed = { Name: alpha, Note: empty };
const stampMs = nowMs - 300_000;
const gone: RowReading = { state: "gone", evidence: "" };

/** A link as a quiet run finds it. */
const link: Link = sealed(
  makePairLink(setup, agreed, { stamps: { left: stampMs, right: stampMs } }),
  fold,
);

const row = (side: Side, value: Value = alpha, more: Partial<Row> = {}): RowReading =>
  live(makeRow(setup, side, { Name: value }, more));

function planOf(
  from: Link,
  rows: Sided<RowReading | null>,
  facts: Partial<RowFacts> = {},
): RowPlan {
  return reconcile(makeFacts(from, rows, facts), makeContext(setup));
}

function settled(plans: readonly RowPlan[], change: Partial<SettleInput> = {}): Settled {
  const conflictId = (): string => "k7f2";
  return settle({ plans, newLinks: new Set(), conflicts: [], fold, conflictId, ...change });
}

const both = { left: row("left"), right: row("right") };
const quiet: Omit<Settled, "links"> = {
  changes: [],
  entries: [],
  linked: 0,
  unlinked: 0,
  waiting: 0,
  holds: [],
  rowsUnknown: 0,
};

describe("P3: a quiet run leaves no trace", () => {
  test("a row as both agreed is stored no more, and its link is there for the writes", () => {
    const { links, ...rest } = settled([planOf(link, both)]);
    expect(rest).toEqual(quiet);
    expect(links).toEqual(new Map([[link.id, link]]));
  });

  test.each<[string, Partial<Link>]>([
    ["its title", { title: "Once" }],
    ["a flag", { isFlagged: true }],
    ["what was told of its scope", { scopeTold: "left moved" }],
    ["the left hash", { hashes: { ...link.hashes, left: null } }],
    ["the right hash", { hashes: { ...link.hashes, right: null } }],
    ["the left stamp", { stamps: { ...link.stamps, left: null } }],
    ["the right stamp", { stamps: { ...link.stamps, right: null } }],
    [
      "an edit that was taken back on the left",
      {
        pending: {
          left: new Map([[name.key, { key: "t:x", loMs: 1, hiMs: 2 }]]),
          right: new Map(),
        },
      },
    ],
    [
      "an edit that was taken back on the right",
      {
        pending: {
          left: new Map(),
          right: new Map([[name.key, { key: "t:x", loMs: 1, hiMs: 2 }]]),
        },
      },
    ],
  ])("what is different about its link is stored: %s", (_what, change) => {
    const { links, ...rest } = settled([planOf({ ...link, ...change }, both)]);
    expect(rest).toEqual({ ...quiet, changes: [{ kind: "link", link }] });
    expect(links).toEqual(new Map([[link.id, link]]));
  });
});

describe("what was witnessed", () => {
  test("P16: cells that agree become base, in a link that is stored with its new hashes", () => {
    const bare = sealed({ ...link, cells: new Map([...link.cells].slice(1)) }, fold);
    const { changes, links } = settled([planOf(bare, both)]);
    const [first] = changes;
    expect(changes).toHaveLength(1);
    expect(first).toMatchObject({ kind: "link", link: { hashes: link.hashes } });
    expect(links.get(link.id)?.cells.get(name.key)).toMatchObject({
      left: alpha,
      right: alpha,
      rule: "F14",
      atMs: nowMs,
      run: fold.run,
    });
  });

  test("P8: an edit that waits keeps its time, one of a row that rests too", () => {
    const edited = { left: row("left", beta), right: row("right") };
    const plan = planOf(link, edited);
    const kept = settled([plan]).links.get(link.id);
    expect([...(kept?.pending.left.keys() ?? [])]).toEqual([name.key]);
    const frozen = settled([planOf(link, edited, { isFrozen: true })]).links.get(link.id);
    expect(frozen?.pending).toEqual(kept?.pending);
  });

  test("a flag asks for one look, which must have told something", () => {
    const flagged = { ...link, isFlagged: true };
    const flag = (rows: Sided<RowReading | null>, facts: Partial<RowFacts> = {}): unknown =>
      settled([planOf(flagged, rows, facts)]).links.get(link.id)?.isFlagged;
    expect(flag(both)).toBe(false);
    expect(flag({ ...both, left: row("left", beta) })).toBe(true);
    expect(flag(both, { isFrozen: true })).toBe(true);
    expect(flag({ left: gone, right: gone })).toBe(false);
    for (const side of sides) {
      const unclear = { left: gone, right: gone, [side]: { state: "unknown", why: "" } } as const;
      const tomb = { ...flagged, state: "tombstone" } as const;
      expect(settled([planOf(tomb, unclear)]).links.get(link.id)?.isFlagged).toBe(true);
    }
  });
});

describe("links that turn", () => {
  const removed = { side: "left", how: { kind: "removed" } } as const;

  test("P13: both back: the link lives again from now on", () => {
    const archived = { ...link, state: "archived", archival: removed } as const;
    const { links, ...rest } = settled([planOf(archived, both)]);
    const lives = { ...link, wokenAtMs: nowMs };
    expect(rest).toEqual({ ...quiet, changes: [{ kind: "link", link: lives }] });
    expect(links).toEqual(new Map([[link.id, lives]]));
  });

  test("R10: both gone: it is kept as a tombstone", () => {
    const { changes } = settled([planOf(link, { left: gone, right: gone })]);
    const tomb = { ...link, state: "tombstone", wokenAtMs: nowMs };
    expect(changes).toEqual([{ kind: "link", link: tomb }]);
  });

  test("R16: taken apart: told, counted, and stored as that", () => {
    const field = name.fields.right.id;
    const how = { kind: "marked", field, before: alpha, value: text("Archived") } as const;
    const marked: Link = { ...link, state: "archived", archival: { side: "right", how } };
    const plan = planOf(marked, { ...both, left: gone });
    const parted: ChangeEntry = {
      type: "change",
      op: "unlink",
      side: "right",
      link: link.id,
      opId: null,
      ids: link.ids,
      title: "Alpha",
      fields: {},
    };
    const { links: _, ...rest } = settled([plan]);
    expect(rest).toEqual({
      ...quiet,
      changes: [{ kind: "link", link: { ...marked, state: "detached" } }],
      entries: [...findingsOf(plan).problems, parted],
      unlinked: 1,
    });
  });

  test("R23: a link whose only row is gone is forgotten, if it was ever stored", () => {
    const creating: Link = {
      ...link,
      state: "creating",
      ids: { ...link.ids, right: null },
      cells: new Map(),
    };
    const plan = planOf(creating, { left: gone, right: null });
    expect(settled([plan])).toEqual({
      ...quiet,
      links: new Map(),
      changes: [{ kind: "link-drop", id: link.id }],
    });
    const fresh = settled([plan], { newLinks: new Set([link.id]) });
    expect(fresh).toEqual({ ...quiet, links: new Map() });
  });
});

describe("links that are new", () => {
  test("a pair that was found is told, counted, and stored although nothing else is new", () => {
    const { links: _, ...rest } = settled([planOf(link, both)], { newLinks: new Set([link.id]) });
    const told: ChangeEntry = {
      type: "change",
      op: "link",
      side: "right",
      link: link.id,
      opId: null,
      ids: link.ids,
      title: "Alpha",
      fields: {},
    };
    expect(rest).toEqual({
      ...quiet,
      changes: [{ kind: "link", link }],
      entries: [told],
      linked: 1,
    });
  });

  test("P12: one that waits for its counterpart is stored with its create, and not before", () => {
    const ids = { ...link.ids, right: null };
    const creating: Link = { ...link, state: "creating", ids, cells: new Map() };
    const plan = planOf(creating, { ...both, right: null });
    const fresh = settled([plan], { newLinks: new Set([link.id]) });
    expect(fresh).toMatchObject({ changes: [], entries: [], linked: 0 });
    expect(fresh.links.get(link.id)).toMatchObject({ state: "creating" });
    // One of an earlier run is in the store already, and what is new about it is stored.
    expect(settled([plan]).changes).toMatchObject([{ kind: "link" }]);
  });
});

describe("what is told and counted", () => {
  test("rows that wait, why, and those that nobody knows of", () => {
    const asked = { ...both, left: live(makeRow(setup, "left", { Name: alpha, Note: beta })) };
    const other = live(makeRow(setup, "right", { Name: alpha, Note: text("Gamma") }));
    const plans = [
      planOf(link, { ...asked, right: other }),
      planOf({ ...link, id: linkId("two") }, { ...both, right: row("right", unknown("error")) }),
      planOf({ ...link, id: linkId("three") }, { ...both, right: null }),
      planOf({ ...link, id: linkId("four") }, { left: gone, right: row("right") }),
    ];
    const found = settled(plans);
    expect(found).toMatchObject({ waiting: 4, rowsUnknown: 2, holds: ["ask", "noArchive"] });
    const told = found.entries.map((entry) => (entry.type === "problem" ? entry.code : entry.type));
    expect(told).toEqual(["conflict", "undecodable", "row_unknown", "archive_not_configured"]);
    // What a person may decide is open, under an id to answer it by.
    expect(found.changes.filter(({ kind }) => kind === "conflict")).toMatchObject([
      { conflict: { id: "k7f2", kind: "cell", cell: note.key, field: "Note", link: link.id } },
    ]);
  });

  test("an edit that gives way is told when it is written, and not before", () => {
    const rows = { left: row("left", beta), right: row("right", text("Gamma")) };
    const plan = planOf(link, rows);
    expect(findingsOf(plan).conflicts).toHaveLength(1);
    expect(settled([plan]).entries).toEqual([]);
  });

  test("what is told of a row names it as it is called now, by the left row first", () => {
    const message = (rows: Sided<RowReading | null>): unknown =>
      settled([planOf(link, rows)]).entries.map((entry) =>
        entry.type === "problem" ? entry.message.split('"')[1] : entry.type,
      );
    const renamed = row("left", unknown("error"), { title: "Now" });
    const there = row("right", alpha, { title: "There" });
    expect(message({ left: renamed, right: there })).toEqual(["Now"]);
    expect(message({ left: gone, right: there })).toEqual(["There"]);
    expect(message({ left: null, right: null })).toEqual(["Alpha"]);
  });

  test("a row that left the scope is told of once, looked at again, and told when it moves on", () => {
    const at = (why: "moved" | "filtered", from: Link): Settled =>
      settled([planOf(from, { ...both, left: { state: "left", why, row: null } })]);
    const first = at("moved", link);
    expect(first.entries).toMatchObject([{ code: "out_of_scope" }]);
    const away = must(first.links.get(link.id), "a link");
    expect(away).toMatchObject({ scopeTold: "left moved", isFlagged: true });
    const again = at("moved", away);
    expect(again.entries).toEqual([]);
    expect(again.holds).toEqual(["outOfScope"]);
    expect(again.changes).toEqual([]);
    expect(at("filtered", away).entries).toMatchObject([{ code: "out_of_scope" }]);
    // Not to be seen for a while is no return.
    const blind = settled([planOf(away, { ...both, left: { state: "unknown", why: "" } })]);
    expect(blind.links.get(link.id)?.scopeTold).toBe("left moved");
    expect(blind.entries).toMatchObject([{ code: "row_unknown" }]);
    const back = settled([planOf(away, both)]).links.get(link.id);
    expect(back).not.toHaveProperty("scopeTold");
    expect(back?.isFlagged).toBe(false);
  });

  test("an answer that could not be carried out is told of, and asked for again", () => {
    const values = { left: beta, right: text("Gamma") };
    const rows = {
      left: live(makeRow(setup, "left", { Name: alpha, Note: values.left })),
      right: live(makeRow(setup, "right", { Name: alpha, Note: values.right })),
    };
    const heard = makeConflict("k1", link.id, {
      cell: note.key,
      field: "Note",
      base: empty,
      values,
      status: "open",
      answer: { keep: "both" },
    });
    const { entries, changes } = settled([planOf(link, rows)], { conflicts: [heard] });
    expect(entries).toMatchObject([
      { type: "conflict", winner: null },
      { type: "problem", code: "answer_refused", field: "Note" },
    ]);
    expect(changes.at(-1)).toMatchObject({ conflict: { id: "k1", status: "open", answer: null } });
  });

  test("a matter that is settled is closed", () => {
    const open = makeConflict("k1", link.id, { cell: note.key, status: "open", answer: null });
    const { changes } = settled([planOf(link, both)], { conflicts: [open] });
    expect(changes).toEqual([{ kind: "conflict", conflict: { ...open, status: "closed" } }]);
  });

  test("the rows of a plan that makes a row anew keep what was told of its scope", () => {
    const told = { ...link, state: "tombstone", scopeTold: "right not made" } as const;
    const plan = planOf(
      { ...told, ids: { left: recordId("page-1"), right: recordId("rec1") } },
      {
        ...both,
        right: gone,
      },
    );
    expect(plan.decision.act).toBe("recreate");
    expect(settled([plan]).links.get(link.id)?.scopeTold).toBe("right not made");
  });
});
