import { expect, test } from "vitest";
import { makeProgress, progressText } from "./progress.ts";

function setUp(isTty: boolean, isQuiet = false) {
  const written: string[] = [];
  let atMs = 0;
  const progress = makeProgress({
    write: (text) => written.push(text),
    isTty,
    isQuiet,
    nowMs: () => atMs,
    width: 60,
  });
  return {
    progress,
    written,
    wait: (lengthMs: number) => {
      atMs += lengthMs;
    },
  };
}

test("a bar shows what part is done", () => {
  expect(progressText({ stage: "apply", done: 5, total: 10 }, "specs")).toBe(
    "specs  writing  ██████████░░░░░░░░░░  5 of 10",
  );
  expect(progressText({ stage: "scan", done: 300, total: null }, undefined)).toBe(
    "reading rows (300)",
  );
});

test("on a terminal one line is rewritten, ten times a second at most, and always at the end", () => {
  const { progress, written, wait } = setUp(true);
  progress.report({ stage: "apply", done: 1, total: 3 });
  progress.report({ stage: "apply", done: 2, total: 3 });
  expect(written).toHaveLength(1);
  progress.report({ stage: "apply", done: 3, total: 3 });
  expect(written).toHaveLength(2);
  expect(written.every((text) => text.startsWith("\r") && !text.includes("\n"))).toBe(true);
  wait(200);
  progress.clear();
  expect(written.at(-1)).toBe(`\r${" ".repeat(59)}\r`);
  progress.clear();
  expect(written).toHaveLength(3);
});

test("elsewhere short work says nothing, and long work a plain line now and then", () => {
  const { progress, written, wait } = setUp(false);
  progress.report({ stage: "scan", done: 1, total: null });
  wait(14_000);
  progress.report({ stage: "scan", done: 2, total: null });
  expect(written).toEqual([]);
  wait(2000);
  progress.report({ stage: "scan", done: 3, total: null }, "specs");
  progress.report({ stage: "scan", done: 4, total: null }, "specs");
  expect(written).toEqual(["specs  reading rows (3)\n"]);
});

test("quiet is quiet", () => {
  const { progress, written } = setUp(true, true);
  progress.report({ stage: "apply", done: 3, total: 3 });
  expect(written).toEqual([]);
});

test("each stage has words of its own, and what has no length has no bar", () => {
  const pair = ["describe", "scan", "lookup", "plan"] as const;
  const sync = ["prepare", "index", "execute", "write", "wait", "relations", "sweep"] as const;
  const none = { done: 0, total: null };
  expect([
    ...pair.map((stage) => progressText({ stage, ...none }, undefined)),
    ...sync.map((stage) => progressText({ stage, ...none }, undefined)),
  ]).toEqual([
    "looking at both tables",
    "reading rows",
    "looking up missing rows",
    "comparing rows",
    "looking at the databases",
    "reading the keys that are there",
    "running the worker",
    "writing rows",
    "waiting for rows whose answer was lost",
    "relating rows",
    "removing rows",
  ]);
  const bar = (done: number, total: number): string =>
    progressText({ stage: "apply", done, total }, undefined);
  expect(bar(0, 0)).toBe(`writing  ${"█".repeat(20)}  0 of 0`);
  expect(bar(0, 3)).toBe(`writing  ${"░".repeat(20)}  0 of 3`);
  expect(bar(9, 3)).toBe(`writing  ${"█".repeat(20)}  9 of 3`);
});
