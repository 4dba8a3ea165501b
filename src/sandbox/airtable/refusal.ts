// What the sandbox refuses, in the real service's words.
//
// Texts come from recorded traffic where a recording exists, else from public reports; the table with its
// sources is section 10 of the Airtable reference. A `Refusal` may be thrown anywhere in the world, and
// becomes a body once, in service.ts. Nothing may have been changed when one is thrown.
import type { Json } from "./json.ts";

/** A refusal: its status and whole body. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Json;

  constructor(status: number, body: Json) {
    super(JSON.stringify(body));
    this.name = "Refusal";
    this.status = status;
    this.body = body;
  }
}

/** A refusal of the usual shape; the message is left out where the real service has none. */
export function refusal(status: number, type: string, message?: string): Refusal {
  return new Refusal(status, {
    error: message === undefined ? { type } : { type, message },
  });
}

/** 404 of an undefined route or a malformed id: the error is a bare string. */
export function notFound(): Refusal {
  return new Refusal(404, { error: "NOT_FOUND" });
}

export function unauthenticated(): Refusal {
  return refusal(401, "AUTHENTICATION_REQUIRED", "Authentication required");
}

/** 403 for a missing right and for a missing thing alike: a client cannot tell which. */
export function forbidden(): Refusal {
  return refusal(
    403,
    "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
    "Invalid permissions, or the requested model was not found. Check that both your user and your token have the required permissions, and that the model names and/or ids are correct.",
  );
}

/** 422 for a parameter that is unknown or of the wrong shape. */
export function invalidRequest(
  message = "Invalid request: parameter validation failed. Check your request data.",
): Refusal {
  return refusal(422, "INVALID_REQUEST_UNKNOWN", message);
}

export function unknownField(name: string): Refusal {
  return refusal(422, "UNKNOWN_FIELD_NAME", `Unknown field name: "${name}"`);
}

export function invalidValue(fieldName: string): Refusal {
  return refusal(
    422,
    "INVALID_VALUE_FOR_COLUMN",
    `Field "${fieldName}" cannot accept the provided value`,
  );
}

export function computedField(fieldName: string): Refusal {
  return refusal(
    422,
    "INVALID_VALUE_FOR_COLUMN",
    `Field "${fieldName}" cannot accept a value because the field is computed`,
  );
}

/** 422 for text that no date, number or collaborator can be read from. */
export function unparsableValue(fieldName: string, value: Json): Refusal {
  // An object shows as JavaScript shows it, which names nobody (public reports).
  const shown = typeof value === "object" && value !== null ? "[object Object]" : String(value);
  return refusal(
    422,
    "INVALID_VALUE_FOR_COLUMN",
    `Cannot parse value "${shown}" for field ${fieldName}`,
  );
}

export function unknownChoice(name: string): Refusal {
  return refusal(
    422,
    "INVALID_MULTIPLE_CHOICE_OPTIONS",
    `Insufficient permissions to create new select option ""${name}""`,
  );
}

export function missingRow(rowId: string): Refusal {
  return refusal(422, "ROW_DOES_NOT_EXIST", `Record ID ${rowId} does not exist in this table`);
}

export function invalidRecords(message: string): Refusal {
  return refusal(422, "INVALID_RECORDS", message);
}

export function invalidFormula(why: string): Refusal {
  return refusal(
    422,
    "INVALID_FILTER_BY_FORMULA",
    `The formula for filtering records is invalid: ${why}`,
  );
}
