// Each command line and what it asks of the services: every argument and flag, short and long.
import { expect, test } from "vitest";
import { emptyPlan } from "../../../test/fixture/plan-view.ts";
import { each, outcomeOf, planOutcome } from "../../../test/fixture/services.ts";
import { tandem } from "../../../test/fixture/tandem.ts";
import type { Services } from "../services.ts";

const nowMs = Date.parse("2026-11-21T14:00:00Z");
const ok = outcomeOf("ok");

/** Enough of an answer for each command to end. */
const answers: Partial<Services> = {
  sync: () => each(ok),
  plan: () => each(planOutcome(emptyPlan())),
  applySaved: () => each({ outcome: ok, skipped: [] }),
  undo: () =>
    Promise.resolve({
      view: { pair: "p", names: { left: "Notion", right: "Airtable" }, rows: [], kept: [] },
      run: null,
      entries: [],
    }),
  status: () => Promise.resolve([]),
  history: () => each(),
  verifyHistory: () => Promise.resolve({ files: 1, lines: 1, breaks: [] }),
  explain: () => Promise.resolve({ kind: "several", rows: [] }),
  conflicts: () => Promise.resolve([]),
  resolve: () => Promise.reject(new Error("asked")),
  doctor: () => each(),
  act: () => Promise.resolve({ message: "m", outcome: null }),
  serve: () => Promise.resolve(),
};

const history = (part: object): string =>
  `history ${JSON.stringify({
    run: null,
    pair: null,
    row: null,
    field: null,
    kinds: [],
    countMax: null,
    isFollowed: false,
    sinceMs: null,
    ...part,
  })}`;
const overview = { kinds: ["run", "halt"], countMax: 20 };

test.each<[args: string, call: string]>([
  ["sync", 'sync [] "cli"'],
  ["sync one two", 'sync ["one","two"] "cli"'],
  ["sync one --dry-run", 'plan ["one"]'],
  ["plan one", 'plan ["one"]'],
  ["plan", "plan []"],
  ["apply saved.json", 'applySaved "saved.json"'],
  ["undo r1", 'undo "r1" false'],
  ["status one", 'status ["one"]'],
  ["doctor one two", 'doctor ["one","two"]'],
  ["conflicts one", 'conflicts ["one"]'],
  ["conflicts resolve k7f2 --keep airtable", 'resolve "k7f2" {"keep":"right"}'],
  ["conflicts resolve k7f2 --keep =Airtable", 'resolve "k7f2" {"keep":"value","text":"Airtable"}'],
  ["explain Row", 'explain {"row":"Row","field":null,"pair":null}'],
  ["explain Row Status --pair one", 'explain {"row":"Row","field":"Status","pair":"one"}'],
  ["pair pause one", 'act {"kind":"pause","pair":"one"}'],
  ["pair resume one", 'act {"kind":"resume","pair":"one"}'],
  ["pair release one", 'act {"kind":"release","pair":"one"}'],
  ["pair resync one", 'act {"kind":"resync","pair":"one","prefer":null}'],
  ["pair resync one --prefer notion", 'act {"kind":"resync","pair":"one","prefer":"left"}'],
  ["pair resync one --prefer airtable", 'act {"kind":"resync","pair":"one","prefer":"right"}'],
  ["pair resync one --prefer newer", 'act {"kind":"resync","pair":"one","prefer":"newer"}'],
  ["history verify", "verifyHistory"],
  ["history", history(overview)],
  ["history -n 5", history({ ...overview, countMax: 5 })],
  ["history --limit 5", history({ ...overview, countMax: 5 })],
  ["history -f", history({ ...overview, isFollowed: true })],
  ["history --follow", history({ ...overview, isFollowed: true })],
  ["history --pair one", history({ ...overview, pair: "one" })],
  // From a time on all runs are told, not the newest few.
  ["history --since 2h", history({ ...overview, countMax: null, sinceMs: nowMs - 7_200_000 })],
  ["history r1 --follow", history({ run: "r1", isFollowed: true })],
  ["history --row Checkout", history({ row: "Checkout" })],
  ["history --field Status -n 3", history({ field: "Status", countMax: 3 })],
  ["history --kind change --kind halt", history({ kinds: ["change", "halt"] })],
  ["history --kind conflict problem run", history({ kinds: ["conflict", "problem", "run"] })],
])("tandem %s", async (args, call) => {
  const ran = await tandem([...args.split(" "), "-c", "t.yaml"], answers, { nowMs: () => nowMs });
  expect(ran.calls[0]).toBe(call);
});

test.each<[args: string, message: string]>([
  ["history -n 0", '"0" is no number of lines.'],
  ["history -n 1.5", '"1.5" is no number of lines.'],
  ["history --since soon", '"soon" is no time.'],
  ["history --kind runs", "argument 'runs' is invalid"],
  ["pair resync one --prefer both", "argument 'both' is invalid"],
  ["conflicts resolve k7f2", "Required option '--keep <what>' not specified"],
  ["pair pause", "Missing required argument 'pair'"],
  ["undo", "Missing required argument 'run'"],
  ["explain", "Missing required argument 'row'"],
  ["status --watch", "Unknown option '--watch'"],
  ["sandbox --rows x", '"x" is no number of lines.'],
  ["sandbox --notion-port 70000", '"70000" is no port.'],
  ["sandbox --airtable-port -1", '"-1" is no port.'],
])("tandem %s is a slip, and asks nothing of anybody", async (args, message) => {
  const { exit, err, calls } = await tandem([...args.split(" "), "-c", "t.yaml"], answers);
  expect(exit).toBe(64);
  expect(err.replaceAll(/\s+/gu, " ")).toContain(message);
  expect(calls.filter((call) => call !== "close")).toEqual([]);
});

test("a run that is asked for is told with all that its report says, others in short", async () => {
  const line = {
    type: "run",
    at: "2026-11-21T14:02:33.000Z",
    run: "r1",
    pair: "p",
    seq: 1,
    prev: "0",
    status: "ok",
    trigger: "cli",
    startedAt: "2026-11-21T14:02:33.000Z",
    durationMs: 10,
    counts: {},
    requests: {},
    windowMsMax: 10,
    report: {
      agreement: "in sync",
      overwrites: {},
      windowMsTotal: 0,
      conflicts: {},
      holds: {},
      rowsUnknown: 0,
      guards: [],
      writes: {},
      readLagMs: 15_000,
      settleMs: 120_000,
    },
  } as const;
  const told: Partial<Services> = { history: () => each(line) };
  const rest = "A reading may be 15 s old";
  expect((await tandem(["history", "r1", "-c", "t.yaml"], told)).out).toContain(rest);
  expect((await tandem(["history", "-c", "t.yaml"], told)).out).not.toContain(rest);
  expect((await tandem(["history", "-v", "-c", "t.yaml"], told)).out).toContain(rest);
});

test.each([
  ["history r9", 64],
  ["history r9 --since 2h", 0],
  ["history r9 --pair one", 0],
  ["history r9 --row x", 0],
  ["history r9 --field x", 0],
  ["history r9 --kind run", 0],
  ["history r9 --follow", 0],
  ["history --row x", 0],
])("`tandem %s` without a line ends with %d", async (args, exit) => {
  const ran = await tandem([...args.split(" "), "-c", "t.yaml"], answers);
  expect(ran.exit).toBe(exit);
  expect(ran.err).toContain(exit === 0 ? "The history has no such line." : "There is no run r9.");
});
