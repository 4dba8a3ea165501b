// Files properties: external links, uploads, and echoes of what was read.
//
// Hosted files get a freshly signed URL at every reading, good for an hour, as the real service's do.
import { failedValidation, invalid } from "../errors.ts";
import { needUuid } from "../ids.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { tooLong } from "../rich-text.ts";
import { minuteStamp } from "../time.ts";
import type { World } from "../world.ts";
import type { FileValue } from "./cell.ts";

const filesMax = 100;
const signedForMs = 3_600_000;

export function parseFiles(world: World, value: Json | undefined, path: string): FileValue[] {
  if (!Array.isArray(value)) throw failedValidation(path, "an array", value);
  if (value.length > filesMax) throw tooLong(path, filesMax, value.length);
  return value.map((item, index) => parseFile(world, item, `${path}[${index}]`));
}

function parseFile(world: World, item: Json, path: string): FileValue {
  if (!isObject(item)) throw failedValidation(path, "an object", item);
  const name = stringAt(item, "name");
  const external = stringAt(objectAt(item, "external"), "url");
  if (external !== null) return { kind: "external", name: name ?? external, url: external };
  const uploadId = stringAt(objectAt(item, "file_upload"), "id");
  if (uploadId !== null) {
    const id = needUuid(uploadId, `${path}.file_upload.id`);
    const upload = world.fileUploads.get(id);
    if (upload?.status !== "uploaded") {
      throw invalid(`File upload ${id} is not ready to be attached.`);
    }
    return { kind: "hosted", name: name ?? upload.filename ?? "file", uploadId: id };
  }
  const echoed = stringAt(objectAt(item, "file"), "url");
  const known = echoed === null ? null : hostedId(world, echoed);
  if (known !== null) return { kind: "hosted", name: name ?? "file", uploadId: known };
  throw failedValidation(`${path}.external`, "defined", undefined);
}

/** The upload behind a signed URL this sandbox made. */
function hostedId(world: World, url: string): string | null {
  const id = /\/([0-9a-f-]{36})\//.exec(url)?.[1] ?? null;
  return id !== null && world.fileUploads.has(id) ? id : null;
}

export function renderFile(world: World, file: FileValue): JsonObject {
  if (file.kind === "external") {
    return { name: file.name, type: "external", external: { url: file.url } };
  }
  return {
    name: file.name,
    type: "file",
    file: {
      url: signedUrl(world, file),
      expiry_time: new Date(world.clock.nowMs() + signedForMs).toISOString(),
    },
  };
}

function signedUrl(world: World, file: Extract<FileValue, { kind: "hosted" }>): string {
  const date = minuteStamp(world.clock.nowMs()).replaceAll(/[-:]|\.000/g, "");
  const signature = world.ids.arbitrary().replaceAll("-", "");
  const name = encodeURIComponent(file.name);
  return `https://prod-files-secure.s3.us-west-2.amazonaws.com/${world.workspace.id}/${file.uploadId}/${name}?X-Amz-Date=${date}&X-Amz-Expires=3600&X-Amz-Signature=${signature}`;
}
