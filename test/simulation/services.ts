// The two services of one simulated world, in this process: tables made from the setting, people on
// both sides, and one clock that only moves when somebody moves it.
import {
  makeAirtableSandbox,
  type AirtableSandboxCore,
} from "../../src/sandbox/airtable/sandbox.ts";
import type { SandboxClock } from "../../src/sandbox/clock.ts";
import { makeNotionSandbox, type NotionWorkshop } from "../../src/sandbox/notion/sandbox.ts";
import { columnOf, type Column } from "./fields.ts";
import type { Key, Setting } from "./script.ts";

export const markerNames = { left: "Record ID", right: "Page ID" } as const;
export const markName = "State";
export const markValue = "Archived";

export interface Services {
  readonly clock: SandboxClock;
  readonly notion: NotionWorkshop;
  readonly airtable: AirtableSandboxCore;
  readonly databaseId: string;
  readonly dataSourceId: string;
  readonly baseId: string;
  readonly tableId: string;
  /** Columns by the id of their Airtable field, which stands in the engine's cell keys. */
  readonly fieldKeys: Map<string, Key>;
  /** The person who works in Airtable; the token belongs to somebody else. */
  readonly person: { readonly id: string; readonly email: string; readonly name: string };
}

/** All worlds begin on the same Monday morning. */
const startMs = Date.UTC(2026, 5, 1, 8, 0, 12, 345);

function makeClock(): SandboxClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
    freeze: (atMs) => {
      nowMs = atMs;
    },
  };
}

const iso = { dateFormat: { name: "iso" } };
const time = { ...iso, timeFormat: { name: "24hour" }, timeZone: "utc" };

function columnsOf(setting: Setting): readonly Column[] {
  return setting.fields.map((field) => columnOf(field.key));
}

export function makeServices(setting: Setting, seed: number): Services {
  const clock = makeClock();
  const notion = makeNotionSandbox({
    clock,
    seed,
    rateLimit: null,
    queryRowsMax: setting.queryRowsMax,
  });
  const columns = columnsOf(setting);
  const mark = { [markName]: { select: { options: [{ name: markValue }] } } };
  const { databaseId, dataSourceId } = notion.admin.createDatabase({
    title: "Specs",
    properties: {
      ...Object.fromEntries(columns.map((column) => [column.names.left, { ...column.left }])),
      ...mark,
      ...(setting.hasLeftMarker ? { [markerNames.left]: { rich_text: {} } } : {}),
    },
  });
  const airtable = makeAirtableSandbox({
    clock,
    seed,
    rateLimit: null,
    doesEqualWriteTouch: setting.doesEqualWriteTouch,
  });
  const base = airtable.admin.addBase({
    name: "Ops",
    tables: [{ name: "Tracker", fields: [...airtableFields(setting, columns)] }],
  });
  const tableId = base.tables["Tracker"]?.id ?? "";
  const fieldKeys = new Map(
    columns.map(({ key, names }) => [base.tables["Tracker"]?.fields[names.right] ?? "", key]),
  );
  const person = airtable.admin.addCollaborator(base.id, {
    email: "mara@acme.example",
    name: "Mara",
  });
  const ids = { databaseId, dataSourceId, baseId: base.id, tableId };
  return { clock, notion, airtable, ...ids, fieldKeys, person };
}

function airtableFields(setting: Setting, columns: readonly Column[]) {
  const plain = (name: string) => ({ name, type: "singleLineText" });
  const modified = {
    name: "Modified",
    type: "lastModifiedTime",
    options: { referencedFieldIds: [], result: { type: "dateTime", options: time } },
  };
  return [
    ...columns.map((column) => ({
      name: column.names.right,
      type: column.right.type,
      ...(column.right.options === undefined ? {} : { options: { ...column.right.options } }),
    })),
    { name: markName, type: "singleSelect", options: { choices: [{ name: markValue }] } },
    plain(markerNames.right),
    ...(setting.hasUrl ? [{ name: "Link", type: "url" }] : []),
    ...(setting.hasLastSynced ? [{ name: "Synced", type: "dateTime", options: time }] : []),
    ...(setting.hasStamp ? [modified] : []),
  ];
}
