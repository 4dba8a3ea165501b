// The document of a run's report. Reasons and guards are any words here: a store keeps what a later
// program of the same version may add to them.
import { z } from "zod";

import type { RunReport } from "../core/report.ts";
import { sidedOf, whole } from "./document.ts";

export const report: z.ZodType<RunReport> = z.strictObject({
  overwrites: sidedOf(whole),
  windowMsTotal: z.number(),
  conflicts: z.strictObject({
    proven: whole,
    estimated: whole,
    tie: whole,
    policy: whole,
    held: whole,
  }),
  holds: z.record(z.string(), whole),
  rowsUnknown: whole,
  guards: z.array(z.string()),
  writes: z.strictObject({ clean: whole, indeterminate: whole, settledLate: whole }),
  readLagMs: z.number(),
  settleMs: z.number(),
  agreement: z.string().nullable(),
  unseen: z.string().nullable(),
});
