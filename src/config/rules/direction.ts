// What a mapping's direction must fit: pseudo-properties can only be read, and an owner or a drift
// setting that can never come into play is most likely a misunderstanding.
import { nearest } from "../../lib/nearest.ts";
import { airtablePseudo, flowOf, isPseudo, notionPseudo } from "../flow.ts";
import type { MappingFile } from "../file.ts";
import type { Finding, PairRule } from "../rules.ts";

function each(check: (mapping: MappingFile) => readonly Finding[]): PairRule {
  return (pair) =>
    pair.fields.flatMap((mapping, index) =>
      check(mapping).map((found) => ({ ...found, path: ["fields", index, ...found.path] })),
    );
}

function unknownPseudo(side: "notion" | "airtable", name: string): readonly Finding[] {
  const known = side === "notion" ? notionPseudo : airtablePseudo;
  if (!isPseudo(name) || known.includes(name)) return [];
  const meant = nearest(name, known);
  const ask = meant === null ? "" : ` Did you mean "${meant}"?`;
  return [
    {
      level: "error",
      path: [side],
      message: `There is no "${name}" of ${side === "notion" ? "a Notion page" : "an Airtable record"}.`,
      remedy: `Known are ${known.join(", ")}.${ask}`,
    },
  ];
}

export const pseudoRules: PairRule = each((mapping) => {
  const unknown = [
    ...unknownPseudo("notion", mapping.notion),
    ...unknownPseudo("airtable", mapping.airtable),
  ];
  if (unknown.length > 0 || !isPseudo(mapping.notion) || !isPseudo(mapping.airtable)) {
    return unknown;
  }
  return [
    {
      level: "error",
      path: ["airtable"],
      message: `"${mapping.notion}" and "${mapping.airtable}" can both only be read.`,
      remedy: "Name a real field on the side that is to receive the value.",
    },
  ];
});

export const directionRules: PairRule = each((mapping) => {
  const flow = flowOf(mapping);
  if (isPseudo(mapping.notion) === isPseudo(mapping.airtable)) return [];
  const [name, wanted] = isPseudo(mapping.notion)
    ? ([mapping.notion, "toAirtable"] as const)
    : ([mapping.airtable, "toNotion"] as const);
  if (flow === wanted) return [];
  return [
    {
      level: "error",
      path: ["direction"],
      message: `"${name}" can only be read, so nothing can flow to it.`,
      remedy: `Write direction: ${wanted}, or leave direction out.`,
    },
  ];
});

export const ownerRules: PairRule = each((mapping) => {
  const flow = flowOf(mapping);
  const found: Finding[] = [];
  const receiver = flow === "toAirtable" ? "airtable" : flow === "toNotion" ? "notion" : null;
  if (receiver !== null && mapping.owner === receiver) {
    found.push({
      level: "warning",
      path: ["owner"],
      message: `${mapping.notion} is owned by ${receiver}, but its values flow ${flow} only.`,
      remedy: "Leave owner out, or leave direction out if edits there are to count.",
    });
  }
  if (receiver === null && mapping.drift !== "revert") {
    found.push({
      level: "warning",
      path: ["drift"],
      message: `drift has no effect on ${mapping.notion}, because its values flow both ways.`,
      remedy: "Leave drift out, or give a direction.",
    });
  }
  return found;
});
