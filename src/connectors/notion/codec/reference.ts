// Relations and files: values that point elsewhere. A relation is a list of page ids; the page object
// cuts it off at 25, which long-list.ts mends. Signed addresses of files change with every read (recorded
// traffic, notion_ruby_mapping), so a file is told by its kind, name and path.
import { empty, unknown, type FileRef, type Value } from "../../../core/value.ts";
import { limits } from "../limits.ts";
import { asList, content, isRecord, refused, refusedKind, type Codec } from "./codec.ts";

function links(ids: readonly string[]): Value {
  return ids.length === 0 ? empty : { kind: "links", ids: [...new Set(ids)] };
}

export const relationCodec: Codec = {
  decode: (json) => {
    const list = asList(json);
    if (list === null) return unknown("undecodable");
    const ids: string[] = [];
    for (const item of list) {
      if (!isRecord(item) || typeof item["id"] !== "string") return unknown("undecodable");
      ids.push(item["id"]);
    }
    return links(ids);
  },
  encode: (value) => {
    if (value.kind === "empty") return content([]);
    if (value.kind !== "links") return refusedKind(value, "links to rows");
    if (value.ids.length > limits.linksMax) {
      return refused(`${value.ids.length} links, the property takes ${limits.linksMax} a write`);
    }
    return content(value.ids.map((id) => ({ id })));
  },
};

function addressOf(file: Readonly<Record<string, unknown>>): string | null {
  const { type } = file;
  const inner = typeof type === "string" ? file[type] : undefined;
  if (!isRecord(inner)) return null;
  const { url, id } = inner;
  if (typeof url === "string") return url;
  return typeof id === "string" ? id : null;
}

function parseFile(json: unknown): FileRef | null {
  if (!isRecord(json)) return null;
  const { type, name } = json;
  const address = addressOf(json);
  if (typeof type !== "string" || address === null) return null;
  const shown = typeof name === "string" ? name : "";
  const path = type === "external" ? address : (address.split("?")[0] ?? address);
  return { name: shown, identity: `${type}:${shown}:${path}` };
}

export const filesCodec: Codec = {
  decode: (json) => {
    const list = asList(json);
    if (list === null) return unknown("undecodable");
    const files: FileRef[] = [];
    for (const item of list) {
      const file = parseFile(item);
      if (file === null) return unknown("undecodable");
      files.push(file);
    }
    return files.length === 0 ? empty : { kind: "files", files };
  },
  encode: () => refused("files are read only"),
};
