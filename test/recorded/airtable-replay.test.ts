// The judge of the Airtable sandbox: real traffic, recorded by other projects, replayed pair by pair.
//
// The floors are the numbers reached; a change that loses a pair turns this red and names it. Recordings
// lie in cassettes/<folder> under the licence of their source.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isObject, parseJson, stringAt, type Json, type JsonObject } from "../../src/sandbox/airtable/json.ts";
import { makeAirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";
import { compareAnswers } from "./airtable-compare.ts";
import { readPairs, recordingNames, type RecordedPair } from "./airtable-pair.ts";
import { replayPairs, type Judged } from "./airtable-replay.ts";
import { recordedTables, stageGrouparoo, stageMovies } from "./airtable-worlds.ts";

const cassettes = join(import.meta.dirname, "cassettes");

function report(folder: string, judged: readonly Judged[]): number {
  const unserved = judged.filter(({ verdict }) => verdict === "not served").length;
  const matched = judged.filter(({ verdict }) => verdict === "matched").length;
  console.log(
    `${folder}: matched ${matched} of ${judged.length - unserved} pairs (${unserved} not served)`,
  );
  return matched;
}

function differing(judged: readonly Judged[]): string {
  return judged
    .filter(({ verdict }) => verdict === "differs")
    .map(({ request, differences }) => `${request}\n  ${differences.slice(0, 8).join("\n  ")}`)
    .join("\n");
}

function recordsIn(answer: Json): JsonObject[] {
  const records = isObject(answer) ? answer["records"] : null;
  return Array.isArray(records) ? records.filter(isObject) : [];
}

/** The fullest listing of a table that some recordings show. */
function fullest(pairs: readonly RecordedPair[], ending: string): JsonObject[] {
  const listings = pairs
    .filter(({ path, method }) => method === "GET" && path.endsWith(ending))
    .map(({ answer }) => recordsIn(answer));
  return listings.reduce((best, next) => (next.length > best.length ? next : best), []);
}

describe("recorded Airtable traffic", () => {
  test("grouparoo: answers of 2022 match", () => {
    const folder = join(cassettes, "grouparoo");
    const files = recordingNames(folder).map((name) => ({ name, pairs: readPairs(folder, name) }));
    const isWith = (name: string): boolean => name.startsWith("with-meta-access");
    const all = files.flatMap(({ pairs }) => pairs);
    const judged = files.flatMap(({ name, pairs }) =>
      replayPairs(
        stageGrouparoo({
          baseId: isWith(name) ? "app21Qak1T4cGoiP7" : "appA1Qak1T4cGoiP7",
          tableIds: isWith(name) ? {} : { Empty: "tbln73pmkdKl4Khj1" },
          tables: recordedTables(all),
          rows: fullest(all, isWith(name) ? "/tbl2dYOTFAzBLHXTr" : "/All"),
          hasMetaAccess: isWith(name),
        }),
        pairs,
      ),
    );
    const matched = report("grouparoo", judged);
    expect(judged.length).toBe(110);
    expect(matched, differing(judged)).toBeGreaterThanOrEqual(110);
  });

  test("airtable.java: answers of 2017 match", () => {
    const folder = join(cassettes, "airtable.java");
    const pairs = recordingNames(folder).flatMap((name) => readPairs(folder, name));
    const reads = pairs.filter(({ method }) => method !== "POST");
    const actor = reads.find(({ path }) => path.endsWith("recEtUIW6FWtbEDKz"))?.answer ?? null;
    const stage = stageMovies(fullest(reads, "/Movies"), isObject(actor) ? actor : {});
    const view = (name: string): void => {
      const pair = reads.find(({ query }) => query.get("view") === name);
      const ids = recordsIn(pair?.answer ?? null).map((record) => stringAt(record, "id") ?? "");
      const only = `OR(${ids.map((id) => `RECORD_ID()='${id}'`).join(",")})`;
      stage.sandbox.admin.addView("Movies", { name, formula: only, rowOrder: ids });
    };
    view("Main View");
    view("Dramas");
    // The recordings name no order; offsets and the creation tell the only one that fits.
    const isContinued = ({ query }: RecordedPair): boolean => query.has("offset");
    const ordered = [
      ...reads.filter((pair) => !isContinued(pair)),
      ...reads.filter(isContinued),
      ...pairs.filter(({ method }) => method === "POST"),
    ];
    const judged = replayPairs(stage, ordered);
    const matched = report("airtable.java", judged);
    expect(judged.length).toBe(18);
    expect(matched, differing(judged)).toBeGreaterThanOrEqual(18);
  });

  test("pyairtable: schemas of every field type come back as they went in", () => {
    const folder = join(cassettes, "pyairtable");
    const judged = recordingNames(folder).map((name) => judgeSample(folder, name));
    const matched = report("pyairtable", judged);
    expect(judged.length).toBe(33);
    expect(matched, differing(judged)).toBeGreaterThanOrEqual(26);
  });
});

describe("the comparison itself", () => {
  const compare = (recorded: Json, ours: Json, own = ["recOwn"]): string[] =>
    compareAnswers({ isOwnRow: (rowId) => own.includes(rowId) }, recorded, ours);

  test("sees missing and added keys, other values, types, nulls and orders", () => {
    expect(compare({ a: 1 }, {})).toEqual([": lacks a"]);
    expect(compare({}, { a: 1 })).toEqual([": adds a"]);
    expect(compare({ a: 1 }, { a: 2 })).toHaveLength(1);
    expect(compare({ a: 1 }, { a: "1" })).toHaveLength(1);
    expect(compare({ a: null }, { a: {} })).toHaveLength(1);
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([": order a,b became b,a"]);
    expect(compare({ a: [1] }, { a: [1, 1] })).toHaveLength(1);
    expect(compare({ a: "2022-01-08T00:08:54.000Z" }, { a: "2022-01-08T00:08:55.000Z" })).toHaveLength(1);
  });

  test("lets the order of cells differ only in rows that were there before", () => {
    const row = (id: string, fields: JsonObject): JsonObject => ({ id, fields });
    const first = { a: 1, b: 2 };
    const second = { b: 2, a: 1 };
    expect(compare(row("recOld", first), row("recOld", second))).toEqual([]);
    expect(compare(row("recOwn", first), row("recOwn", second))).toHaveLength(1);
  });

  test("lets file addresses and listing ids differ, and no other address", () => {
    const file = { filename: "a.png", url: "https://a.example/1" };
    expect(compare(file, { ...file, url: "https://b.example/2" })).toEqual([]);
    expect(compare({ url: "https://a.example/1" }, { url: "https://b.example/2" })).toHaveLength(1);
    const offset = { offset: "itrAAAAAAAAAAAAAA/recBBBBBBBBBBBBBB" };
    expect(compare(offset, { offset: "itrCCCCCCCCCCCCCC/recBBBBBBBBBBBBBB" })).toEqual([]);
    expect(compare(offset, { offset: "itrCCCCCCCCCCCCCC/recDDDDDDDDDDDDDD" })).toHaveLength(1);
  });
});

/** Builds what a sample shows and reads it back through the API. */
function judgeSample(folder: string, name: string): Judged {
  const sample = parseJson(readFileSync(join(folder, name), "utf8")) ?? null;
  const shown = isObject(sample) ? readBack(name, sample) : undefined;
  if (shown === undefined) return { request: name, verdict: "not served", differences: [] };
  const rules = { isOwnRow: () => false, isUnordered: true };
  const differences = compareAnswers(rules, sample, shown);
  return { request: name, verdict: differences.length === 0 ? "matched" : "differs", differences };
}

function readBack(name: string, sample: JsonObject): Json | undefined {
  const sandbox = makeAirtableSandbox({ rateLimit: null });
  const get = (path: string): JsonObject => {
    const { body } = sandbox.service({
      method: "GET",
      path: `/v0/meta/${path}`,
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: "",
    });
    const sent: Json = JSON.parse(JSON.stringify(body));
    return isObject(sent) ? sent : {};
  };
  const tables = (value: Json | undefined): JsonObject[] =>
    Array.isArray(value) ? value.filter(isObject) : [];
  const tableWish = (table: JsonObject): Parameters<typeof sandbox.admin.addTable>[1] => ({
    id: stringAt(table, "id") ?? "",
    name: stringAt(table, "name") ?? "",
    description: stringAt(table, "description") ?? "",
    primaryFieldId: stringAt(table, "primaryFieldId") ?? "",
    dateDependencySettings: table["dateDependencySettings"] ?? null,
    fields: tables(table["fields"]).map((field) => ({
      id: stringAt(field, "id") ?? "",
      name: stringAt(field, "name") ?? "",
      type: stringAt(field, "type") ?? "",
      description: stringAt(field, "description"),
      ...(isObject(field["options"]) ? { options: field["options"] } : {}),
    })),
    views: tables(table["views"]).map((view) => ({
      id: stringAt(view, "id") ?? "",
      name: stringAt(view, "name") ?? "",
      type: stringAt(view, "type") ?? "",
    })),
  });
  if (name.startsWith("field_schema/")) {
    const table = { id: "tblSample00000000", name: "T", primaryFieldId: "", fields: [sample] };
    const { id } = sandbox.admin.addBase({ name: "B", tables: [tableWish(table)] });
    const [shown] = tables(get(`bases/${id}/tables`)["tables"]);
    return tables(shown?.["fields"])[0];
  }
  if (name === "BaseSchema.json") {
    const wishes = tables(sample["tables"]).map(tableWish);
    const { id } = sandbox.admin.addBase({ name: "B", tables: wishes });
    return get(`bases/${id}/tables`);
  }
  if (name === "TableSchema.json") {
    const { id } = sandbox.admin.addBase({ name: "B", tables: [tableWish(sample)] });
    return tables(get(`bases/${id}/tables`)["tables"])[0];
  }
  if (name === "Bases.json") {
    for (const base of tables(sample["bases"])) {
      const level = stringAt(base, "permissionLevel");
      sandbox.admin.addBase({
        id: stringAt(base, "id") ?? "",
        name: stringAt(base, "name") ?? "",
        permissionLevel: level === "edit" || level === "read" ? level : "create",
        tables: [],
      });
    }
    return get("bases");
  }
  return undefined;
}
