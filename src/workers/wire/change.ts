// One change as `execute` gave it, checked against what the worker declares. A part that cannot be read
// is told and left out; only a change whose row cannot be known is refused. Whether a key and its
// property say the same is the runtime's question, for every kind of source.
import type { Cell } from "../../core/oneway/cell.ts";
import type { Change, ChangeNote } from "../../core/oneway/change.ts";
import type {
  DatabaseDeclaration,
  Icon,
  PropertyDeclaration,
} from "../../core/oneway/declaration.ts";
import { decodeCell } from "./cell/decode-cell.ts";
import { type DecodeContext, shown } from "./cell/decoded.ts";
import { parseCover, parseIcon } from "./icon.ts";
import { parseInstant } from "./instant.ts";
import { isRecord } from "./token.ts";

export interface ChangeContext extends DecodeContext {
  /** By key. */
  readonly databases: ReadonlyMap<string, DeclaredDatabase>;
  /** The sync's own database: where changes without a target go. */
  readonly ownDatabase: string;
  readonly note: (note: ChangeNote) => void;
}

export interface DeclaredDatabase {
  readonly declaration: DatabaseDeclaration;
  readonly properties: ReadonlyMap<string, PropertyDeclaration>;
}

/** Who a change is about, for its notes. */
interface Subject {
  readonly key: string;
  readonly database: DeclaredDatabase;
}

type Fields = Readonly<Record<string, unknown>>;

/** Null: refused, and a note says why. */
export function parseChange(raw: unknown, context: ChangeContext): Change | null {
  if (!isRecord(raw)) return refuse(context, {}, "A change is no object.");
  const { key } = raw;
  const target = raw["targetDatabaseKey"] ?? context.ownDatabase;
  const database = typeof target === "string" ? context.databases.get(target) : undefined;
  const about = {
    key: typeof key === "string" && key !== "" ? key : null,
    database: database?.declaration.key,
  };
  if (typeof key !== "string" || key === "") {
    const what = typeof key === "string" ? "an empty key" : `a key that is no text (${typeof key})`;
    return refuse(context, about, `A change has ${what}, so its row cannot be known.`);
  }
  if (database === undefined) {
    return refuse(
      context,
      about,
      `It goes to ${shown(typeof target === "string" ? target : typeof target)}, a database that is not declared.`,
    );
  }
  const subject = { key: key.toWellFormed(), database };
  switch (raw["type"]) {
    case "delete":
      return { kind: "delete", key: subject.key, database: database.declaration.key };
    case "upsert":
      return parseUpsert(raw, subject, context);
    default:
      return refuse(context, about, 'Its type is neither "upsert" nor "delete".');
  }
}

function parseUpsert(raw: Fields, subject: Subject, context: ChangeContext): Change | null {
  const { key, database } = subject;
  const about = { key, database: database.declaration.key };
  const { properties } = raw;
  if (!isRecord(properties)) return refuse(context, about, "It has no `properties`.");
  const cells = parseCells(properties, subject, context);
  return {
    kind: "upsert",
    key,
    database: database.declaration.key,
    cells,
    icon: parseIconPart(raw["icon"], subject, context),
    coverUrl: parseCoverPart(raw["cover"], subject, context),
    body: parseBody(raw["pageContentMarkdown"], subject, context),
    updatedAtMs: parseUpdatedAt(raw["upstreamUpdatedAt"], subject, context),
  };
}

function parseCells(
  properties: Fields,
  subject: Subject,
  context: ChangeContext,
): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [name, value] of Object.entries(properties)) {
    const property = subject.database.properties.get(name);
    if (property === undefined) {
      alter(context, subject, {
        property: name,
        message: "It is not declared, so it was left out.",
      });
      continue;
    }
    const read = decodeCell(value, property.shape, context);
    for (const message of read.notes) {
      alter(context, subject, {
        property: name,
        message: read.cell === null ? `${message} The cell stays as it is.` : message,
      });
    }
    if (read.cell !== null) cells.set(name, read.cell);
  }
  return cells;
}

function parseIconPart(raw: unknown, subject: Subject, context: ChangeContext): Icon | null {
  if (raw === undefined || raw === null) return null;
  const icon = parseIcon(raw);
  if (icon === null) alter(context, subject, { message: "Its icon cannot be used." });
  return icon;
}

function parseCoverPart(raw: unknown, subject: Subject, context: ChangeContext): string | null {
  if (raw === undefined || raw === null) return null;
  const url = parseCover(raw);
  if (url === null) alter(context, subject, { message: "Its cover has no usable address." });
  return url;
}

function parseBody(raw: unknown, subject: Subject, context: ChangeContext): string | null {
  if (typeof raw === "string") return raw.toWellFormed();
  if (raw !== undefined && raw !== null) {
    alter(context, subject, {
      message: "Its page content is no text, so the page stays as it is.",
    });
  }
  return null;
}

function parseUpdatedAt(raw: unknown, subject: Subject, context: ChangeContext): number | null {
  if (raw === undefined || raw === null || raw === "") return null;
  const atMs = typeof raw === "string" ? parseInstant(raw) : null;
  if (atMs === null) {
    const message = "Its `upstreamUpdatedAt` is no point in time, so the change counts as current.";
    alter(context, subject, { message });
  }
  return atMs;
}

function alter(
  context: ChangeContext,
  { key, database }: Subject,
  { property, message }: { readonly property?: string; readonly message: string },
): void {
  context.note({
    key,
    database: database.declaration.key,
    property: property ?? null,
    weight: "altered",
    message,
  });
}

function refuse(
  context: ChangeContext,
  about: {
    readonly key?: string | null;
    readonly database?: string | undefined;
    readonly property?: string;
  },
  message: string,
): null {
  context.note({
    key: about.key ?? null,
    database: about.database ?? null,
    property: about.property ?? null,
    weight: "refused",
    message,
  });
  return null;
}
