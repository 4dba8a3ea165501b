// Texts as YAML gives them. An unquoted `2024` is a number to YAML, and yet a good name for a field.
import { z } from "zod";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A text that is not empty; an unquoted number or yes/no is taken as the text it was written as. */
export const textSchema: z.ZodType<string, string | number | boolean> = scalar
  .transform(String)
  .pipe(z.string().trim().min(1));
