// Which way a mapping's values really flow: as the config says, or, where it says nothing, away from
// a pseudo-property that can only be read.
import type { Direction, MappingFile } from "./file.ts";

/** Pseudo-properties of a Notion page. All but `@icon` are computed by Notion. */
export const notionPseudo: readonly string[] = ["@url", "@id", "@created", "@edited", "@icon"];
export const airtablePseudo: readonly string[] = ["@url", "@id", "@created"];

export function isPseudo(name: string): boolean {
  return name.startsWith("@");
}

export function flowOf(mapping: MappingFile): Direction {
  if (mapping.direction !== undefined) return mapping.direction;
  if (isPseudo(mapping.notion)) return "toAirtable";
  return isPseudo(mapping.airtable) ? "toNotion" : "both";
}
