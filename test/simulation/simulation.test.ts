// A small, pinned part of the simulation for every test run; the large one is `npm run simulate`.
// A failing seed is told as a whole story by `npm run simulate -- --seed N`.
import { expect, test } from "vitest";
import corpus from "./corpus.json" with { type: "json" };
import { runHistory } from "./history.ts";
import { playBatch } from "./many.ts";

const seeds = Array.from({ length: 80 }, (_, at) => at + 1);

test("P1 P2 P3 P4 P5 P6 P7 P9 P10 P11 P12 P14 P16 P17 P21 P26 P27 P28: simulated histories keep every property", async () => {
  const { failures, counts } = await playBatch({ seeds, isStoppedAtFirst: false });
  expect(failures).toEqual([]);
  expect(Object.keys(counts["crash"] ?? {}).length).toBeGreaterThan(3);
  for (const property of [
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "P7",
    "P9",
    "P10",
    "P11",
    "P12",
    "P14",
    "P16",
    "P21",
    "undo",
    "P26",
    "P27",
    "P28",
  ]) {
    expect([property, counts["tested"]?.[property] ?? 0]).not.toEqual([property, 0]);
  }
}, 120_000);

test("P1 P5 P12 P14 P16: histories in quick succession keep every property", async () => {
  const hurried = Array.from({ length: 50 }, (_, at) => at + 1);
  const { failures, counts } = await playBatch({
    seeds: hurried,
    isHurried: true,
    isStoppedAtFirst: false,
  });
  expect(failures).toEqual([]);
  for (const property of ["P1", "P5", "P12", "P14", "P16"]) {
    expect([property, counts["tested"]?.[property] ?? 0]).not.toEqual([property, 0]);
  }
}, 120_000);

test("seeds that failed once hold", async () => {
  const { failures } = await playBatch({ seeds: corpus.seeds, isStoppedAtFirst: false });
  expect(failures).toEqual([]);
}, 180_000);

test("the same seed gives the same history, call by call", async () => {
  const first = await runHistory(5, { isTold: true });
  const second = await runHistory(5, { isTold: true });
  expect(first.story.length).toBeGreaterThan(50);
  expect(second.story).toEqual(first.story);
});
