// Icons and covers as the SDK's helpers make them. A picture without a usable address occurs in real
// modules (`imageIcon` of a field that was null), and must not cost its row: it is no icon then.
import { z } from "zod";
import type { Icon } from "../../core/oneway/declaration.ts";

const webAddress = z.string().refine((text) => /^https?:\/\//iu.test(text) && URL.canParse(text));

const iconSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("emoji"), value: z.string().min(1) }),
  z.object({
    type: z.literal("notion"),
    icon: z.string().min(1),
    color: z.string().optional().catch(undefined),
  }),
  z.object({ type: z.literal("image"), url: webAddress }),
]);

const coverSchema = z.object({ type: z.literal("image"), url: webAddress });

/** Null when it is none that can be used. */
export function parseIcon(raw: unknown): Icon | null {
  const icon = iconSchema.safeParse(raw).data;
  switch (icon?.type) {
    case undefined:
      return null;
    case "emoji":
      return { kind: "emoji", emoji: icon.value };
    case "notion":
      return { kind: "named", name: icon.icon, color: icon.color ?? null };
    case "image":
      return { kind: "image", url: icon.url };
  }
}

/** The address of a cover; its position has no field in the public API. Null when it is none. */
export function parseCover(raw: unknown): string | null {
  return coverSchema.safeParse(raw).data?.url ?? null;
}
