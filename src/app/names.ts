// Ids that Tandem makes itself. Run ids sort by time and can be read aloud; the others only need to
// be unique; conflict ids are short, because people type them.
import { randomBytes, randomInt } from "node:crypto";
import { linkId, opId, runId } from "../core/ids.ts";
import type { Ids } from "../engine/deps.ts";

/** Without letters and digits that look alike. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

function letters(count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join("");
}

function unique(prefix: string): string {
  return `${prefix}${randomBytes(9).toString("base64url")}`;
}

export function makeIds(nowMs: () => number): Ids {
  return {
    link: () => linkId(unique("l")),
    op: () => opId(unique("o")),
    run: () => {
      const stamp = new Date(nowMs()).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
      return runId(`${stamp.replace("T", "-")}-${letters(4)}`);
    },
    conflict: () => letters(5),
  };
}
