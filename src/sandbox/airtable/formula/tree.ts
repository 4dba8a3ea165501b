// The shape of a parsed formula.

export type BinaryMark = "+" | "-" | "*" | "/" | "&" | "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Node =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "text"; readonly text: string }
  /** A field by name or id, as written. */
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "negate"; readonly inner: Node }
  | {
      readonly kind: "binary";
      readonly mark: BinaryMark;
      readonly left: Node;
      readonly right: Node;
    }
  /** `name` is upper case and known to the library. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] };

/** Names of all fields a formula mentions, as written, each once. */
export function fieldNames(node: Node): string[] {
  const found = new Set<string>();
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    switch (next.kind) {
      case "number":
      case "text":
        break;
      case "field":
        found.add(next.name);
        break;
      case "negate":
        pending.push(next.inner);
        break;
      case "binary":
        pending.push(next.right, next.left);
        break;
      case "call":
        pending.push(...[...next.args].reverse());
        break;
    }
  }
  return [...found];
}
