// Attachments: what a written object becomes, and what a reader sees of it.
//
// Nothing is downloaded. A file "arrives" some time after it was written, and until then shows neither
// size nor type; its size is made up from its address unless the admin gave one.
import { hashText } from "../chance.ts";
import { stringAt, type JsonObject } from "../json.ts";
import { attachmentExpiryMs } from "../time.ts";
import type { World } from "../world.ts";
import type { Attachment } from "./cell.ts";

const typeByEnding: Readonly<Record<string, string>> = {
  csv: "text/csv",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
};

const smallHeight = 36;
const largeHeight = 512;

/** A new attachment of an address. Only http and https are taken; anything else gives `null`. */
export function makeAttachment(
  world: World,
  sourceUrl: string,
  filename: string | null,
): Attachment | null {
  if (!URL.canParse(sourceUrl)) return null;
  const url = new URL(sourceUrl);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const last = url.pathname.split("/").at(-1) ?? "";
  const name = filename ?? (last === "" ? "file" : decodeURIComponent(last));
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  const type = typeByEnding[ending] ?? "application/octet-stream";
  const isImage = type.startsWith("image/");
  return {
    id: world.chance.id("att"),
    filename: name,
    sourceUrl,
    sizeBytes: 1000 + (hashText(sourceUrl) % 500_000),
    type,
    width: isImage ? 800 : null,
    height: isImage ? 600 : null,
    addedMs: world.nowMs(),
  };
}

/** A file whose whole description the owner gives; it has arrived already. */
export function knownAttachment(world: World, given: JsonObject, id: string): Attachment {
  const number = (key: string): number | null => {
    const value = given[key];
    return typeof value === "number" ? value : null;
  };
  return {
    id,
    filename: stringAt(given, "filename") ?? id,
    sourceUrl: stringAt(given, "url") ?? id,
    sizeBytes: number("size") ?? 0,
    type: stringAt(given, "type") ?? "application/octet-stream",
    width: number("width"),
    height: number("height"),
    addedMs: world.nowMs() - world.attachmentDelayMs,
  };
}

/** An address that stays the same inside a two-hour window and for equal content. */
function contentUrl(world: World, file: Attachment, variant: string): string {
  const expiryMs = attachmentExpiryMs(world.nowMs());
  const token = (part: string): string =>
    hashText(`${part}|${variant}|${file.sourceUrl}|${expiryMs}`).toString(36);
  return `${world.contentUrl}/v3/u/52/52/${expiryMs}/${token("a")}/${token("b")}`;
}

/** What the record API shows of a file. */
export function showAttachment(world: World, file: Attachment): JsonObject {
  const url = contentUrl(world, file, "file");
  if (world.nowMs() - file.addedMs < world.attachmentDelayMs) {
    return { id: file.id, url, filename: file.filename };
  }
  const { width, height } = file;
  const rest = { url, filename: file.filename, size: file.sizeBytes, type: file.type };
  if (width === null || height === null) return { id: file.id, ...rest };
  const thumbnail = (variant: string, heightMax: number): JsonObject => {
    const scale = Math.min(1, heightMax / height);
    return {
      url: contentUrl(world, file, variant),
      width: Math.max(1, Math.floor(width * scale)),
      height: Math.floor(height * scale),
    };
  };
  const thumbnails = {
    small: thumbnail("small", smallHeight),
    large: thumbnail("large", largeHeight),
    // Once a full thumbnail claimed this size whatever the picture's (recorded, 2022).
    full:
      world.dialect === "2022"
        ? { ...thumbnail("full", height), width: 3000, height: 3000 }
        : thumbnail("full", height),
  };
  return { id: file.id, width, height, ...rest, thumbnails };
}
