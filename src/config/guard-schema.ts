// The guards' settings. Each key may be left out, and each number within it too: what is not said
// keeps its default, so raising a percentage never drops the cap beside it.
import { z } from "zod";
import type { GuardsFile, LimitFile } from "./file.ts";

/** Each number may be left out, and keeps its default then. */
type LimitInput = { readonly [Key in keyof LimitFile]?: LimitFile[Key] | undefined };
type LimitSchema = z.ZodPrefault<z.ZodType<LimitFile, LimitInput>>;

/** A share with a floor and a cap. `of`: what the share is a share of. */
export function limit(
  defaults: LimitFile,
  meaning: string,
  of = "Share of the linked rows.",
): LimitSchema {
  return z
    .strictObject({
      percent: z.number().min(0).max(100).default(defaults.percent).describe(of),
      floor: z
        .int()
        .min(0)
        .default(defaults.floor)
        .describe("Always allowed, however small the table."),
      cap: z
        .int()
        .min(0)
        .nullable()
        .default(defaults.cap)
        .describe("Never more, however large the table; null for no cap."),
    })
    .prefault({})
    .describe(meaning);
}

const seconds = z.number().min(0).max(86_400);

export const guardsSchema: z.ZodType<GuardsFile> = z
  .strictObject({
    maxRemove: limit({ percent: 5, floor: 3, cap: 100 }, "Rows put away in one run, a side."),
    maxCreate: limit({ percent: 20, floor: 25, cap: null }, "Rows created in one run, a side."),
    massChange: limit({ percent: 50, floor: 20, cap: null }, "Rows in which one field changed."),
    massBlank: limit({ percent: 10, floor: 5, cap: null }, "Rows in which one field was emptied."),
    emptySide: z.enum(["halt", "off"]).default("halt").describe("A side that comes back empty."),
    hotRowSeconds: seconds
      .default(90)
      .describe("A row a person edited this recently waits for the next run."),
    settleSeconds: seconds.default(120).describe("How long an unknown outcome freezes its row."),
    sentinel: z
      .boolean()
      .default(false)
      .describe("Control rows in both tables. Not in this version."),
  })
  .prefault({})
  .describe("Limits that stop a run before its first write.");
