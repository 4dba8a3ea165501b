import { expect, test } from "vitest";
import { boolean, choice, choices, empty, number } from "../../../core/value.ts";
import { checkboxCodec } from "./checkbox.ts";
import { choiceCodec, choicesCodec } from "./choice.ts";

test("P25: one option nobody understands makes the whole cell unknown", () => {
  expect(choicesCodec.decode(["a", 1]).kind).toBe("unknown");
  expect(choicesCodec.decode(["a", null]).kind).toBe("unknown");
  expect(choicesCodec.decode("a").kind).toBe("unknown");
  expect(choiceCodec.decode(["a"]).kind).toBe("unknown");
  expect(choicesCodec.decode(["b", "a"])).toEqual(choices(["b", "a"]));
});

test("nothing clears an option by null, and a list by having none", () => {
  expect(choiceCodec.encode(empty)).toEqual({ kind: "cell", cell: null });
  expect(choicesCodec.encode(empty)).toEqual({ kind: "cell", cell: [] });
  expect(choiceCodec.encode(choice("a"))).toEqual({ kind: "cell", cell: "a" });
  expect(choiceCodec.encode(choices(["a"])).kind).toBe("refused");
  expect(choicesCodec.encode(choice("a")).kind).toBe("refused");
});

test("an unticked box is one that a record does not show", () => {
  expect(checkboxCodec.absent).toEqual(boolean(false));
  expect([true, false, 1, 0].map(checkboxCodec.decode)).toEqual(
    [true, false, true, false].map(boolean),
  );
  expect(["true", 2, null].map((cell) => checkboxCodec.decode(cell).kind)).toEqual([
    "unknown",
    "unknown",
    "unknown",
  ]);
  expect(checkboxCodec.encode(empty)).toEqual({ kind: "cell", cell: false });
  expect(checkboxCodec.encode(boolean(true))).toEqual({ kind: "cell", cell: true });
  expect(checkboxCodec.encode(number(1)).kind).toBe("refused");
});
