// The two sides of a pair. Nothing in the core knows which service stands on which side, and nothing
// treats one side better than the other, save a policy that says so.

export type Side = "left" | "right";

export const sides: readonly Side[] = ["left", "right"];

export interface Sided<T> {
  readonly left: T;
  readonly right: T;
}

export function other(side: Side): Side {
  return side === "left" ? "right" : "left";
}

export function sided<T>(make: (side: Side) => T): Sided<T> {
  return { left: make("left"), right: make("right") };
}

/** The same pair of things with one side replaced. */
export function withSide<T>(pair: Sided<T>, side: Side, value: T): Sided<T> {
  return side === "left" ? { left: value, right: pair.right } : { left: pair.left, right: value };
}
