// An Airtable sandbox with a base to make tables in, and destinations on it, for the contract and for what
// is Airtable's own. What stands there is read as a person sees it.
import {
  makeAirtableDestination,
  type AirtableDestinationOptions,
} from "../../src/connectors/airtable/destination/destination.ts";
import type { Destination } from "../../src/connectors/destination.ts";
import { recordId, type RecordId } from "../../src/core/ids.ts";
import type { DatabaseDeclaration } from "../../src/core/oneway/declaration.ts";
import { startAirtableSandbox, type AirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../../src/sandbox/airtable/json.ts";
import { at, textAt } from "../fixture/airtable-call.ts";
import type { DestinationBench } from "./destination-contract.ts";

export interface AirtableDestinationBench extends DestinationBench {
  readonly sandbox: AirtableSandbox;
  readonly baseId: string;
  readonly connect: (
    declaration: DatabaseDeclaration,
    options?: Partial<AirtableDestinationOptions>,
  ) => Destination;
  /** The tables of the base, as the API shows them. */
  readonly tables: () => readonly JsonObject[];
  /** The fields of a table of that name. */
  readonly fields: (table: string) => readonly JsonObject[];
}

export interface BenchOptions {
  /** How removed rows are marked; null: they are deleted. */
  readonly mark?: AirtableDestinationOptions["mark"];
}

const byHandName = "By hand";

/** A value as the contract prints cells. */
function shown(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? null : value.map((one) => shown(one)).join(",");
  }
  if (isObject(value)) {
    // The service keeps a copy of a file, under its name.
    const name = stringAt(value, "filename");
    return name === null ? stringAt(value, "email") : `https://example.com/${name}`;
  }
  const place = /^(-?[\d.]+), (-?[\d.]+) /.exec(value);
  if (place !== null) return `${place[1]},${place[2]}`;
  return value.replace(/T00:00:00.000Z$/, "");
}

function objects(list: Json): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export async function openAirtableDestinations(
  options: BenchOptions = {},
): Promise<AirtableDestinationBench> {
  const sandbox = await startAirtableSandbox({ rateLimit: null, order: "shuffled" });
  const { admin } = sandbox;
  const mark = options.mark ?? null;
  const baseId = admin.addBase({ name: "Synced", tables: [] }).id;
  const tables = (): readonly JsonObject[] => {
    const answer = sandbox.service({
      method: "GET",
      path: `/v0/meta/bases/${baseId}/tables`,
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: "",
    });
    return objects(at(JSON.parse(JSON.stringify(answer.body)) as Json, "tables"));
  };
  const fields = (table: string): readonly JsonObject[] =>
    objects(at(tables().find((one) => [one["id"], one["name"]].includes(table)) ?? null, "fields"));
  const connect: AirtableDestinationBench["connect"] = (declaration, change = {}) =>
    makeAirtableDestination({
      token: sandbox.token,
      baseUrl: sandbox.url,
      isPaced: false,
      callMs: 5_000,
      declaration,
      owner: `tests/${declaration.key}`,
      binding: null,
      base: baseId,
      table: declaration.title,
      key: null,
      mark,
      ...change,
    });
  const row = (id: RecordId): JsonObject => admin.row(id)?.fields ?? {};
  return {
    sandbox,
    baseId,
    tables,
    fields,
    connect,
    open: (declaration, { binding }) => {
      const isAttached = declaration.type === "attached" && binding !== null;
      return connect(declaration, { binding, ...(isAttached ? { table: binding.tableId } : {}) });
    },
    handMade: (texts, number) => {
      const wishes = texts.map((name) => ({ name, type: "singleLineText" }));
      if (mark !== null) wishes.push({ name: mark.field, type: "singleLineText" });
      const numbers = { name: number, type: "number", options: { precision: 0 } };
      const made = admin.addTable(baseId, { name: byHandName, fields: [...wishes, numbers] });
      return { tableId: made.id, parentId: baseId, title: byHandName, url: null };
    },
    addRow: (binding, cells) => recordId(admin.addRow(binding.tableId, { ...cells })),
    cell: (_, id, property) => shown(row(id)[property]),
    propertyNames: (binding) =>
      fields(binding.tableId)
        .map((field) => textAt(field, "name"))
        .filter((name) => name !== mark?.field),
    rowCount: (binding) =>
      admin
        .rows(binding.tableId)
        .filter((one) => mark === null || one.fields[mark.field] !== mark.value).length,
    tableCount: () => tables().filter((table) => table["name"] !== byHandName).length,
    body: () => "",
    addChildPage: () => {
      throw new Error("A record has no pages.");
    },
    trash: (_, id) => {
      if (mark === null) admin.deleteRow(id);
      else admin.editRow(id, { [mark.field]: mark.value });
    },
    trashTable: (binding) => {
      admin.removeTable(binding.tableId);
    },
    loseAnswer: (when) => {
      sandbox.faults.add({
        name: "lost answer",
        fault: { kind: "cut", when },
        matches: ({ method }) => method === "POST" || method === "PATCH",
      });
    },
    close: () => sandbox.close(),
  };
}
