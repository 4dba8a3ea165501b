// How values of one field are carried to its counterpart, and when the two agree. One bridge stands
// for one mapping. It knows kinds and limits, never services.
//
// Agreement is judged in the coarser of the two domains: `canon` maps each side's value into it, and
// equal texts agree. It must be an equivalence, or a value would be written back and forth for ever.
import type { CarrySettings, FieldPolicy } from "./policy.ts";
import type { Field, Kind, KindName } from "./schema.ts";
import { other, type Side, type Sided } from "./side.ts";
import { empty, type Value } from "./value.ts";
import { bridgeBooleans } from "./carry/boolean.ts";
import { bridgeChoices } from "./carry/choice.ts";
import { bridgeDates } from "./carry/date.ts";
import { bridgeNumbers } from "./carry/number.ts";
import { bridgePeople } from "./carry/people.ts";
import { bridgeTexts } from "./carry/text.ts";

export type Carried =
  /** `isLossy`: the target holds less than the source; its own edits must not flow back. */
  | { readonly kind: "value"; readonly value: Value; readonly isLossy: boolean }
  /** The target cannot hold this value. `why` is a sentence for the person who reads the problem. */
  | { readonly kind: "refused"; readonly why: string };

export interface Bridge {
  readonly grade: "exact" | "lossy";
  /** What is lost on the way, in words; null when nothing is. */
  readonly loss: string | null;
  /** Comparable form of a side's value. Never called with an unknown value. */
  readonly canon: Sided<(value: Value) => string>;
  /** The value as the `to` side should hold it. Never called with an unknown value. */
  readonly carry: (to: Side, value: Value) => Carried;
}

export interface BridgeInput {
  readonly left: Kind;
  readonly right: Kind;
  readonly carry: CarrySettings;
  readonly renames: FieldPolicy["renames"];
}

export type BridgeResult =
  | { readonly kind: "bridge"; readonly bridge: Bridge }
  | { readonly kind: "refused"; readonly why: string };

type Family = (input: BridgeInput) => Bridge;

/** Which family carries a pair of kinds. What is not listed is refused. */
const families: Partial<Record<`${KindName}-${KindName}`, Family>> = {
  "text-text": bridgeTexts,
  "rich-text": bridgeTexts,
  "text-rich": bridgeTexts,
  "rich-rich": bridgeTexts,
  "number-number": bridgeNumbers,
  "number-text": bridgeNumbers,
  "text-number": bridgeNumbers,
  "boolean-boolean": bridgeBooleans,
  "date-date": bridgeDates,
  "date-text": bridgeDates,
  "text-date": bridgeDates,
  "choice-choice": bridgeChoices,
  "choice-text": bridgeChoices,
  "text-choice": bridgeChoices,
  "choice-choices": bridgeChoices,
  "choices-choice": bridgeChoices,
  "choices-choices": bridgeChoices,
  "choices-text": bridgeChoices,
  "text-choices": bridgeChoices,
  "people-people": bridgePeople,
  "people-text": bridgePeople,
  "text-people": bridgePeople,
};

/** The bridge between two fields, or why there is none. */
export function makeBridge(left: Field, right: Field, policy: FieldPolicy): BridgeResult {
  const family = families[`${left.kind.kind}-${right.kind.kind}`];
  if (family === undefined) {
    return {
      kind: "refused",
      why: `${left.type} and ${right.type} have no common form`,
    };
  }
  const bridge = family({
    left: left.kind,
    right: right.kind,
    carry: policy.carry,
    renames: policy.renames,
  });
  return { kind: "bridge", bridge };
}

/** Whether two values mean the same. False when either is unknown: nothing follows from those. */
export function agrees(bridge: Bridge, left: Value, right: Value): boolean {
  if (left.kind === "unknown" || right.kind === "unknown") return false;
  return bridge.canon.left(left) === bridge.canon.right(right);
}

/**
 * Nobody chose the value: it is empty, or the option that a service puts where a field was left empty.
 */
export function isUnchosen(bridge: Bridge, side: Side, value: Value): boolean {
  return value.kind !== "unknown" && bridge.canon[side](value) === bridge.canon[other(side)](empty);
}
