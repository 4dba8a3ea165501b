// A page of the API as a row. Pages carry every property of the schema, empty ones too, so a property
// that a page does not carry was taken out of the schema: its cell is left absent.
import { recordId, type FieldId } from "../../core/ids.ts";
import type { ReadWindow, Row } from "../../core/row.ts";
import { empty, instant, text, unknown, type Value } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import type { Caller } from "./caller.ts";
import { asList, isRecord } from "./codec/codec.ts";
import { parseInstantMs } from "./codec/date.ts";
import { shownText } from "./codec/shown.ts";
import type { Directory } from "./directory.ts";
import { limits } from "./limits.ts";
import { decodeId, isPseudo, pseudo, type Property, type Source } from "./source.ts";
import type { WirePage } from "./wire.ts";

/** What reading rows needs at hand. */
export interface Reader {
  readonly caller: Caller;
  readonly source: Source;
  readonly directory: Directory;
}

export interface Reading {
  readonly wanted: Wanted;
  readonly window: ReadWindow;
}

/** A row, and the properties whose lists the page cut short: their cells are unknown so far. */
export interface DecodedRow {
  readonly row: Row;
  readonly cut: readonly Property[];
}

type Json = Readonly<Record<string, unknown>>;

function byId(page: WirePage): ReadonlyMap<FieldId, Json> {
  const found = new Map<FieldId, Json>();
  for (const json of Object.values(page.properties ?? {})) {
    if (isRecord(json) && typeof json["id"] === "string") found.set(decodeId(json["id"]), json);
  }
  return found;
}

/** Recorded: 30 links came as 25 and `has_more`; for people only the docs tell of the same cut. */
function isCutShort(property: Property, json: Json): boolean {
  if (property.field.type === "relation") return json["has_more"] === true;
  if (property.field.type !== "people") return false;
  return (asList(json["people"])?.length ?? 0) >= limits.inlineItemsMax;
}

function decodeIcon(icon: unknown): Value {
  if (icon === null || icon === undefined) return empty;
  if (!isRecord(icon)) return unknown("undecodable");
  const { type, emoji, external } = icon;
  if (type === "emoji" && typeof emoji === "string") return text(emoji);
  if (type === "external" && isRecord(external) && typeof external["url"] === "string") {
    return text(external["url"]);
  }
  return unknown("unsupported");
}

function decodeStamp(iso: string | null | undefined): Value {
  const ms = parseInstantMs(iso);
  return ms === null ? unknown("undecodable") : instant(ms);
}

function decodePseudo(page: WirePage, id: FieldId): Value {
  if (id === pseudo.id) return text(page.id);
  if (id === pseudo.url) return text(page.url ?? "");
  if (id === pseudo.created) return decodeStamp(page.created_time);
  if (id === pseudo.edited) return decodeStamp(page.last_edited_time);
  return decodeIcon(page.icon);
}

/** Null when the page does not carry the property. */
function decodeProperty(property: Property, json: Json | undefined): Value | null {
  if (json === undefined) return null;
  const { type } = property.field;
  // Retyped since the schema was read: what it holds now is for the next look at the schema.
  if (json["type"] !== type) return unknown("undecodable");
  return property.type.codec.decode(json[type]);
}

function editedBy(source: Source, page: WirePage): Row["editedBy"] {
  const id = page.last_edited_by?.id;
  if (source.botId === null || id === undefined) return "unknown";
  return id === source.botId ? "us" : "person";
}

/** Nothing where it cannot be known: a page that is not surely ours is not surely somebody else's. */
function madeBy(source: Source, page: WirePage): Pick<Row, "isOurs"> {
  const id = page.created_by?.id;
  return source.botId === null || id === undefined ? {} : { isOurs: id === source.botId };
}

/** Decodes a page. Total: whatever a codec should choke on holds its cell still. */
export function decodeRow(reader: Reader, page: WirePage, reading: Reading): DecodedRow {
  const { source, directory } = reader;
  const { wanted, window } = reading;
  const carried = byId(page);
  const isPartial = page.properties === undefined;
  const cells = new Map<FieldId, Value>();
  const cut: Property[] = [];
  for (const id of wanted.fields) {
    if (isPseudo(id)) cells.set(id, decodePseudo(page, id));
    const property = source.properties.get(id);
    if (property === undefined) continue;
    const json = carried.get(id);
    const isCut = isPartial || (json !== undefined && isCutShort(property, json));
    if (isCut && !isPartial) cut.push(property);
    const value = isCut ? unknown("incomplete") : decodeProperty(property, json);
    if (value === null) continue;
    directory.learn(value);
    cells.set(id, value);
  }
  const shown = (id: FieldId): string | null => {
    const property = source.properties.get(id);
    const value = property === undefined ? null : decodeProperty(property, carried.get(id));
    return value === null ? null : shownText(value);
  };
  const row: Row = {
    id: recordId(page.id),
    title: shown(source.title) ?? "",
    url: page.url ?? null,
    createdAtMs: parseInstantMs(page.created_time),
    stampMs: parseInstantMs(page.last_edited_time),
    editedBy: editedBy(source, page),
    ...madeBy(source, page),
    marker: wanted.marker === null ? null : shown(wanted.marker) || null,
    cells,
    window,
  };
  return { row, cut };
}

/** Ids of the properties a request must ask for, in the form the client decodes once; null for all. */
function propertiesToAsk(source: Source, wanted: Wanted): readonly string[] | null {
  const ids = new Set<FieldId>([source.title, ...wanted.fields]);
  if (wanted.marker !== null) ids.add(wanted.marker);
  const known = [...ids].filter((id) => source.properties.has(id));
  return known.length > limits.propertiesAskedMax ? null : known.map(encodeURIComponent);
}

/** The query parameter for `propertiesToAsk`. */
export function askFor(
  source: Source,
  wanted: Wanted,
): Readonly<Record<string, readonly string[]>> {
  const ids = propertiesToAsk(source, wanted);
  return ids === null ? {} : { filter_properties: ids };
}
