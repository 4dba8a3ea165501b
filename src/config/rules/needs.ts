// Which services the file needs, told by what uses them. It looks at the file as it was written, so that
// a missing section is told beside other slips.
import type { Finding } from "../rules.ts";

const services = ["notion", "airtable"] as const;
type Service = (typeof services)[number];

/** `content`: the file, valid or not. */
export function missingServices(content: unknown): readonly Finding[] {
  if (!isGroup(content)) return [];
  return services.flatMap((service): readonly Finding[] => {
    const user = content[service] === undefined ? userOf(content, service) : null;
    if (user === null) return [];
    return [
      {
        level: "error",
        path: [service],
        message: `"${service}" is missing, and ${user} needs it.`,
        remedy: `Add ${service}: { token: "\${${service.toUpperCase()}_TOKEN}" }.`,
      },
    ];
  });
}

function userOf(file: Readonly<Record<string, unknown>>, service: Service): string | null {
  const [pair] = entries(file["pairs"]);
  if (pair !== undefined) return `the pair ${pair[0]}`;
  const worker = entries(file["workers"]).find(([, content]) => uses(content, service));
  return worker === undefined ? null : `the worker ${worker[0]}`;
}

/** A worker without any database in the config has its databases made in Notion. */
function uses(worker: unknown, service: Service): boolean {
  if (!isGroup(worker)) return false;
  const targets = entries(worker["databases"]).map(([, target]) => target);
  const isAirtable = (target: unknown): boolean => isGroup(target) && "airtable" in target;
  if (service === "airtable") return targets.some(isAirtable);
  if (worker["parent"] !== undefined) return true;
  return targets.length === 0 || targets.some((target) => !isAirtable(target));
}

function entries(group: unknown): readonly (readonly [string, unknown])[] {
  return isGroup(group) ? Object.entries(group) : [];
}

function isGroup(content: unknown): content is Readonly<Record<string, unknown>> {
  return typeof content === "object" && content !== null && !Array.isArray(content);
}
