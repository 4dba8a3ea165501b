// Every field has one writer. A field that two mappings write, or that holds a marker and a value at
// once, would change with every run.
import { flowOf } from "../flow.ts";
import type { MappingFile, PairFile } from "../file.ts";
import type { Finding, PairRule } from "../rules.ts";

type Service = "notion" | "airtable";
const services: readonly Service[] = ["notion", "airtable"];
const label: Record<Service, string> = { notion: "Notion", airtable: "Airtable" };

function isWritten(mapping: MappingFile, service: Service): boolean {
  const flow = flowOf(mapping);
  return flow === "both" || flow === (service === "notion" ? "toNotion" : "toAirtable");
}

export const writerRules: PairRule = (pair) =>
  services.flatMap((service) => {
    const writers = new Map<string, number>();
    return pair.fields.flatMap((mapping, index): readonly Finding[] => {
      if (!isWritten(mapping, service)) return [];
      const name = mapping[service];
      const earlier = writers.get(name);
      if (earlier === undefined) {
        writers.set(name, index);
        return [];
      }
      const other = service === "notion" ? "toAirtable" : "toNotion";
      return [
        {
          level: "error",
          path: ["fields", index, service],
          message: `"${name}" in ${label[service]} would be written by two mappings: fields[${earlier}] and fields[${index}].`,
          remedy: `Take one of them out, or write direction: ${other} in one.`,
        },
      ];
    });
  });

export const matchRules: PairRule = (pair) =>
  pair.match.flatMap((match, index): readonly Finding[] => {
    const isMapped = pair.fields.some(
      (mapping) => mapping.notion === match.notion && mapping.airtable === match.airtable,
    );
    if (isMapped) return [];
    return [
      {
        level: "error",
        path: ["match", index],
        message: `Rows cannot be matched by "${match.notion}" and "${match.airtable}", because fields does not map the one to the other.`,
        remedy: "Match by a pair of fields that is mapped, or add the mapping.",
      },
    ];
  });

interface Role {
  readonly path: readonly string[];
  readonly name: string;
  readonly does: string;
}

function rolesOf(pair: PairFile, service: Service): readonly Role[] {
  const marker = pair.link[service];
  const stamp = pair.lastSynced[service];
  return [
    ...(marker === undefined
      ? []
      : [{ path: ["link", service], name: marker, does: "holds the link marker" }]),
    ...(stamp === undefined
      ? []
      : [{ path: ["lastSynced", service], name: stamp, does: "holds the lastSynced stamp" }]),
  ];
}

function archiveField(pair: PairFile, service: Service): string | null {
  if (service === "notion") {
    return pair.archive.notion === "trash" ? null : pair.archive.notion.property;
  }
  const { airtable } = pair.archive;
  return airtable === undefined || airtable === "delete" ? null : airtable.field;
}

export const markerRules: PairRule = (pair) => {
  const found = services.flatMap((service) => {
    const roles = rolesOf(pair, service);
    return roles.flatMap((role, index): readonly Finding[] => {
      const mapped = pair.fields.findIndex((mapping) => mapping[service] === role.name);
      const earlier = roles.slice(0, index).find((entry) => entry.name === role.name);
      const clash =
        mapped >= 0
          ? `is also mapped in fields[${mapped}]`
          : earlier !== undefined
            ? `also ${earlier.does}`
            : archiveField(pair, service) === role.name
              ? "is also the archive mark"
              : null;
      if (clash === null) return [];
      return [
        {
          level: "error",
          path: role.path,
          message: `"${role.name}" in ${label[service]} ${role.does}, and ${clash}.`,
          remedy: "Give it a field of its own.",
        },
      ];
    });
  });
  if (pair.link.airtable !== undefined) return found;
  return [
    ...found,
    {
      level: "warning",
      path: ["link"],
      message: "Without link.airtable a new row whose answer was lost cannot be found again.",
      remedy: 'Add a text field to the table and name it: link: { airtable: "Notion Page ID" }.',
    },
  ];
};
