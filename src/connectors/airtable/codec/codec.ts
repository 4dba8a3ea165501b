// What a codec is: the two ways between a cell as Airtable's JSON has it and a canonical value.
// Decoding never throws; what it does not understand is `unknown`, which holds the cell still.
// Absent cells never reach a codec: absence is judged by whoever knows that the field was asked for.
import { unknown, type Value } from "../../../core/value.ts";

export type Encoded =
  /** JSON for the `fields` of a write. `null` clears the cell. */
  | { readonly kind: "cell"; readonly cell: unknown }
  /** The field cannot hold the value; `why` is a sentence for a person. */
  | { readonly kind: "refused"; readonly why: string };

export interface Codec {
  readonly decode: (cell: unknown) => Value;
  readonly encode: (value: Value) => Encoded;
  /** What an absent cell of an asked-for field means. */
  readonly absent: Value;
}

export function cell(content: unknown): Encoded {
  return { kind: "cell", cell: content };
}

export function refused(why: string): Encoded {
  return { kind: "refused", why };
}

/** The refusal of a value whose kind the field does not take: a mapping that should not exist. */
export function refusedKind(value: Value, wants: string): Encoded {
  return refused(`a value of kind ${value.kind} cannot stand in a field of ${wants}`);
}

export function isRecord(thing: unknown): thing is Readonly<Record<string, unknown>> {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

/**
 * Computed cells may hold `{"error":"#ERROR!"}` or `{"specialValue":"NaN"}` in place of their type
 * (recorded in formulas, roll-ups and inside lookup arrays). Both mean: no value, carry nothing.
 */
export function isErrorObject(thing: unknown): boolean {
  return isRecord(thing) && ("error" in thing || "specialValue" in thing);
}

/** What to make of a cell that is not of the shape its type promises. */
export function oddCell(thing: unknown): Value {
  return unknown(isErrorObject(thing) ? "error" : "undecodable");
}
