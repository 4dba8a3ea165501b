import { expect, test } from "vitest";
import { makeLog, type LogOptions } from "./log.ts";

function setUp(more: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = makeLog({ level: "info", isJson: true, write: (line) => lines.push(line), ...more });
  return { log, lines };
}

const token = "ntn_0123456789abcdefghij";

test("a line is one JSON object with time, level, message and facts", () => {
  const { log, lines } = setUp();
  log("warn", "slow answer", { waitMs: 300 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "warn",
    at: expect.stringMatching(/^\d{4}-.*Z$/u),
    message: "slow answer",
    waitMs: 300,
  });
});

test("no secret is written, wherever it stands", () => {
  const { log, lines } = setUp();
  log("error", `refused ${token}`, {
    token: "anything",
    headers: { Authorization: "Bearer x", list: [`a ${token}`] },
    error: new Error(`bad ${token}`),
  });
  const text = lines.join("");
  expect(text).not.toContain(token);
  expect(text).not.toContain("anything");
  expect(text).not.toContain("Bearer x");
});

test("a lower level is left out", () => {
  const { log, lines } = setUp({ level: "warn" });
  log("info", "nothing much");
  expect(lines).toEqual([]);
});

test("for people it is one plain line", () => {
  const { log, lines } = setUp({ isJson: false });
  log("warn", "slow answer", { waitMs: 300, side: "left" });
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}slow answer {2}waitMs=300 {2}side=left\n$/u);
});
