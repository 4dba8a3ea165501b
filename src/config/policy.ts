// Turns a pair of the config into what the engine works on. From here on Notion is the left side and
// Airtable the right one, and nothing below knows the services' names.
import { pairId, type PairId } from "../core/ids.ts";
import type {
  ArchivePolicy,
  CarrySettings,
  FieldPolicy,
  GuardSettings,
  PairPolicy,
} from "../core/policy.ts";
import type { Side } from "../core/side.ts";
import { flowOf } from "./flow.ts";
import type { Direction, GuardsFile, MappingFile, PairFile } from "./file.ts";

const sideOf = { notion: "left", airtable: "right" } as const satisfies Record<string, Side>;

export const sideNames: PairPolicy["names"] = { left: "Notion", right: "Airtable" };

const flows: Record<Direction, FieldPolicy["flow"]> = {
  both: "both",
  toNotion: "toLeft",
  toAirtable: "toRight",
};

export function pairPolicy(name: string, pair: PairFile): PairPolicy {
  const id: PairId = pairId(name);
  return {
    id,
    names: sideNames,
    fields: fieldPolicies(pair.fields),
    match: pair.match.map((match) => ({ left: match.notion, right: match.airtable })),
    markers: { left: pair.link.notion ?? null, right: pair.link.airtable ?? null },
    lastSynced: { left: pair.lastSynced.notion ?? null, right: pair.lastSynced.airtable ?? null },
    creates: {
      left: pair.creates === "both" || pair.creates === "toNotion",
      right: pair.creates === "both" || pair.creates === "toAirtable",
    },
    deletes: pair.deletes,
    archive: { left: notionArchive(pair), right: airtableArchive(pair) },
    filters: { left: pair.filter.notion ?? null, right: pair.filter.airtable ?? null },
    guards: guardSettings(pair.guards),
  };
}

/** A mapping is named after its Notion field; a second mapping of that field says which it is. */
function fieldPolicies(mappings: readonly MappingFile[]): readonly FieldPolicy[] {
  const taken = new Set<string>();
  return mappings.map((mapping) => {
    const name = taken.has(mapping.notion)
      ? `${mapping.notion} (${mapping.airtable})`
      : mapping.notion;
    taken.add(name);
    return {
      name,
      fields: { left: mapping.notion, right: mapping.airtable },
      owner: ownerOf(mapping.owner),
      flow: flows[flowOf(mapping)],
      drift: mapping.drift,
      renames: Object.entries(mapping.map ?? {}).map(([left, right]) => ({ left, right })),
      carry: carrySettings(mapping.as),
    };
  });
}

function ownerOf(owner: MappingFile["owner"]): FieldPolicy["owner"] {
  return owner === "notion" || owner === "airtable" ? sideOf[owner] : owner;
}

function carrySettings(settings: MappingFile["as"]): CarrySettings {
  const { zone, people, formatting } = settings ?? {};
  return {
    ...(zone === undefined ? {} : { zone }),
    ...(people === undefined ? {} : { people }),
    ...(formatting === undefined ? {} : { formatting }),
  };
}

function notionArchive(pair: PairFile): ArchivePolicy {
  const { notion } = pair.archive;
  if (notion === "trash") return { kind: "remove" };
  return { kind: "mark", field: notion.property, value: notion.value };
}

function airtableArchive(pair: PairFile): ArchivePolicy | null {
  const { airtable } = pair.archive;
  if (airtable === undefined) return null;
  if (airtable === "delete") return { kind: "remove" };
  return { kind: "mark", field: airtable.field, value: airtable.value };
}

function guardSettings(guards: GuardsFile): GuardSettings {
  return {
    maxRemove: guards.maxRemove,
    maxCreate: guards.maxCreate,
    massChange: guards.massChange,
    massBlank: guards.massBlank,
    emptySide: guards.emptySide,
    hotRowMs: guards.hotRowSeconds * 1000,
    settleMs: guards.settleSeconds * 1000,
  };
}
