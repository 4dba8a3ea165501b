// Rules about the file as a whole: that there is something to do, where the store is, that no two
// pairs fight over one table, and that no secret stands in the file.
import type { ConfigFile } from "../file.ts";
import type { ConfigPath } from "../problem.ts";
import type { Finding } from "../rules.ts";
import { parseStoreUrl } from "../store-url.ts";

export interface FileFacts {
  /** Whether the text at a path came from the environment. */
  readonly isFromEnvironment: (path: ConfigPath) => boolean;
}

export function fileRules(file: ConfigFile, facts: FileFacts): readonly Finding[] {
  return [...nothingToDo(file), ...storeRule(file), ...secrets(file, facts), ...sharedTables(file)];
}

const noFlows: Finding = {
  level: "error",
  path: ["flows"],
  message: "Flows are not in this version.",
  remedy: "Take them out; a worker can do the same in a few lines of code.",
};

function nothingToDo(file: ConfigFile): readonly Finding[] {
  if (Object.keys(file.flows).length > 0) return [noFlows];
  const all = [file.pairs, file.workers];
  if (all.some((group) => Object.keys(group).length > 0)) return [];
  return [
    {
      level: "error",
      path: ["pairs"],
      message: "There is neither a pair nor a worker, so there is nothing to sync.",
      remedy: "Describe one below `pairs:` or `workers:`; config/ has an example of each.",
    },
  ];
}

function storeRule(file: ConfigFile): readonly Finding[] {
  const parsed = parseStoreUrl(file.store);
  if (parsed.kind === "sqlite") return [];
  return [{ level: "error", path: ["store"], message: parsed.message, remedy: parsed.remedy }];
}

function secrets(file: ConfigFile, facts: FileFacts): readonly Finding[] {
  const paths: readonly ConfigPath[] = [
    ...(file.notion === undefined ? [] : [["notion", "token"]]),
    ...(file.airtable === undefined ? [] : [["airtable", "token"]]),
  ];
  const literal = paths.filter((path) => !facts.isFromEnvironment(path));
  return literal.map((path) => {
    const name = path[0] === "notion" ? "NOTION_TOKEN" : "AIRTABLE_TOKEN";
    return {
      level: "warning",
      path,
      message: "The token stands in the file, where everybody who reads the file reads it.",
      remedy: `Move it to the environment or a .env file, and write token: "\${${name}}".`,
    };
  });
}

/** Two pairs on one table may be meant (filters, two databases in one table), but rarely are. */
function sharedTables(file: ConfigFile): readonly Finding[] {
  const seen = new Map<string, string>();
  return Object.entries(file.pairs).flatMap(([name, pair]): readonly Finding[] => {
    const target = `${pair.airtable.base}\n${pair.airtable.table}\n${pair.notion.database}`;
    const earlier = seen.get(target);
    if (earlier === undefined) {
      seen.set(target, name);
      return [];
    }
    const hasFilters = [pair, file.pairs[earlier]].every(
      (entry) => entry?.filter.notion !== undefined || entry?.filter.airtable !== undefined,
    );
    if (hasFilters) return [];
    return [
      {
        level: "error",
        path: ["pairs", name],
        message: `It syncs the same database and table as "${earlier}"; each would copy the other's new rows.`,
        remedy: "Take one of the two out, or give both a filter that keeps their rows apart.",
      },
    ];
  });
}
