import { expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  makeField,
  makePairLink,
  mappingOf,
  setupOf,
} from "../../test/fixture/pair.ts";
import { markedOn } from "../../test/fixture/work.ts";
import { recordId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import { empty, valueKey, type Value } from "../core/value.ts";
import { withApplied } from "./applied.ts";
import type { SavedWork, Skipped } from "./saved-plan.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, A: { kind: kinds.line } },
  policy: {
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
  },
  extra: { right: [makeField("right", "State", kinds.line)] },
});
const link = makePairLink(setup, { Name: alpha, A: { left: alpha, right: beta } });

function cellOf(
  side: "left" | "right",
  name: string,
  after: Value,
  before = "",
): SavedWork["cells"][number] {
  const field = name === "State" ? "fldState" : mappingOf(setup, name).fields[side].id;
  return { field, before, after: valueKey(after) };
}

const work = (part: Partial<SavedWork>): SavedWork => ({
  side: "right",
  kind: "update",
  row: "rec1",
  title: "Alpha",
  cells: [],
  ...part,
});

async function told(
  planned: SavedWork,
  known: Link | null,
  part: Partial<Skipped> = {},
): Promise<string> {
  const asked: unknown[] = [];
  const skipped: Skipped = { title: "Alpha", field: null, why: "moved", planned, ...part };
  const store = {
    findLink: async (...of: readonly unknown[]) => {
      asked.push(of);
      return Promise.resolve(known);
    },
  };
  const [entry] = await withApplied([skipped], setup.policy, store);
  if (asked.length > 0) expect(asked).toEqual([[setup.policy.id, "rec1"]]);
  expect(entry).toEqual({ ...skipped, why: entry?.why });
  return entry?.why ?? "nothing";
}

const lone: Link = { ...link, ids: { left: null, right: recordId("rec1") }, state: "creating" };
const linkIn = (state: Link["state"]): Link => ({ ...link, state });
const mark = work({ cells: [cellOf("right", "State", beta)] });
const lift = work({ cells: [cellOf("right", "State", empty, "t:Archived")] });

test.each<readonly [string, SavedWork, Link | null, "moved" | "applied"]>([
  ["a row that was made", work({ kind: "create" }), link, "applied"],
  ["a row that is still to be made", work({ kind: "create" }), lone, "moved"],
  ["a row that nobody knows", work({ kind: "create" }), null, "moved"],
  ["a row that was put away", work({ kind: "remove" }), linkIn("archived"), "applied"],
  ["a row of which both are gone", work({ kind: "remove" }), linkIn("tombstone"), "applied"],
  ["a row that is still there", work({ kind: "remove" }), link, "moved"],
  ["a row that was taken apart", work({ kind: "remove" }), linkIn("detached"), "moved"],
  ["a row that is back", work({ kind: "restore" }), link, "applied"],
  ["a row that is still away", work({ kind: "restore" }), linkIn("archived"), "moved"],
  ["a cell that holds the value", work({ cells: [cellOf("right", "A", beta)] }), link, "applied"],
  [
    "a cell that holds it on the other side alone",
    work({ cells: [cellOf("right", "A", alpha)] }),
    link,
    "moved",
  ],
  [
    "a cell of the left row",
    work({ side: "left", cells: [cellOf("left", "A", alpha)] }),
    link,
    "applied",
  ],
  [
    "one of two cells",
    work({ cells: [cellOf("right", "A", beta), cellOf("right", "Name", beta)] }),
    link,
    "moved",
  ],
  [
    "a mark that was put on",
    mark,
    { ...linkIn("archived"), archival: markedOn("right") },
    "applied",
  ],
  ["a mark that was not", mark, link, "moved"],
  ["a mark that was taken off", lift, link, "applied"],
  ["a mark that is still there", lift, linkIn("archived"), "moved"],
])(
  "a piece of a saved plan that was skipped is told as what it is: %s",
  async (_what, planned, known, why) => {
    expect(await told(planned, known)).toBe(why);
  },
);

test("only what moved since is asked about, and only where it is known what was planned", async () => {
  const done = work({ kind: "restore" });
  expect(await told(done, link, { why: "not-planned" })).toBe("not-planned");
  const { planned: _, ...bare } = {
    title: "Alpha",
    field: null,
    why: "moved",
    planned: done,
  } as const;
  const store = { findLink: () => Promise.reject(new Error("nobody asks")) };
  expect(await withApplied([bare], setup.policy, store)).toEqual([bare]);
});
