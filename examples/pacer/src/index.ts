// Two syncs that ask one upstream, which allows ten calls a second. The pacer is waited for before each
// call; while both run, each gets half of the budget. A 429 ends the execution: the upstream says when
// to come again, and the cycle goes on then.
import { RateLimitError, Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

const worker = new Worker();
export default worker;

const upstream = worker.pacer("weather", { allowedRequests: 10, intervalMs: 1000 });

for (const kind of ["stations", "warnings"]) {
  const database = worker.database(kind, {
    type: "managed",
    initialTitle: kind === "stations" ? "Stations" : "Warnings",
    primaryKeyProperty: "Code",
    schema: { properties: { Name: Schema.title(), Code: Schema.richText() } },
  });

  worker.sync(`${kind}Sync`, {
    database,
    mode: "replace",
    schedule: "1h",
    execute: async (state: { page: number } | undefined) => {
      const changes = [];
      const first = state?.page ?? 1;
      // Several pages an execution: each costs a process, and the upstream's answers are small.
      for (let page = first; page < first + 10; page += 1) {
        const list = await read(`/${kind}?page=${page}`);
        changes.push(
          ...list.map(({ code, name }) => ({
            type: "upsert" as const,
            key: code,
            properties: { Name: Builder.title(name), Code: Builder.richText(code) },
          })),
        );
        if (list.length === 0) return { changes, hasMore: false };
      }
      return { changes, hasMore: true, nextState: { page: first + 10 } };
    },
  });
}

async function read(path: string): Promise<{ code: string; name: string }[]> {
  await upstream.wait();
  const answer = await fetch(`${process.env.WEATHER_URL}${path}`);
  if (answer.status === 429) {
    throw new RateLimitError({ retryAfter: Number(answer.headers.get("retry-after") ?? "60") });
  }
  if (!answer.ok) throw new Error(`The weather service answered ${answer.status}.`);
  return (await answer.json()) as { code: string; name: string }[];
}
