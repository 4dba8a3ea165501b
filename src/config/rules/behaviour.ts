// Settings of a pair that must make sense together: how rows are put away, when the pair runs, and
// what its guards can do in this version.
import { validate } from "node-cron";
import type { Finding, PairRule } from "../rules.ts";

export const archiveRules: PairRule = (pair) => {
  const found: Finding[] = [];
  if (pair.deletes !== "archive") {
    const set = [
      ...(pair.archive.airtable === undefined ? [] : ["airtable"]),
      ...(pair.archive.notion === "trash" ? [] : ["notion"]),
    ];
    for (const side of set) {
      found.push({
        level: "warning",
        path: ["archive", side],
        message: `archive has no effect, because deletes is ${pair.deletes}.`,
        remedy: "Write deletes: archive, or take archive out.",
      });
    }
    return found;
  }
  const { airtable, notion } = pair.archive;
  const marks = [
    ...(airtable === undefined || airtable === "delete"
      ? []
      : [["airtable", "field", airtable.field]]),
    ...(notion === "trash" ? [] : [["notion", "property", notion.property]]),
  ] as const;
  for (const [side = "", key = "", name = ""] of marks) {
    if (!name.startsWith("@")) continue;
    found.push({
      level: "error",
      path: ["archive", side, key],
      message: `"${name}" can only be read, so it cannot mark a row as archived.`,
      remedy: "Name a select, status, checkbox or text field.",
    });
  }
  return found;
};

export const scheduleRules: PairRule = (pair) => {
  if (pair.schedule === undefined || validate(pair.schedule)) return [];
  return [
    {
      level: "error",
      path: ["schedule"],
      message: `"${pair.schedule}" is no cron expression.`,
      remedy: 'Write five parts (minute, hour, day, month, weekday), such as "*/15 * * * *".',
    },
  ];
};

export const guardRules: PairRule = (pair) => {
  const found: Finding[] = [];
  if (pair.guards.sentinel) {
    found.push({
      level: "error",
      path: ["guards", "sentinel"],
      message: "Sentinel rows are not in this version.",
      remedy: "Take it out; control reads of known rows do its work.",
    });
  }
  for (const name of ["maxRemove", "maxCreate", "massChange", "massBlank"] as const) {
    const { floor, cap } = pair.guards[name];
    if (cap === null || floor <= cap) continue;
    found.push({
      level: "error",
      path: ["guards", name],
      message: `The floor of ${floor} is above the cap of ${cap}.`,
      remedy: "Raise the cap, or lower the floor.",
    });
  }
  return found;
};
