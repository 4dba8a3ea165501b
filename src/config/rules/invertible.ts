// Renamed options must come back as what they were, or the first sync there and back would change
// them. Names count without case, because both services resolve a name written in another case to the
// option that exists.
import { flowOf } from "../flow.ts";
import type { MappingFile } from "../file.ts";
import type { Finding, PairRule } from "../rules.ts";

function fold(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

/** The first two entries whose `by` is the same name. */
function collision(
  entries: readonly (readonly [notion: string, airtable: string])[],
  by: 0 | 1,
): readonly [readonly [string, string], readonly [string, string]] | null {
  const seen = new Map<string, readonly [string, string]>();
  for (const entry of entries) {
    const key = fold(entry[by]);
    const earlier = seen.get(key);
    if (earlier !== undefined) return [earlier, entry];
    seen.set(key, entry);
  }
  return null;
}

function check(mapping: MappingFile): Finding | null {
  const entries = Object.entries(mapping.map ?? {});
  const twice = collision(entries, 0);
  if (twice !== null) {
    const [one, two] = twice;
    return {
      level: "error",
      path: ["map", two[0]],
      message: `"${one[0]}" and "${two[0]}" are the same option, once for "${one[1]}" and once for "${two[1]}".`,
      remedy: "Keep one of the two.",
    };
  }
  if (flowOf(mapping) === "toAirtable") return null;
  const clash = collision(entries, 1);
  if (clash === null) return null;
  const [one, two] = clash;
  return {
    level: "error",
    path: ["map", two[0]],
    message: `"${two[0]}" becomes "${two[1]}" in Airtable and comes back as "${one[0]}", because "${one[0]}" becomes "${one[1]}" too.`,
    remedy: `Give each option a name of its own, or write direction: toAirtable.`,
  };
}

export const invertibleRules: PairRule = (pair) =>
  pair.fields.flatMap((mapping, index) => {
    const found = check(mapping);
    return found === null ? [] : [{ ...found, path: ["fields", index, ...found.path] }];
  });
