// Checkboxes. Neither service has a third state: what is not ticked is unticked.
import type { Bridge, BridgeInput } from "../bridge.ts";
import { boolean, type Value } from "../value.ts";
import { sided } from "../side.ts";

function isTicked(value: Value): boolean {
  return value.kind === "boolean" && value.isTrue;
}

export function bridgeBooleans(_input: BridgeInput): Bridge {
  return {
    grade: "exact",
    loss: null,
    canon: sided(() => (value: Value) => (isTicked(value) ? "1" : "0")),
    carry: (_to, value) => ({ kind: "value", value: boolean(isTicked(value)), isLossy: false }),
  };
}
