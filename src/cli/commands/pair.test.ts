// What a person does to a pair as a whole, as scripts get it.
import { expect, test } from "vitest";
import { outcomeOf } from "../../../test/fixture/services.ts";
import { tandemJson } from "../../../test/fixture/tandem.ts";

test("an action is an object with its words", async () => {
  const act = () => Promise.resolve({ message: "It rests.", outcome: null });
  expect(await tandemJson(["pair", "pause", "product-specs"], { act })).toEqual({
    exit: 0,
    lines: [{ type: "pair", pair: "product-specs", action: "pause", message: "It rests." }],
  });
});

test("a resync ends as its run did", async () => {
  const act = () =>
    Promise.resolve({ message: "Taken anew.", outcome: outcomeOf("attention", { entries: [] }) });
  const args = ["pair", "resync", "product-specs", "--prefer", "airtable"];
  expect((await tandemJson(args, { act })).exit).toBe(1);
});
