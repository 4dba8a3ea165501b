// The engine's values as the plain text the oracle compares: printing only, no rule of the codecs.
import type { Value } from "../../src/core/value.ts";
import { columns, plainOf } from "./fields.ts";
import type { GhostKey } from "./ghost.ts";
import { markName } from "./services.ts";

export function plainValue(value: Value): string {
  switch (value.kind) {
    case "empty":
      return "";
    case "text":
      return plainOf(value.text);
    case "rich":
      return plainOf(value.markdown);
    case "number":
      return plainOf(value.number);
    case "boolean":
      return plainOf(value.isTrue);
    case "day":
      return plainOf({ start: value.start, end: value.end });
    case "instant":
      return new Date(value.startMs).toISOString();
    case "choice":
      return value.name;
    case "choices":
      return plainOf(value.names);
    case "people":
    case "links":
    case "files":
    case "unknown":
      return `(${value.kind})`;
  }
}

/** The column a name of the log or journal stands for; people may have renamed it since. */
export function keyOf(name: string): GhostKey | null {
  const plain = name.split(" v")[0] ?? name;
  if (plain === markName) return "@mark";
  const found = columns.find(({ names }) => names.left === plain || names.right === plain);
  return found?.key ?? null;
}
