// The part of the config that describes one pair. Only the shape: what spans several keys is judged
// by the rules.
import { z } from "zod";
import type { EitherFile, MappingFile, PairFile } from "./file.ts";
import { guardsSchema } from "./guard-schema.ts";
import { textSchema } from "./text-schema.ts";
import { zoneSchema } from "./zone-schema.ts";

const mapping: z.ZodType<MappingFile> = z.strictObject({
  notion: textSchema.describe("Property name or id, or @url, @id, @created, @edited, @icon."),
  airtable: textSchema.describe("Field name or id, or @url, @id, @created."),
  owner: z
    .enum(["notion", "airtable", "latest", "merge", "ask"])
    .default("latest")
    .describe("Who wins when both sides changed the field since they last agreed."),
  direction: z
    .enum(["both", "toAirtable", "toNotion"])
    .optional()
    .describe("Which way values flow. Default: both, or away from a field that is read-only."),
  drift: z
    .enum(["revert", "warn", "ignore"])
    .default("revert")
    .describe("What becomes of an edit on the receiving side of a one-way field."),
  map: z
    .record(z.string(), textSchema)
    .optional()
    .describe("Options that have another name on the other side: { Notion: Airtable }."),
  as: z
    .strictObject({
      zone: zoneSchema.optional().describe("Time zone in which a time becomes a day, and back."),
      people: z.enum(["email", "name"]).optional().describe("What stands for a person in a text."),
      formatting: z
        .enum(["keep", "drop"])
        .optional()
        .describe("Formatting the other side cannot hold: keep it safe, or drop it."),
    })
    .optional()
    .describe("Settings of the field's type."),
});

function either(meaning: string): z.ZodType<EitherFile> {
  return z
    .strictObject({ notion: textSchema.optional(), airtable: textSchema.optional() })
    .describe(meaning);
}

const archive = z.strictObject({
  notion: z
    .union([z.literal("trash"), z.strictObject({ property: textSchema, value: textSchema })])
    .default("trash")
    .describe("How a Notion page is put away when its record was removed."),
  airtable: z
    .union([z.literal("delete"), z.strictObject({ field: textSchema, value: textSchema })])
    .optional()
    .describe("How an Airtable record is put away when its page was removed."),
});

export const pairSchema: z.ZodType<PairFile> = z.strictObject({
  schedule: textSchema.optional().describe("A cron expression, used by `tandem serve`."),
  notion: z.strictObject({
    database: textSchema.describe("Address, database id or data source id."),
  }),
  airtable: z.strictObject({
    base: textSchema.describe("Id, name or address."),
    table: textSchema.describe("Id, name or address."),
  }),
  link: either("The fields that hold the other row's id.").default({}),
  match: z
    .array(z.strictObject({ notion: textSchema, airtable: textSchema }))
    .default([])
    .describe("First run only: fields by which rows that exist on both sides are linked."),
  fields: z.array(mapping).min(1).describe("The fields kept in step."),
  lastSynced: either("Stamped with the time whenever a row is written anyway.").default({}),
  creates: z
    .enum(["both", "toAirtable", "toNotion", "none"])
    .default("both")
    .describe("Where rows may be created."),
  deletes: z
    .enum(["archive", "delete", "ignore"])
    .default("archive")
    .describe("What a removed row means for its counterpart."),
  archive: archive.default({ notion: "trash" }),
  filter: z
    .strictObject({
      notion: z.record(z.string(), z.unknown()).optional().describe("A filter of Notion's API."),
      airtable: textSchema.optional().describe("A formula."),
    })
    .default({})
    .describe("Only rows that pass are synced."),
  guards: guardsSchema,
});
