// File uploads: create, send, complete, look up. The bytes are counted and thrown away.
//
// An upload not attached within the hour reads as expired; an external import is done at once.
import { pathId, viewOf, type Call, type Route } from "../call.ts";
import { invalid, notFound } from "../errors.ts";
import { stringAt, type JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import { archivedKey, type View } from "../render/object.ts";
import { minuteStamp } from "../time.ts";
import type { FileUpload, World } from "../world.ts";

export const fileUploadRoutes: readonly Route[] = [
  { method: "POST", path: "file_uploads", needs: "insert", handler: create },
  { method: "GET", path: "file_uploads", needs: "read", handler: list },
  { method: "GET", path: "file_uploads/:file_upload_id", needs: "read", handler: retrieve },
  { method: "POST", path: "file_uploads/:file_upload_id/send", needs: "insert", handler: send },
  {
    method: "POST",
    path: "file_uploads/:file_upload_id/complete",
    needs: "insert",
    handler: complete,
  },
];

const livesMs = 3_600_000;
const typesByEnding: Readonly<Record<string, string>> = {
  csv: "text/csv",
  gif: "image/gif",
  jpg: "image/jpeg",
  json: "application/json",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
};

function create(call: Call): JsonObject {
  const { world, body } = call;
  const nowMs = world.clock.nowMs();
  const id = world.ids.sequential();
  const filename = stringAt(body, "filename");
  const parts = body["number_of_parts"];
  const upload: FileUpload = {
    id: `${id.slice(0, 24)}00b2${id.slice(28)}`,
    createdAtMs: nowMs,
    editedAtMs: nowMs,
    status: "pending",
    mode: stringAt(body, "mode") ?? "single_part",
    filename,
    contentType:
      stringAt(body, "content_type") ??
      typesByEnding[filename?.split(".").at(-1)?.toLowerCase() ?? ""] ??
      null,
    contentLength: null,
    partsMax: typeof parts === "number" ? parts : null,
  };
  world.fileUploads.set(upload.id, upload);
  return renderUpload(world, upload, viewOf(call));
}

function list(call: Call): JsonObject {
  const { world, query } = call;
  const status = query.get("status");
  const found = [...world.fileUploads.values()]
    .filter((upload) => status === null || statusOf(world, upload) === status)
    .reverse();
  const slice = sliceById(found, ({ id }) => id, {
    startCursor: query.get("start_cursor"),
    pageSize: readPageSize(query.get("page_size") ?? undefined, "query"),
  });
  const view = viewOf(call);
  return listOf(
    "file_upload",
    slice.items.map((upload) => renderUpload(world, upload, view)),
    slice,
  );
}

function needUpload(call: Call): FileUpload {
  const id = pathId(call, "file_upload_id");
  const upload = call.world.fileUploads.get(id);
  if (upload === undefined) throw notFound("file upload", id, call.world.integration);
  return upload;
}

function retrieve(call: Call): JsonObject {
  return renderUpload(call.world, needUpload(call), viewOf(call));
}

function send(call: Call): JsonObject {
  const upload = needUpload(call);
  if (statusOf(call.world, upload) !== "pending") {
    throw invalid(`File upload ${upload.id} is not pending.`);
  }
  upload.contentLength = (upload.contentLength ?? 0) + fileBytes(call.rawBody);
  upload.editedAtMs = call.world.clock.nowMs();
  if (upload.mode !== "multi_part") upload.status = "uploaded";
  return renderUpload(call.world, upload, viewOf(call));
}

function complete(call: Call): JsonObject {
  const upload = needUpload(call);
  upload.status = "uploaded";
  upload.editedAtMs = call.world.clock.nowMs();
  return renderUpload(call.world, upload, viewOf(call));
}

/** Length of the `file` part of a multipart body. */
function fileBytes(body: string): number {
  const boundary = /^--(\S+)/.exec(body)?.[1];
  if (boundary === undefined) return Buffer.byteLength(body);
  const part = body.split(`--${boundary}`).find((piece) => /name="file"/.test(piece));
  const content = part?.split("\r\n\r\n").slice(1).join("\r\n\r\n").replace(/\r\n$/, "");
  return Buffer.byteLength(content ?? "");
}

function statusOf(world: World, upload: FileUpload): string {
  const isLate = world.clock.nowMs() > upload.createdAtMs + livesMs;
  return upload.status === "pending" && isLate ? "expired" : upload.status;
}

function renderUpload(world: World, upload: FileUpload, view: View): JsonObject {
  const isPending = upload.status === "pending";
  return {
    object: "file_upload",
    id: upload.id,
    created_time: minuteStamp(upload.createdAtMs),
    created_by: { id: world.botId, type: "bot" },
    last_edited_time: minuteStamp(upload.editedAtMs),
    expiry_time: minuteStamp(upload.createdAtMs + livesMs),
    ...(isPending && { upload_url: `${world.baseUrl}/v1/file_uploads/${upload.id}/send` }),
    in_trash: false,
    status: statusOf(world, upload),
    filename: upload.filename,
    content_type: upload.contentType,
    content_length: upload.contentLength,
    ...archivedKey(view, false),
  };
}
