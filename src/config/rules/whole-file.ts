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
  return [...nothingToDo(file), ...storeRule(file), ...secrets(facts), ...sharedTables(file)];
}

function nothingToDo(file: ConfigFile): readonly Finding[] {
  const all = [file.pairs, file.workers, file.flows];
  if (all.some((group) => Object.keys(group).length > 0)) return [];
  return [
    {
      level: "error",
      path: ["pairs"],
      message: "There is no pair, so there is nothing to sync.",
      remedy: "Describe one below `pairs:`; config/product-ops.yaml is an example.",
    },
  ];
}

function storeRule(file: ConfigFile): readonly Finding[] {
  const parsed = parseStoreUrl(file.store);
  if (parsed.kind === "sqlite") return [];
  return [{ level: "error", path: ["store"], message: parsed.message, remedy: parsed.remedy }];
}

function secrets(facts: FileFacts): readonly Finding[] {
  const paths: readonly ConfigPath[] = [
    ["notion", "token"],
    ["airtable", "token"],
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
