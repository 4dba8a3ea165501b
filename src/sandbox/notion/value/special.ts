// Two rare values: places, and the verification of wiki pages.
import { failedValidation } from "../errors.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../json.ts";
import { parseMoment } from "../time.ts";
import type { World } from "../world.ts";
import type { Verification } from "./cell.ts";

const placeWords = ["name", "address", "aws_place_id", "google_place_id"];

/** A place needs both coordinates; words that are left out read back as null (recorded). */
export function parsePlace(value: Json | undefined, path: string): JsonObject | null {
  if (value === null) return null;
  if (!isObject(value)) throw failedValidation(path, "an object", value);
  const { lat, lon } = value;
  if (typeof lat !== "number") throw failedValidation(`${path}.lat`, "a number", lat);
  if (typeof lon !== "number") throw failedValidation(`${path}.lon`, "a number", lon);
  const place: JsonObject = { lat, lon };
  for (const key of placeWords) place[key] = stringAt(value, key);
  return place;
}

/** `{state, date?}`; the writer becomes the verifier. */
export function parseVerification(
  world: World,
  write: { readonly value: Json | undefined; readonly path: string; readonly byId: string },
): Verification {
  const { value, path } = write;
  if (!isObject(value)) throw failedValidation(path, "an object", value);
  const state = stringAt(value, "state");
  if (state === "unverified") return { state, byId: null, date: null };
  if (state !== "verified") {
    throw failedValidation(`${path}.state`, "`verified` or `unverified`", value["state"]);
  }
  const date = isObject(value["date"]) ? value["date"] : {};
  const stamp = (key: string): string | null => {
    const moment = parseMoment(stringAt(date, key) ?? "");
    return moment === null ? null : new Date(moment.atMs).toISOString();
  };
  const start = stamp("start") ?? new Date(world.clock.nowMs()).toISOString();
  return { state, byId: write.byId, date: { start, end: stamp("end") } };
}
