// Names of time zones, as the machine's own calendar knows them.
import { z } from "zod";

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

export const zoneSchema: z.ZodType<string, string> = z.string().refine(isZone, {
  error: "is no time zone",
  params: { remedy: "Use a name such as Europe/Berlin, America/New_York or UTC." },
});
