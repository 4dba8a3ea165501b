import { expect, test } from "vitest";
import { choice, choices, empty, number } from "../../../core/value.ts";
import { choiceCodec, choicesCodec } from "./choice.ts";

const context = { userIdOf: () => null };

test("nothing clears an option by null, and a list by having none", () => {
  expect(choiceCodec.encode(empty, context)).toEqual({ kind: "content", content: null });
  expect(choicesCodec.encode(empty, context)).toEqual({ kind: "content", content: [] });
  expect(choiceCodec.decode(null)).toEqual(empty);
  expect(choicesCodec.decode([])).toEqual(empty);
});

test("options go by name, and a name with a comma not at all", () => {
  expect(choiceCodec.encode(choice("High"), context)).toEqual({
    kind: "content",
    content: { name: "High" },
  });
  expect(choicesCodec.encode(choices(["a", "b"]), context)).toEqual({
    kind: "content",
    content: [{ name: "a" }, { name: "b" }],
  });
  for (const encoded of [
    choiceCodec.encode(choice("a,b"), context),
    choicesCodec.encode(choices(["c", "a,b"]), context),
    choiceCodec.encode(number(1), context),
    choicesCodec.encode(choice("a"), context),
  ]) {
    expect(encoded.kind).toBe("refused");
  }
});

test("P25: one option nobody understands makes the whole cell unknown", () => {
  const unknown = { kind: "unknown", why: "undecodable" };
  expect(choiceCodec.decode({ id: "x" })).toEqual(unknown);
  expect(choiceCodec.decode("High")).toEqual(unknown);
  expect(choicesCodec.decode([{ name: "a" }, { id: "x" }])).toEqual(unknown);
  expect(choicesCodec.decode(null)).toEqual(unknown);
});
