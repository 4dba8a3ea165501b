// A Notion sandbox with a page to make databases under, and destinations on it, for the contract and for
// what is Notion's own. What stands there is read through the API, as a person sees it.
import type { Binding, Destination } from "../../src/connectors/destination.ts";
import {
  makeNotionDestination,
  type NotionDestinationOptions,
} from "../../src/connectors/notion/destination/destination.ts";
import { recordId, type RecordId } from "../../src/core/ids.ts";
import type { DatabaseDeclaration } from "../../src/core/oneway/declaration.ts";
import { makeInProcessCall, type InProcessCall } from "../../src/sandbox/notion/in-process.ts";
import { arrayAt, isObject, objectAt, stringAt, type Json } from "../../src/sandbox/notion/json.ts";
import { startNotionSandbox, type NotionSandbox } from "../../src/sandbox/notion/sandbox.ts";
import type { DestinationBench } from "./destination-contract.ts";
import { person } from "./destination-fixture.ts";

export interface NotionDestinationBench extends DestinationBench {
  readonly sandbox: NotionSandbox;
  readonly call: InProcessCall;
  readonly parentId: string;
  readonly personId: string;
  connect(
    declaration: DatabaseDeclaration,
    options?: Partial<NotionDestinationOptions>,
  ): Destination;
}

/** A value as the contract prints cells. */
function shown(value: Json, personId: string): string | null {
  if (value === null || value === "" || value === false) return null;
  if (typeof value === "string") return value === personId ? person : value;
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? null : value.map((one) => shown(one, personId)).join(",");
  }
  if ("lat" in value) return `${JSON.stringify(value["lat"])},${JSON.stringify(value["lon"])}`;
  const file = stringAt(objectAt(value, "external"), "url");
  return file ?? stringAt(value, "start");
}

function databaseIds(call: InProcessCall, pageId: string): readonly string[] {
  const { body } = call("GET", `blocks/${pageId}/children`);
  return arrayAt(body, "results").flatMap((block) =>
    isObject(block) && block["type"] === "child_database" ? [stringAt(block, "id") ?? ""] : [],
  );
}

export async function openNotionDestinations(): Promise<NotionDestinationBench> {
  const sandbox = await startNotionSandbox({ rateLimit: null });
  const { admin } = sandbox;
  const call = makeInProcessCall(sandbox);
  const personId = admin.addUser({ name: "Ada", email: person });
  const parentId = admin.createPage({ title: "Synced" });
  const connect: NotionDestinationBench["connect"] = (declaration, options = {}) =>
    makeNotionDestination({
      token: sandbox.token,
      baseUrl: sandbox.url,
      requestsPerMinute: 1_000_000,
      callMs: 5_000,
      declaration,
      owner: `tests/${declaration.key}`,
      binding: null,
      database: null,
      parent: parentId,
      ...options,
    });
  const cell = (_: Binding, id: RecordId, property: string): string | null =>
    shown(admin.readPage(id)?.values[property] ?? null, personId);
  return {
    sandbox,
    call,
    parentId,
    personId,
    connect,
    open: (declaration, { binding }) => connect(declaration, { binding }),
    handMade: (texts, number) => {
      const hasName = texts.includes("Name");
      const title = hasName ? "Name" : "Own title";
      const columns = texts.map((name) => [
        name,
        name === title ? { title: {} } : { rich_text: {} },
      ]);
      const properties = {
        [title]: { title: {} },
        ...Object.fromEntries(columns),
        [number]: { number: {} },
      };
      const made = admin.createDatabase({ title: "By hand", properties });
      return { tableId: made.dataSourceId, parentId: made.databaseId, title: "By hand", url: null };
    },
    addRow: (binding, cells) => {
      const properties = Object.fromEntries(
        Object.entries(cells).map(([name, content]) => {
          const column = admin.readProperty(binding.tableId, name);
          return [name, { [stringAt(column ?? {}, "type") ?? ""]: [{ text: { content } }] }];
        }),
      );
      return recordId(admin.createPage({ parent: { dataSourceId: binding.tableId }, properties }));
    },
    cell,
    propertyNames: (binding) =>
      Object.keys(objectAt(call("GET", `data_sources/${binding.tableId}`).body, "properties")),
    rowCount: (binding) => admin.rows(binding.tableId).length,
    tableCount: () =>
      databaseIds(call, parentId).filter(
        (id) => call("GET", `databases/${id}`).body["in_trash"] !== true,
      ).length,
    body: (id) => stringAt(call("GET", `pages/${id}/markdown`).body, "markdown") ?? "",
    addChildPage: (id) => {
      admin.createPage({ parent: { pageId: id }, title: "Below" });
    },
    trash: (_, id) => {
      admin.trash(id);
    },
    trashTable: (binding) => {
      admin.trash(binding.parentId);
    },
    loseAnswer: (when) => {
      sandbox.faults.add({
        name: "lost answer",
        fault: { kind: "cut", when },
        matches: ({ method, path }) => method === "PATCH" || path.endsWith("/pages"),
      });
    },
    close: () => sandbox.close(),
  };
}
