// What a codec is: the two ways between what stands under a property's type key and a canonical value.
// Decoding never throws; what it does not understand is `unknown`, which holds the cell still.
import type { Value } from "../../../core/value.ts";

export type Encoded =
  /** JSON that stands under the type's key in a write. */
  | { readonly kind: "content"; readonly content: unknown }
  /** The property cannot hold the value; `why` is a sentence for a person. */
  | { readonly kind: "refused"; readonly why: string };

export interface EncodeContext {
  /** The user with an e-mail address in lower case, or why there is none. */
  readonly userIdOf: (email: string) => string | null;
}

export interface Codec {
  readonly decode: (content: unknown) => Value;
  readonly encode: (value: Value, context: EncodeContext) => Encoded;
}

export function content(json: unknown): Encoded {
  return { kind: "content", content: json };
}

export function refused(why: string): Encoded {
  return { kind: "refused", why };
}

/** The refusal of a value whose kind the property does not take: a mapping that should not exist. */
export function refusedKind(value: Value, wants: string): Encoded {
  return refused(`a value of kind ${value.kind} cannot stand in a property of ${wants}`);
}

export const computedEncode: Codec["encode"] = () => refused("the property is computed by Notion");

export function isRecord(thing: unknown): thing is Readonly<Record<string, unknown>> {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

export function asList(thing: unknown): readonly unknown[] | null {
  return Array.isArray(thing) ? (thing as readonly unknown[]) : null;
}
