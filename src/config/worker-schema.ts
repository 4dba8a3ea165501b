// The part of the config that describes one worker: where its code lies, where its databases are, what
// it may see of the environment, and how much a sweep may remove. Which keys a worker has is only known
// once its code is loaded, so names of databases and syncs are checked then.
import { z } from "zod";
import type { DestinationFile, SweepFile, WorkerFile } from "./file.ts";
import { limit } from "./guard-schema.ts";
import { parseInterval } from "./interval.ts";
import { textSchema } from "./text-schema.ts";
import { zoneSchema } from "./zone-schema.ts";

const destination: z.ZodType<DestinationFile> = z.union([
  textSchema.describe("A Notion database: address, database id or data source id."),
  z.strictObject({
    notion: textSchema.describe("A Notion database: address, database id or data source id."),
  }),
  z.strictObject({
    airtable: z
      .strictObject({
        base: textSchema.describe("Id, name or address."),
        table: textSchema.describe("Id, name or address."),
        key: textSchema
          .optional()
          .describe(
            "The field that holds each row's key. Default: the primary key property's name.",
          ),
        mark: z
          .strictObject({ field: textSchema, value: textSchema })
          .optional()
          .describe("How a removed row is marked. Without it, removed rows are deleted."),
      })
      .describe("An Airtable table in the place of a Notion database."),
  }),
]);

const schedule = textSchema.refine((text) => parseInterval(text) !== null, {
  error: "is no schedule",
  params: { remedy: "Write continuous, manual, or an interval from 1m to 7d, such as 15m or 6h." },
});

const sweep: z.ZodType<SweepFile> = z
  .strictObject({
    maxRemove: limit(
      { percent: 20, floor: 10, cap: null },
      "Rows removed at the end of one cycle.",
      "Share of the rows there.",
    ),
    minSeen: z
      .strictObject({
        percent: z.number().min(0).max(100).default(50).describe("Share of the rows known so far."),
      })
      .prefault({})
      .describe("A cycle that saw fewer rows than this removes nothing until it is confirmed."),
    first: z
      .enum(["ask", "go"])
      .default("ask")
      .describe("The first removal in a database that was there before: ask, or go ahead."),
  })
  .prefault({})
  .describe("What a replace cycle may remove when it is complete.");

const environmentName = z.string().regex(/^[A-Za-z_]\w*$/u);

export const workerSchema: z.ZodType<WorkerFile> = z.strictObject({
  path: textSchema.describe("The folder of the worker's project, or its main file."),
  parent: textSchema
    .optional()
    .describe("The Notion page, by address or id, under which managed databases are made."),
  databases: z
    .record(textSchema, destination)
    .default({})
    .describe("Databases that exist already, by the key the worker gives them."),
  env: z
    .union([z.array(textSchema), z.record(environmentName, textSchema)])
    .default([])
    .describe("What else the worker sees of the environment: names to pass on, or NAME: value."),
  envFile: textSchema
    .optional()
    .describe("Default: .env in the worker's folder. Its values reach the worker alone."),
  limits: z
    .strictObject({
      seconds: z.number().min(1).max(86_400).default(300).describe("For one execution."),
      memoryMb: z.int().min(64).max(65_536).default(512).describe("For one execution."),
    })
    .prefault({})
    .describe("An execution beyond these is ended; the cycle resumes later."),
  zone: zoneSchema.optional().describe("Zone of times that name none. Default: UTC."),
  schedules: z
    .record(textSchema, schedule)
    .default({})
    .describe("Schedules that differ from the worker's own: { SYNC: 15m }."),
  sweep,
  settleSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(120)
    .describe("How long a new row whose answer was lost is looked for before it is made again."),
  enabled: z.boolean().default(true).describe("false: nothing of the worker runs by itself."),
});
