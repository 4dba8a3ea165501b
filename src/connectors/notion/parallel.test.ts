import { expect, test } from "vitest";
import { eachOf } from "./parallel.ts";

test("works through everything, a few at a time", async () => {
  let open = 0;
  let most = 0;
  const done: number[] = [];
  await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    open += 1;
    most = Math.max(most, open);
    await Promise.resolve();
    open -= 1;
    done.push(item);
  });
  expect(done.toSorted((one, two) => one - two)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test("the first failure stops further work and is thrown", async () => {
  const begun: number[] = [];
  const work = eachOf([1, 2, 3, 4, 5], 1, async (item) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 2) throw new Error("two");
  });
  await expect(work).rejects.toThrow("two");
  expect(begun).toEqual([1, 2]);
});
