// Formula text as the service keeps it: `prop("Name")` becomes a token that names the property by id, so
// a renamed column does not break the formula (recorded traffic, ultimate-notion test_schema).
import { invalid } from "../errors.ts";
import { decodePropertyId, encodePropertyId } from "../ids.ts";
import { findProperty } from "../property.ts";
import type { DataSource, World } from "../world.ts";

const callPattern = /prop\(\s*"((?:[^"\\]|\\.)*)"\s*\)/g;

/** Matches one stored token; its first group is the encoded property id. */
export const tokenPattern: RegExp =
  /\{\{notion:block_property:([^:}]*):[0-9a-f-]{36}:[0-9a-f-]{36}\}\}/y;

/** The token that names a property. */
export function tokenOf(world: World, source: DataSource, rawId: string): string {
  return `{{notion:block_property:${encodePropertyId(rawId)}:${source.id}:${world.workspace.id}}}`;
}

/** Replaces every `prop("…")` by its token; an unknown name is a 400. */
export function storeExpression(world: World, source: DataSource, expression: string): string {
  return expression.replaceAll(callPattern, (_call, quoted: string) => {
    const name = quoted.replaceAll(/\\(.)/g, "$1");
    const property = findProperty(source.properties, name);
    if (property === null) {
      throw invalid(`Type error with formula: Property "${name}" could not be found.`);
    }
    return tokenOf(world, source, property.id);
  });
}

/** The raw property id inside a token's first group. */
export function tokenProperty(encodedId: string): string {
  return decodePropertyId(encodedId);
}
