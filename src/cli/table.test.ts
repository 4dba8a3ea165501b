import { expect, test } from "vitest";
import { table } from "./table.ts";

const rows = [
  [{ text: "specs" }, { text: "in step" }, { text: "3 min ago" }],
  [{ text: "表" }, { text: "attention, and a good deal more to say" }, { text: "5 h ago" }],
];

test("columns are aligned by what the terminal shows", () => {
  expect(table(rows, { width: 80, flexible: 1, header: ["Pair", "State", "When"] })).toBe(
    [
      "Pair   State                                   When",
      "specs  in step                                 3 min ago",
      "表     attention, and a good deal more to say  5 h ago",
    ].join("\n"),
  );
});

test("one column gives way, and numbers stand to the right", () => {
  expect(table(rows, { width: 40, flexible: 1, indent: 2, right: [2] })).toBe(
    ["  specs  in step               3 min ago", "  表     attention, and a go…    5 h ago"].join(
      "\n",
    ),
  );
});

test("colours do not count", () => {
  const painted = table([[{ text: "a", paint: (text) => `<${text}>` }, { text: "b" }]], {
    width: 20,
    flexible: 0,
  });
  expect(painted).toBe("<a>  b");
});
