// One mapping of the config over the two tables: which way its values can flow, and how they are carried.
import { makeBridge } from "./bridge.ts";
import type { Lookup } from "./field-lookup.ts";
import { cellKey } from "./ids.ts";
import type { FieldPolicy } from "./policy.ts";
import type { Field } from "./schema.ts";
import type { Mapping } from "./setup.ts";
import type { Sided } from "./side.ts";

/** None, and its problems noted, where the two fields cannot be kept in step. */
export function makeMapping(policy: FieldPolicy, lookup: Lookup): readonly Mapping[] {
  const left = lookup.field("left", policy.fields.left, "mapped");
  const right = lookup.field("right", policy.fields.right, "mapped");
  if (left === null || right === null) return [];
  const fields: Sided<Field> = { left, right };
  // A computed field can only be read, so its values flow out by themselves.
  const flow = effectiveFlow(policy.flow, fields);
  if (flow === null) {
    lookup.problems.push({
      kind: "config",
      side: null,
      message: `"${left.name}" and "${right.name}" cannot be synced in that direction: the receiving field is read-only.`,
      remedy: `Map it the other way with direction, or take the mapping out.`,
    });
    return [];
  }
  const result = makeBridge(left, right, policy);
  if (result.kind === "refused") {
    lookup.problems.push({
      kind: "config",
      side: null,
      message: `"${left.name}" (${left.type}) cannot be synced with "${right.name}" (${right.type}): ${result.why}.`,
      remedy: "Map it to a field of another type, or take the mapping out.",
    });
    return [];
  }
  return [
    {
      key: cellKey(left.id, right.id),
      name: policy.name,
      policy: { ...policy, flow },
      fields,
      bridge: result.bridge,
    },
  ];
}

function effectiveFlow(
  flow: FieldPolicy["flow"],
  fields: Sided<Field>,
): FieldPolicy["flow"] | null {
  const { left, right } = fields;
  if (!left.isWritable && !right.isWritable) return null;
  switch (flow) {
    case "both":
      if (!left.isWritable) return "toRight";
      return right.isWritable ? "both" : "toLeft";
    case "toLeft":
      return left.isWritable ? flow : null;
    case "toRight":
      return right.isWritable ? flow : null;
  }
}
