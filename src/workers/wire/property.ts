// One property descriptor of a declared schema: fifteen types under the SDK's names, put into ours.
import { z } from "zod";
import type {
  OptionDeclaration,
  PropertyShape,
  StatusGroup,
} from "../../core/oneway/declaration.ts";

/** Key of the database that a relation's target means, by database key and by sync key. */
export type Related = ReadonlyMap<string, string>;

export interface ReadProperty {
  /** Null: left out, for the reason in the notes. */
  readonly shape: PropertyShape | null;
  readonly notes: readonly string[];
}

const optionSchema = z.object({ name: z.string().min(1), color: z.string().optional() });
const optionsSchema = z.array(optionSchema).optional();

const descriptorSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("title") }),
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("url") }),
  z.object({ type: z.literal("email") }),
  z.object({ type: z.literal("phone_number") }),
  z.object({ type: z.literal("checkbox") }),
  z.object({ type: z.literal("file") }),
  z.object({ type: z.literal("number"), format: z.string().optional() }),
  z.object({ type: z.literal("date"), date_format: z.string().optional() }),
  z.object({ type: z.literal("select"), options: optionsSchema }),
  z.object({ type: z.literal("multi_select"), options: optionsSchema }),
  z.object({
    type: z.literal("status"),
    groups: z.array(z.object({ name: z.string(), options: optionsSchema })).optional(),
  }),
  z.object({ type: z.literal("people") }),
  z.object({ type: z.literal("place") }),
  z.object({
    type: z.literal("relation"),
    relatedDatabaseKey: z.string(),
    config: z
      .object({ twoWay: z.boolean().optional(), relatedPropertyName: z.string().optional() })
      .optional(),
  }),
]);

type Descriptor = z.infer<typeof descriptorSchema>;

export function parseProperty(raw: unknown, related: Related): ReadProperty {
  const parsed = descriptorSchema.safeParse(raw);
  if (!parsed.success) {
    const type = z.object({ type: z.string() }).safeParse(raw).data?.type ?? "none";
    return { shape: null, notes: [`the type "${type}" is not known here, so it is left out.`] };
  }
  const descriptor = parsed.data;
  if (descriptor.type === "relation") return readRelation(descriptor, related);
  const isFormatted = descriptor.type === "date" && descriptor.date_format !== undefined;
  return {
    shape: readPlain(descriptor),
    notes: isFormatted ? ["a date's display format cannot be set through the API."] : [],
  };
}

function readPlain(descriptor: Exclude<Descriptor, { type: "relation" }>): PropertyShape {
  switch (descriptor.type) {
    case "phone_number":
      return { type: "phone" };
    case "file":
      return { type: "files" };
    case "number":
      return { type: "number", format: plainFormat(descriptor.format) };
    case "date":
      return { type: "date" };
    case "select":
      return { type: "select", options: readOptions(descriptor.options) };
    case "multi_select":
      return { type: "multi-select", options: readOptions(descriptor.options) };
    case "status":
      return { type: "status", groups: (descriptor.groups ?? []).map(readGroup) };
    case "title":
    case "text":
    case "url":
    case "email":
    case "checkbox":
    case "people":
    case "place":
      return { type: descriptor.type };
  }
}

function plainFormat(format: string | undefined): string | null {
  return format === undefined || format === "number" ? null : format;
}

/** Both an own database's key and a sync's key occur (the template's sample names a sync). */
function readRelation(
  descriptor: Extract<Descriptor, { type: "relation" }>,
  related: Related,
): ReadProperty {
  const target = related.get(descriptor.relatedDatabaseKey);
  if (target === undefined) {
    const note = `it relates to "${descriptor.relatedDatabaseKey}", which the worker does not declare, so it is left out.`;
    return { shape: null, notes: [note] };
  }
  const { config } = descriptor;
  const twoWay = config?.twoWay === true ? (config.relatedPropertyName ?? null) : null;
  return { shape: { type: "relation", database: target, twoWay }, notes: [] };
}

function readGroup(group: { name: string; options?: unknown }): StatusGroup {
  return { name: group.name, options: readOptions(optionsSchema.parse(group.options)) };
}

function readOptions(options: z.infer<typeof optionsSchema>): readonly OptionDeclaration[] {
  return (options ?? []).map(({ name, color }) => ({ name, color: color ?? null }));
}
