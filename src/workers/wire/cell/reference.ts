// People, files, places and relations: values that point at something outside the row.
import type { FileLink } from "../../../core/oneway/cell.ts";
import type { Tokens } from "../token.ts";
import { cleared, type Decoded, decoded, isEmpty, shown, unread } from "./decoded.ts";

export function decodePeople(value: Tokens): Decoded {
  const said = [
    ...value.objects.map((object) => object["email"]),
    ...value.tokens.flatMap(({ text }) => text.split(",")),
  ].map((email) => (typeof email === "string" ? email.trim().toLowerCase() : ""));
  const emails = [...new Set(said.filter((email) => email.includes("@")))];
  const notes = said
    .filter((email) => !email.includes("@"))
    .map((email) => `${shown(email)} is no e-mail address, so that person was left out.`);
  if (emails.length === 0) return { cell: notes.length === 0 ? cleared.cell : null, notes };
  return decoded({ kind: "people", emails }, ...notes);
}

/** A token's link is the address; without one, its text has to be. */
export function decodeFiles(value: Tokens): Decoded {
  if (value.objects.length > 0) return unread("It holds an object where a file should be.");
  const files: FileLink[] = [];
  const notes: string[] = [];
  for (const { text, url } of value.tokens) {
    const address = url ?? text;
    if (URL.canParse(address)) files.push({ name: text === "" ? address : text, url: address });
    else notes.push(`${shown(address)} is no address, so that file was left out.`);
  }
  if (files.length === 0) return { cell: notes.length === 0 ? cleared.cell : null, notes };
  return decoded({ kind: "files", files }, ...notes);
}

/** The helper takes `lat` and `lon`; a guide that went round says `latitude` and `longitude`. */
export function decodePlace(value: Tokens): Decoded {
  if (isEmpty(value)) return cleared;
  const [place] = value.objects;
  const lat = place?.["lat"] ?? place?.["latitude"];
  const lon = place?.["lon"] ?? place?.["longitude"];
  const isOnEarth =
    typeof lat === "number" &&
    typeof lon === "number" &&
    Math.abs(lat) <= 90 &&
    Math.abs(lon) <= 180;
  if (place === undefined || !isOnEarth) return unread("It holds no place with coordinates.");
  const text = (key: string): string | null => {
    const content = place[key];
    return typeof content === "string" && content !== "" ? content : null;
  };
  return decoded({
    kind: "place",
    place: {
      lat,
      lon,
      name: text("name"),
      address: text("address"),
      googlePlaceId: text("googlePlaceId"),
    },
  });
}

/** The helper gives one reference; modules put it into a list, or forget to. */
export function decodeRelation(value: Tokens): Decoded {
  const said: readonly unknown[] = [
    ...value.objects.map((object) => object["value"]),
    ...value.tokens.map(({ text }) => text),
  ];
  const keys = said.map((key) => (typeof key === "number" ? String(key) : key));
  const usable = keys.filter((key) => typeof key === "string").filter((key) => key !== "");
  const notes = usable.length < keys.length ? ["A reference without a key was left out."] : [];
  const distinct = [...new Set(usable.map((key) => key.toWellFormed()))];
  if (distinct.length === 0) return { cell: cleared.cell, notes };
  return decoded({ kind: "relation", keys: distinct }, ...notes);
}
