// Cells that point elsewhere: linked records, attachments, bar codes. They are read, and not written
// for now: links need the other table's pair, and files a transfer. An attachment's address expires
// within hours and is no part of what it is (recorded); its id is.
import { empty, text, type FileRef } from "../../../core/value.ts";
import { isRecord, oddCell, refused, type Codec } from "./codec.ts";

const readOnly = (): ReturnType<typeof refused> => refused("the field is not written by the sync");

export const linksCodec: Codec = {
  absent: empty,
  decode: (content) => {
    if (!Array.isArray(content)) return oddCell(content);
    const ids: string[] = [];
    for (const link of content as readonly unknown[]) {
      // Change notices give `{id, name}` where records give the bare id.
      const id = isRecord(link) ? link["id"] : link;
      if (typeof id !== "string") return oddCell(link);
      ids.push(id);
    }
    return ids.length === 0 ? empty : { kind: "links", ids };
  },
  encode: readOnly,
};

export const filesCodec: Codec = {
  absent: empty,
  decode: (content) => {
    if (!Array.isArray(content)) return oddCell(content);
    const files: FileRef[] = [];
    for (const file of content as readonly unknown[]) {
      if (!isRecord(file) || typeof file["id"] !== "string") return oddCell(file);
      const name = file["filename"];
      files.push({ name: typeof name === "string" ? name : "", identity: file["id"] });
    }
    return files.length === 0 ? empty : { kind: "files", files };
  },
  encode: readOnly,
};

export const barcodeCodec: Codec = {
  absent: empty,
  decode: (content) => {
    if (!isRecord(content)) return oddCell(content);
    const code = content["text"];
    return typeof code === "string" ? text(code) : oddCell(content);
  },
  encode: readOnly,
};
