// A row as a whole, in the words of `explain`: where it is, and each thing that keeps it from syncing.
import { describe, expect, test } from "vitest";
import {
  live,
  makePairLink,
  makePolicy,
  makeRow,
  makeSmallSetup,
  nowMs,
} from "../../test/fixture/pair.ts";
import { makeIntent, makeQuarantine } from "../../test/fixture/store.ts";
import type { Link } from "../core/link.ts";
import type { RowReading } from "../core/row.ts";
import { fieldId, recordId } from "../core/ids.ts";
import { empty, text } from "../core/value.ts";
import { explainRow, rowNotes } from "./explain-row.ts";

const setup = makeSmallSetup();
const row = makeRow(setup, "left", {});

test.each<[RowReading | null, ReturnType<typeof explainRow>]>([
  [null, null],
  [live(row), { state: "there", stampMs: row.stampMs, readAt: row.window }],
  [
    { state: "trashed", row },
    { state: "in the trash", stampMs: null, readAt: null },
  ],
  [
    { state: "gone", evidence: "404" },
    { state: "gone", stampMs: null, readAt: null },
  ],
  [
    { state: "left", why: "filtered", row },
    { state: "out of the table (filtered)", stampMs: null, readAt: null },
  ],
  [
    { state: "unknown", why: "busy" },
    { state: "not known: busy", stampMs: null, readAt: null },
  ],
])("a reading %j is told as %j", (reading, told) => {
  expect(explainRow(reading)).toEqual(told);
});

describe("notes", () => {
  const notes = (change: Partial<Link>) =>
    rowNotes({
      link: makePairLink(setup, {}, change),
      policy: makePolicy(),
      intents: [],
      quarantine: [],
    });
  const [l, r] = [recordId("page-1"), recordId("rec1")];
  const marked = { kind: "marked", field: fieldId("s"), before: empty, value: text("x") } as const;

  test.each<[change: Partial<Link>, told: readonly string[]]>([
    [{ state: "live" }, []],
    [
      { state: "creating", ids: { left: l, right: null } },
      ["Its counterpart in Airtable is still to be made."],
    ],
    [
      { state: "creating", ids: { left: null, right: r } },
      ["Its counterpart in Notion is still to be made."],
    ],
    [{ state: "archived", archival: null }, ["It is put away."]],
    [
      { state: "archived", archival: { side: "right", how: marked } },
      [
        "It was removed in Notion, and so marked as archived in Airtable; it comes back when somebody restores it there.",
      ],
    ],
    [
      { state: "archived", archival: { side: "left", how: { kind: "removed" } } },
      [
        "It was removed in Airtable, and so removed in Notion; it comes back when somebody restores it there.",
      ],
    ],
    [
      { state: "tombstone" },
      ["Both rows are gone; the link is kept, so that a restored row is known again."],
    ],
    [
      { state: "detached" },
      [
        "The two rows were taken apart and are not synced, nor linked again by themselves. The run that did it can be taken back with `tandem undo`.",
      ],
    ],
  ])("%j", (change, told) => {
    expect(notes(change)).toEqual(told);
  });

  test("of writes in doubt and of refusals come after, each with when it is tried again", () => {
    const sentAtMs = nowMs;
    const settleMs = 90_000;
    const { guards, ...policy } = makePolicy();
    const intent = makeIntent("o1", "link-1", { side: "left", kind: "create", sentAtMs });
    const refused = { side: "right", message: "No such option.", retryAtMs: nowMs } as const;
    expect(
      rowNotes({
        link: makePairLink(setup, {}, { state: "archived", archival: null }),
        policy: { ...policy, guards: { ...guards, settleMs } },
        intents: [intent],
        quarantine: [
          makeQuarantine("link-1", { ...refused, attempts: 1 }),
          makeQuarantine("link-1", { ...refused, attempts: 4 }),
        ],
      }),
    ).toEqual([
      "It is put away.",
      `The outcome of a write to Notion is not known (create, run ${intent.run}, request ${intent.id}, sent 2026-06-15T12:00:00.000Z); the row rests until a look after 2026-06-15T12:01:30.000Z tells.`,
      "Airtable has refused it once: No such option. It is tried again after 2026-06-15T12:00:00.000Z, or as soon as its content changes.",
      "Airtable has refused it 4 times: No such option. It is tried again after 2026-06-15T12:00:00.000Z, or as soon as its content changes.",
    ]);
  });
});
