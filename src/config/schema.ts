// The one description of the config file: what it accepts, its defaults, and the JSON Schema that
// editors use. Unknown keys are refused, because a misspelt guard is a guard that is off.
import { z } from "zod";
import type { ConfigFile } from "./file.ts";
import { pairSchema } from "./pair-schema.ts";
import { textSchema } from "./text-schema.ts";
import { workerSchema } from "./worker-schema.ts";

/** What a pair or worker may be called: it becomes part of file names, log lines and addresses. */
const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/u);

const service = z.strictObject({
  token: textSchema.describe("Taken from the environment: ${NAME}. Never written into the file."),
  baseUrl: z.url().optional().describe("For a proxy or the sandbox. Default: the real API."),
});

export const configSchema: z.ZodType<ConfigFile> = z.strictObject({
  version: z.literal(1).describe("The version of this file's format."),
  store: textSchema.default("sqlite:./data/tandem.db").describe("Where Tandem keeps its memory."),
  history: textSchema.default("./sync_history.jsonl").describe("The audit log."),
  notion: service
    .extend({
      requestsPerMinute: z
        .int()
        .min(1)
        .max(600)
        .optional()
        .describe("The workspace's budget. Default 180; Business and Enterprise have 600."),
    })
    .optional()
    .describe("How to reach Notion."),
  airtable: service.optional().describe("How to reach Airtable."),
  serve: z
    .strictObject({
      host: textSchema.default("127.0.0.1").describe("The address to listen on for webhooks."),
      port: z.int().min(0).max(65_535).default(8787).describe("0 takes any free port."),
    })
    .prefault({})
    .describe("Where `tandem serve` takes webhooks, if a worker has any."),
  pairs: z
    .record(plainName, pairSchema)
    .default({})
    .describe("A Notion database and an Airtable table each, kept in step."),
  workers: z
    .record(plainName, workerSchema)
    .default({})
    .describe("One-way syncs written in code, with the package @notionhq/workers."),
  flows: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("One-way syncs without code. Not in this version."),
});

/** The JSON Schema of the file as a person writes it, for editors. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: "input" });
  return { $schema, title: "tandem.yaml", ...rest };
}
