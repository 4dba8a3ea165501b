// Reads recorded Airtable traffic: request and answer pairs in call order, a file each.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { parseJson, type Json } from "../../src/sandbox/airtable/json.ts";

export interface RecordedPair {
  readonly method: string;
  /** Path with `/v0`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly status: number;
  readonly answer: Json;
  /** The answer's `Date`, in ms; `null` when it had none. */
  readonly dateMs: number | null;
}

const text = z.union([z.string(), z.array(z.string())]);
const pairShape = z.object({
  method: z.string(),
  path: z.string(),
  query: z.record(z.string(), text).optional(),
  requestBody: z.json().optional(),
  status: z.number(),
  response: z.json(),
  date: z.union([z.string(), z.array(z.string()), z.null()]).optional(),
});
const fileShape = z.union([z.array(pairShape), pairShape.transform((pair) => [pair])]);

/** Paths of a folder's recordings, in a steady order. */
export function recordingNames(folder: string): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory).toSorted()) {
      const path = join(directory, entry);
      if (statSync(path).isDirectory()) visit(path);
      else if (entry.endsWith(".json")) found.push(relative(folder, path));
    }
  };
  visit(folder);
  return found;
}

export function readPairs(folder: string, name: string): RecordedPair[] {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, name), "utf8"));
  return fileShape.parse(parsed).map((pair): RecordedPair => {
    const [path = "", search = ""] = pair.path.split("?");
    const date = Array.isArray(pair.date) ? pair.date[0] : pair.date;
    return {
      method: pair.method,
      path: path.startsWith("/v0/") ? path : `/v0${path}`,
      query: readQuery(search, pair.query ?? {}),
      body: pair.requestBody === undefined ? undefined : plainJson(pair.requestBody),
      status: pair.status,
      answer: plainJson(pair.response),
      dateMs: date === undefined || date === null ? null : Date.parse(date),
    };
  });
}

/** Names and values are percent-encoded once in these recordings. */
function readQuery(search: string, query: Readonly<Record<string, string | string[]>>): URLSearchParams {
  const parts = search === "" ? [] : [search];
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) parts.push(`${name}=${item}`);
  }
  return new URLSearchParams(parts.join("&"));
}

function plainJson(value: unknown): Json {
  return parseJson(JSON.stringify(value)) ?? null;
}

/** The newest instant an answer mentions, `null` when it mentions none. */
export function newestInstant(answer: Json): number | null {
  const instants = JSON.stringify(answer).matchAll(/Time":"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g);
  const ms = [...instants].map((match) => Date.parse(match[1] ?? ""));
  return ms.length === 0 ? null : Math.max(...ms);
}
