// The keys a place in the config may have, read from the JSON Schema, so that a suggestion can never
// name a key that the schema does not know.
import { z } from "zod";
import type { ConfigPath } from "./problem.ts";
import { configJsonSchema } from "./schema.ts";

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>> | undefined;
  readonly additionalProperties?: Shape | boolean | undefined;
  readonly items?: Shape | undefined;
  readonly anyOf?: readonly Shape[] | undefined;
  readonly allOf?: readonly Shape[] | undefined;
}

const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), shapeSchema).optional(),
    additionalProperties: z.union([z.boolean(), shapeSchema]).optional(),
    items: shapeSchema.optional(),
    anyOf: z.array(shapeSchema).optional(),
    allOf: z.array(shapeSchema).optional(),
  }),
);

/** Keys in the order of the schema; none where the path leads nowhere. */
export function keysAt(path: ConfigPath): readonly string[] {
  let here: readonly Shape[] = branches(shapeSchema.parse(configJsonSchema()));
  for (const part of path) here = here.flatMap((shape) => step(shape, part)).flatMap(branches);
  return [...new Set(here.flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

function branches(shape: Shape): readonly Shape[] {
  return [shape, ...[...(shape.anyOf ?? []), ...(shape.allOf ?? [])].flatMap(branches)];
}

function step(shape: Shape, part: string | number): readonly Shape[] {
  if (typeof part === "number") return shape.items === undefined ? [] : [shape.items];
  const named = shape.properties?.[part];
  if (named !== undefined) return [named];
  return typeof shape.additionalProperties === "object" ? [shape.additionalProperties] : [];
}
