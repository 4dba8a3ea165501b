// The bodies of record writes: `{fields}` for one record, `{records: [...]}` for up to ten, and the
// options beside them.
import { isId } from "../chance.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { readFlag } from "../list/query.ts";
import { invalidRecords, invalidRequest, refusal } from "../refusal.ts";
import { plainFormat, type RecordFormat } from "../record.ts";

/** Records in one write, here and in deletions. */
export const batchSizeMax = 10;

/** One record of a body. */
export interface WrittenRecord {
  readonly id: string | null;
  readonly fields: JsonObject;
}

export interface WriteOptions {
  readonly isTypecast: boolean;
  readonly format: RecordFormat;
}

const knownKeys = [
  "fields",
  "records",
  "typecast",
  "returnFieldsByFieldId",
  "performUpsert",
  // The npm client's stray key.
  "method",
];

/** The body as an object, or the 422 of a body that is none. */
export function needBody(body: Json | undefined): JsonObject {
  if (!isObject(body)) {
    throw refusal(422, "INVALID_REQUEST_BODY", "Could not parse request body");
  }
  if (Object.keys(body).some((key) => !knownKeys.includes(key))) throw invalidRequest();
  return body;
}

export function readOptions(body: JsonObject): WriteOptions {
  return {
    isTypecast: readFlag(body["typecast"]),
    format: { ...plainFormat, isByFieldId: readFlag(body["returnFieldsByFieldId"]) },
  };
}

/** The `fields` of a body for one record. */
export function needFields(body: JsonObject): JsonObject {
  const fields = objectAt(body, "fields");
  if (fields === null) {
    throw refusal(
      422,
      "INVALID_REQUEST_MISSING_FIELDS",
      'Could not find field "fields" in the request body',
    );
  }
  return fields;
}

type IdRule = "required" | "optional" | "forbidden";

/** The `records` of a body for several. */
export function needRecords(body: JsonObject, idRule: IdRule): WrittenRecord[] {
  const records = body["records"];
  if (!Array.isArray(records) || records.length === 0 || records.length > batchSizeMax) {
    throw malformedRecords(idRule);
  }
  return records.map((record) => {
    const fields = isObject(record) ? objectAt(record, "fields") : null;
    const id = isObject(record) ? stringAt(record, "id") : null;
    const isBad =
      (id === null && idRule === "required") ||
      (id !== null && (idRule === "forbidden" || !isId(id, "rec")));
    if (fields === null || isBad) throw malformedRecords(idRule);
    return { id, fields };
  });
}

function malformedRecords(idRule: IdRule): Error {
  const parts = idRule === "required" ? 'each with an "id" ID field and a' : "each with a";
  return invalidRecords(
    `You must provide an array of up to 10 record objects, ${parts} "fields" object for cell values.`,
  );
}
