// A short digest of a text, for telling quickly that nothing changed.
import { createHash } from "node:crypto";

/** 128 bits of SHA-256, as 22 characters. */
export function digest(content: string): string {
  return createHash("sha256").update(content).digest("base64url").slice(0, 22);
}
