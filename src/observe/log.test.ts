import { expect, test, vi } from "vitest";
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

test.each(["token", "Authorization", "apiKey", "password", "SECRET", "cookie"])(
  "what stands under %s is never written, however deep",
  (key) => {
    const { log, lines } = setUp();
    log("info", "m", { [key]: "hidden", list: [{ [key]: { deep: "hidden" } }] });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      [key]: "[secret]",
      list: [{ [key]: "[secret]" }],
    });
  },
);

test("facts of every kind come out as they are", () => {
  const { log, lines } = setUp();
  const facts = { none: null, yes: true, count: 0, text: "t", list: [1, "two"], group: { a: 1 } };
  log("info", "m", { ...facts, error: new TypeError("bad") });
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u),
    message: "m",
    ...facts,
    error: { name: "TypeError", message: "bad" },
  });
});

test.each([
  ["debug", ["debug", "info", "warn", "error"]],
  ["info", ["info", "warn", "error"]],
  ["error", ["error"]],
  ["silent", []],
] as const)("at %s it writes %j", (level, expected) => {
  const { log, lines } = setUp({ level });
  for (const at of ["debug", "info", "warn", "error"] as const) log(at, "m");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
});

test("for people the level is in line, and what is no text stands as JSON", () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 9, 8, 7) });
  try {
    const { log, lines } = setUp({ isJson: false });
    log("error", `m ${token}`, { list: [1, "two"], none: null });
    log("info", "m");
    expect(lines).toEqual([
      '09:08:07 error m [token]  list=[1,"two"]  none=null\n',
      "09:08:07 info  m\n",
    ]);
  } finally {
    vi.useRealTimers();
  }
});
