// Reads recorded traffic: VCR cassettes of two spellings into plain request/answer pairs.
//
// The cassettes lie in cassettes/<folder>, each folder with the licence and notes of its source. Recorded
// traffic carries no Date header, so a pair's instant is the newest time its answer mentions.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { isObject, parseJson, type Json } from "../../src/sandbox/notion/json.ts";

export interface RecordedPair {
  readonly method: string;
  /** Path with `/v1`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly version: string;
  readonly body: Json | undefined;
  readonly rawBody: string;
  readonly status: number;
  readonly answer: Json | undefined;
}

export interface Cassette {
  /** Path below the folder, without the ending. */
  readonly name: string;
  readonly pairs: readonly RecordedPair[];
}

const header = z.union([z.string(), z.array(z.string())]);
const text = z.union([z.string(), z.null(), z.instanceof(Uint8Array)]).optional();
const cassetteShape = z.object({
  interactions: z.array(
    z.object({
      request: z.object({
        method: z.string(),
        uri: z.string(),
        body: text,
        headers: z.record(z.string(), header),
      }),
      response: z.object({
        status_code: z.number().optional(),
        status: z.object({ code: z.number() }).optional(),
        content: text,
        body: z.object({ string: text }).optional(),
      }),
    }),
  ),
});

export function cassetteNames(folder: string): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory).toSorted()) {
      const path = join(directory, entry);
      if (statSync(path).isDirectory()) visit(path);
      else if (entry.endsWith(".yaml")) found.push(relative(folder, path).replace(/\.yaml$/, ""));
    }
  };
  visit(folder);
  return found;
}

export function readCassette(folder: string, name: string): Cassette {
  const file = readFileSync(join(folder, `${name}.yaml`), "utf8");
  const { interactions } = cassetteShape.parse(parse(file));
  const pairs = interactions.map(({ request, response }): RecordedPair => {
    const url = new URL(request.uri);
    const rawBody = asText(request.body);
    const version = request.headers["notion-version"] ?? request.headers["Notion-Version"] ?? "";
    return {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      version: Array.isArray(version) ? (version[0] ?? "") : version,
      body: rawBody === "" ? undefined : parseJson(rawBody),
      rawBody,
      status: response.status_code ?? response.status?.code ?? 0,
      answer: parseJson(asText(response.content ?? response.body?.string)),
    };
  });
  return { name, pairs };
}

function asText(value: string | Uint8Array | null | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : Buffer.from(value).toString("utf8");
}

/** The newest instant an answer mentions, `null` when it mentions none. */
export function newestInstant(answer: Json | undefined): number | null {
  let newest: number | null = null;
  const visit = (value: Json | undefined, key: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, key);
    else if (isObject(value)) for (const [name, inner] of Object.entries(value)) visit(inner, name);
    else if ((key === "created_time" || key === "last_edited_time") && typeof value === "string") {
      const atMs = Date.parse(value);
      if (newest === null || atMs > newest) newest = atMs;
    }
  };
  visit(answer, "");
  return newest;
}
