// The numbers of docs/correctness.md: what a measurement is told as, what is told when there is none, and
// that the page holds nothing between its marks but such a table.
import { describe, expect, test } from "vitest";
import {
  numbersEnd,
  numbersStart,
  numbersTable,
  withNumbers,
  type Source,
} from "../architecture/numbers.ts";
import { readText } from "../architecture/tree.ts";

const none: Source = { content: null, day: "", commit: "" };
const nothing = { simulation: none, sabotage: none, mutation: none, crash: none };
const found = (content: unknown): Source => ({ content, day: "2026-11-21", commit: "abc1234" });

describe("the table", () => {
  test("tells what was not measured, and the command that does", () => {
    const table = numbersTable(nothing);
    expect(table.match(/not measured/gu)).toHaveLength(4);
    expect(table).toContain("npm run crash");
  });

  test("tells a failure as one", () => {
    const table = numbersTable({
      ...nothing,
      simulation: found({
        from: 1,
        histories: 5_000,
        failures: [{ seed: 17 }],
        calls: 900_000,
        crashes: 12,
        engineWrites: 3,
        humanEdits: 4,
        rules: { F1: 2, F2: 0 },
        relation: { proven: 2, tie: 9 },
        windows: {},
        runsToRest: { p50: 2, p99: 4, max: 6 },
      }),
      sabotage: found([
        { name: "a", killedBy: "x.test.ts", seed: 3, seedsMax: 10, redundant: null },
        { name: "b", killedBy: null, seed: null, seedsMax: null, redundant: null },
        { name: "c", killedBy: null, seed: null, seedsMax: null, redundant: "second belt" },
      ]),
      crash: found([
        ["create\tbefore send", 3],
        ["update\tbefore send", 4],
        ["update\tafter commit", 9],
      ]),
      mutation: found({
        files: {
          "src/core/guard.ts": { mutants: [{ status: "Killed" }, { status: "Ignored" }] },
          "src/core/fold.ts": { mutants: [{ status: "Survived" }, { status: "Timeout" }] },
        },
      }),
    });
    expect(table).toContain(
      "| Simulated histories (T3) | 5,000 from seed 1: **1 with a violation** | 2026-11-21 | abc1234 |",
    );
    expect(table).toContain("| lines of the decision tables met | 1 |");
    expect(table).toContain("tie 9, proven 2");
    expect(table).toContain("| Kills enumerated (T4) | 16: after commit 9, before send 7 |");
    expect(table).toContain("3 put in, **1 survived** (b)");
    expect(table).toContain("1 of 1 tried so");
    expect(table).toContain("| Mutants noticed (T6) | 66.7 % of 3, in 2 files |");
    expect(table).toContain("| in the decision tables and guards | 100.0 % of 1, in 1 file |");
  });

  test("sabotages that no history was played with are not told as unseen", () => {
    const alone = { name: "a", killedBy: "x.test.ts", seed: null, seedsMax: null, redundant: null };
    expect(numbersTable({ ...nothing, sabotage: found([alone]) })).toContain(
      "| found by simulated histories alone | not tried so: `npm run sabotage -- --only-simulation` |",
    );
  });

  test("a file of another form counts as not measured", () => {
    expect(numbersTable({ ...nothing, simulation: found({ histories: "many" }) })).toContain(
      "not measured: `npm run simulate",
    );
  });
});

describe("docs/correctness.md", () => {
  test("has its numbers between the marks, and each with a day and a commit", () => {
    const page = readText("docs/correctness.md");
    const block = page.slice(
      page.indexOf(numbersStart) + numbersStart.length,
      page.indexOf(numbersEnd),
    );
    const rows = block
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| what"));
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      if (row.includes("not measured")) continue;
      expect(row).toMatch(/\| \d{4}-\d{2}-\d{2} \| [0-9a-f]{7,} \|$/u);
    }
  });

  test("a page without marks is not written to", () => {
    expect(() => withNumbers("no marks", "table")).toThrow("no place");
    const page = `a\n${numbersStart}\nold\n${numbersEnd}\nb`;
    expect(withNumbers(page, "new")).toBe(`a\n${numbersStart}\n\nnew\n\n${numbersEnd}\nb`);
  });
});
