// Rules of one worker that span several of its keys.
import type { Finding } from "../rules.ts";
import type { WorkerFile } from "../file.ts";

type WorkerRule = (worker: WorkerFile) => readonly Finding[];

const sweepRule: WorkerRule = ({ sweep }) => {
  const { floor, cap } = sweep.maxRemove;
  if (cap === null || floor <= cap) return [];
  return [
    {
      level: "error",
      path: ["sweep", "maxRemove"],
      message: `The floor of ${floor} is above the cap of ${cap}.`,
      remedy: "Raise the cap, or lower the floor.",
    },
  ];
};

/** Two keys on one table would each sweep the other's rows. */
const sharedTableRule: WorkerRule = ({ databases }) => {
  const seen = new Map<string, string>();
  return Object.entries(databases).flatMap(([key, target]): readonly Finding[] => {
    const table = tableText(target);
    const earlier = seen.get(table);
    seen.set(table, earlier ?? key);
    if (earlier === undefined) return [];
    return [
      {
        level: "error",
        path: ["databases", key],
        message: `It is the same table as "${earlier}"; each would remove the other's rows.`,
        remedy: "Give each database of a worker a table of its own.",
      },
    ];
  });
};

function tableText(target: WorkerFile["databases"][string]): string {
  if (typeof target === "string") return target;
  if ("notion" in target) return target.notion;
  return `${target.airtable.base}\n${target.airtable.table}`;
}

export function checkWorker(name: string, worker: WorkerFile): readonly Finding[] {
  return [sweepRule, sharedTableRule]
    .flatMap((rule) => rule(worker))
    .map((found) => ({ ...found, path: ["workers", name, ...found.path] }));
}
