// From method and path to a route. Ids and names in paths are case-sensitive.
import type { Ask, Desk } from "./desk.ts";
import type { Json } from "./json.ts";
import { notFound } from "./refusal.ts";
import {
  createBase,
  createField,
  createTable,
  listBases,
  listTables,
  updateField,
  updateTable,
  whoami,
} from "./routes/meta.ts";
import { getRecord, listByBody, listByQuery } from "./routes/read-records.ts";
import {
  createRecords,
  deleteRecord,
  deleteRecords,
  updateRecord,
  updateRecords,
} from "./routes/write-records.ts";

type Route = (desk: Desk, ask: Ask) => Json;

/** `*` stands for any one segment; the first line that fits is taken. */
const routes: readonly (readonly [string, Route])[] = [
  ["GET meta/whoami", whoami],
  ["GET meta/bases", listBases],
  ["POST meta/bases", createBase],
  ["GET meta/bases/*/tables", listTables],
  ["POST meta/bases/*/tables", createTable],
  ["PATCH meta/bases/*/tables/*", updateTable],
  ["POST meta/bases/*/tables/*/fields", createField],
  ["PATCH meta/bases/*/tables/*/fields/*", updateField],
  ["POST */*/listRecords", listByBody],
  ["GET */*", listByQuery],
  ["POST */*", createRecords],
  ["PATCH */*", updateRecords],
  ["PUT */*", updateRecords],
  ["DELETE */*", deleteRecords],
  ["GET */*/*", getRecord],
  ["PATCH */*/*", updateRecord],
  ["PUT */*/*", updateRecord],
  ["DELETE */*/*", deleteRecord],
];

const parsed = routes.map(([pattern, run]) => {
  const [method = "", path = ""] = pattern.split(" ");
  return { method, segments: path.split("/"), run };
});

/** Answers a request, or throws the refusal it meets. */
export function route(desk: Desk, ask: Ask): Json {
  const isReserved = ask.segments[0] === "meta" || ask.segments[0] === "bases";
  const found = parsed.find(
    ({ method, segments }) =>
      method === ask.method &&
      segments.length === ask.segments.length &&
      (!isReserved || segments[0] === ask.segments[0]) &&
      segments.every((segment, index) => segment === "*" || segment === ask.segments[index]),
  );
  if (found === undefined) throw notFound();
  return found.run(desk, ask);
}

/** The base whose budget a path draws on, or `null`. */
export function budgetBaseId(segments: readonly string[]): string | null {
  const [first = "", second = "", third = ""] = segments;
  if (first === "meta") return second === "bases" && third !== "" ? third : null;
  return first === "bases" ? second : first;
}
