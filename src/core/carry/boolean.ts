// Checkboxes. Neither service has a third state: what is not ticked is unticked. Words count only
// where a person types the value in.
import type { Bridge, BridgeInput } from "../bridge.ts";
import { boolean, type Value } from "../value.ts";
import { sided } from "../side.ts";
import { plainText } from "./text.ts";

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["1", true],
  ["", false],
  ["false", false],
  ["no", false],
  ["0", false],
]);

/** Null when the value says neither. */
function tickOf(value: Value): boolean | null {
  if (value.kind === "boolean") return value.isTrue;
  return words.get(plainText(value)?.trim().toLowerCase() ?? "neither") ?? null;
}

export function bridgeBooleans(_input: BridgeInput): Bridge {
  return {
    grade: "exact",
    loss: null,
    canon: sided(() => (value: Value) => (tickOf(value) === true ? "1" : "0")),
    carry: (_to, value) => {
      const isTicked = tickOf(value);
      if (isTicked === null) return { kind: "refused", why: "the value is neither true nor false" };
      return { kind: "value", value: boolean(isTicked), isLossy: false };
    },
  };
}
